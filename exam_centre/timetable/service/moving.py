"""Moving by hand within a draft: one entry to another desk, or two people one for the other."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Period
from exam_centre.calendar.queries import place_of_series
from exam_centre.entries.models import Entry
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.timetable import queries
from exam_centre.timetable.models import Placement, Plan, RoomSession
from exam_centre.timetable.rules import NotPlacedHere
from exam_centre.timetable.service.placing import place, vacate
from exam_centre.venues.models import Layout, Room, Seat, Venue


def move(
    session: Session,
    actor: Actor,
    plan: Plan,
    entry: Entry,
    seat: Seat,
    period: Period,
    *,
    now: datetime,
) -> Placement:
    """Give an entry another desk, whether or not it has one. Raises all that `place` raises."""
    present = queries.standing_of_entry(session, plan, entry.id)
    if present is not None:
        vacate(session, actor, plan, present, now=now)
    return place(session, actor, plan, entry, seat, period, now=now)


def swap(
    session: Session, actor: Actor, plan: Plan, one: Entry, other: Entry, *, now: datetime
) -> tuple[Placement, Placement]:
    """Let two entries take each other's desk and period.

    Raises NotPlacedHere where one has no seat, and what `place` raises for either.
    """
    first, second = (_standing(session, plan, entry) for entry in (one, other))
    seats = [session.get_one(Seat, placement.seat_id) for placement in (first, second)]
    periods = [_period(session, placement) for placement in (first, second)]
    for placement in (first, second):
        vacate(session, actor, plan, placement, now=now)
    return (
        place(session, actor, plan, one, seats[1], periods[1], now=now),
        place(session, actor, plan, other, seats[0], periods[0], now=now),
    )


def desk_of(session: Session, plan: Plan, venue: str, room: str, number: int) -> Seat:
    """Return a desk of the series' unit by venue, room and printed number, as it stands now.

    Raises NotFound.
    """
    found = session.scalar(
        select(Seat)
        .join(Layout, Layout.id == Seat.layout_id)
        .join(Room, Room.id == Layout.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            Venue.code == venue,
            Room.code == room,
            Seat.number == number,
            Unit.path.startswith(
                place_of_series(session, plan.series_id).unit_path, autoescape=True
            ),
        )
        .order_by(Layout.version.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound(say("desk"))
    return found


def period_of(session: Session, plan: Plan, code: str) -> Period:
    """Return a period of the plan's series by its code. Raises NotFound."""
    found = session.scalar(
        select(Period).where(Period.series_id == plan.series_id, Period.code == code)
    )
    if found is None:
        raise NotFound(say("period"))
    return found


def _standing(session: Session, plan: Plan, entry: Entry) -> Placement:
    found = queries.standing_of_entry(session, plan, entry.id)
    if found is None:
        raise NotPlacedHere
    return found


def _period(session: Session, placement: Placement) -> Period:
    return session.get_one(
        Period, session.get_one(RoomSession, placement.room_session_id).period_id
    )
