"""Paper: nothing is blank, nothing is cut, nothing in a text is obeyed, and lines break well."""

import re
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from exam_centre.adapters.pdf import (
    Align,
    Block,
    Boxed,
    Bullets,
    CannotDraw,
    Column,
    Columns,
    DamagedPhoto,
    Document,
    Facts,
    Fold,
    Fonts,
    Grid,
    GridCell,
    Heading,
    Page,
    PageBreak,
    Photo,
    Plate,
    QrBlock,
    Rule,
    Seal,
    Signatures,
    Spacer,
    Table,
    Text,
    Tick,
    ToBottom,
    TooLargeForAPage,
    content_hash,
    draw,
    draw_batch,
    unbroken,
)
from exam_centre.adapters.pdf.lines import NEVER_FIRST, NEVER_LAST, Style, TextBox, Typesetter

ASSETS = Path(__file__).resolve().parents[2] / "static" / "assets"
TOKEN = "EX1" + "A2C7K" * 29 + "BQ2B"
LONG_NAME = "买买提江·阿卜杜热合曼·" * 28
NAMES = ("欧阳𠮷", "㛃儿", "𡒄𬎆", "买买提·艾力", "<b San", '<img src="/etc/hostname">')


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    if not (ASSETS / "manifest.json").exists():
        pytest.skip(f"no fonts in {ASSETS}; `make assets` fetches them")
    return Fonts.from_assets(ASSETS)


def portrait(colour: tuple[int, int, int] = (200, 180, 160)) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (120, 160), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def document(*blocks: Block, language: str = "zh", page: Page = Page.PORTRAIT) -> Document:
    return Document("考场签到表", "R-204-01", language, blocks, page, (("方案", "v3"),))


def text_of(pdf: bytes, *options: str) -> str:
    run = subprocess.run(
        ["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True
    )
    return run.stdout.decode()


def pages(pdf: bytes) -> list[str]:
    return text_of(pdf, "-layout").split("\f")[:-1]


def rendered(pdf: bytes, dots_an_inch: int) -> Image.Image:
    command = ["pdftoppm", "-r", str(dots_an_inch), "-f", "1", "-l", "1", "-png", "-"]
    run = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return Image.open(BytesIO(run.stdout))


def register(rows: int, names: Sequence[str] = NAMES) -> Table:
    return Table(
        (
            Column("座位", width_mm=12, align=Align.RIGHT, bold=True),
            Column("姓名"),
            Column("照片", width_mm=16),
            Column("到", width_mm=10),
        ),
        tuple(
            (f"s{seat}", names[seat % len(names)], Photo(portrait(), 12, 15), Tick())
            for seat in range(1, rows + 1)
        ),
    )


def set_text(fonts: Fonts, text: str, ems: float, language: str = "zh") -> TextBox:
    size = 10.0
    return Typesetter(fonts, language).wrap(text, Style(size), ems * size)


def lines_of(box: TextBox) -> list[str]:
    return ["".join(run.text for run in line.runs) for line in box.lines]


# What is drawn


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stands_on_the_paper_letter_for_letter(fonts, name):
    pdf = draw(document(Facts((("姓名", name),)), Text(name, bold=True)), fonts)

    # The bold rare face is drawn, yet readers of text know it by the same characters.
    assert text_of(pdf).count(name) == 2


def test_a_character_nobody_can_draw_stops_the_document_and_is_named(fonts):
    with pytest.raises(CannotDraw) as refusal:
        draw(document(Heading("名单"), Facts((("姓名", "ئەلى"),))), fonts)

    assert refusal.value.text == "ئەلى"
    assert refusal.value.characters == "ئەلى"
    assert "U+0626" in str(refusal.value)


@pytest.mark.parametrize("bad", ["\x00", "\ud800", "\U0010fffd", "😀"])
def test_controls_and_unassigned_characters_are_missing(fonts, bad):
    assert fonts.missing(f"张{bad}三") == bad


def test_what_is_never_seen_is_not_missing(fonts):
    assert fonts.missing("张\u200b三\ufeff\t葛\U000e0100\r\n\u3000é") == ""


def test_every_text_of_a_document_is_checked_before_anything_is_drawn(fonts):
    for block in (
        Table((Column("好"),), (("😀",),)),
        Table((Column("😀"),), ()),
        Columns(((Boxed((Bullets(("😀",)),)),),)),
        Grid(((GridCell("1", below="😀"), None),)),
        Signatures(("😀",)),
        QrBlock("1", caption="😀"),
        Photo(None, missing="😀"),
    ):
        with pytest.raises(CannotDraw, match="😀"):
            draw(document(block), fonts)


def test_fonts_are_embedded_and_subset(fonts):
    pdf = draw(document(Text("欧阳𠮷"), Text("欧阳𠮷", bold=True)), fonts)

    run = subprocess.run(["pdffonts", "-"], input=pdf, capture_output=True, check=True)
    rows = run.stdout.decode().splitlines()[2:]
    embedded = {row.split()[0]: row.split()[-5:-2] for row in rows}
    used = {name.partition("+")[2] for name, flags in embedded.items() if flags[0] == "yes"}
    assert used >= {"NotoSansSC-Regular", "LXGWWenKai-Regular", "LXGWWenKai-Bold"}
    assert all(flags[:2] == ["yes", "yes"] for name, flags in embedded.items() if "+" in name)
    assert len(pdf) < 200_000


def test_the_same_document_gives_the_same_bytes_and_another_does_not(fonts):
    one = document(register(3), QrBlock(TOKEN))

    assert draw(one, fonts) == draw(one, fonts)
    assert draw(one, fonts) != draw(document(register(4), QrBlock(TOKEN)), fonts)


def test_documents_drawn_at_once_do_not_mix(fonts):
    documents = [document(Text("甲乙丙丁" * n), register(n)) for n in range(1, 7)]

    with ThreadPoolExecutor(4) as pool:
        at_once = list(pool.map(lambda each: draw(each, fonts), documents))

    assert at_once == [draw(each, fonts) for each in documents]


def test_the_hash_in_the_footer_covers_photos_too():
    one, other = (document(Photo(portrait(colour))) for colour in ((1, 2, 3), (200, 9, 9)))

    assert content_hash(one) != content_hash(other)


def test_the_file_says_what_it_is(fonts):
    pdf = draw(document(Text("x")), fonts)

    run = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True)
    info = run.stdout.decode()
    assert re.search(r"Title: +考场签到表", info)
    assert re.search(r"Author: +Exam Centre", info)
    assert b"/Lang (zh-Hans-CN)" in pdf


# Pages


def test_every_page_has_number_hash_and_its_place_among_all(fonts):
    one = document(register(60))
    sheets = pages(draw(one, fonts))

    digest = content_hash(one)[:16]
    assert len(sheets) > 2
    for number, sheet in enumerate(sheets, 1):
        assert "R-204-01" in sheet
        assert " ".join(re.findall("....", digest)) in sheet
        assert re.search(rf"{number}\D+{len(sheets)}\D*$", sheet.strip())


def test_heads_repeat_and_no_row_is_broken_or_lost(fonts):
    names = [f"first{number};\nsecond{number};" for number in range(1, 71)]
    table = Table(
        (Column("考生代码"), Column("姓名")), tuple((f"r{n}", t) for n, t in enumerate(names))
    )
    sheets = pages(draw(document(Heading("名单"), table), fonts))

    assert len(sheets) >= 3
    assert all(sheet.count("考生代码") == 1 for sheet in sheets)
    for number in range(1, 71):
        first = [place for place, sheet in enumerate(sheets) if f"first{number};" in sheet]
        second = [place for place, sheet in enumerate(sheets) if f"second{number};" in sheet]
        assert first == second
        assert len(first) == 1


def test_a_heading_never_stands_alone_at_the_foot_of_a_page(fonts):
    for filler in range(225, 250, 3):
        sheets = pages(draw(document(Spacer(filler), Heading("小结", 2), Text("正文。")), fonts))

        assert any("小结" in sheet and "正文" in sheet for sheet in sheets)


def test_a_row_taller_than_a_page_is_refused_not_cut(fonts):
    table = Table((Column("备注", width_mm=20),), (("字" * 5000,),))

    with pytest.raises(TooLargeForAPage):
        draw(document(table), fonts)


def test_a_batch_numbers_each_document_for_itself(fonts):
    slips = [
        Document("准考证", f"S-{n}", "en", (Text("one"), PageBreak(), Text("two")))
        for n in range(3)
    ]
    sheets = pages(draw_batch(slips, "准考证", fonts))

    assert [re.search(r"S-\d", sheet)[0] for sheet in sheets] == ["S-0"] * 2 + ["S-1"] * 2 + [
        "S-2"
    ] * 2
    assert all("Page 1 of 2" in sheet for sheet in sheets[::2])
    assert all("Page 2 of 2" in sheet for sheet in sheets[1::2])


def test_every_block_fits_between_the_margins_even_with_a_300_character_name(fonts):
    name = LONG_NAME[:300]
    blocks = (
        Heading(name),
        Facts(((name[:40], name), ("b", name)), columns=2),
        Bullets((name,), boxes=True),
        Plate(name, "座位", framed=True),
        Grid(((GridCell("1", below=name), None),), front="讲台", door="门"),
        Columns(((Text(name),), (QrBlock(TOKEN, caption=name),))),
        Table((Column("a", width_mm=30), Column("b")), ((name, "x" * 300),)),
        Rule(),
        Fold(),
        Boxed((Text("x" * 300),)),
        Signatures((name, "乙"), dated="日期"),
        ToBottom(),
        Seal("准予发证", name),
    )
    for page in Page:
        pdf = draw(document(*blocks, page=page), fonts)
        run = subprocess.run(
            ["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True
        )
        found = run.stdout.decode()
        width = float(re.search(r'<page width="([\d.]+)"', found)[1])
        rights = [float(each) for each in re.findall(r'xMax="([\d.]+)"', found)]
        assert max(rights) <= width - 40


def test_the_slip_is_read_by_a_machine_from_a_poor_print(fonts):
    slip = document(
        Columns(((Heading("准考证"),), (Photo(portrait()),), (QrBlock(TOKEN, 34, "482107339156"),)))
    )

    (found,) = zxingcpp.read_barcodes(rendered(draw(slip, fonts), 150))

    assert found.text == TOKEN


def test_only_the_seal_has_a_colour(fonts):
    def colours(*blocks: Block) -> bool:
        pixels = rendered(draw(document(*blocks), fonts), 30).convert("HSV")
        return pixels.getextrema()[1][1] > 60

    plain = (Heading("证书"), register_without_photos(), Plate("14"), QrBlock(TOKEN))
    assert not colours(*plain)
    assert colours(*plain, Seal("准予发证"))


def register_without_photos() -> Table:
    return Table((Column("座位"), Column("姓名")), (("1", "张三"), ("2", "李四")))


def test_a_file_that_is_no_photo_is_refused(fonts):
    for junk in (b"", b"GIF89a", b"\xff\xd8\xff" + b"junk" * 9, b"%PDF-1.7"):
        with pytest.raises(DamagedPhoto):
            draw(document(Photo(junk)), fonts)


def test_texts_are_never_obeyed(fonts):
    """Mark-up, files, links and PDF operators in a text are printed, not followed."""
    texts = ('<img src="/etc/hostname">', "<a href=javascript:1>", ") Tj ET Q (", "&amp;", "{0}")
    pdf = draw(document(*(Text(each) for each in texts)), fonts)

    printed = text_of(pdf)
    assert all(each in printed for each in texts)
    assert b"/URI" not in pdf
    assert b"/Subtype /Image" not in pdf


# Lines


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["中", "文字", "a", "CAD", "《", "》；", "（", "）", "。", " "])))
def test_a_line_never_begins_or_ends_with_the_wrong_sign(parts):
    # Signs are always next to a character here: a line full of signs has no place to break at.
    text = "".join(part if part.isalnum() else f"考{part}场" for part in parts)
    lines = [line for line in lines_of(set_text(Fonts.from_assets(ASSETS), text, 12)) if line]

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(line[0] not in NEVER_FIRST for line in lines)
    assert all(line[-1] not in NEVER_LAST for line in lines)


def test_chinese_breaks_before_a_closing_sign_takes_a_character_along(fonts):
    assert lines_of(set_text(fonts, "请参加《电气控制》考试。", 8)) == [
        "请参加《电气控",
        "制》考试。",
    ]


def test_an_opening_sign_goes_to_the_next_line(fonts):
    assert lines_of(set_text(fonts, "考场在二号楼（北门）。", 7)) == ["考场在二号楼", "（北门）。"]


def test_words_numbers_and_names_stay_whole(fonts):
    text = f"于 2026-11-07 由{unbroken('买买提艾力')}带 Certificate 到 32-04-ZJG 考点"
    for ems in range(7, 20):
        joined = "\n".join(lines_of(set_text(fonts, text, ems)))
        for whole in ("2026-11-07", "买买提艾力", "Certificate", "32-04-ZJG"):
            assert whole in joined


def test_a_token_longer_than_the_line_breaks_inside_and_loses_nothing(fonts):
    token = "x" * 300
    lines = lines_of(set_text(fonts, token, 10))

    assert "".join(lines) == token
    assert len(lines) > 10


def test_no_character_stands_alone_on_the_last_line(fonts):
    assert lines_of(set_text(fonts, "证件放在桌面左上角备查。", 10.5))[-1] == "备查。"


def test_a_long_name_shrinks_to_the_floor_before_it_wraps(fonts):
    setter = Typesetter(fonts, "zh")
    style = Style(12.0)

    short, long, endless = (setter.fit("名" * n, style, 100.0, floor=8.0) for n in (8, 11, 30))
    assert (len(short.lines), short.style.size) == (1, 12.0)
    assert len(long.lines) == 1
    assert 8.0 <= long.style.size < 12.0
    assert len(endless.lines) == 3
    assert max(line.width for line in endless.lines) <= 100.0


def test_a_document_in_english_keeps_narrow_quotation_marks(fonts):
    pdf = draw(document(Text("The candidate’s “slip”…"), language="en"), fonts)

    assert 'The candidate\'s "slip"...' in text_of(pdf)
