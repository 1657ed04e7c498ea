"""How numbers and needs are read, and why a candidate is not entered or not decided about."""

from decimal import Decimal

from exam_centre.entries.rules.lifecycles import (
    AccessKind,
    EntryStatus,
    RequestStatus,
    status_words,
)
from exam_centre.kernel.errors import BadInput, Refusal
from exam_centre.kernel.sentences import say

MOST_EVIDENCE_FILES = 6  # of one access arrangement


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


class TooLateToTakeBack(Refusal):
    """Somebody has acted on this since; it is withdrawn or refused, and no longer a slip."""

    kind = "conflict"
    code = "too_late_to_take_back"

    def __init__(self, status: EntryStatus | RequestStatus) -> None:
        super().__init__(
            say(
                "This is by now: {status}. It stays on record; withdraw it instead.",
                status=status_words(status),
            )
        )


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
            say("The entry is {status}, so there is no bar to lift.", status=status_words(status))
        )


class NotConfirmed(Refusal):
    """Only a confirmed entry can be deferred."""

    kind = "conflict"
    code = "not_confirmed"

    def __init__(self, status: EntryStatus) -> None:
        super().__init__(
            say(
                "The entry is {status}. Only a confirmed one is deferred; withdraw any other.",
                status=status_words(status),
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


class EvidenceClosed(Refusal):
    """The request was decided or given up: what it was decided by stays as it was."""

    kind = "conflict"
    code = "evidence_closed"

    def __init__(self) -> None:
        super().__init__(
            say("This request waits for no decision any more, so its evidence stays as it is.")
        )


class TooManyFiles(BadInput):
    """More evidence than anybody reads."""

    code = "too_many_files"

    def __init__(self) -> None:
        super().__init__(
            say(
                "A request holds up to {most} files. Put several pages into one PDF.",
                most=MOST_EVIDENCE_FILES,
            )
        )


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
