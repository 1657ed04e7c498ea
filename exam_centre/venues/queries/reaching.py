"""Venues, applications and rooms as those reach them who may; and where their acts happen."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, Place, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.venues.models import Room, Venue, VenueApplication

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
