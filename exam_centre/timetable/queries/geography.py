"""What a map of a plan shows: venues with their load, and who comes there from where."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Employment
from exam_centre.calendar.models import Period
from exam_centre.calendar.queries import periods_of
from exam_centre.organisation.models import Enterprise, Park
from exam_centre.timetable.models import Placement, Plan, RoomSession, Vacated
from exam_centre.timetable.queries.in_use import rooms_in_use
from exam_centre.timetable.queries.standing import standing, versions
from exam_centre.venues.models import Room, Venue


class MapVenue(NamedTuple):
    """A venue and how much of what it opens is taken."""

    id: int
    code: str
    name: str
    park: str
    latitude: float
    longitude: float
    people: int
    seats: int  # of the rooms in use, each as often as it is used

    @property
    def fill(self) -> int:
        """How full it is, in steps: 1 under a third, 2 under two thirds, 3 above, 4 every seat."""
        if self.people >= self.seats:
            return 4
        return 1 + min(2, self.people * 3 // max(self.seats, 1))


class MapSource(NamedTuple):
    """Where people set out: a park, or an enterprise where one venue is looked at."""

    id: int
    name: str
    latitude: float
    longitude: float
    people: int


class Flow(NamedTuple):
    """How many go from a source to a venue."""

    source_id: int
    venue_id: int
    people: int


class PlanMap(NamedTuple):
    """Everything a map of a plan draws; `flows` has the most people first."""

    venues: list[MapVenue]
    sources: list[MapSource]
    flows: list[Flow]
    without_work: int  # papers of people whose place of work nobody knows


class Move(NamedTuple):
    """How many entries a version takes from one venue to another; ids, None for no seat."""

    before_id: int | None
    after_id: int | None
    people: int
    other_period: int  # of them, those who sit in another period


def map_of(session: Session, plan: Plan, period: str = "", venue: str = "") -> PlanMap:
    """Return the map of what holds with a plan.

    period  its code: that period alone.
    venue   its code: who comes to that venue, from enterprises and not from whole parks.
    """
    plan_ids = versions(session, plan)
    venues = _venues(session, plan, plan_ids, period)
    source = Enterprise if venue else Park
    query = (
        select(
            source.id, source.name, source.latitude, source.longitude, Room.venue_id, func.count()
        )
        .select_from(Placement)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .outerjoin(
            Employment,
            and_(Employment.person_id == Placement.person_id, Employment.until.is_(None)),
        )
        .outerjoin(Enterprise, Enterprise.id == Employment.enterprise_id)
        .outerjoin(Park, Park.id == Enterprise.park_id)
        .where(standing(plan_ids))
        .group_by(source.id, source.name, source.latitude, source.longitude, Room.venue_id)
        .order_by(func.count().desc(), source.id, Room.venue_id)
    )
    if period:
        query = query.join(Period, Period.id == RoomSession.period_id).where(Period.code == period)
    if venue:
        query = query.join(Venue, Venue.id == Room.venue_id).where(Venue.code == venue)
    sources: dict[int, MapSource] = {}
    flows: list[Flow] = []
    without_work = 0
    for row in session.execute(query):
        number: int | None = row[0]
        people = row[5]
        if number is None:
            without_work += people
            continue
        so_far = sources[number].people if number in sources else 0
        here = MapSource(number, row[1], float(row[2]), float(row[3]), so_far + people)
        sources[number] = here
        flows.append(Flow(number, row[4], people))
    return PlanMap(venues, list(sources.values()), flows, without_work)


def moves_between(session: Session, plan: Plan) -> list[Move]:
    """Return how many entries a version takes from venue to venue, the most first.

    Who stays at a venue and sits in another room or period there counts, too.
    """
    ended = select(Vacated.placement_id).where(Vacated.plan_id == plan.id)
    old = _touched(session, Placement.id.in_(ended))
    new = _touched(session, Placement.plan_id == plan.id)
    counted: dict[tuple[int | None, int | None], list[int]] = defaultdict(lambda: [0, 0])
    for entry_id in old.keys() | new.keys():
        before, after = old.get(entry_id), new.get(entry_id)
        cell = counted[before[0] if before else None, after[0] if after else None]
        cell[0] += 1
        cell[1] += bool(before and after and before[1] != after[1])
    moves = [Move(*key, *cell) for key, cell in counted.items()]
    return sorted(moves, key=lambda move: (-move.people, move.before_id or 0, move.after_id or 0))


def venues_of_moves(session: Session, plan: Plan, moves: Sequence[Move]) -> list[MapVenue]:
    """Return the venues between which a version moves people, with their load once it holds."""
    touched = {one for move in moves for one in (move.before_id, move.after_id)}
    known = _venues(session, plan, versions(session, plan), "")
    found = {venue.id: venue for venue in known}
    missing = [one for one in touched if one is not None and one not in found]
    for venue, park in session.execute(
        select(Venue, Park.name).join(Park, Park.id == Venue.park_id).where(Venue.id.in_(missing))
    ):
        found[venue.id] = _venue(venue, park, 0, 0)
    return sorted(
        (venue for venue in found.values() if venue.id in touched), key=lambda venue: venue.code
    )


def _touched(session: Session, condition: ColumnElement[bool]) -> dict[int, tuple[int, int]]:
    """Return {entry: (venue, period)} of the placements a version makes, or ends."""
    rows = session.execute(
        select(Placement.entry_id, Room.venue_id, RoomSession.period_id)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .where(condition)
    )
    return {entry_id: (venue_id, period_id) for entry_id, venue_id, period_id in rows}


def _venues(session: Session, plan: Plan, plan_ids: Sequence[int], period: str) -> list[MapVenue]:
    """Return the venues a plan uses; with none in this period, they stand there empty."""
    wanted = {p.id for p in periods_of(session, [plan.series_id]) if period in ("", p.code)}
    load: dict[int, list[int]] = {}
    for room in rooms_in_use(session, plan_ids):
        cell = load.setdefault(room.venue_id, [0, 0])
        if room.period_id in wanted:
            cell[0] += room.people
            cell[1] += room.seats
    rows = session.execute(
        select(Venue, Park.name)
        .join(Park, Park.id == Venue.park_id)
        .where(Venue.id.in_(load))
        .order_by(Venue.code)
    )
    return [_venue(venue, park, *load[venue.id]) for venue, park in rows]


def _venue(venue: Venue, park: str, people: int, seats: int) -> MapVenue:
    return MapVenue(
        id=venue.id,
        code=venue.code,
        name=venue.name,
        park=park,
        latitude=float(venue.latitude),
        longitude=float(venue.longitude),
        people=people,
        seats=seats,
    )
