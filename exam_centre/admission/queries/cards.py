"""The card at the door, the rooms of a day, and people found without a slip."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from pypinyin import Style, pinyin
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from exam_centre.accounts.models import Person
from exam_centre.admission.models import Attendance
from exam_centre.admission.rules import AttendanceStatus, Identity
from exam_centre.calendar.models import Period, Series
from exam_centre.entries.models import Candidate, Entry
from exam_centre.entries.queries import needs_of
from exam_centre.entries.rules import NOT_LIVE, AccessKind
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import Placement, RoomSession
from exam_centre.venues.models import Room, Seat, Venue

MOST_FOUND = 12


@dataclass(frozen=True)
class DoorRoom:
    """A room in a period, as a door or a register: where, when, and how many came."""

    id: int
    token: str
    room: str
    floor: str
    venue: str
    venue_token: str
    venue_id: int
    time_zone: str
    series: str  # its code
    series_id: int
    period: str
    starts_at: datetime
    ends_at: datetime
    seated: int  # everybody placed there
    present: int
    rechecked: int
    closed: int  # rows of the register that only a correction changes


@dataclass(frozen=True)
class Card:
    """What the person at the door compares: the face, the name, the papers, and the seat."""

    placement_id: int
    token: str
    room_session_id: int
    name: str
    person_no: str
    id_tail: str
    has_photo: bool
    paper: str
    starts_at: datetime
    ends_at: datetime
    seat: int
    room: str
    venue: str
    time_zone: str
    status: AttendanceStatus
    identity: Identity
    needs: tuple[AccessKind, ...]


@dataclass(frozen=True)
class Found:
    """Somebody found by name or number."""

    token: str  # the placement's
    name: str
    person_no: str
    id_tail: str
    room: str
    seat: int
    is_here: bool
    status: AttendanceStatus


def door_rooms(
    session: Session,
    actor: Actor,
    permissions: Iterable[Permission],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    venue_id: int | None = None,
    room_session_id: int | None = None,
) -> list[DoorRoom]:
    """Return the rooms where the actor may act, by time, venue and code.

    since, until  only periods that overlap this time; room_session_id asks for one room.
    """
    present = Attendance.status == AttendanceStatus.PRESENT
    again = and_(present, Attendance.recheck != Identity.NOT_CHECKED)
    wanted = [
        within(
            actor,
            list(permissions),
            unit_path=Unit.path,
            venue_id=Venue.id,
            series_id=Period.series_id,
            room_id=Room.id,
        )
    ]
    if since is not None:
        wanted.append(Period.ends_at >= since)
    if until is not None:
        wanted.append(Period.starts_at < until)
    if venue_id is not None:
        wanted.append(Venue.id == venue_id)
    if room_session_id is not None:
        wanted.append(RoomSession.id == room_session_id)
    rows = session.execute(
        select(
            RoomSession.id,
            RoomSession.token,
            Room.code.label("room"),
            Room.floor,
            Venue.name.label("venue"),
            Venue.token.label("venue_token"),
            Venue.id.label("venue_id"),
            Venue.time_zone,
            Series.code.label("series"),
            Series.id.label("series_id"),
            Period.code.label("period"),
            Period.starts_at,
            Period.ends_at,
            func.count(Placement.id).label("seated"),
            func.count(Attendance.placement_id).filter(present).label("present"),
            func.count(Attendance.placement_id).filter(again).label("rechecked"),
            func.count(Attendance.closed_at).label("closed"),
        )
        .select_from(RoomSession)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Series, Series.id == Period.series_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .outerjoin(Placement, and_(Placement.room_session_id == RoomSession.id, Placement.in_force))
        .outerjoin(Attendance, Attendance.placement_id == Placement.id)
        .where(*wanted)
        .group_by(RoomSession.id, Room.id, Venue.id, Series.id, Period.id)
        .order_by(Period.starts_at, Venue.code, Room.code)
    )
    return [DoorRoom(**row._asdict()) for row in rows]


def next_day(
    session: Session, actor: Actor, permissions: Iterable[Permission], now: datetime
) -> datetime | None:
    """Return the start of the next period in any of the actor's rooms; the last one of all if
    everything is over, None where there was never any."""
    starts = (
        select(Period.starts_at, Period.ends_at)
        .join(RoomSession, RoomSession.period_id == Period.id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            within(
                actor,
                list(permissions),
                unit_path=Unit.path,
                venue_id=Venue.id,
                series_id=Period.series_id,
                room_id=Room.id,
            )
        )
        .distinct()
        .subquery()
    )
    earliest = select(func.min(starts.c.starts_at)).where(starts.c.ends_at >= now)
    coming: datetime | None = session.scalar(earliest)
    last: datetime | None = session.scalar(select(func.max(starts.c.starts_at)))
    return coming or last


def cards_of(session: Session, placement_ids: Iterable[int]) -> dict[int, Card]:
    """Return {placement id: its card}; who may see it is the caller's to ask."""
    rows = session.execute(
        select(Placement, Person, Candidate, Paper, Seat.number, Room.code, Venue, Attendance)
        .join(Entry, Entry.id == Placement.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Placement.person_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .outerjoin(Attendance, Attendance.placement_id == Placement.id)
        .where(Placement.id.in_(list(placement_ids)))
        .add_columns(Entry.series_id)
    ).all()
    by_series: dict[int, set[int]] = {}
    for row in rows:
        by_series.setdefault(row[8], set()).add(row[2].id)
    needs = {
        (series_id, candidate_id): kinds
        for series_id, candidate_ids in by_series.items()
        for candidate_id, kinds in needs_of(session, candidate_ids, series_id).items()
    }
    cards = {}
    for placement, person, candidate, paper, seat, room, venue, attendance, series_id in rows:
        cards[placement.id] = Card(
            placement_id=placement.id,
            token=placement.token,
            room_session_id=placement.room_session_id,
            name=person.name,
            person_no=candidate.person_no,
            id_tail=person.id_tail,
            has_photo=bool(candidate.photo_key),
            paper=f"{paper.code} {paper.name}",
            starts_at=placement.starts_at,
            ends_at=placement.ends_at,
            seat=seat,
            room=room,
            venue=venue.name,
            time_zone=venue.time_zone,
            status=attendance.status if attendance else AttendanceStatus.EXPECTED,
            identity=attendance.identity if attendance else Identity.NOT_CHECKED,
            needs=tuple(sorted(needs.get((series_id, candidate.id), ()))),
        )
    return cards


def photo_keys_of(session: Session, placement_ids: Iterable[int]) -> dict[int, str]:
    """Return {placement id: the key of the photo of who sits there}, "" where there is none."""
    rows = session.execute(
        select(Placement.id, Candidate.photo_key)
        .join(Entry, Entry.id == Placement.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .where(Placement.id.in_(list(placement_ids)))
    )
    return dict(rows.all())


def search_people(session: Session, room: DoorRoom, words: str) -> list[Found]:
    """Return who at this venue in this period fits a name, its pinyin, a number or an ID's end.

    People of this room come first. At most MOST_FOUND.
    """
    period, rooms = aliased(RoomSession), aliased(RoomSession)
    rows = session.execute(
        select(Placement, Person, Candidate.person_no, Room.code, Seat.number, Attendance.status)
        .join(Entry, Entry.id == Placement.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Placement.person_id)
        .join(rooms, rooms.id == Placement.room_session_id)
        .join(period, and_(period.id == room.id, period.period_id == rooms.period_id))
        .join(Room, and_(Room.id == rooms.room_id, Room.venue_id == room.venue_id))
        .join(Seat, Seat.id == Placement.seat_id)
        .outerjoin(Attendance, Attendance.placement_id == Placement.id)
        .where(Placement.in_force, Entry.status.not_in(NOT_LIVE))
        .order_by(Room.code, Seat.number, Placement.starts_at)
    )
    wanted = words.casefold().replace(" ", "")
    found = [
        Found(
            token=placement.token,
            name=person.name,
            person_no=person_no,
            id_tail=person.id_tail,
            room=code,
            seat=number,
            is_here=placement.room_session_id == room.id,
            status=status or AttendanceStatus.EXPECTED,
        )
        for placement, person, person_no, code, number, status in rows
        if _fits(wanted, person.name, person_no, person.id_tail)
    ]
    return sorted(found, key=lambda each: not each.is_here)[:MOST_FOUND]


def people_without_seat(session: Session, room: DoorRoom) -> list[tuple[str, str, str]]:
    """Return (name, number, paper) of who is entered for a paper sat here and has no seat.

    Those of the venue's own unit, and those who asked for this venue: they may stand at the door.
    """
    sat_here = (
        select(Entry.paper_id)
        .join(Placement, Placement.entry_id == Entry.id)
        .where(Placement.room_session_id == room.id, Placement.in_force)
    )
    unit_id = select(Venue.unit_id).where(Venue.id == room.venue_id).scalar_subquery()
    seated = select(Placement.id).where(Placement.entry_id == Entry.id, Placement.in_force)
    rows = session.execute(
        select(Person.name, Candidate.person_no, Paper.code)
        .select_from(Entry)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(
            Entry.series_id == room.series_id,
            Entry.status.not_in(NOT_LIVE),
            Entry.paper_id.in_(sat_here),
            ~seated.exists(),
            or_(Candidate.unit_id == unit_id, Entry.preferred_venue_id == room.venue_id),
        )
        .order_by(Person.name, Candidate.person_no)
        .limit(100)
    )
    return [(name, number, paper) for name, number, paper in rows]


def _fits(wanted: str, name: str, person_no: str, id_tail: str) -> bool:
    if not wanted:
        return False
    if wanted in name.casefold().replace(" ", "") or person_no.casefold().endswith(wanted):
        return True
    if wanted == id_tail.casefold() or person_no.casefold() == wanted:
        return True
    return wanted.isascii() and is_typed(wanted, syllables(name))


def is_typed(wanted: str, readings: tuple[tuple[str, ...], ...]) -> bool:
    """Say whether letters begin a name: each character by its syllable or the start of one.

    "wl", "wangl" and "wangli" all begin 王立; shanxx and dxx both begin 单雄信.
    """
    if not wanted or not readings:
        return not wanted
    return any(
        reading.startswith(wanted[:length]) and is_typed(wanted[length:], readings[1:])
        for reading in readings[0]
        for length in range(min(len(wanted), len(reading)), 0, -1)
    )


@lru_cache(maxsize=50_000)
def syllables(name: str) -> tuple[tuple[str, ...], ...]:
    """Return every reading of each character of a Chinese name, without tones and signs."""
    return tuple(map(tuple, pinyin(name, style=Style.NORMAL, heteronym=True, errors="ignore")))
