"""Whose papers are worth a look: too near, held over, at two venues, many on a day, or wrong."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import periods_of
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.database import pieces
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import HeldOver, Placement, Plan, RoomSession
from exam_centre.timetable.queries.problems import Problem
from exam_centre.timetable.queries.standing import standing, versions
from exam_centre.timetable.rules import FULL_DAY, NEAR_MINUTES, ClashKind
from exam_centre.venues.models import Room, Venue


class Clash(NamedTuple):
    """Papers of one person that are worth a look together."""

    kind: ClashKind
    placements: tuple[int, ...]  # in the order they are sat
    detail: str = ""  # of a violation: its kind
    minutes: int = 0  # of a pause


class ClashPaper(NamedTuple):
    """One paper of a clash, as a page shows it."""

    person_no: str
    name: str
    entry: str  # its token
    paper: str
    starts_at: datetime
    venue: str
    room: str
    zone: str


class _Pair(NamedTuple):
    """Two papers of one person that follow each other on one day."""

    first: int
    second: int
    ends_at: datetime
    starts_at: datetime
    other_venue: bool


def clashes_of(session: Session, plan: Plan, problems: Iterable[Problem] = ()) -> list[Clash]:
    """Return every clash of what holds with a plan, the worst kind first.

    problems  what the independent check found, where somebody asked it.
    """
    plan_ids = versions(session, plan)
    held = _held(session, plan_ids)
    seconds = {clash.placements[-1] for clash in held}
    found = [
        *(_violation(problem) for problem in problems if _seated(problem)),
        *held,
        *_full_days(session, plan, plan_ids),
    ]
    for pair in _pairs(session, plan, plan_ids):
        pause = pair.starts_at - pair.ends_at
        ids = (pair.first, pair.second)
        if pause < timedelta(minutes=NEAR_MINUTES) and pair.second not in seconds:
            found.append(Clash(ClashKind.NEAR, ids, minutes=int(pause.total_seconds() // 60)))
        if pair.other_venue:
            found.append(Clash(ClashKind.VENUES, ids))
    order = {kind: n for n, kind in enumerate(ClashKind)}
    return sorted(found, key=lambda clash: (order[clash.kind], clash.minutes, clash.placements))


def clash_counts(found: Iterable[Clash]) -> dict[ClashKind, int]:
    """Return {kind: how many}, every kind named."""
    counted = Counter(clash.kind for clash in found)
    return {kind: counted[kind] for kind in ClashKind}


def clashes_by_room(session: Session, found: Iterable[Clash]) -> dict[int, int]:
    """Return {room session: how many people in it have papers that are worth a look}."""
    touched = {number for clash in found for number in clash.placements}
    counted: Counter[int] = Counter()
    for piece in pieces(sorted(touched)):
        counted.update(
            dict(
                session.execute(
                    select(Placement.room_session_id, func.count())
                    .where(Placement.id.in_(piece))
                    .group_by(Placement.room_session_id)
                ).all()
            )
        )
    return counted


def papers_of_clashes(session: Session, found: Iterable[Clash]) -> dict[int, ClashPaper]:
    """Return {placement: its paper in words}; one statement for a page of clashes."""
    wanted = sorted({number for clash in found for number in clash.placements})
    rows = session.execute(
        select(
            Placement.id,
            Candidate.person_no,
            Person.name,
            Entry.token,
            Paper.code,
            Placement.starts_at,
            Venue.name,
            Room.code,
            Venue.time_zone,
        )
        .join(Entry, Entry.id == Placement.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Placement.person_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .where(Placement.id.in_(wanted))
    )
    return {row[0]: ClashPaper(*row[1:]) for row in rows}


def day_numbers(session: Session, plan: Plan) -> dict[int, int]:
    """Return {period: its day as a number}, on the clock of the series."""
    zone = session.get_one(Series, plan.series_id).time_zone
    return {
        period.id: at_venue(period.starts_at, zone).date().toordinal()
        for period in periods_of(session, [plan.series_id])
    }


def _seated(problem: Problem) -> bool:
    return any(subject.startswith("placements:") for subject in problem.subjects)


def _violation(problem: Problem) -> Clash:
    ids = [s.partition(":")[2] for s in problem.subjects if s.startswith("placements:")]
    return Clash(ClashKind.VIOLATION, tuple(map(int, ids)), detail=problem.kind)


def _held(session: Session, plan_ids: Sequence[int]) -> list[Clash]:
    """Return the pairs sat one after the other; both papers must still stand."""
    rows = session.execute(
        select(HeldOver.first_entry_id, HeldOver.second_entry_id).where(
            HeldOver.plan_id.in_(plan_ids)
        )
    ).all()
    entries = sorted({entry for row in rows for entry in row})
    at: dict[int, int] = {}
    for piece in pieces(entries):
        found = session.execute(
            select(Placement.entry_id, Placement.id).where(
                standing(plan_ids), Placement.entry_id.in_(piece)
            )
        )
        at |= dict(found.all())
    return [
        Clash(ClashKind.HELD_OVER, (at[first], at[second]))
        for first, second in rows
        if first in at and second in at
    ]


def _pairs(session: Session, plan: Plan, plan_ids: Sequence[int]) -> list[_Pair]:
    """Return papers that follow each other at once on a day, or at another venue on a day."""
    days = day_numbers(session, plan)
    ranks = {period: n for n, period in enumerate(days)}
    if not days:
        return []
    day = case(days, value=RoomSession.period_id, else_=0)
    rank = case(ranks, value=RoomSession.period_id, else_=0)
    lines = (
        select(
            _earlier(Placement.id).label("first"),
            Placement.id.label("second"),
            _earlier(Placement.ends_at).label("ended"),
            Placement.starts_at.label("starts"),
            (_earlier(Room.venue_id) != Room.venue_id).label("moved"),
            (_earlier(day) == day).label("same_day"),
            (rank - _earlier(rank)).label("step"),
        )
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .where(standing(plan_ids))
        .subquery()
    )
    at = lines.c
    rows = session.execute(
        select(at.first, at.second, at.ended, at.starts, at.moved).where(
            at.same_day, at.moved | (at.step <= 1)
        )
    )
    return [_Pair(*row) for row in rows]


def _earlier(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Return what a column says of the paper the same person sits before."""
    earlier = func.lag(column, type_=column.type)
    return earlier.over(partition_by=Placement.person_id, order_by=Placement.starts_at)


def _full_days(session: Session, plan: Plan, plan_ids: Sequence[int]) -> list[Clash]:
    """Return the days of one person with FULL_DAY papers or more."""
    days = day_numbers(session, plan)
    if not days:
        return []
    day = case(days, value=RoomSession.period_id, else_=0)
    lines = (
        select(
            Placement.id,
            Placement.person_id,
            day.label("day"),
            Placement.starts_at,
            func.count().over(partition_by=[Placement.person_id, day]).label("papers"),
        )
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .where(standing(plan_ids))
        .subquery()
    )
    found: dict[tuple[int, int], list[int]] = {}
    for number, person_id, on in session.execute(
        select(lines.c.id, lines.c.person_id, lines.c.day)
        .where(lines.c.papers >= FULL_DAY)
        .order_by(lines.c.starts_at)
    ):
        found.setdefault((person_id, on), []).append(number)
    return [Clash(ClashKind.FULL_DAY, tuple(ids)) for ids in found.values()]
