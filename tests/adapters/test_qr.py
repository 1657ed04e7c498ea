"""QR codes: the same text gives the same code, and readers of others read ours."""

import random
import re
import string

import pytest
import zxingcpp
from PIL import Image

from exam_centre.adapters import qr

SIGNS = string.ascii_uppercase + "234567"
PIXELS_A_MODULE = 3


def token(seed: int) -> str:
    """A text as long as a slip's token, and as random."""
    return "EX1" + "".join(random.Random(seed).choices(SIGNS, k=149))


def picture(modules: qr.Matrix) -> Image.Image:
    side = len(modules) + 2 * qr.QUIET_ZONE
    image = Image.new("L", (side, side), 255)
    for row, column, length in qr.runs(modules):
        for place in range(column, column + length):
            image.putpixel((place + qr.QUIET_ZONE, row + qr.QUIET_ZONE), 0)
    return image.resize((side * PIXELS_A_MODULE,) * 2, Image.Resampling.NEAREST)


def read(image: Image.Image) -> str:
    (found,) = zxingcpp.read_barcodes(image)
    return str(found.text)


def test_a_slip_token_is_a_code_of_41_modules():
    modules = qr.matrix(token(1))

    assert len(modules) == 41
    assert {len(row) for row in modules} == {41}


@pytest.mark.parametrize("seed", range(40))
def test_a_slip_token_is_read_back_whatever_its_bits(seed):
    assert read(picture(qr.matrix(token(seed)))) == token(seed)


@pytest.mark.parametrize(
    "text", ["482107339156", "https://x.example/v/3kq9Zw7L", "准考证 204 考场"]
)
@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
def test_other_texts_are_read_back_at_every_level(text, level):
    assert read(picture(qr.matrix(text, level))) == text


def test_a_short_text_gets_a_smaller_code():
    assert len(qr.matrix("482107339156")) == 21


def test_a_text_no_code_holds_is_refused_with_its_length():
    with pytest.raises(qr.TooLongForQr, match="4000 bytes"):
        qr.matrix("x" * 4000)


def test_runs_cover_exactly_the_dark_modules():
    modules = qr.matrix(token(2))
    covered = {
        (row, place)
        for row, column, length in qr.runs(modules)
        for place in range(column, column + length)
    }

    assert covered == {
        (row, column)
        for row, line in enumerate(modules)
        for column, is_dark in enumerate(line)
        if is_dark
    }


def test_the_svg_is_one_path_with_the_quiet_zone_and_nothing_of_the_text():
    text = '<script>alert("x")</script>'
    svg = qr.as_svg(text)

    side = len(qr.matrix(text)) + 8
    assert f'viewBox="0 0 {side} {side}"' in svg
    assert svg.count("<path") == 1
    assert "script" not in svg


def test_the_svg_draws_what_the_matrix_holds():
    modules = qr.matrix(token(3))
    squares = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", qr.as_svg(token(3)))

    drawn = [(int(y) - 4, int(x) - 4, int(length)) for x, y, length, _back in squares]
    assert drawn == list(qr.runs(modules))
