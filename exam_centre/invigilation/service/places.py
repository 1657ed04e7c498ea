"""Where an act on a room happens, who may do it there, and that the venue's day is still open."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.invigilation import queries
from exam_centre.invigilation.models import RoomDay
from exam_centre.invigilation.rules import DayIsClosed
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.timetable.queries import place_of_room_session, zone_of_room_session
from exam_centre.timetable.rules import on_the_clock


def place_of(session: Session, room_day: RoomDay) -> Place:
    """Return where a room's acts happen. Raises DayIsClosed once the venue's day is closed."""
    ensure_day_is_open(session, room_day.room_session_id)
    return place_of_room_session(session, room_day.room_session_id)


def require(session: Session, actor: Actor, room_day: RoomDay) -> None:
    """Ask that somebody may run a room whose day is still open. Raises Forbidden, DayIsClosed."""
    actor.require(Permission.RUN_ROOM, place_of_room_session(session, room_day.room_session_id))
    ensure_day_is_open(session, room_day.room_session_id)


def require_both(session: Session, actor: Actor, second: Actor, room_day: RoomDay) -> None:
    """Ask the same of two people."""
    for person in (actor, second):
        require(session, person, room_day)


def ensure_day_is_open(session: Session, room_session_id: int) -> None:
    """Raise DayIsClosed where two people closed the day of this room's venue."""
    closed = queries.closed_day_of_room(session, room_session_id)
    if closed is not None:
        zone = zone_of_room_session(session, room_session_id)
        raise DayIsClosed(on_the_clock(closed.closed_at, zone))


def on_venue_clock(session: Session, room_day: RoomDay, moment: datetime) -> str:
    """Return a moment as the venue's clock shows it."""
    return on_the_clock(moment, zone_of_room_session(session, room_day.room_session_id))
