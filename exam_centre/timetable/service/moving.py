"""Moving by hand within a draft: to another desk, one for the other, by giving way; and back.

Every act is one number in the plan's list of moves, so that it is undone as a whole.
"""

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
from exam_centre.timetable.models import Placement, Plan
from exam_centre.timetable.rules import MoveKind, NotPlacedHere
from exam_centre.timetable.service.locking import ensure_unlocked
from exam_centre.timetable.service.move_log import Act
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
    """Give an entry another desk, whether or not it has one.

    Raises PlaceIsLocked, and all that `place` raises.
    """
    act = Act.begin(session, actor, plan, MoveKind.MOVE, [entry.id], now)
    _leave(session, actor, plan, entry, now)
    placement = place(session, actor, plan, entry, seat, period, now=now)
    act.close()
    return placement


def swap(
    session: Session, actor: Actor, plan: Plan, one: Entry, other: Entry, *, now: datetime
) -> tuple[Placement, Placement]:
    """Let two entries take each other's desk and period.

    Raises NotPlacedHere where one has no seat, PlaceIsLocked, and what `place` raises for either.
    """
    first, second = (_standing(session, plan, entry) for entry in (one, other))
    act = Act.begin(session, actor, plan, MoveKind.SWAP, [one.id, other.id], now)
    spots = [queries.spot_of(session, placement) for placement in (first, second)]
    for entry in (one, other):
        _leave(session, actor, plan, entry, now)
    made = [
        place(
            session,
            actor,
            plan,
            entry,
            session.get_one(Seat, spot.seat_id),
            session.get_one(Period, spot.period_id),
            now=now,
        )
        for entry, spot in ((one, spots[1]), (other, spots[0]))
    ]
    act.close()
    return made[0], made[1]


def push(
    session: Session,
    actor: Actor,
    plan: Plan,
    entry: Entry,
    other: Entry,
    to: Seat,
    *,
    now: datetime,
) -> tuple[Placement, Placement]:
    """Let an entry take the desk of another, who gives way to a desk in the same period.

    Raises NotPlacedHere where the other has no seat, PlaceIsLocked, and what `place` raises.
    """
    act = Act.begin(session, actor, plan, MoveKind.PUSH, [entry.id, other.id], now)
    spot = queries.spot_of(session, _standing(session, plan, other))
    period = session.get_one(Period, spot.period_id)
    for one in (entry, other):
        _leave(session, actor, plan, one, now)
    aside = place(session, actor, plan, other, to, period, now=now)
    desk = session.get_one(Seat, spot.seat_id)
    taken = place(session, actor, plan, entry, desk, period, now=now)
    act.close()
    return taken, aside


def leave(session: Session, actor: Actor, plan: Plan, entry: Entry, *, now: datetime) -> None:
    """Take an entry's seat back by hand. Raises PlaceIsLocked, and what `vacate` raises."""
    _standing(session, plan, entry)
    act = Act.begin(session, actor, plan, MoveKind.VACATE, [entry.id], now)
    _leave(session, actor, plan, entry, now)
    act.close()


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


def _leave(session: Session, actor: Actor, plan: Plan, entry: Entry, now: datetime) -> None:
    present = queries.standing_of_entry(session, plan, entry.id)
    if present is not None:
        ensure_unlocked(session, plan, present)
        vacate(session, actor, plan, present, now=now)


def _standing(session: Session, plan: Plan, entry: Entry) -> Placement:
    found = queries.standing_of_entry(session, plan, entry.id)
    if found is None:
        raise NotPlacedHere
    return found
