"""May this entry have this seat then: one pure check over facts, whoever gathers them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from exam_centre.entries.rules import AccessKind, EntryStatus
from exam_centre.kernel.errors import Refusal
from exam_centre.papers.rules import SEATED, Mode
from exam_centre.timetable.rules import refusals
from exam_centre.venues.rules import RoomKind, VenueStatus

# Where each mode may be sat. A computer room has desks as well: it takes what is written by hand
# where the standard rooms of a venue are full.
ROOM_KINDS: dict[Mode, tuple[RoomKind, ...]] = {
    Mode.PAPER: (RoomKind.STANDARD, RoomKind.COMPUTER),
    Mode.LISTENING: (RoomKind.STANDARD, RoomKind.COMPUTER),
    Mode.ORAL: (RoomKind.STANDARD, RoomKind.COMPUTER),
    Mode.COMPUTER: (RoomKind.COMPUTER,),
    Mode.PRACTICAL: (RoomKind.WORKSHOP,),
}


@dataclass(frozen=True)
class Span:
    """A time from a start up to, and without, its end."""

    starts_at: datetime
    ends_at: datetime

    def meets(self, other: "Span") -> bool:
        """Whether the two share a moment; one that begins when the other ends does not."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True)
class EntryFacts:
    """What the timetable has to know about one entry."""

    entry_id: int
    series_id: int
    paper_id: int
    person_id: int
    status: EntryStatus
    mode: Mode
    minutes: int  # 0: nobody sits it
    compulsory: bool  # it counts for a compulsory course
    works_through_shift: bool
    extra_percent: Decimal  # of the paper's minutes
    needs: frozenset[AccessKind]


@dataclass(frozen=True)
class DeskFacts:
    """What the timetable has to know about one desk, its room and its venue."""

    seat_id: int
    number: int
    wheelchair: bool
    is_current: bool  # of the room's newest layout
    room_id: int
    room_code: str
    room_kind: RoomKind
    venue_id: int
    venue_code: str
    venue_status: VenueStatus
    approved_until: date | None
    time_zone: str


@dataclass(frozen=True)
class Neighbour:
    """Somebody else's placement in the same room."""

    seat_id: int
    span: Span
    alone: bool  # was granted a room alone


@dataclass(frozen=True)
class Surroundings:
    """What stands in the plan already, and what the person and the room do besides exams."""

    placed: bool = False  # the entry has a seat
    own: Sequence[Span] = ()  # the person's other placements
    neighbours: Sequence[Neighbour] = ()
    bookings: Sequence[Span] = ()  # of the room
    shifts: Sequence[Span] = ()  # of the person, those ending within `rest` before included
    rest: timedelta = timedelta(0)  # after a night shift


@dataclass(frozen=True)
class Question:
    """One entry, one desk, one time: may it be?"""

    entry: EntryFacts
    desk: DeskFacts
    series_id: int  # the plan's
    period: Span
    period_series_id: int
    span: Span
    held_over: bool = False  # the start follows another paper, and may leave the period
    around: Surroundings = field(default_factory=Surroundings)

    def says(self, moment: datetime) -> str:
        """Return a moment as the venue's clock shows it."""
        return on_the_clock(moment, self.desk.time_zone)


def own_end(starts_at: datetime, minutes: int, extra_percent: Decimal) -> datetime:
    """Return when a person's time is up: the paper's minutes and their extra part of them.

    Exact to the second; a part of a second counts for the person.
    """
    extra_seconds = math.ceil(Decimal(minutes) * 60 * extra_percent / 100)
    return starts_at + timedelta(minutes=minutes, seconds=extra_seconds)


def on_the_clock(moment: datetime, zone: str) -> str:
    """Return a moment as the clock of `zone` shows it, e.g. "2026-12-12 09:00"."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def variant_of(number: int) -> str:
    """Return the variant of a paper's sitting, from 0: A to Z, then A2, B2, ..."""
    rounds, letter = divmod(number, 26)
    return chr(ord("A") + letter) + (str(rounds + 1) if rounds else "")


def is_night_shift(shift: Span, zone: str) -> bool:
    """Whether a shift ends on another day than it starts, on the clock of `zone`."""
    there = ZoneInfo(zone)
    return shift.starts_at.astimezone(there).date() != shift.ends_at.astimezone(there).date()


def free_after(shift: Span, zone: str, rest: timedelta) -> datetime:
    """Return from when somebody may sit a paper after a shift."""
    return shift.ends_at + (rest if is_night_shift(shift, zone) else timedelta(0))


def refusal_of(question: Question) -> Refusal | None:
    """Return the first reason against this placement, or None where nothing is.

    Pure: the facts may come one by one or for a whole province at once.
    """
    for check in CHECKS:
        refusal = check(question)
        if refusal is not None:
            return refusal
    return None


def _entry(q: Question) -> Refusal | None:
    if not q.series_id == q.entry.series_id == q.period_series_id:
        return refusals.OtherSeries()
    if q.entry.mode not in SEATED:
        return refusals.NeedsNoSeat(q.entry.mode)
    if q.entry.status is not EntryStatus.CONFIRMED:
        return refusals.EntryNotConfirmed(q.entry.status)
    return refusals.AlreadyPlaced() if q.around.placed else None


def _room(q: Question) -> Refusal | None:
    needed = ROOM_KINDS[q.entry.mode]
    if q.desk.room_kind not in needed:
        return refusals.WrongRoomKind(q.entry.mode, q.desk.room_kind, needed)
    day = q.span.starts_at.astimezone(ZoneInfo(q.desk.time_zone)).date()
    lapsed = q.desk.approved_until is not None and q.desk.approved_until < day
    if q.desk.venue_status is not VenueStatus.APPROVED or lapsed:
        return refusals.VenueNotApproved(q.desk.venue_code)
    if not q.desk.is_current:
        return refusals.SeatNotStanding(q.desk.room_code)
    for booking in q.around.bookings:
        if booking.meets(q.span):
            return refusals.RoomBooked(q.desk.room_code, q.says(booking.ends_at))
    return None


def _period(q: Question) -> Refusal | None:
    if q.held_over:
        return None
    if not q.period.starts_at <= q.span.starts_at < q.period.ends_at:
        return refusals.StartsOutsidePeriod(q.says(q.period.starts_at), q.says(q.period.ends_at))
    free = (q.period.ends_at - q.span.starts_at) // timedelta(minutes=1)
    return refusals.PaperTooLong(q.entry.minutes, free) if q.entry.minutes > free else None


def _needs(q: Question) -> Refusal | None:
    if AccessKind.WHEELCHAIR in q.entry.needs and not q.desk.wheelchair:
        return refusals.NeedUnmet(AccessKind.WHEELCHAIR)
    then = [n for n in q.around.neighbours if n.span.meets(q.span)]
    if then and AccessKind.ALONE in q.entry.needs:
        return refusals.NeedUnmet(AccessKind.ALONE)
    if any(n.alone for n in then):
        return refusals.RoomIsSomebodys(q.desk.room_code)
    return None


def _clashes(q: Question) -> Refusal | None:
    for span in q.around.own:
        if span.meets(q.span):
            return refusals.PersonClash(q.says(span.starts_at), q.says(span.ends_at))
    if any(n.seat_id == q.desk.seat_id and n.span.meets(q.span) for n in q.around.neighbours):
        return refusals.SeatTaken(q.desk.number)
    return None


def _work(q: Question) -> Refusal | None:
    if q.entry.works_through_shift:
        return None
    for shift in q.around.shifts:
        free_from = free_after(shift, q.desk.time_zone, q.around.rest)
        if Span(shift.starts_at, free_from).meets(q.span):
            return refusals.OnShift(
                q.says(shift.starts_at), q.says(shift.ends_at), q.says(free_from)
            )
    return None


CHECKS: tuple[Callable[[Question], Refusal | None], ...] = (
    _entry,
    _room,
    _period,
    _clashes,
    _needs,
    _work,
)
