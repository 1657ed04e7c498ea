"""What the door needs to know of people, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    select,
)
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
    token: str  # of the placement
    ends_at: datetime
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
    (found,) = find_callers(session, [fact], ring)
    if isinstance(found, ForgedToken):
        raise found
    return found


def find_callers(
    session: Session, facts: Sequence[Fact], ring: KeyRing
) -> list[Caller | ForgedToken | None]:
    """Return whom each scan is about, in order; as `find_caller`, refusals in their place.

    One statement for each way in which the people are named.
    """
    named = [_named(fact, ring) for fact in facts]
    found: dict[_Name, Caller] = {}
    for way in _Way:
        names = {name for name in named if isinstance(name, _Name) and name.way is way}
        if names:
            found |= _callers(session, way, names)
    return [_as_caller(name, found) for name in named]


def find_placed(session: Session, placement_id: int) -> Caller:
    """Return who sits at a placement, found without a slip. One statement."""
    name = _Name(_Way.PLACEMENT, placement_id)
    return _callers(session, _Way.PLACEMENT, {name})[name]


def next_stop(caller: Caller, now: datetime) -> Known | None:
    """Return where a person goes next: the paper that goes on or comes next, else the last one."""
    sitting = [k for k in caller.known if k.place.entry is EntryStatus.CONFIRMED]
    ahead = [k for k in sitting if k.ends_at >= now]
    if ahead:
        return min(ahead, key=lambda k: k.place.starts)
    return max(sitting, key=lambda k: k.place.starts, default=None)


def door_of(caller: Caller | None, venue_id: int, at: datetime) -> Doorway | None:
    """Return the door at which a venue's device without a room of its own stands, for this person.

    The room of their paper nearest to `at`; None where they have no paper at the venue.
    """
    here = [k for k in caller.known if k.place.venue_id == venue_id] if caller else []
    return min(here, key=lambda k: abs(k.place.starts - at)).door if here else None


def doors_of_venue(session: Session, venue_id: int) -> list[tuple[int, datetime]]:
    """Return every room session of a venue with the start of its period.

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
    return [(room_session_id, starts_at) for room_session_id, starts_at in rows]


def doorway(session: Session, room_session_id: int) -> Doorway:
    """Return the door of a room session, in one statement. Raises NotFound."""
    row = session.execute(_asking_door(), {"room_session": room_session_id}).one_or_none()
    if row is None:
        raise NotFound(say("room session"))
    return _doorway(row)


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
        .outerjoin(RuleProfile, newest_rules())
        .where(RoomSession.id == bindparam("room_session", type_=Integer))
    )


def _door_columns() -> tuple[Any, ...]:
    return (
        RoomSession.id.label("door_id"),
        RoomSession.token.label("door_token"),
        Unit.path,
        Venue.id.label("venue_id"),
        Period.series_id,
        Room.id.label("room_id"),
        RuleProfile.doors_open_minutes,
        RuleProfile.late_limit_minutes,
    )


def newest_rules() -> ColumnElement[bool]:
    """Return what joins the rules of a period's series, in their newest version."""
    newer = aliased(RuleProfile)
    version = (
        select(func.max(newer.version))
        .where(newer.series_id == Period.series_id)
        .correlate(Period)
        .scalar_subquery()
    )
    return and_(RuleProfile.series_id == Period.series_id, RuleProfile.version == version)


def _doorway(row: Any) -> Doorway:
    opens, late = row.doors_open_minutes, row.late_limit_minutes
    if opens is None or late is None:
        raise NotFound(say("rules of the series"))
    return Doorway(
        row.door_id,
        row.door_token,
        Where(row.path, venue_id=row.venue_id, series_id=row.series_id, room_id=row.room_id),
        DoorProfile(doors_open=timedelta(minutes=opens), late_limit=timedelta(minutes=late)),
    )


class _Way(Enum):
    """How a person at the door is named."""

    TOKEN = auto()  # by the QR of a slip
    SHORT_CODE = auto()  # by the digits beneath it
    PLACEMENT = auto()  # found by search, without a slip: every placement counts


@dataclass(frozen=True)
class _Name:
    """A person at the door, as they were named; `version` is of the slip, where a QR says it."""

    way: _Way
    key: bytes | str | int  # the candidate's bytes, the code, or the placement's id
    series: int = 0
    version: int = 0


def _named(fact: Fact, ring: KeyRing) -> _Name | ForgedToken | None:
    """Return how a scan names its person; None where nobody can have such a code."""
    text = fact.token.strip()
    if not text:
        return (
            ForgedToken() if fact.placement_id is None else _Name(_Way.PLACEMENT, fact.placement_id)
        )
    code = read_short_code(text)
    if code is not None:
        return _Name(_Way.SHORT_CODE, code)
    if text.replace(" ", "").replace("-", "").isdigit():
        return None
    try:
        slip = open_slip(text, ring)
    except ForgedToken as refusal:
        return refusal
    return _Name(_Way.TOKEN, slip.candidate, slip.series, slip.slip_version)


def _as_caller(
    name: _Name | ForgedToken | None, found: dict[_Name, Caller]
) -> Caller | ForgedToken | None:
    if not isinstance(name, _Name):
        return name
    caller = found[name]
    # A code nobody has is no slip's; a genuine QR may be of somebody the plan does not know.
    return None if name.way is _Way.SHORT_CODE and not caller.known else caller


def _callers(session: Session, way: _Way, names: set[_Name]) -> dict[_Name, Caller]:
    """Gather everything about some people, named in one way, in one statement."""
    rows = session.execute(_asking(way), {"keys": sorted({name.key for name in names})}).all()
    by_person: dict[tuple[Any, int], list[Any]] = {}
    for row in rows:
        series = row.series_id if way is _Way.TOKEN else 0
        by_person.setdefault((row.key, series), []).append(row)
    return {name: _caller(name, by_person.get((name.key, name.series), [])) for name in names}


def _caller(name: _Name, rows: list[Any]) -> Caller:
    """Make a caller of their rows: a placement has one for each slip that was ever printed."""
    found = name.way is _Way.PLACEMENT
    mine = [row for row in rows if name.way is not _Way.TOKEN or row.number == name.version]
    if not mine:  # that version of the slip was never written down here
        return Caller(False, tuple(_known(row, False) for row in _once(rows)))
    return Caller(
        slip_is_valid=found or all(row.slip is SlipStatus.VALID for row in mine),
        known=tuple(_known(row, found or row.line is not None) for row in mine),
    )


def _once(rows: list[Any]) -> list[Any]:
    return list({row.placement_id: row for row in rows}.values())


@cache
def _asking(way: _Way) -> Select[*tuple[Any, ...]]:
    """Return the question, built once for each way: building it costs more than asking it."""
    admitter = aliased(Person)
    held = exists().where(
        HeldOver.second_entry_id == Placement.entry_id, HeldOver.plan_id == Placement.plan_id
    )
    keys: BindParameter[Any] = bindparam("keys", expanding=True)
    asked: Select[*tuple[Any, ...]] = (
        select(
            Placement.id.label("placement_id"),
            Placement.token.label("placement_token"),
            Placement.room_session_id,
            Placement.starts_at,
            Placement.ends_at,
            Attendance,
            Entry.status.label("entry"),
            Paper.mode,
            Seat.number.label("seat"),
            Room.code.label("room"),
            Venue.name.label("venue"),
            Venue.time_zone,
            held.label("held_over"),
            Slip.status.label("slip"),
            Slip.number,
            SlipLine.id.label("line"),
            admitter.name.label("admitted_by"),
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
        .outerjoin(RuleProfile, newest_rules())
        .outerjoin(Attendance, Attendance.placement_id == Placement.id)
        .outerjoin(admitter, admitter.id == Attendance.admitted_by_id)
    )
    slip_of = and_(Slip.candidate_id == Candidate.id, Slip.series_id == Entry.series_id)
    match way:
        case _Way.TOKEN:
            asked = asked.add_columns(Candidate.slip_bytes.label("key"))
            asked = asked.outerjoin(Slip, slip_of).where(Candidate.slip_bytes.in_(keys))
        case _Way.SHORT_CODE:
            asked = asked.add_columns(Slip.short_code.label("key"))
            asked = asked.join(Slip, slip_of).where(Slip.short_code.in_(keys))
        case _Way.PLACEMENT:
            there, meant = aliased(Entry), aliased(Placement)
            asked = (
                asked.add_columns(meant.id.label("key"))
                .join(
                    there,
                    and_(there.candidate_id == Candidate.id, there.series_id == Entry.series_id),
                )
                .join(meant, meant.entry_id == there.id)
                .outerjoin(Slip, false())
                .where(meant.id.in_(keys))
            )
    return asked.outerjoin(
        SlipLine, and_(SlipLine.slip_id == Slip.id, SlipLine.placement_id == Placement.id)
    )


def _known(row: Any, on_slip: bool) -> Known:
    door = _doorway(row)
    return Known(
        place=Place(
            placement_id=row.placement_id,
            room_session_id=row.room_session_id,
            venue_id=door.where.venue_id or 0,
            starts=row.starts_at,
            held_over=bool(row.held_over),
            status=row.Attendance.status if row.Attendance else AttendanceStatus.EXPECTED,
            entry=row.entry,
            on_slip=on_slip,
            late_entry=row.mode is not Mode.LISTENING,
        ),
        door=door,
        token=row.placement_token,
        ends_at=row.ends_at,
        attendance=row.Attendance,
        admitted_by=row.admitted_by or "",
        seat=row.seat,
        room=row.room,
        venue=row.venue,
        time_zone=row.time_zone,
    )
