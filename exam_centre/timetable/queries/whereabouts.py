"""Where and when a room session is, who sits there and what: what pages and papers say of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Period, Series
from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.database import pieces
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from exam_centre.timetable.models import Placement, RoomSession, Sitting
from exam_centre.timetable.queries.standing import SEES_ROOM
from exam_centre.venues.models import Room, Seat, Venue


@dataclass(frozen=True)
class RoomSpot:
    """A room session in words: its room, period, series and venue."""

    room_session_id: int
    token: str
    room_id: int
    room: str  # the code on its door
    period_id: int
    period: str
    starts_at: datetime
    ends_at: datetime
    series_id: int
    series: str
    series_name: str
    venue_id: int
    venue: str
    venue_token: str
    zone: str

    @property
    def day(self) -> date:
        """The day of the period, on the clock of the venue."""
        return at_venue(self.starts_at, self.zone).date()


@dataclass(frozen=True)
class SeatPerson:
    """Who sits where in a room session."""

    placement_id: int
    token: str
    seat: int
    name: str
    paper: str  # its code


@dataclass(frozen=True)
class RoomPaper:
    """A paper sat in a room session, and by how many."""

    sitting_id: int
    code: str
    name: str
    mode: Mode
    seats: int


def room_spots(session: Session, room_session_ids: Iterable[int]) -> dict[int, RoomSpot]:
    """Return {room session: where and when it is}."""
    found: dict[int, RoomSpot] = {}
    for some in pieces(room_session_ids):
        for row in session.execute(_spots().where(RoomSession.id.in_(some))):
            found[row[0]] = RoomSpot(*row)
    return found


def spots_in_scope(
    session: Session,
    actor: Actor,
    starts: datetime,
    ends: datetime,
    *,
    permissions: Sequence[Permission] = SEES_ROOM,
    venue_id: int | None = None,
    period_id: int | None = None,
    limit: int = 2_000,
) -> list[RoomSpot]:
    """Return the room sessions of people in force that start in [starts, ends), by start and room.

    Only those the actor's grants reach with one of `permissions`.
    """
    seated = select(Placement.id).where(
        Placement.room_session_id == RoomSession.id, Placement.in_force
    )
    wanted = _spots().where(
        _reached(actor, permissions),
        Period.starts_at >= starts,
        Period.starts_at < ends,
        seated.exists(),
    )
    if venue_id is not None:
        wanted = wanted.where(Venue.id == venue_id)
    if period_id is not None:
        wanted = wanted.where(Period.id == period_id)
    wanted = wanted.order_by(Period.starts_at, Venue.code, Room.code).limit(limit)
    return [RoomSpot(*row) for row in session.execute(wanted)]


def starts_in_scope(
    session: Session, actor: Actor, permissions: Sequence[Permission] = SEES_ROOM
) -> list[datetime]:
    """Return when the periods with rooms in the actor's reach start, each once, in order."""
    return list(
        session.scalars(
            select(Period.starts_at)
            .join(RoomSession, RoomSession.period_id == Period.id)
            .join(Room, Room.id == RoomSession.room_id)
            .join(Venue, Venue.id == Room.venue_id)
            .join(Unit, Unit.id == Venue.unit_id)
            .where(_reached(actor, permissions))
            .distinct()
            .order_by(Period.starts_at)
        )
    )


def people_of_room(session: Session, room_session_id: int) -> list[SeatPerson]:
    """Return who is placed in a room session, by seat number, then by start."""
    rows = session.execute(
        select(Placement.id, Placement.token, Seat.number, Person.name, Paper.code)
        .join(Seat, Seat.id == Placement.seat_id)
        .join(Person, Person.id == Placement.person_id)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .where(Placement.room_session_id == room_session_id, Placement.in_force)
        .order_by(Seat.number, Placement.starts_at)
    )
    return [SeatPerson(*row) for row in rows]


def papers_of_rooms(
    session: Session, room_session_ids: Iterable[int]
) -> dict[int, list[RoomPaper]]:
    """Return {room session: the papers sat there, by code}."""
    rows = session.execute(
        select(
            Placement.room_session_id, Sitting.id, Paper.code, Paper.name, Paper.mode, func.count()
        )
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .where(Placement.room_session_id.in_(list(room_session_ids)), Placement.in_force)
        .group_by(Placement.room_session_id, Sitting.id, Paper.code, Paper.name, Paper.mode)
        .order_by(Paper.code)
    )
    found: dict[int, list[RoomPaper]] = {}
    for room_session_id, sitting_id, code, name, mode, seats in rows:
        found.setdefault(room_session_id, []).append(RoomPaper(sitting_id, code, name, mode, seats))
    return found


def _reached(actor: Actor, permissions: Sequence[Permission]) -> Any:
    return within(
        actor,
        permissions,
        unit_path=Unit.path,
        venue_id=Venue.id,
        series_id=Period.series_id,
        room_id=Room.id,
    )


def _spots() -> Select[*tuple[Any, ...]]:
    return (
        select(
            RoomSession.id,
            RoomSession.token,
            Room.id,
            Room.code,
            Period.id,
            Period.code,
            Period.starts_at,
            Period.ends_at,
            Series.id,
            Series.code,
            Series.name,
            Venue.id,
            Venue.name,
            Venue.token,
            Venue.time_zone,
        )
        .select_from(RoomSession)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Series, Series.id == Period.series_id)
    )
