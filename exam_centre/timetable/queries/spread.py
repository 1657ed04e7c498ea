"""How a plan's burdens are spread: journeys, papers a day, full rooms, duties."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Employment, Person
from exam_centre.entries.models import Candidate, Entry
from exam_centre.organisation.models import Enterprise
from exam_centre.papers.models import Paper
from exam_centre.solver.park import kilometres
from exam_centre.timetable.models import Duty, Placement, Plan, RoomSession
from exam_centre.timetable.queries.clashes import day_numbers
from exam_centre.timetable.queries.in_use import rooms_in_use
from exam_centre.timetable.queries.standing import standing, versions
from exam_centre.timetable.rules import FILL_STEPS, KILOMETRE_STEPS, OFF_DUTY, step_of
from exam_centre.venues.models import Room, Venue

LONGEST_SHOWN = 20


class Journey(NamedTuple):
    """How many papers take somebody from one enterprise to one venue."""

    enterprise_id: int
    venue_id: int
    people: int
    kilometres: float


class LongJourney(NamedTuple):
    """One of the longest journeys, with whose it is."""

    entry: str  # its token
    person_no: str
    name: str
    paper: str
    enterprise: str
    venue: str
    kilometres: float


class Spread(NamedTuple):
    """The distributions of one plan; every list has (upper bound or value, how many)."""

    journeys: list[int]  # papers by the steps of KILOMETRE_STEPS, then beyond
    without_work: int  # papers of people whose place of work nobody knows
    mean_kilometres: float
    papers_a_day: list[tuple[int, int]]  # (papers on one day of one person, how many such days)
    fill: list[int]  # room sessions by the steps of FILL_STEPS, then beyond
    duties: list[tuple[int, int]]  # (duties of one person, how many people)


def journeys_of(session: Session, plan_ids: Sequence[int]) -> list[Journey]:
    """Return the journeys from work to the papers, the longest first."""
    rows = session.execute(
        select(
            Enterprise.id,
            Venue.id,
            func.count(),
            Enterprise.latitude,
            Enterprise.longitude,
            Venue.latitude,
            Venue.longitude,
        )
        .select_from(Placement)
        .join(
            Employment,
            and_(Employment.person_id == Placement.person_id, Employment.until.is_(None)),
        )
        .join(Enterprise, Enterprise.id == Employment.enterprise_id)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .where(standing(plan_ids))
        .group_by(Enterprise.id, Venue.id)
        .order_by(Enterprise.id, Venue.id)
    ).all()
    if not rows:
        return []
    apart = kilometres(*([float(row[column]) for row in rows] for column in range(3, 7)))
    found = [
        Journey(row[0], row[1], row[2], float(far)) for row, far in zip(rows, apart, strict=True)
    ]
    return sorted(found, key=lambda journey: -journey.kilometres)


def spread_of(session: Session, plan: Plan, journeys: Sequence[Journey]) -> Spread:
    """Return the distributions of what holds with a plan."""
    plan_ids = versions(session, plan)
    placed = session.scalar(select(func.count(Placement.id)).where(standing(plan_ids))) or 0
    travelled = sum(journey.people for journey in journeys)
    steps = [0] * (len(KILOMETRE_STEPS) + 1)
    for journey in journeys:
        steps[step_of(journey.kilometres, KILOMETRE_STEPS)] += journey.people
    fill = [0] * (len(FILL_STEPS) + 1)
    for room in rooms_in_use(session, plan_ids):
        fill[step_of(room.people * 100 / max(room.seats, 1), FILL_STEPS)] += 1
    total = sum(journey.kilometres * journey.people for journey in journeys)
    return Spread(
        journeys=steps,
        without_work=placed - travelled,
        mean_kilometres=total / travelled if travelled else 0.0,
        papers_a_day=_papers_a_day(session, plan, plan_ids),
        fill=fill,
        duties=_duties(session, plan_ids),
    )


def longest_journeys(
    session: Session, plan: Plan, journeys: Sequence[Journey]
) -> list[LongJourney]:
    """Return the longest journeys with their people, the longest first.

    journeys  as `journeys_of` gives them.
    """
    furthest: dict[tuple[int, int], float] = {}
    people = 0
    for journey in journeys:
        if people >= LONGEST_SHOWN:
            break
        furthest[journey.enterprise_id, journey.venue_id] = journey.kilometres
        people += journey.people
    if not furthest:
        return []
    rows = session.execute(
        select(
            Enterprise.id,
            Venue.id,
            Entry.token,
            Candidate.person_no,
            Person.name,
            Paper.code,
            Enterprise.name,
            Venue.name,
        )
        .select_from(Placement)
        .join(
            Employment,
            and_(Employment.person_id == Placement.person_id, Employment.until.is_(None)),
        )
        .join(Enterprise, Enterprise.id == Employment.enterprise_id)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Entry, Entry.id == Placement.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Placement.person_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(
            standing(versions(session, plan)),
            or_(*(and_(Enterprise.id == one, Venue.id == other) for one, other in furthest)),
        )
        .order_by(Candidate.person_no, Paper.code)
    )
    found = [LongJourney(*row[2:], furthest[row[0], row[1]]) for row in rows]
    return sorted(found, key=lambda journey: -journey.kilometres)[:LONGEST_SHOWN]


def _papers_a_day(session: Session, plan: Plan, plan_ids: Sequence[int]) -> list[tuple[int, int]]:
    days = day_numbers(session, plan)
    if not days:
        return []
    day = case(days, value=RoomSession.period_id, else_=0)
    lines = (
        select(func.count().label("papers"))
        .select_from(Placement)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .where(standing(plan_ids))
        .group_by(Placement.person_id, day)
        .subquery()
    )
    rows = session.execute(
        select(lines.c.papers, func.count()).group_by(lines.c.papers).order_by(lines.c.papers)
    )
    return [(papers, count) for papers, count in rows]


def _duties(session: Session, plan_ids: Sequence[int]) -> list[tuple[int, int]]:
    rows = session.scalars(
        select(func.count())
        .select_from(Duty)
        .where(Duty.plan_id.in_(plan_ids), Duty.status.not_in(OFF_DUTY))
        .group_by(Duty.person_id)
    )
    return sorted(Counter(rows).items())
