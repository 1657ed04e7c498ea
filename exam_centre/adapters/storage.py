"""Files on disk under the fingerprint of their content, and photos made safe to keep."""

import hashlib
import os
import re
import tempfile
import warnings
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Protocol

from PIL import Image, ImageOps, UnidentifiedImageError

from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.sentences import Sentence, say

KEY = re.compile(r"[0-9a-f]{64}")
LARGEST_PHOTO = 20_000_000  # bytes
MOST_PIXELS = 40_000_000
SMALLEST_SIDE = 60  # pixels; below it nobody is recognised
PHOTO_SIZE = (480, 640)  # pixels, width and height at most
PHOTO_QUALITY = 88
PHOTO_FORMATS = ("JPEG", "PNG", "WEBP")
WHITE = (255, 255, 255)


class FileMissing(Refusal):
    """A stored file is gone or was changed on the disk."""

    kind = "unavailable"
    code = "file_missing"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(
            say("A stored file is missing or damaged ({key}). Tell an administrator.", key=key[:12])
        )


class BadPhoto(BadInput):
    """A file that can not be kept as somebody's photo."""

    code = "bad_photo"

    def __init__(self, what: Sentence) -> None:
        super().__init__(
            say("{what} Upload a JPEG, PNG or WebP photo of up to 20 megabytes.", what=what)
        )


class Storage(Protocol):
    """Where files are kept. A key is the SHA-256 of the content, 64 hexadecimal digits."""

    def put(self, content: bytes) -> str:
        """Keep a content and return its key; the same content has the same key, once."""
        ...

    def open(self, key: str) -> BinaryIO:
        """Return the content for reading. Raises FileMissing; ValueError for no key."""
        ...

    def exists(self, key: str) -> bool:
        """Say whether something is kept under a key. Raises ValueError for no key."""
        ...


class DiskStorage:
    """Files in two levels of folders. What people call a file never becomes part of a path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Keep a content and return its key; it is on the disk, whole, before this returns."""
        key = hashlib.sha256(content).hexdigest()
        path = self._path(key)
        if self._holds(path, key):
            return key
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as fresh:
            try:
                fresh.write(content)
                fresh.flush()
                os.fsync(fresh.fileno())
                Path(fresh.name).replace(path)
            except BaseException:
                with suppress(FileNotFoundError):
                    Path(fresh.name).unlink()
                raise
        for folder in (path.parent, path.parent.parent, self._folder):
            _sync_folder(folder)
        return key

    def open(self, key: str) -> BinaryIO:
        """Return the content for reading. Raises FileMissing; ValueError for no key."""
        try:
            return self._path(key).open("rb")
        except FileNotFoundError as error:
            raise FileMissing(key) from error

    def read(self, key: str) -> bytes:
        """Return the whole content. Raises FileMissing where it no longer fits its key."""
        with self.open(key) as file:
            content = file.read()
        if hashlib.sha256(content).hexdigest() != key:
            raise FileMissing(key)
        return content

    def exists(self, key: str) -> bool:
        """Say whether something is kept under a key. Raises ValueError for no key."""
        return self._path(key).is_file()

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError("a key has 64 hexadecimal digits in lower case")
        return self._folder / key[:2] / key[2:4] / key

    def _holds(self, path: Path, key: str) -> bool:
        """Whether the file is there and undamaged; a damaged one is written anew."""
        try:
            return hashlib.sha256(path.read_bytes()).hexdigest() == key
        except FileNotFoundError:
            return False


def clean_photo(content: bytes) -> bytes:
    """Return a photo as a plain JPEG of at most 480 x 640 pixels, upright, without EXIF.

    What was hidden in the file (place, device, other data) does not survive: the pixels are
    written anew. Raises BadPhoto for other formats, by content; for more than 20 MB or 40
    megapixels, before any pixel is unpacked; and for a file that is cut off.
    """
    if len(content) > LARGEST_PHOTO:
        raise BadPhoto(say("The photo has more than 20 megabytes."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=PHOTO_FORMATS) as picture:
                _refuse_size(picture.size)
                # A JPEG is unpacked at a fraction of its size where that is enough.
                picture.draft("RGB", (PHOTO_SIZE[1] * 2, PHOTO_SIZE[1] * 2))
                upright = ImageOps.exif_transpose(picture)
                flat = _on_white(upright)
    except UnidentifiedImageError as error:
        raise BadPhoto(say("This is no photo, whatever its name says.")) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPhoto(say("The photo has more than 40 megapixels.")) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise BadPhoto(say("The photo is cut off or damaged.")) from error
    flat.thumbnail(PHOTO_SIZE, Image.Resampling.LANCZOS)
    buffer = BytesIO()
    flat.save(buffer, "JPEG", quality=PHOTO_QUALITY, optimize=True)
    return buffer.getvalue()


def _refuse_size(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        raise BadPhoto(say("The photo has more than 40 megapixels."))
    if min(size) < SMALLEST_SIDE:
        raise BadPhoto(
            say("The photo has {width} x {height} pixels, too few.", width=width, height=height)
        )


def _on_white(picture: Image.Image) -> Image.Image:
    """Return the pixels alone, in RGB, on white where the picture is transparent."""
    layers = picture.convert("RGBA")
    flat = Image.new("RGB", layers.size, WHITE)
    flat.paste(layers, mask=layers.getchannel("A"))
    return flat


def _sync_folder(folder: Path) -> None:
    """Make a folder's list of files survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
