"""What can be locked as a whole, found by the codes people know."""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.calendar.queries import place_of_series
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Paper
from exam_centre.papers.queries import access_paper
from exam_centre.timetable.models import Plan
from exam_centre.venues.models import Room, Venue


class LockKind(StrEnum):
    """What is locked as a whole; one entry is locked on its own page."""

    PAPER = "paper"
    ROOM = "room"
    VENUE = "venue"


def what_is_called(session: Session, plan: Plan, kind: LockKind, code: str) -> Paper | Room | Venue:
    """Return a paper, a venue of the series' unit, or a room: "V012 201". Raises NotFound."""
    if kind is LockKind.PAPER:
        return access_paper(session, code)
    venue_code, _, room_code = code.rpartition(" ") if kind is LockKind.ROOM else (code, "", "")
    below = place_of_series(session, plan.series_id).unit_path
    venue = session.scalar(
        select(Venue)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(Venue.code == venue_code.strip(), Unit.path.startswith(below, autoescape=True))
    )
    if venue is None:
        raise NotFound(say("venue"))
    if kind is LockKind.VENUE:
        return venue
    room = session.scalar(select(Room).where(Room.venue_id == venue.id, Room.code == room_code))
    if room is None:
        raise NotFound(say("room"))
    return room
