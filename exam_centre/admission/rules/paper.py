"""What a paper list says of a seat, and how that compares with the register."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from exam_centre.admission.rules.lifecycles import (
    DOUBTS,
    GIVES_A_SCRIPT,
    AttendanceStatus,
    Identity,
)
from exam_centre.admission.rules.refusals import NotCompared, ReasonMissing
from exam_centre.admission.rules.verdicts import Code
from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.sentences import Sentence, say

PAPER_TOLERANCE = timedelta(minutes=5)  # between the minute on paper and the second of a scan


class PaperOutcome(StrEnum):
    """What became of a seat, as somebody wrote it on the list."""

    PRESENT = "present"
    ABSENT = "absent"
    REFUSED = "refused"


class PaperVerdict(StrEnum):
    """What keying one line in did."""

    RECORDED = "recorded"  # the register knew nothing of the seat and now says the same
    AGREES = "agrees"  # the register said so already
    CONFLICT = "conflict"  # the register stands, and an incident is open


@dataclass(frozen=True)
class PaperFact:
    """One line of the list.

    at        the minute of entry in UTC; for somebody who came, and for nobody else.
    identity  what comparing gave, as it stands on the list.
    reason    why somebody was refused entry.
    """

    placement_id: int
    outcome: PaperOutcome
    at: datetime | None = None
    identity: Identity = Identity.NOT_CHECKED
    reason: str = ""

    def says(self) -> str:
        """Return the line as one text: the same line keyed twice is the same text."""
        at = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ") if self.at else "-"
        return f"{self.outcome.value} {at} {self.identity.value} {self.reason.strip()}".strip()


class TimeMissing(BadInput):
    """Somebody came, and the list does not say when; or the time belongs to nobody."""

    code = "time_missing"

    def __init__(self) -> None:
        super().__init__(say("Give the minute of entry for who came, and for nobody else."))


class TimeAhead(BadInput):
    """The list can not know what has not happened yet."""

    code = "time_ahead"

    def __init__(self, placement_id: int) -> None:
        self.placement_id = placement_id
        super().__init__(say("This minute has not come yet. Look at the list again."))


def check_fact(fact: PaperFact, now: datetime) -> None:
    """Raise TimeMissing, TimeAhead, NotCompared or ReasonMissing unless the line says enough."""
    came = fact.outcome is PaperOutcome.PRESENT
    if came != (fact.at is not None):
        raise TimeMissing
    if fact.at is not None and fact.at > now:
        raise TimeAhead(fact.placement_id)
    if came and fact.identity is Identity.NOT_CHECKED:
        raise NotCompared
    if fact.outcome is PaperOutcome.REFUSED and not fact.reason.strip():
        raise ReasonMissing


P, S = PaperOutcome, AttendanceStatus
_IN = say("Seat {seat}: the paper list says absent; the register says in at {admitted_at}.")
_IN_REFUSED = say(
    "Seat {seat}: the paper list says refused; the register says in at {admitted_at}."
)
DIFFERS: dict[tuple[PaperOutcome, AttendanceStatus], Sentence] = {
    (P.PRESENT, S.ABSENT): say(
        "Seat {seat}: the paper list says in at {at}; the register says absent."
    ),
    (P.PRESENT, S.REFUSED): say(
        "Seat {seat}: the paper list says in at {at}; the register says refused."
    ),
    (P.PRESENT, S.VOIDED): say(
        "Seat {seat}: the paper list says in at {at}; the register says voided."
    ),
    (P.ABSENT, S.PRESENT): _IN,
    (P.ABSENT, S.REMOVED): _IN,
    (P.ABSENT, S.REFUSED): say(
        "Seat {seat}: the paper list says absent; the register says refused."
    ),
    (P.ABSENT, S.VOIDED): say("Seat {seat}: the paper list says absent; the register says voided."),
    (P.REFUSED, S.PRESENT): _IN_REFUSED,
    (P.REFUSED, S.REMOVED): _IN_REFUSED,
    (P.REFUSED, S.ABSENT): say(
        "Seat {seat}: the paper list says refused; the register says absent."
    ),
    (P.REFUSED, S.VOIDED): say(
        "Seat {seat}: the paper list says refused; the register says voided."
    ),
}
OTHER_TIME = say(
    "Seat {seat}: the paper list says in at {at}; the register says in at {admitted_at}."
)
OTHER_IDENTITY = say(
    "Seat {seat}: whoever kept the paper list doubted the person; whoever scanned did not."
)
NOT_THE_PERSON = say(
    "Seat {seat}: the paper list says that somebody sits there who is not the person on the record."
)
DOOR_SHUT = say(
    "Seat {seat}: the paper list says in at {at}, when the door was not open ({opens} to {closed})."
)
NOT_SITTING_IT = say(
    "Seat {seat}: the paper list says in at {at}, but the person may not sit this paper."
)
SEAT_ELSEWHERE = say(
    "Seat {seat}: the paper list says in at {at}, but the person belongs to another seat then."
)
BARRED_CODES = frozenset({Code.BARRED, Code.WITHDRAWN, Code.DEFERRED, Code.NOT_ENTERED})
SHUT_CODES = frozenset({Code.TOO_EARLY, Code.TOO_LATE, Code.HELD_OVER})


def difference(
    fact: PaperFact, status: AttendanceStatus, identity: Identity, admitted_at: datetime | None
) -> Sentence | None:
    """Return how a line differs from a register that knows the seat; None where they agree.

    Somebody who was sent out later agrees with having come. A doubt that the scan had already is
    no difference.
    """
    if fact.outcome is P.PRESENT and status in GIVES_A_SCRIPT:
        if fact.at and admitted_at and abs(fact.at - admitted_at) > PAPER_TOLERANCE:
            return OTHER_TIME
        return OTHER_IDENTITY if fact.identity in DOUBTS and identity not in DOUBTS else None
    return DIFFERS.get((fact.outcome, status))


def door_says(code: Code) -> Sentence | None:
    """Return why the door would not have admitted a line of the list; None where it would."""
    if code in (Code.ADMIT, Code.ADMIT_LATE, Code.IN_DOUBT):
        return None
    if code is Code.MISMATCH:
        return NOT_THE_PERSON
    if code in BARRED_CODES:
        return NOT_SITTING_IT
    return DOOR_SHUT if code in SHUT_CODES else SEAT_ELSEWHERE


OUTCOME_SENTENCES: dict[PaperOutcome, Sentence] = {
    P.PRESENT: say("Present"),
    P.ABSENT: say("Absent"),
    P.REFUSED: say("Refused"),
}
PAPER_SENTENCES: dict[PaperVerdict, Sentence] = {
    PaperVerdict.RECORDED: say("Now in the register"),
    PaperVerdict.AGREES: say("As the register said"),
    PaperVerdict.CONFLICT: say("Differs: the register stands, an incident is open"),
}
