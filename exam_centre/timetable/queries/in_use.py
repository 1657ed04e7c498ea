"""Which rooms a plan uses, how full each is, and what is sat in it."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.papers.models import Paper
from exam_centre.timetable.models import Placement, RoomSession, Sitting
from exam_centre.timetable.queries.standing import standing
from exam_centre.venues.models import Layout, Room, Seat, Venue


class RoomInUse(NamedTuple):
    """One room session somebody sits in."""

    id: int
    token: str
    period_id: int
    room: str  # its code
    venue_id: int
    venue: str  # its code
    venue_name: str
    people: int
    seats: int


def rooms_in_use(session: Session, plan_ids: Sequence[int]) -> list[RoomInUse]:
    """Return the room sessions of what holds with these versions, by venue, room and period."""
    people = (
        select(Placement.room_session_id, func.count().label("people"))
        .where(standing(plan_ids))
        .group_by(Placement.room_session_id)
        .subquery()
    )
    newest = (
        select(Layout.room_id, func.max(Layout.version).label("version"))
        .group_by(Layout.room_id)
        .subquery()
    )
    seats = (
        select(Layout.room_id, func.count(Seat.id).label("seats"))
        .join(newest, (newest.c.room_id == Layout.room_id) & (newest.c.version == Layout.version))
        .join(Seat, Seat.layout_id == Layout.id)
        .group_by(Layout.room_id)
        .subquery()
    )
    rows = session.execute(
        select(
            RoomSession.id,
            RoomSession.token,
            RoomSession.period_id,
            Room.code,
            Venue.id,
            Venue.code,
            Venue.name,
            people.c.people,
            seats.c.seats,
        )
        .join(people, people.c.room_session_id == RoomSession.id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(seats, seats.c.room_id == Room.id)
        .order_by(Venue.code, Room.code, RoomSession.period_id)
    )
    return [RoomInUse(*row) for row in rows]


def papers_in_rooms(session: Session, plan_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Return {room session: the codes of the papers sat in it}."""
    found: dict[int, list[str]] = {}
    for room_session_id, code in session.execute(
        select(Placement.room_session_id, Paper.code)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .where(standing(plan_ids))
        .distinct()
        .order_by(Paper.code)
    ):
        found.setdefault(room_session_id, []).append(code)
    return {key: tuple(codes) for key, codes in found.items()}
