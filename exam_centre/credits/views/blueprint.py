"""Where the pages of credits hang, and the words they share."""

from flask import Blueprint

from exam_centre.credits.rules import (
    CLAIM_SENTENCES,
    DESTINATION_SENTENCES,
    TOPIC_SENTENCES,
    ClaimStatus,
    DifferenceKind,
    DifferenceStatus,
    SendKind,
)
from exam_centre.kernel.outbox import SendStatus
from exam_centre.kernel.sentences import Sentence, say

# The worker's results stand under /results: the address people know, joined here, where the
# certificate and the credit are known too.
blueprint = Blueprint("credits", __name__)

CLAIM_WORDS: dict[ClaimStatus, Sentence] = {
    ClaimStatus.QUEUED: say("Waits"),
    ClaimStatus.SENDING: say("On its way"),
    ClaimStatus.UNKNOWN: say("No answer yet"),
    ClaimStatus.ACCEPTED: say("Accepted"),
    ClaimStatus.RETURNED: say("Returned"),
    ClaimStatus.REPLACED: say("Replaced"),
    ClaimStatus.REVOKING: say("Being taken back"),
    ClaimStatus.REVOKED: say("Taken back"),
}
CLAIM_KINDS: dict[ClaimStatus, str] = {
    ClaimStatus.ACCEPTED: "yes",
    ClaimStatus.RETURNED: "attend",
    ClaimStatus.UNKNOWN: "attend",
    ClaimStatus.REVOKED: "no",
}
SEND_WORDS: dict[SendStatus, Sentence] = {
    SendStatus.PENDING: say("Waits to be sent"),
    SendStatus.LEASED: say("Being sent"),
    SendStatus.UNKNOWN: say("Sent, no answer yet"),
    SendStatus.DONE: say("Confirmed"),
    SendStatus.PARKED: say("Parked: something must be put right first"),
    SendStatus.DEAD: say("Given up after 72 hours"),
}
SEND_KINDS: dict[SendKind, Sentence] = {
    SendKind.UPSERT: say("Credit"),
    SendKind.SUSPEND: say("Suspend"),
    SendKind.RESUME: say("Resume"),
    SendKind.REVOKE: say("Take back"),
}
ANSWER_WORDS: dict[str, Sentence] = {
    "applied": say("applied"),
    "replay": say("known already"),
    "superseded": say("a later version stands"),
    "refused": say("refused"),
    "busy": say("busy"),
    "unknown": say("no answer"),
    "mismatch": say("confirmed something else"),
}
DIFFERENCE_WORDS: dict[DifferenceKind, Sentence] = {
    DifferenceKind.MISSING_THERE: say("Missing at the bank"),
    DifferenceKind.MISSING_HERE: say("Missing here"),
    DifferenceKind.DIFFERS: say("Another version or content"),
    DifferenceKind.STATE_DIFFERS: say("Another state"),
}
DIFFERENCE_NOTES: dict[DifferenceKind, Sentence] = {
    DifferenceKind.MISSING_THERE: say("The same message went out again by itself."),
    DifferenceKind.MISSING_HERE: say("The bank holds what we never sent. Ask the bank."),
    DifferenceKind.DIFFERS: say("Compare both sides and claim again where ours is right."),
    DifferenceKind.STATE_DIFFERS: say("One side has taken back or suspended what the other holds."),
}
DIFFERENCE_STATES: dict[DifferenceStatus, Sentence] = {
    DifferenceStatus.OPEN: say("Open"),
    DifferenceStatus.REPAIRED: say("Repaired"),
    DifferenceStatus.EXPLAINED: say("Explained"),
}
ACCOUNT_WORDS: dict[str, Sentence] = {
    "match": say("Confirmed by the bank"),
    "mismatch": say("The bank knows another holder"),
    "unknown": say("The bank does not know this account"),
    "": say("Not checked yet"),
}


@blueprint.context_processor
def words() -> dict[str, object]:
    """Give every page of the room the words for its statuses."""
    return {
        "claim_words": CLAIM_WORDS,
        "claim_kinds": CLAIM_KINDS,
        "claim_sentences": CLAIM_SENTENCES,
        "send_words": SEND_WORDS,
        "send_kinds": SEND_KINDS,
        "answer_words": ANSWER_WORDS,
        "difference_words": DIFFERENCE_WORDS,
        "difference_notes": DIFFERENCE_NOTES,
        "difference_states": DIFFERENCE_STATES,
        "destination_words": DESTINATION_SENTENCES,
        "topic_words": TOPIC_SENTENCES,
        "account_words": ACCOUNT_WORDS,
    }
