"""What the door needs to know of one person, in one statement."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, false, func, select
from sqlalchemy.orm import Session, aliased

from exam_centre.accounts.models import Person
from exam_centre.admission.models import Attendance, Slip, SlipLine
from exam_centre.admission.rules import (
    AttendanceStatus,
    DoorProfile,
    Fact,
    Place,
    SlipStatus,
    read_short_code,
)
from exam_centre.calendar.models import Period, RuleProfile
from exam_centre.entries.models import Candidate, Entry
from exam_centre.entries.rules import EntryStatus
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.permissions import Place as Where
from exam_centre.kernel.sentences import say
from exam_centre.kernel.tokens import ForgedToken, open_slip
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from exam_centre.timetable.models import HeldOver, Placement, RoomSession
from exam_centre.venues.models import Room, Seat, Venue


@dataclass(frozen=True)
class Doorway:
    """A door: its room session, where acts there happen, and by which rules it opens."""

    id: int  # of the room session
    token: str
    where: Where
    profile: DoorProfile


@dataclass(frozen=True)
class Known:
    """One placement of the person at the door, with the row that remembers what became of it."""

    place: Place
    door: Doorway
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


def door_of(caller: Caller | None, venue_id: int, at: datetime) -> Doorway | None:
    """Return the door at which a venue's device without a room of its own stands, for this person.

    The room of their paper nearest to `at`; None where they have no paper at the venue.
    """
    here = [k for k in caller.known if k.place.venue_id == venue_id] if caller else []
    return min(here, key=lambda k: abs(k.place.starts - at)).door if here else None


def any_door(session: Session, venue_id: int, at: datetime) -> Doorway:
    """Return some door of a venue nearest to `at`, for a slip that names nobody there.

    Raises NotFound where nothing is ever sat at the venue.
    """
    rows = session.execute(
        select(RoomSession.id, Period.starts_at)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .where(Room.venue_id == venue_id)
        .order_by(RoomSession.id)
    ).all()
    if not rows:
        raise NotFound(say("room session"))
    return doorway(session, min(rows, key=lambda row: abs(row[1] - at))[0])


def doorway(session: Session, room_session_id: int) -> Doorway:
    """Return the door of a room session, in one statement. Raises NotFound."""
    row = session.execute(_asking_door(), {"room_session": room_session_id}).one_or_none()
    if row is None:
        raise NotFound(say("room session"))
    return _doorway(*row)


@cache
def _asking_door() -> Select[*tuple[Any, ...]]:
    """Return the question, built once."""
    return (
        select(*_door_columns())
        .select_from(RoomSession)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .join(Period, Period.id == RoomSession.period_id)
        .outerjoin(RuleProfile, _newest_rules())
        .where(RoomSession.id == bindparam("room_session", type_=Integer))
    )


def _door_columns() -> tuple[Any, ...]:
    return (
        RoomSession.id,
        RoomSession.token,
        Unit.path,
        Venue.id,
        Period.series_id,
        Room.id,
        RuleProfile.doors_open_minutes,
        RuleProfile.late_limit_minutes,
    )


def _newest_rules() -> ColumnElement[bool]:
    newer = aliased(RuleProfile)
    version = (
        select(func.max(newer.version))
        .where(newer.series_id == Period.series_id)
        .correlate(Period)
        .scalar_subquery()
    )
    return and_(RuleProfile.series_id == Period.series_id, RuleProfile.version == version)


def _doorway(
    room_session_id: int,
    token: str,
    path: str,
    venue_id: int,
    series_id: int,
    room_id: int,
    opens: int | None,
    late: int | None,
) -> Doorway:
    if opens is None or late is None:
        raise NotFound(say("rules of the series"))
    return Doorway(
        room_session_id,
        token,
        Where(path, venue_id=venue_id, series_id=series_id, room_id=room_id),
        DoorProfile(doors_open=timedelta(minutes=opens), late_limit=timedelta(minutes=late)),
    )


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
        slip_is_valid=found or all(row[10] is SlipStatus.VALID for row in rows),
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
            Venue.id,
            Venue.name,
            Venue.time_zone,
            held,
            Slip.status,
            SlipLine.id,
            admitter.name,
            *_door_columns(),
        )
        .select_from(Candidate)
        .join(Entry, Entry.candidate_id == Candidate.id)
        .join(Placement, and_(Placement.entry_id == Entry.id, Placement.in_force))
        .join(Paper, Paper.id == Entry.paper_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .join(Period, Period.id == RoomSession.period_id)
        .outerjoin(RuleProfile, _newest_rules())
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
    venue_id: int,
    venue: str,
    time_zone: str,
    held_over: bool,
    _slip_status: SlipStatus | None,
    line_id: int | None,
    admitted_by: str | None,
    *door: Any,
) -> Known:
    return Known(
        place=Place(
            placement_id=placement.id,
            room_session_id=placement.room_session_id,
            venue_id=venue_id,
            starts=placement.starts_at,
            held_over=bool(held_over),
            status=attendance.status if attendance else AttendanceStatus.EXPECTED,
            entry=entry,
            on_slip=found or line_id is not None,
            late_entry=mode is not Mode.LISTENING,
        ),
        door=_doorway(*door),
        placement=placement,
        attendance=attendance,
        admitted_by=admitted_by or "",
        seat=number,
        room=room,
        venue=venue,
        time_zone=time_zone,
    )
