"""Rooms, how their desks stand, and when they are taken."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.venues.models import Layout, Room, RoomBooking, Seat


def rooms_of(session: Session, venue_ids: Iterable[int]) -> list[Room]:
    """Return the rooms of venues, by venue and code."""
    wanted = Room.venue_id.in_(set(venue_ids))
    return list(session.scalars(select(Room).where(wanted).order_by(Room.venue_id, Room.code)))


def layouts_of(session: Session, room_id: int) -> list[Layout]:
    """Return every drawing of a room, newest first."""
    wanted = select(Layout).where(Layout.room_id == room_id).order_by(Layout.version.desc())
    return list(session.scalars(wanted))


def layout_of(session: Session, room_id: int) -> Layout:
    """Return the current layout of a room: its newest version."""
    return session.scalars(
        select(Layout).where(Layout.room_id == room_id).order_by(Layout.version.desc()).limit(1)
    ).one()


def seats_of(session: Session, room_id: int) -> list[Seat]:
    """Return the desks of a room's current layout, by number."""
    return seats_of_rooms(session, [room_id]).get(room_id, [])


def seats_of_rooms(session: Session, room_ids: Iterable[int]) -> dict[int, list[Seat]]:
    """Return {room id: the desks of its current layout, by number}."""
    current = (
        select(Layout.room_id, func.max(Layout.version).label("version"))
        .where(Layout.room_id.in_(set(room_ids)))
        .group_by(Layout.room_id)
        .subquery()
    )
    rows = session.execute(
        select(Layout.room_id, Seat)
        .join(Seat, Seat.layout_id == Layout.id)
        .join(
            current,
            (current.c.room_id == Layout.room_id) & (current.c.version == Layout.version),
        )
        .order_by(Layout.room_id, Seat.number)
    )
    seats: dict[int, list[Seat]] = {}
    for room_id, seat in rows:
        seats.setdefault(room_id, []).append(seat)
    return seats


def bookings_of(
    session: Session, room_ids: Iterable[int], starts_at: datetime, ends_at: datetime
) -> list[RoomBooking]:
    """Return the bookings of rooms that overlap a window; touching it is not overlapping."""
    return list(
        session.scalars(
            select(RoomBooking)
            .where(
                RoomBooking.room_id.in_(set(room_ids)),
                RoomBooking.starts_at < ends_at,
                RoomBooking.ends_at > starts_at,
            )
            .order_by(RoomBooking.starts_at, RoomBooking.id)
        )
    )


def bookings_ahead(
    session: Session, venue_id: int, now: datetime
) -> list[tuple[Room, RoomBooking]]:
    """Return (room, booking) of a venue's bookings that are not over, the first to begin first."""
    rows = session.execute(
        select(Room, RoomBooking)
        .join(RoomBooking, RoomBooking.room_id == Room.id)
        .where(Room.venue_id == venue_id, RoomBooking.ends_at > now)
        .order_by(RoomBooking.starts_at, RoomBooking.id)
    )
    return [(room, booking) for room, booking in rows]
