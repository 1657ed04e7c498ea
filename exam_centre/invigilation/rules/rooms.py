"""The life of a room on the day, the balance that closes it, and the step it waits for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel.flow import Flow
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.rules import DutyRole, own_end


class RoomDayStatus(StrEnum):
    """Where a room session stands on the day."""

    READY = "ready"
    OPEN = "open"
    RUNNING = "running"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    RECONCILED = "reconciled"
    CANCELLED = "cancelled"


ROOM_DAY_FLOW: Flow[RoomDayStatus] = Flow(
    {
        RoomDayStatus.READY: frozenset({RoomDayStatus.OPEN, RoomDayStatus.CANCELLED}),
        RoomDayStatus.OPEN: frozenset(
            {RoomDayStatus.RUNNING, RoomDayStatus.SUSPENDED, RoomDayStatus.CANCELLED}
        ),
        RoomDayStatus.RUNNING: frozenset({RoomDayStatus.SUSPENDED, RoomDayStatus.CLOSED}),
        RoomDayStatus.SUSPENDED: frozenset({RoomDayStatus.OPEN, RoomDayStatus.RUNNING}),
        RoomDayStatus.CLOSED: frozenset({RoomDayStatus.RECONCILED}),
        RoomDayStatus.RECONCILED: frozenset(),
        RoomDayStatus.CANCELLED: frozenset(),
    }
)

FINISHED = frozenset({RoomDayStatus.RECONCILED, RoomDayStatus.CANCELLED})


@dataclass(frozen=True)
class Balance:
    """How many should have sat, and what became of them."""

    should_sit: int
    present: int
    absent: int
    refused: int
    removed: int
    voided: int
    unresolved: int  # still only expected

    @property
    def is_even(self) -> bool:
        """Whether everyone who should have sat is accounted for."""
        accounted = self.present + self.absent + self.refused + self.removed + self.voided
        return self.unresolved == 0 and self.should_sit == accounted


def personal_end(
    start: datetime, minutes: int, extra_percent: Decimal, stopped: timedelta
) -> datetime:
    """Return when a person's time is up: the paper's minutes, their extra part of them, the stops.

    Extra time is a part of the paper's minutes alone; a stoppage is given back once, as it was.
    """
    return own_end(start, minutes, extra_percent) + stopped


def end_with_stoppages(
    start: datetime, length: timedelta, stoppages: Sequence[tuple[datetime, datetime]]
) -> datetime:
    """Return when a person's time is up in a room whose clock stood still at times.

    stoppages  (began, ended) in order, none within another. Only what fell into the person's own
               time is given back: whoever had finished before a stoppage gains nothing by it.
    """
    end = start + length
    for began, ended in stoppages:
        if began < end and ended > start:
            end += ended - max(began, start)
    return end


class Count(StrEnum):
    """What a count of scripts led to; it never says what the other person counted."""

    FIRST_KEPT = "first_kept"  # somebody else counts next
    AGREED = "agreed"
    DIFFERS = "differs"  # an incident is open, and the second count is asked for again


STATUS_WORDS: dict[RoomDayStatus | None, Sentence] = {
    None: say("Not prepared"),
    RoomDayStatus.READY: say("Prepared"),
    RoomDayStatus.OPEN: say("Open, clock not started"),
    RoomDayStatus.RUNNING: say("Running"),
    RoomDayStatus.SUSPENDED: say("Clock stopped"),
    RoomDayStatus.CLOSED: say("Register closed"),
    RoomDayStatus.RECONCILED: say("Reconciled"),
    RoomDayStatus.CANCELLED: say("Cancelled"),
}


ATTENDANCE_WORDS: dict[AttendanceStatus, Sentence] = {
    AttendanceStatus.EXPECTED: say("No word yet"),
    AttendanceStatus.PRESENT: say("Present"),
    AttendanceStatus.ABSENT: say("Absent"),
    AttendanceStatus.REFUSED: say("Not admitted"),
    AttendanceStatus.REMOVED: say("Sent out"),
    AttendanceStatus.VOIDED: say("Void"),
}
DUTY_WORDS: dict[DutyRole, Sentence] = {
    DutyRole.CHIEF: say("Chief examiner"),
    DutyRole.FIRST: say("First invigilator"),
    DutyRole.SECOND: say("Second invigilator"),
    DutyRole.ROVER: say("Roving invigilator"),
    DutyRole.SUPERVISOR: say("Supervisor of people held over"),
}


class Step(StrEnum):
    """What a room waits for."""

    PREPARE = "prepare"
    OPEN = "open"
    START = "start"
    WAIT = "wait"  # people write
    ABSENTEES = "absentees"
    CLOSE = "close"
    RESUME = "resume"
    COUNT = "count"
    RECONCILE = "reconcile"
    NOTHING = "nothing"


def next_step(
    status: RoomDayStatus | None,
    *,
    silent: int,
    counted_alike: bool,
    cut_off: datetime,
    last_end: datetime,
    now: datetime,
) -> Step:
    """Return the one thing a room waits for.

    silent    seats nobody said a word about.
    cut_off   the last moment in which somebody may still come; last_end: of those who write.
    """
    match status:
        case None:
            return Step.PREPARE
        case RoomDayStatus.READY:
            return Step.OPEN
        case RoomDayStatus.OPEN:
            return Step.START
        case RoomDayStatus.SUSPENDED:
            return Step.RESUME
        case RoomDayStatus.CLOSED:
            return Step.RECONCILE if counted_alike else Step.COUNT
        case RoomDayStatus.RUNNING:
            return _running_step(silent, cut_off, last_end, now)
        case _:
            return Step.NOTHING


def _running_step(silent: int, cut_off: datetime, last_end: datetime, now: datetime) -> Step:
    if silent:
        return Step.ABSENTEES if now > cut_off else Step.WAIT
    return Step.CLOSE if now >= last_end else Step.WAIT
