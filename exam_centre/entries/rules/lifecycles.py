"""The lives of an entry and of what a second person decides, and what candidates need."""

from enum import StrEnum

from exam_centre.kernel.flow import Flow
from exam_centre.kernel.sentences import Sentence, say


class EntryStatus(StrEnum):
    """Where an entry stands. Placement, slip and attendance have tables of their own."""

    REQUESTED = "requested"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    CONFIRMED = "confirmed"
    DEFERRED = "deferred"
    WITHDRAWN = "withdrawn"
    BARRED = "barred"


ENTRY_FLOW: Flow[EntryStatus] = Flow(
    {
        EntryStatus.REQUESTED: frozenset(
            {
                EntryStatus.ELIGIBLE,
                EntryStatus.INELIGIBLE,
                EntryStatus.WITHDRAWN,
                EntryStatus.BARRED,
            }
        ),
        EntryStatus.ELIGIBLE: frozenset(
            {
                EntryStatus.CONFIRMED,
                EntryStatus.INELIGIBLE,
                EntryStatus.WITHDRAWN,
                EntryStatus.BARRED,
            }
        ),
        EntryStatus.INELIGIBLE: frozenset({EntryStatus.ELIGIBLE, EntryStatus.WITHDRAWN}),
        EntryStatus.CONFIRMED: frozenset(
            {EntryStatus.DEFERRED, EntryStatus.WITHDRAWN, EntryStatus.BARRED}
        ),
        EntryStatus.DEFERRED: frozenset(),
        EntryStatus.WITHDRAWN: frozenset(),
        EntryStatus.BARRED: frozenset({EntryStatus.CONFIRMED}),
    }
)


NOT_LIVE = (EntryStatus.DEFERRED, EntryStatus.WITHDRAWN)  # a new entry may stand beside these


ASSESSABLE = (EntryStatus.REQUESTED, EntryStatus.ELIGIBLE, EntryStatus.INELIGIBLE)


class TakeType(StrEnum):
    """Which try this is."""

    FIRST = "first"
    RETAKE = "retake"
    EXEMPT = "exempt"


class AccessKind(StrEnum):
    """What a candidate needs to show what they can."""

    EXTRA_TIME = "extra_time"
    WHEELCHAIR = "wheelchair"
    LEFT_HANDED = "left_handed"
    ALONE = "alone"
    READER = "reader"
    SCRIBE = "scribe"
    REST_BREAKS = "rest_breaks"


class RequestStatus(StrEnum):
    """Where a request that a second person decides stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


REQUEST_FLOW: Flow[RequestStatus] = Flow(
    {
        RequestStatus.REQUESTED: frozenset(
            {RequestStatus.APPROVED, RequestStatus.REFUSED, RequestStatus.WITHDRAWN}
        ),
        RequestStatus.APPROVED: frozenset({RequestStatus.WITHDRAWN}),
        RequestStatus.REFUSED: frozenset(),
        RequestStatus.WITHDRAWN: frozenset(),
    }
)


ENTRY_SENTENCES: dict[EntryStatus, Sentence] = {
    EntryStatus.REQUESTED: say("entered, not assessed"),
    EntryStatus.ELIGIBLE: say("eligible"),
    EntryStatus.INELIGIBLE: say("not eligible"),
    EntryStatus.CONFIRMED: say("confirmed"),
    EntryStatus.DEFERRED: say("deferred"),
    EntryStatus.WITHDRAWN: say("withdrawn"),
    EntryStatus.BARRED: say("barred"),
}
TAKE_SENTENCES: dict[TakeType, Sentence] = {
    TakeType.FIRST: say("first take"),
    TakeType.RETAKE: say("retake"),
    TakeType.EXEMPT: say("exempt"),
}
NEED_SENTENCES: dict[AccessKind, Sentence] = {
    AccessKind.EXTRA_TIME: say("extra time"),
    AccessKind.WHEELCHAIR: say("a desk for a wheelchair"),
    AccessKind.LEFT_HANDED: say("a left-handed desk"),
    AccessKind.ALONE: say("a room of one's own"),
    AccessKind.READER: say("a reader"),
    AccessKind.SCRIBE: say("a scribe"),
    AccessKind.REST_BREAKS: say("rest breaks"),
}
REQUEST_SENTENCES: dict[RequestStatus, Sentence] = {
    RequestStatus.REQUESTED: say("waits for a decision"),
    RequestStatus.APPROVED: say("approved"),
    RequestStatus.REFUSED: say("refused"),
    RequestStatus.WITHDRAWN: say("withdrawn"),
}


def status_words(status: EntryStatus | RequestStatus) -> Sentence:
    """Return how an entry or a request stands, in words."""
    if isinstance(status, EntryStatus):
        return ENTRY_SENTENCES[status]
    return REQUEST_SENTENCES[status]
