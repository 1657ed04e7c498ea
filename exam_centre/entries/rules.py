"""The life of an entry, of an access arrangement, of an imported file; who may be confirmed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from exam_centre.kernel.errors import BadInput, Refusal
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


@dataclass(frozen=True)
class EligibilityFacts:
    """What is known about an entry when it is assessed."""

    unit_takes_part: bool  # the candidate's unit is one of those the series is run for
    consented_on: date | None
    has_scheme: bool
    is_sat: bool
    minutes: int | None
    foreign_courses: tuple[str, ...]  # codes of courses that the paper does not count for
    has_courses: bool
    barred: bool  # this human is barred from the series, under whatever student number


@dataclass(frozen=True)
class EligibilityVerdict:
    """What one rule says of an entry, in words that tell what can be done."""

    rule: str
    passes: bool
    sentence: Sentence


def judge_eligibility(facts: EligibilityFacts) -> list[EligibilityVerdict]:
    """Return the verdict of every rule, those that pass too: a person reads all of them."""
    courses = ", ".join(facts.foreign_courses)
    rules = (
        (
            "unit_takes_part",
            facts.unit_takes_part,
            say("The study centre takes part in this series."),
            say("The study centre takes no part in this series. Choose a series of its own unit."),
        ),
        (
            "consent",
            facts.consented_on is not None,
            say("The candidate agreed to the use of their data."),
            say("The candidate has not agreed to the use of their data. Ask them to."),
        ),
        (
            "scheme",
            facts.has_scheme,
            say("The paper has a scheme."),
            say("The paper has no scheme. Headquarters has to set one."),
        ),
        (
            "minutes",
            not facts.is_sat or facts.minutes is not None,
            say("The paper's length is known."),
            say("The paper has no length. Headquarters has to set it."),
        ),
        (
            "courses",
            facts.has_courses and not facts.foreign_courses,
            say("The paper counts for every course of the entry."),
            say(
                "The paper does not count for: {courses}. Enter those for their own paper.",
                courses=courses or "-",
            ),
        ),
        (
            "not_barred",
            not facts.barred,
            say("The candidate is not barred."),
            say("The candidate is barred from this series. Enter them for a later one."),
        ),
    )
    return [
        EligibilityVerdict(rule, fits, good if fits else bad) for rule, fits, good, bad in rules
    ]


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


class WrongPersonNo(BadInput):
    """A student number that no scanner or keyboard would give."""

    code = "wrong_person_no"

    def __init__(self) -> None:
        super().__init__(
            say("A student number has 5 to 20 half-width letters and digits, leading zeros too.")
        )


def read_person_no(text: str) -> str:
    """Return the student number without blanks around it. Raises WrongPersonNo."""
    number = text.strip().upper()
    if not (number.isascii() and number.isalnum() and 5 <= len(number) <= 20):
        raise WrongPersonNo
    return number


class PersonNoTaken(Refusal):
    """The student number belongs to another human or another unit."""

    kind = "conflict"
    code = "person_no_taken"

    def __init__(self, person_no: str) -> None:
        super().__init__(
            say(
                "The student number {number} is known for someone else or at another unit. "
                "Compare number and document.",
                number=person_no,
            )
        )


class NoCourses(BadInput):
    """An entry that would count for nothing."""

    code = "no_courses"

    def __init__(self) -> None:
        super().__init__(say("Name at least one course that the paper counts for."))


class CourseNotOfPaper(BadInput):
    """The paper does not count for this course."""

    code = "course_not_of_paper"

    def __init__(self, course: str, paper: str) -> None:
        super().__init__(
            say(
                "Paper {paper} does not count for course {course}. Enter the course's own paper.",
                course=course,
                paper=paper,
            )
        )


class CourseEnteredTwice(Refusal):
    """The same human is entered for the same course in this series already."""

    kind = "conflict"
    code = "course_entered_twice"

    def __init__(self, courses: list[str]) -> None:
        self.courses = courses
        super().__init__(
            say(
                "Entered for {courses} in this series already. Withdraw the earlier entry first.",
                courses=", ".join(courses),
            )
        )


class EntryBarred(Refusal):
    """The entry is barred and takes no further courses."""

    kind = "conflict"
    code = "entry_barred"

    def __init__(self) -> None:
        super().__init__(say("The candidate is barred from this paper. Choose a later series."))


class NotBarred(Refusal):
    """There is no bar to lift."""

    kind = "conflict"
    code = "not_barred"

    def __init__(self, status: EntryStatus) -> None:
        super().__init__(
            say("The entry is {status}, so there is no bar to lift.", status=status.value)
        )


class NotConfirmed(Refusal):
    """Only a confirmed entry can be deferred."""

    kind = "conflict"
    code = "not_confirmed"

    def __init__(self, status: EntryStatus) -> None:
        super().__init__(
            say(
                "The entry is {status}. Only a confirmed one is deferred; withdraw any other.",
                status=status.value,
            )
        )


class RequestOpen(Refusal):
    """The same thing was asked for, and is waiting or was approved."""

    kind = "conflict"
    code = "request_open"

    def __init__(self) -> None:
        super().__init__(say("This was asked for already. Withdraw that request first."))


class WrongExtraTime(BadInput):
    """Extra time without a percentage, a percentage without extra time, or too much of it."""

    code = "wrong_extra_time"

    def __init__(self) -> None:
        super().__init__(
            say("Extra time is more than 0 and up to 100 percent; other needs have no percentage.")
        )


class EvidenceMissing(BadInput):
    """An arrangement is decided by its evidence, and none was given."""

    code = "evidence_missing"

    def __init__(self) -> None:
        super().__init__(say("Name the evidence, for example a hospital's letter and its date."))


def check_need(kind: AccessKind, extra_percent: Decimal | None, evidence: str) -> None:
    """Raise WrongExtraTime or EvidenceMissing unless the request can be decided."""
    if (kind is AccessKind.EXTRA_TIME) != (extra_percent is not None):
        raise WrongExtraTime
    if extra_percent is not None and (
        not extra_percent.is_finite()
        or not 0 < extra_percent <= 100
        or extra_percent != extra_percent.quantize(Decimal("0.01"))
    ):
        raise WrongExtraTime
    if not evidence.strip():
        raise EvidenceMissing
