"""The life of a room on the day, and the balance that closes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel.errors import BadInput, Refusal
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


@dataclass(frozen=True)
class Announcement:
    """What the invigilator says or does at one minute."""

    at: datetime
    sentence: Sentence


READ_RULES_BEFORE = timedelta(minutes=10)  # a habit of the house; no regulation fixes it
HAND_OUT_BEFORE = timedelta(minutes=5)
WARN_BEFORE = timedelta(minutes=15)


def announcements(
    starts: datetime,
    ends: Mapping[datetime, Sequence[int]],
    *,
    doors_open: timedelta,
    late_limit: timedelta,
    minimum_stay: timedelta,
) -> list[Announcement]:
    """Return what is said in a room, minute by minute.

    starts  when the room's clock was started, or shall be.
    ends    {moment: seats whose time is up then}.
    """
    said = [
        Announcement(starts - doors_open, say("Doors open. Documents lie on the desk.")),
        Announcement(starts - READ_RULES_BEFORE, say("Read out the rules of the room.")),
        Announcement(starts - HAND_OUT_BEFORE, say("Hand the papers out, face down.")),
        Announcement(starts, say("Start. Everybody writes name, number and seat first.")),
        Announcement(
            starts + late_limit, say("Last second to come in. Then two people note empty seats.")
        ),
        Announcement(starts + minimum_stay, say("From now on people may hand in and leave.")),
    ]
    for number, (end, seats) in enumerate(sorted(ends.items())):
        if number == 0:
            said.append(Announcement(end - WARN_BEFORE, say("15 minutes left.")))
        said.append(
            Announcement(end, say("Time is up at seats {seats}. Pens down.", seats=spans(seats)))
        )
    return sorted(said, key=lambda each: each.at)


def spans(numbers: Sequence[int]) -> str:
    """Return numbers as people write them: "1-12, 14"."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(
        f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs
    )


class NotOpenable(Refusal):
    """The room opens no earlier than its doors."""

    kind = "conflict"
    code = "not_openable"

    def __init__(self, opens: str) -> None:
        super().__init__(say("The room may be opened from {opens}.", opens=opens))


class PapersNotOpened(Refusal):
    """The papers of this room are still in their sealed bags, or there is no bag."""

    kind = "conflict"
    code = "papers_not_opened"

    def __init__(self, papers: Sequence[str]) -> None:
        self.papers = tuple(papers)
        super().__init__(
            say("Two people open the bags of these papers first: {papers}.", papers=_list(papers))
        )


class StartsLater(Refusal):
    """No clock starts before the published time."""

    kind = "conflict"
    code = "starts_later"

    def __init__(self, starts: str) -> None:
        super().__init__(say("The published start is {starts}. Start then.", starts=starts))


class RegisterUnbalanced(Refusal):
    """Somebody's seat has no verdict yet; `seats` are their numbers."""

    kind = "conflict"
    code = "register_unbalanced"

    def __init__(self, seats: Sequence[int]) -> None:
        self.seats = tuple(seats)
        super().__init__(
            say(
                "Seats without a word: {seats}. Admit them, or let two people say absent.",
                seats=_list(seats),
            )
        )


class StillWriting(Refusal):
    """Somebody's own time is not up; `seats` are their numbers."""

    kind = "conflict"
    code = "still_writing"

    def __init__(self, seats: Sequence[int], until: str) -> None:
        self.seats = tuple(seats)
        super().__init__(
            say(
                "Seats {seats} have time until {until}. Close the room then.",
                seats=_list(seats),
                until=until,
            )
        )


class CountWrong(BadInput):
    """A count below zero; zero itself is a count."""

    code = "count_wrong"

    def __init__(self) -> None:
        super().__init__(say("Type how many scripts you counted: 0 or more."))


class NotClosed(Refusal):
    """Scripts are counted once the register is closed."""

    kind = "conflict"
    code = "not_closed"

    def __init__(self) -> None:
        super().__init__(say("Close the register first, then count the scripts."))


class CountedAlready(Refusal):
    """Two people counted alike; the count stands."""

    kind = "conflict"
    code = "counted_already"

    def __init__(self) -> None:
        super().__init__(say("Two people counted alike. The count stands."))


class IncidentsOpen(Refusal):
    """Incidents of the room wait for somebody; `numbers` are theirs at the venue."""

    kind = "conflict"
    code = "incidents_open"

    def __init__(self, numbers: Sequence[int]) -> None:
        self.numbers = tuple(numbers)
        super().__init__(
            say("Incidents still open: {numbers}. Resolve them first.", numbers=_list(numbers))
        )


class RecheckIncomplete(Refusal):
    """Not everybody who came was compared again by another person."""

    kind = "conflict"
    code = "recheck_incomplete"

    def __init__(self, done: int, due: int) -> None:
        super().__init__(
            say(
                "{done} of {due} people were compared again. Somebody else than the door does all.",
                done=done,
                due=due,
            )
        )


class ReasonMissing(BadInput):
    """A clock is stopped for a reason."""

    code = "reason_missing"

    def __init__(self) -> None:
        super().__init__(say("Say why."))


def _list(numbers: Sequence[int] | Sequence[str]) -> str:
    return ", ".join(str(number) for number in numbers)
