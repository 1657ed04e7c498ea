"""Files and photos: whole or not at all, under keys of ours, without what people do not see."""

import hashlib
import resource
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from exam_centre.adapters.storage import BadPhoto, DiskStorage, FileMissing, clean_photo

RED, BLUE = (220, 20, 20), (20, 20, 220)
ORIENTATION = 0x0112
GPS = 0x8825
MAKER = 0x010F


@pytest.fixture
def storage(tmp_path: Path) -> DiskStorage:
    return DiskStorage(tmp_path / "files")


def stored(storage_folder: Path) -> list[Path]:
    return [path for path in storage_folder.rglob("*") if path.is_file()]


def picture(
    size: tuple[int, int] = (300, 400), kind: str = "JPEG", mode: str = "RGB", **options: object
) -> bytes:
    """A picture whose upper half is red and whose lower half is blue."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (0, size[1] // 2, *size))
    buffer = BytesIO()
    image.convert(mode).save(buffer, kind, **options)
    return buffer.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that unpacks to width x height black pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    line = b"\0" * (1 + -(-width // 8))
    body = b"".join(packer.compress(line) for _ in range(height)) + packer.flush()
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


# Files


def test_what_was_put_is_read_back_under_its_fingerprint(storage):
    key = storage.put(b"letter")

    assert key == hashlib.sha256(b"letter").hexdigest()
    assert storage.exists(key)
    assert storage.read(key) == b"letter"
    with storage.open(key) as file:
        assert file.read() == b"letter"


def test_the_same_content_is_kept_once(storage, tmp_path):
    assert storage.put(b"letter") == storage.put(b"letter")

    assert len(stored(tmp_path)) == 1


def test_the_path_is_made_of_the_key_alone(storage, tmp_path):
    key = storage.put("成绩表.xlsx".encode())

    assert stored(tmp_path) == [tmp_path / "files" / key[:2] / key[2:4] / key]


@pytest.mark.parametrize(
    "key", ["../../etc/passwd", "", "A" * 64, "g" * 64, "0" * 63, "0" * 64 + "\n", "准考证"]
)
@pytest.mark.parametrize("act", ["open", "exists", "read"])
def test_what_is_no_key_never_becomes_a_path(storage, key, act):
    with pytest.raises(ValueError, match="64"):
        getattr(storage, act)(key)


def test_an_unknown_key_is_missing(storage):
    assert not storage.exists("0" * 64)
    with pytest.raises(FileMissing):
        storage.open("0" * 64)


def test_a_file_changed_on_the_disk_is_noticed_and_can_be_put_again(storage, tmp_path):
    key = storage.put(b"letter")
    stored(tmp_path)[0].write_bytes(b"forged")

    with pytest.raises(FileMissing):
        storage.read(key)

    storage.put(b"letter")
    assert storage.read(key) == b"letter"


def test_a_write_the_disk_does_not_take_leaves_nothing_behind(storage, tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            storage.put(b"x" * 1_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert stored(tmp_path) == []


# Photos


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "L"), ("PNG", "P"), ("PNG", "RGBA"), ("WEBP", "RGB")]
)
def test_a_photo_of_any_kind_becomes_a_plain_jpeg(kind, mode):
    cleaned = opened(clean_photo(picture(kind=kind, mode=mode)))

    assert (cleaned.format, cleaned.mode, cleaned.size) == ("JPEG", "RGB", (300, 400))


def test_a_large_photo_is_made_to_fit_without_distortion():
    assert opened(clean_photo(picture((3000, 4000)))).size == (480, 640)
    assert opened(clean_photo(picture((4000, 1000)))).size == (480, 120)


@pytest.mark.parametrize(("orientation", "turn"), [(3, 180), (6, 90), (8, 270)])
def test_a_photo_taken_sideways_stands_upright(orientation, turn):
    upright = opened(picture())
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    buffer = BytesIO()
    upright.rotate(turn, expand=True).save(buffer, "JPEG", exif=exif)

    cleaned = opened(clean_photo(buffer.getvalue()))

    assert cleaned.size == (300, 400)
    red, _, blue = cleaned.getpixel((150, 20))
    assert red > blue


def test_nothing_but_the_pixels_survives():
    exif = Image.Exif()
    exif[MAKER] = "Camera of a worker"
    exif[GPS] = {1: "N", 2: (31.0, 18.0, 0.0)}
    cleaned = clean_photo(picture(exif=exif, comment=b"home address") + b"<script>hidden</script>")

    assert len(opened(cleaned).getexif()) == 0
    assert not any(word in cleaned for word in (b"Camera", b"home", b"script", b"Exif"))


def test_what_is_transparent_becomes_white():
    image = Image.new("RGBA", (300, 400), (0, 0, 0, 0))
    buffer = BytesIO()
    image.save(buffer, "PNG")

    assert min(opened(clean_photo(buffer.getvalue())).getpixel((150, 200))) > 250


def cut_off() -> bytes:
    return picture((900, 1200))[:4000]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: b"", "no photo"),
        (lambda: b"GIF89a" + b"\0" * 99, "no photo"),
        (lambda: picture(kind="BMP"), "no photo"),
        (lambda: b"%PDF-1.7 renamed.jpg", "no photo"),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no photo"),
        (lambda: picture((40, 400)), "40 x 400"),
        (cut_off, "cut off"),
        (lambda: picture() + b"\0" * 20_000_000, "20 megabytes"),
        (lambda: bomb(9_000, 9_000), "40 megapixels"),
        (lambda: bomb(20_000, 20_000), "40 megapixels"),
    ],
)
def test_what_can_not_be_a_photo_is_refused_with_what_would_do(make: Callable[[], bytes], words):
    with pytest.raises(BadPhoto, match=words) as refusal:
        clean_photo(make())

    assert "JPEG, PNG or WebP" in str(refusal.value)
