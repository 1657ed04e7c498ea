"""Files out of a form, on their way to where evidence is kept."""

from wtforms import Field

from exam_centre.adapters.paperwork import LARGEST_DOCUMENT, DocumentKind
from exam_centre.entries import jobs as room_jobs
from exam_centre.entries.service import Sent, SentFile
from exam_centre.kernel.sentences import Sentence, say

FILE_SENTENCES: dict[DocumentKind, Sentence] = {
    DocumentKind.PDF: say("PDF"),
    DocumentKind.JPEG: say("Picture (JPEG)"),
    DocumentKind.PNG: say("Picture (PNG)"),
}


def sent_with(field: Field | None) -> Sent:
    """Return the files chosen in a field; a longer one is read one byte too far and no further."""
    chosen = [each for each in (field.data if field else None) or [] if each and each.filename]
    files = [SentFile(each.filename, each.read(LARGEST_DOCUMENT + 1)) for each in chosen]
    return Sent(files, room_jobs.vault().keep)
