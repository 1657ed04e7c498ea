"""A venue's day, closed for good by two people once nothing of it is open any more."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.service import other_human
from exam_centre.admission import service as admission
from exam_centre.custody import service as custody
from exam_centre.invigilation import queries
from exam_centre.invigilation.models import ClosedDay, RoomDay
from exam_centre.invigilation.rules import DayIsClosed, DayNotComplete
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.timetable.rules import on_the_clock
from exam_centre.venues.models import Venue
from exam_centre.venues.queries import place_of_venue


def close_day(
    session: Session, actor: Actor, venue: Venue, day: date, *, second: Actor, now: datetime
) -> ClosedDay:
    """Close a venue's day: two people who may close it sign, and its rooms stay as they are.

    Run it in a serializable unit of work: what it checks spans many rows.
    Raises SamePerson, DayIsClosed, DayNotComplete (with every check that is red; none where no
    room ran that day).
    """
    place = place_of_venue(session, venue.id)
    for person in (actor, second):
        person.require(Permission.CLOSE_DAY, place)
    countersigned_by = other_human(session, second, actor.human())
    known = queries.closed_day(session, venue.id, day)
    if known is not None:
        raise DayIsClosed(on_the_clock(known.closed_at, venue.time_zone))
    states = queries.room_states(session, queries.spots_of_day(session, venue, day))
    red = [c for c in queries.day_checks(session, venue, day, states) if not c.green]
    if red or not states:
        raise DayNotComplete(red)
    closed = ClosedDay(
        venue_id=venue.id,
        day=day,
        closed_by_id=actor.human(),
        countersigned_by_id=countersigned_by,
        closed_at=now,
        rooms=len(states),
        should_sit=sum(state.due for state in states),
        present=sum(state.present for state in states),
        scripts=sum(state.first_count or 0 for state in states if state.counted_alike),
    )
    session.add(closed)
    session.flush()
    rooms = [state.spot.room_session_id for state in states]
    for row in session.scalars(select(RoomDay).where(RoomDay.room_session_id.in_(rooms))):
        row.closed_day_id = closed.id
    admission.end_day(session, actor, venue.id, rooms, now)
    custody.end_day(session, actor, venue.id, rooms, now)
    audit.record(session, actor, "invigilation.day_closed", closed, now)
    return closed
