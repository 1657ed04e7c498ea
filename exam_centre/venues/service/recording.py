"""Venues and rooms that were settled elsewhere: recorded, corrected, taken back."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.organisation.models import Park, Unit
from exam_centre.organisation.queries import place_of_network
from exam_centre.organisation.rules import CodeTaken, check_position
from exam_centre.venues.models import Layout, Room, Seat, Venue
from exam_centre.venues.queries import place_of_room, place_of_venue
from exam_centre.venues.rules import ParkElsewhere, RoomKind, VenueKind, VenueStatus


def record_approved(
    session: Session,
    actor: Actor,
    unit: Unit,
    park: Park,
    *,
    code: str,
    name: str,
    kind: VenueKind,
    latitude: Decimal,
    longitude: Decimal,
    reason: str,
    now: datetime,
) -> Venue:
    """Record a venue that headquarters approved on paper; only headquarters may say so.

    reason  where the approval stands, e.g. the list it came in; the trail keeps it.
    Raises  WrongPosition, CodeTaken, ParkElsewhere.
    """
    actor.require(Permission.REVIEW_VENUE, place_of_network(session))
    actor.human()
    check_position(latitude, longitude)
    keeper = session.get_one(Unit, park.unit_id)
    if not (keeper.path.startswith(unit.path) or unit.path.startswith(keeper.path)):
        raise ParkElsewhere(park.name)
    if session.scalar(select(exists().where(Venue.code == code))):
        raise CodeTaken(code)
    venue = Venue(
        code=code,
        name=name,
        unit_id=unit.id,
        park_id=park.id,
        kind=kind,
        status=VenueStatus.APPLIED,
        latitude=latitude,
        longitude=longitude,
    )
    venue.move_to(VenueStatus.APPROVED)
    session.add(venue)
    audit.record(session, actor, "venues.recorded_as_approved", venue, now, reason=reason)
    return venue


def correct_venue(
    session: Session,
    actor: Actor,
    venue: Venue,
    *,
    name: str,
    kind: VenueKind,
    latitude: Decimal,
    longitude: Decimal,
    now: datetime,
) -> None:
    """Correct what headquarters keeps about a venue. Raises WrongPosition."""
    actor.require(Permission.REVIEW_VENUE, place_of_network(session))
    check_position(latitude, longitude)
    venue.name, venue.kind = name, kind
    venue.latitude, venue.longitude = latitude, longitude
    audit.record(session, actor, "venues.venue_corrected", venue, now)


def correct_room(
    session: Session, actor: Actor, room: Room, *, kind: RoomKind, floor: str, now: datetime
) -> None:
    """Correct what a room is for and where it is; its desks change by a new drawing."""
    actor.require(Permission.RUN_VENUE, place_of_room(session, room.id))
    room.kind, room.floor = kind, floor
    audit.record(session, actor, "venues.room_corrected", room, now)


def take_back_rooms(
    session: Session, actor: Actor, rooms: Sequence[Room], *, reason: str, now: datetime
) -> None:
    """Take back rooms that were added by mistake, their drawings and desks with them.

    A room that anything stands on is refused by the database, as PromiseBroken.
    """
    for venue_id in {room.venue_id for room in rooms}:
        actor.require(Permission.RUN_VENUE, place_of_venue(session, venue_id))
    audit.record_all(session, actor, "venues.room_taken_back", rooms, now, reason=reason)
    for room in rooms:
        for layout in session.scalars(select(Layout).where(Layout.room_id == room.id)).all():
            for seat in session.scalars(select(Seat).where(Seat.layout_id == layout.id)).all():
                session.delete(seat)
            session.flush()
            session.delete(layout)
        session.flush()
        session.delete(room)
    session.flush()


def take_back_venues(
    session: Session, actor: Actor, venues: Sequence[Venue], *, reason: str, now: datetime
) -> None:
    """Take back venues that were recorded by mistake; those with rooms are refused."""
    actor.require(Permission.REVIEW_VENUE, place_of_network(session))
    audit.record_all(session, actor, "venues.venue_taken_back", venues, now, reason=reason)
    for venue in venues:
        session.delete(venue)
    session.flush()
