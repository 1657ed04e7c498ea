"""The life of an entry, of an access arrangement, of an imported file."""

from enum import StrEnum

from exam_centre.kernel.flow import Flow


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


class ImportKind(StrEnum):
    """What a file holds."""

    UNITS = "units"
    PARKS = "parks"
    ENTERPRISES = "enterprises"
    SHIFTS = "shifts"
    PERIODS = "periods"
    PAPERS = "papers"
    COURSES = "courses"
    VENUES = "venues"
    ROOMS = "rooms"
    STAFF = "staff"
    PEOPLE = "people"
    ENTRIES = "entries"
    FORMATIVE_MARKS = "formative_marks"


class ImportStatus(StrEnum):
    """Where an imported file stands: previewed, then applied as a whole or not at all."""

    PREVIEWED = "previewed"
    APPLIED = "applied"
    UNDONE = "undone"
    DISCARDED = "discarded"


IMPORT_FLOW: Flow[ImportStatus] = Flow(
    {
        ImportStatus.PREVIEWED: frozenset({ImportStatus.APPLIED, ImportStatus.DISCARDED}),
        ImportStatus.APPLIED: frozenset({ImportStatus.UNDONE}),
        ImportStatus.UNDONE: frozenset(),
        ImportStatus.DISCARDED: frozenset(),
    }
)


class RowVerdict(StrEnum):
    """What applying one row of a file would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"
