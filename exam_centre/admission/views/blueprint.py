"""Where the pages of admission hang, the words they share, and what they print with."""

import json

from flask import Blueprint, current_app, url_for

from config import Config
from exam_centre.adapters.pdf import Fonts
from exam_centre.adapters.storage import DiskStorage
from exam_centre.admission.documents import Press
from exam_centre.admission.rules import NEED_WORDS, AttendanceStatus, Code, Identity, Next
from exam_centre.admission.service import slip_keys
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.webkit.languages import language

blueprint = Blueprint("admission", __name__, url_prefix="/admission")

DOORS = (Permission.CHECK_IN,)
ROOMS = (Permission.RUN_ROOM, Permission.CLOSE_DAY, Permission.CHECK_IN)

STATUS_WORDS: dict[AttendanceStatus, Sentence] = {
    AttendanceStatus.EXPECTED: say("Expected"),
    AttendanceStatus.PRESENT: say("Present"),
    AttendanceStatus.ABSENT: say("Absent"),
    AttendanceStatus.REFUSED: say("Refused"),
    AttendanceStatus.REMOVED: say("Removed"),
    AttendanceStatus.VOIDED: say("Voided"),
}
STATUS_KINDS: dict[AttendanceStatus, str] = {
    AttendanceStatus.EXPECTED: "attend",
    AttendanceStatus.PRESENT: "yes",
    AttendanceStatus.ABSENT: "no",
    AttendanceStatus.REFUSED: "no",
    AttendanceStatus.REMOVED: "no",
    AttendanceStatus.VOIDED: "held",
}
IDENTITY_WORDS: dict[Identity, Sentence] = {
    Identity.MATCH: say("The same person"),
    Identity.UNSURE: say("Not sure"),
    Identity.MISMATCH: say("Not the same person"),
    Identity.NOT_CHECKED: say("Not compared yet"),
}
# A verdict as people see it: the class of its band, and what the band says.
CODE_KINDS: dict[Code, tuple[str, Sentence]] = {
    Code.ADMIT: ("yes", say("This seat")),
    Code.ADMIT_LATE: ("attend", say("Late, this seat")),
    Code.ALREADY_IN: ("note", say("In already")),
    Code.WRONG_ROOM: ("attend", say("Another room")),
    Code.WRONG_VENUE: ("attend", say("Another venue")),
    Code.WRONG_TIME: ("attend", say("Another time")),
    Code.HELD_OVER: ("held", say("Held over")),
    Code.TOO_EARLY: ("attend", say("Too early")),
    Code.TOO_LATE: ("no", say("Too late")),
    Code.SLIP_REPLACED: ("attend", say("Old slip")),
    Code.BARRED: ("no", say("Barred")),
    Code.WITHDRAWN: ("no", say("Withdrawn")),
    Code.DEFERRED: ("no", say("Deferred")),
    Code.NOT_ENTERED: ("no", say("Not entered")),
    Code.SETTLED: ("no", say("Settled already")),
    Code.GENUINE_NOT_HERE: ("attend", say("Not known here")),
    Code.UNKNOWN_SLIP: ("no", say("No such slip")),
    Code.FORGED: ("no", say("Not a slip of ours")),
    Code.IN_DOUBT: ("held", say("In doubt")),
    Code.MISMATCH: ("no", say("Not this person")),
}
NEXT_WORDS: dict[Next, Sentence] = {
    Next.COMPARE: say("Look at the face and the documents, then admit."),
    Next.SEAT: say("Let the person sit down."),
    Next.ASK_WHO: say("Is it the same person? If not, call the chief: somebody sits there."),
    Next.SEND_THERE: say("Send the person there."),
    Next.WAIT: say("Let the person wait until then."),
    Next.ESCORT: say("Bring the person to the supervisor; they may not leave alone."),
    Next.EXAM_OFFICE: say("Send the person to the exam office, with this sentence."),
    Next.NEWER_SLIP: say("Compare the person without the slip."),
    Next.CHIEF: say("Call the chief."),
    Next.HELP_LINE: say("Call the help line."),
    Next.SEARCH: say("Find the person by name or number."),
    Next.SECOND_PERSON: say("Fetch a second person; two decide."),
}
WORDS: dict[str, object] = {
    "status_words": STATUS_WORDS,
    "status_kinds": STATUS_KINDS,
    "identity_words": IDENTITY_WORDS,
    "need_words": NEED_WORDS,
    "code_kinds": {code.value: words for code, words in CODE_KINDS.items()},
    "next_words": {step.value: words for step, words in NEXT_WORDS.items()},
}


@blueprint.context_processor
def words() -> dict[str, object]:
    """Give every page of the room the words for statuses, verdicts and needs."""
    return dict(WORDS)


def settings() -> Config:
    """Return the settings of this application."""
    config: Config = current_app.config["EXAM_CENTRE"]
    return config


def slip_ring() -> KeyRing:
    """Return the keys that sign slips. Raises FileNotFoundError where none were made."""
    return slip_keys(settings().keys_dir)


def photos() -> DiskStorage:
    """Return where photos are kept."""
    return DiskStorage(settings().files_dir)


def fonts() -> Fonts:
    """Return what paper is set in."""
    return Fonts.from_assets(settings().assets_dir)


def press() -> Press:
    """Return what slips are made with."""
    return Press(slip_ring(), photos(), fonts())


def reader_modules() -> dict[str, str]:
    """Return the addresses of the QR reader and its WebAssembly; none where they are missing."""
    folder = settings().assets_dir
    manifest = folder / "manifest.json"
    if not manifest.exists():
        return {}
    names: dict[str, str] = json.loads(manifest.read_text())
    wanted = {"script": "zxing-reader.js", "wasm": "zxing-reader.wasm"}
    if any(name not in names for name in wanted.values()):
        return {}
    return {
        key: url_for("static", filename=f"assets/{names[name]}") for key, name in wanted.items()
    }


def page_language() -> str:
    """Return the language of who reads: what they print is in it."""
    return language()
