"""Where the pages of certificates hang, and the words they share."""

from datetime import datetime

from flask import Blueprint

from exam_centre.certificates.documents import LEVEL_WORDS, day_of
from exam_centre.certificates.rules import (
    CredentialStatus,
    RevocationReason,
    Verification,
    Word,
)
from exam_centre.certificates.rules.badges import SUPERVISION_NARRATIVES
from exam_centre.certificates.rules.printing import spelled
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.papers.rules import AREA_SENTENCES, MODE_SENTENCES
from exam_centre.webkit.languages import at_moment

# The public pages stand at addresses that are printed for ever, outside the room's own.
blueprint = Blueprint("certificates", __name__)

STATUS_WORDS: dict[CredentialStatus, Sentence] = {
    CredentialStatus.ACTIVE: say("In force"),
    CredentialStatus.SUSPENDED: say("Suspended"),
    CredentialStatus.REPLACED: say("Replaced by a later version"),
    CredentialStatus.REVOKED: say("Revoked"),
}
STATUS_KINDS: dict[CredentialStatus, str] = {
    CredentialStatus.ACTIVE: "yes",
    CredentialStatus.SUSPENDED: "held",
    CredentialStatus.REPLACED: "attend",
    CredentialStatus.REVOKED: "no",
}
REASON_WORDS: dict[str, Sentence] = {
    RevocationReason.CORRECTED.value: say("The corrected result is below the pass mark."),
    RevocationReason.RECALLED.value: say("The result was recalled."),
    RevocationReason.OFFENCE.value: say("An offence was proven."),
    RevocationReason.ISSUED_IN_ERROR.value: say("It was issued in error."),
}
VERDICTS: dict[Word, tuple[str, Sentence, Sentence]] = {
    Word.VALID: ("yes", say("Valid"), say("This certificate is genuine and in force.")),
    Word.REPLACED: (
        "attend",
        say("Replaced"),
        say(
            "This certificate is genuine, but version {newer} stands in its place. "
            "Ask the holder for that one."
        ),
    ),
    Word.SUSPENDED: (
        "held",
        say("Suspended"),
        say("This certificate is genuine, but does not count for now. Ask again later."),
    ),
    Word.REVOKED: ("no", say("Revoked"), say("This certificate was taken back. {why}")),
    Word.EXPIRED: (
        "attend",
        say("Expired"),
        say("This certificate is genuine, and its time has run out."),
    ),
    Word.UNKNOWN: (
        "no",
        say("Unknown"),
        say("Nothing was issued here under this code. Compare it with the paper, sign by sign."),
    ),
}
SUPERVISION_WORDS: dict[str, Sentence] = {
    "onsite_with_identity_verification": say("On site, identity checked at the door"),
    "onsite_without_identity_verification": say("On site"),
    "assessed_work": say("Work handed in and assessed"),
}
assert SUPERVISION_WORDS.keys() == SUPERVISION_NARRATIVES.keys()


def verdict_of(verification: Verification) -> tuple[str, Sentence, Sentence]:
    """Return the class, the word and the sentence that say how a certificate stands now."""
    kind, title, sentence = VERDICTS[verification.word]
    why = REASON_WORDS.get(verification.reason, say("The reason is not on record."))
    return kind, title, Sentence(sentence.text, {"newer": verification.newer, "why": why})


@blueprint.context_processor
def words() -> dict[str, object]:
    """Give every page of the room the words for its statuses."""
    return {
        "status_words": STATUS_WORDS,
        "status_kinds": STATUS_KINDS,
        "area_words": AREA_SENTENCES,
        "standing_of": lambda verification: verdict_of(verification)[2],
        "reason_words": REASON_WORDS,
        "level_words": LEVEL_WORDS,
        "mode_words": MODE_SENTENCES,
        "supervision_words": SUPERVISION_WORDS,
        "spelled": spelled,
        "day_said": lambda text: day_of(datetime.fromisoformat(text)),
        "moment_said": lambda text: at_moment(datetime.fromisoformat(text)),
    }
