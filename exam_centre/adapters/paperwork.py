"""Documents people send in: known by their content, never by their name, and made safe to keep."""

import warnings
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from exam_centre.adapters.storage import MOST_PIXELS
from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.sentences import Sentence, say

LARGEST_DOCUMENT = 5_000_000  # bytes
LONGEST_SIDE = 3_500  # pixels: a page of A4 at 300 dots an inch
PICTURE_QUALITY = 88
PDF_BEGINS, PDF_ENDS = b"%PDF-", b"%%EOF"
WITHIN = 1_024  # bytes at either end in which readers look for the marks of a PDF
WHITE = (255, 255, 255)


class DocumentKind(StrEnum):
    """What a kept document is."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"


MIME_TYPES: dict[DocumentKind, str] = {
    DocumentKind.PDF: "application/pdf",
    DocumentKind.JPEG: "image/jpeg",
    DocumentKind.PNG: "image/png",
}
ENDINGS: dict[DocumentKind, str] = {
    DocumentKind.PDF: ".pdf",
    DocumentKind.JPEG: ".jpg",
    DocumentKind.PNG: ".png",
}


class BadDocument(BadInput):
    """A file that can not be kept as a document."""

    code = "bad_document"

    def __init__(self, what: Sentence) -> None:
        super().__init__(
            say("{what} Upload a PDF, JPEG or PNG file of up to 5 megabytes.", what=what)
        )


@dataclass(frozen=True)
class CleanDocument:
    """A document as it may be kept."""

    kind: DocumentKind
    content: bytes


def clean_document(content: bytes) -> CleanDocument:
    """Return a document as it may be kept; what it is, its content says.

    The pixels of a picture are written anew, upright and without EXIF: where it was taken, and
    with which phone, does not survive. A PDF is kept as it is and is only ever handed out for
    saving. Raises BadDocument for other formats, for more than 5 MB or 40 megapixels, and for a
    file that is cut off.
    """
    if not content:
        raise BadDocument(say("The file is empty."))
    if len(content) > LARGEST_DOCUMENT:
        raise BadDocument(say("The file has more than 5 megabytes."))
    if content.startswith(PDF_BEGINS):
        if PDF_ENDS not in content[-WITHIN:]:
            raise BadDocument(say("The PDF is cut off or damaged."))
        return CleanDocument(DocumentKind.PDF, content)
    return _clean_picture(content)


def _clean_picture(content: bytes) -> CleanDocument:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise BadDocument(say("The picture has more than 40 megapixels."))
                kind = DocumentKind.JPEG if picture.format == "JPEG" else DocumentKind.PNG
                layers = ImageOps.exif_transpose(picture).convert("RGBA")
    except UnidentifiedImageError as error:
        raise BadDocument(say("This is no document, whatever its name says.")) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadDocument(say("The picture has more than 40 megapixels.")) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise BadDocument(say("The picture is cut off or damaged.")) from error
    flat = Image.new("RGB", layers.size, WHITE)
    flat.paste(layers, mask=layers.getchannel("A"))
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    if kind is DocumentKind.JPEG:
        flat.save(buffer, "JPEG", quality=PICTURE_QUALITY)
    else:
        flat.save(buffer, "PNG")
    return CleanDocument(kind, buffer.getvalue())
