"""Venues, applications, rooms, seats and bookings, read only."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, Place, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.venues.models import (
    ApplicationStep,
    Layout,
    Room,
    RoomBooking,
    Seat,
    Venue,
    VenueApplication,
)

SEERS = (  # whoever works with a venue may see it, from its manager to the staff at its doors
    Permission.SEE_ORGANISATION,
    Permission.APPLY_FOR_VENUE,
    Permission.REVIEW_VENUE,
    Permission.RUN_VENUE,
    Permission.RUN_DEVICES,
    Permission.HAND_OVER,
    Permission.CLOSE_DAY,
    Permission.RUN_ROOM,
    Permission.CHECK_IN,
)


def access_venue(session: Session, actor: Actor, token: str) -> Venue:
    """Return the venue, or raise NotFound where it is none of the actor's."""
    found = session.scalar(
        select(Venue)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            Venue.token == token,
            within(actor, SEERS, unit_path=Unit.path, venue_id=Venue.id),
        )
    )
    if found is None:
        raise NotFound(say("venue"))
    return found


def access_application(session: Session, actor: Actor, token: str) -> VenueApplication:
    """Return the application, or raise NotFound where it is none of the actor's."""
    found = session.scalar(
        select(VenueApplication)
        .join(Venue, Venue.id == VenueApplication.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            VenueApplication.token == token,
            within(
                actor,
                [Permission.APPLY_FOR_VENUE, Permission.REVIEW_VENUE],
                unit_path=Unit.path,
                venue_id=Venue.id,
            ),
        )
    )
    if found is None:
        raise NotFound(say("application"))
    return found


def access_room(session: Session, actor: Actor, token: str) -> Room:
    """Return the room, or raise NotFound where it is none of the actor's."""
    found = session.scalar(
        select(Room)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            Room.token == token,
            within(actor, SEERS, unit_path=Unit.path, venue_id=Venue.id, room_id=Room.id),
        )
    )
    if found is None:
        raise NotFound(say("room"))
    return found


def place_of_venue(session: Session, venue_id: int) -> Place:
    """Return the venue as a place to ask permission for."""
    path = session.scalars(
        select(Unit.path).join(Venue, Venue.unit_id == Unit.id).where(Venue.id == venue_id)
    ).one()
    return Place(path, venue_id=venue_id)


def place_of_room(session: Session, room_id: int) -> Place:
    """Return the room as a place to ask permission for."""
    path, venue_id = session.execute(
        select(Unit.path, Venue.id)
        .join(Venue, Venue.unit_id == Unit.id)
        .join(Room, Room.venue_id == Venue.id)
        .where(Room.id == room_id)
    ).one()
    return Place(path, venue_id=venue_id, room_id=room_id)


def steps_of(session: Session, application_id: int) -> list[ApplicationStep]:
    """Return the reviews of an application, oldest first."""
    wanted = ApplicationStep.application_id == application_id
    return list(session.scalars(select(ApplicationStep).where(wanted).order_by(ApplicationStep.id)))


def rooms_of(session: Session, venue_ids: Iterable[int]) -> list[Room]:
    """Return the rooms of venues, by venue and code."""
    wanted = Room.venue_id.in_(set(venue_ids))
    return list(session.scalars(select(Room).where(wanted).order_by(Room.venue_id, Room.code)))


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
