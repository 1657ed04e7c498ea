"""What the door needs to know of one person, in one statement."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, false, select
from sqlalchemy.orm import Session, aliased

from exam_centre.accounts.models import Person
from exam_centre.admission.models import Attendance, Slip, SlipLine
from exam_centre.admission.rules import AttendanceStatus, Fact, Place, SlipStatus, read_short_code
from exam_centre.calendar.models import Period
from exam_centre.entries.models import Candidate, Entry
from exam_centre.entries.rules import EntryStatus
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.tokens import ForgedToken, open_slip
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from exam_centre.timetable.models import HeldOver, Placement, RoomSession
from exam_centre.venues.models import Room, Seat, Venue


@dataclass(frozen=True)
class Known:
    """One placement of the person at the door, with the row that remembers what became of it."""

    place: Place
    placement: Placement
    attendance: Attendance | None  # None: not even expected in writing yet
    admitted_by: str  # "" where nobody was
    seat: int
    room: str
    venue: str
    time_zone: str


@dataclass(frozen=True)
class Caller:
    """Who a scan is about: everything a verdict needs."""

    slip_is_valid: bool
    known: tuple[Known, ...]


def find_caller(session: Session, fact: Fact, ring: KeyRing) -> Caller | None:
    """Return whom a scan is about, or None where the code is no slip's. One statement.

    Raises ForgedToken for a text that is no slip of ours.
    """
    if not fact.token.strip():
        if fact.placement_id is None:
            raise ForgedToken
        return find_placed(session, fact.placement_id)
    code = read_short_code(fact.token)
    if code is not None:
        caller = _caller(session, _Way.SHORT_CODE, {"code": code})
        return caller if caller.known else None
    if fact.token.strip().replace(" ", "").replace("-", "").isdigit():
        return None
    slip = open_slip(fact.token, ring)
    named = {"candidate": slip.candidate, "series": slip.series, "version": slip.slip_version}
    return _caller(session, _Way.TOKEN, named)


def find_placed(session: Session, placement_id: int) -> Caller:
    """Return who sits at a placement, found without a slip. One statement."""
    return _caller(session, _Way.PLACEMENT, {"placement": placement_id})


def next_stop(caller: Caller, now: datetime) -> Known | None:
    """Return where a person goes next: the paper that goes on or comes next, else the last one."""
    sitting = [k for k in caller.known if k.place.entry is EntryStatus.CONFIRMED]
    ahead = [k for k in sitting if k.placement.ends_at >= now]
    if ahead:
        return min(ahead, key=lambda k: k.place.starts)
    return max(sitting, key=lambda k: k.place.starts, default=None)


def door_of(
    session: Session, venue_id: int, caller: Caller | None, at: datetime
) -> RoomSession | None:
    """Return the door a venue's device without a room of its own stands at, for this person.

    The room of their paper nearest to `at`; for a slip that names nobody here, any room then.
    """
    here = [k for k in caller.known if k.place.venue_id == venue_id] if caller else []
    if here:
        nearest = min(here, key=lambda k: abs(k.place.starts - at))
        return session.get(RoomSession, nearest.place.room_session_id)
    rows = session.execute(
        select(RoomSession, Period.starts_at)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .where(Room.venue_id == venue_id)
        .order_by(RoomSession.id)
    ).all()
    return min(rows, key=lambda row: abs(row[1] - at))[0] if rows else None


class _Way(Enum):
    """How a person at the door is named."""

    TOKEN = auto()  # by the QR of a slip
    SHORT_CODE = auto()  # by the digits beneath it
    PLACEMENT = auto()  # found by search, without a slip: every placement counts

    def person(self) -> ColumnElement[bool]:
        """Return which candidate in which series is meant."""
        match self:
            case _Way.TOKEN:
                return and_(
                    Candidate.slip_bytes == bindparam("candidate"),
                    Entry.series_id == bindparam("series", type_=Integer),
                )
            case _Way.SHORT_CODE:
                return Slip.short_code == bindparam("code")
            case _Way.PLACEMENT:
                beside = aliased(Entry)
                return (
                    exists()
                    .where(Placement.id == bindparam("placement", type_=Integer))
                    .where(beside.id == Placement.entry_id)
                    .where(beside.candidate_id == Candidate.id)
                    .where(beside.series_id == Entry.series_id)
                    .correlate(Candidate, Entry)
                )

    def slip(self) -> ColumnElement[bool]:
        """Return which of their slips was shown."""
        match self:
            case _Way.TOKEN:
                return Slip.number == bindparam("version", type_=Integer)
            case _Way.SHORT_CODE:
                return Slip.short_code == bindparam("code")
            case _Way.PLACEMENT:
                return false()


def _caller(session: Session, way: _Way, named: dict[str, Any]) -> Caller:
    """Gather everything about one person."""
    rows = session.execute(_asking(way), named).all()
    found = way is _Way.PLACEMENT
    return Caller(
        slip_is_valid=found or all(row[8] is SlipStatus.VALID for row in rows),
        known=tuple(_known(found, *row) for row in rows),
    )


@cache
def _asking(way: _Way) -> Select[*tuple[Any, ...]]:
    """Return the question, built once for each way: building it costs more than asking it."""
    admitter = aliased(Person)
    held = exists().where(
        HeldOver.second_entry_id == Placement.entry_id, HeldOver.plan_id == Placement.plan_id
    )
    return (
        select(
            Placement,
            Attendance,
            Entry.status,
            Paper.mode,
            Seat.number,
            Room.code,
            Venue,
            held,
            Slip.status,
            SlipLine.id,
            admitter.name,
        )
        .select_from(Candidate)
        .join(Entry, Entry.candidate_id == Candidate.id)
        .join(Placement, and_(Placement.entry_id == Entry.id, Placement.in_force))
        .join(Paper, Paper.id == Entry.paper_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .outerjoin(
            Slip,
            and_(
                Slip.candidate_id == Candidate.id,
                Slip.series_id == Entry.series_id,
                way.slip(),
            ),
        )
        .outerjoin(
            SlipLine, and_(SlipLine.slip_id == Slip.id, SlipLine.placement_id == Placement.id)
        )
        .outerjoin(Attendance, Attendance.placement_id == Placement.id)
        .outerjoin(admitter, admitter.id == Attendance.admitted_by_id)
        .where(way.person())
    )


def _known(
    found: bool,
    placement: Placement,
    attendance: Attendance | None,
    entry: EntryStatus,
    mode: Mode,
    number: int,
    room: str,
    venue: Venue,
    held_over: bool,
    _slip_status: SlipStatus | None,
    line_id: int | None,
    admitted_by: str | None,
) -> Known:
    return Known(
        place=Place(
            placement_id=placement.id,
            room_session_id=placement.room_session_id,
            venue_id=venue.id,
            starts=placement.starts_at,
            held_over=bool(held_over),
            status=attendance.status if attendance else AttendanceStatus.EXPECTED,
            entry=entry,
            on_slip=found or line_id is not None,
            late_entry=mode is not Mode.LISTENING,
        ),
        placement=placement,
        attendance=attendance,
        admitted_by=admitted_by or "",
        seat=number,
        room=room,
        venue=venue.name,
        time_zone=venue.time_zone,
    )
