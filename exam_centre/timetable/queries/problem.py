"""A series as the planner takes it: arrays without row ids, and the rows behind every index.

Rows are numbered by codes people know, never by ids, so that the same series brought into another
database is the same problem to the byte.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Period, Series
from exam_centre.calendar.queries import periods_of
from exam_centre.entries.models import AccessArrangement, Candidate, Entry, EntryCourse
from exam_centre.entries.rules import AccessKind, EntryStatus, RequestStatus
from exam_centre.kernel import clock
from exam_centre.papers.models import Course, Paper
from exam_centre.papers.rules import SEATED, Mode
from exam_centre.solver.engine.arrays import Flags
from exam_centre.solver.park import Entries, Papers, ParkProblem, Periods, Rules
from exam_centre.timetable.queries.columns import flags, ints
from exam_centre.timetable.queries.paper_times import allowed_periods, order_table
from exam_centre.timetable.queries.problem_desks import Desks, read_desks
from exam_centre.timetable.queries.problem_people import read_candidates
from exam_centre.timetable.rules import (
    ALONE_IN_A_ROOM,
    KIND_NUMBERS,
    ROOM_KINDS,
    NothingToPlan,
    PlanningRules,
    own_end,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class EntryLine(NamedTuple):
    """One confirmed entry that needs a seat."""

    id: int
    candidate_id: int
    person_id: int
    person_no: str
    paper_id: int
    preferred_venue_id: int | None
    works_through_shift: bool


class PaperLine(NamedTuple):
    """One paper somebody is to sit."""

    id: int
    code: str
    mode: Mode
    minutes: int


@dataclass(frozen=True)
class Planning:
    """A problem, and what its indices stand for; every list is in the order of its index."""

    series: Series
    problem: ParkProblem
    entries: list[EntryLine]
    papers: list[PaperLine]
    periods: list[Period]
    people: list[int]  # person ids
    desks: Desks
    extra: dict[int, Decimal]  # candidate -> per cent; only where there is some
    origin: datetime  # minute 0

    @cached_property
    def entry_index(self) -> dict[int, int]:
        """Return {entry id: its index}."""
        return {entry.id: n for n, entry in enumerate(self.entries)}

    def moment(self, minute: int) -> datetime:
        """Return the moment of one of the problem's minutes."""
        return self.origin + timedelta(minutes=minute)

    def paper_of(self, entry: int) -> PaperLine:
        """Return the paper of an entry, both by index."""
        return self.papers[int(self.problem.entries.paper[entry])]


def problem_of(session: Session, series: Series, rules: PlanningRules | None = None) -> Planning:
    """Return the planning problem of a series, in one statement a table.

    Raises NothingToPlan, and NotFound where the series has no rules. Whether the problem
    contradicts itself is another question: see `contradictions`.
    """
    rules = rules or PlanningRules()
    entries = _entries(session, series.id)
    periods = periods_of(session, [series.id])
    if not entries or not periods:
        raise NothingToPlan
    papers = _papers(session, {entry.paper_id for entry in entries})
    paper_ids = [paper.id for paper in papers]
    granted = _granted(session, series.id)
    desks = read_desks(session, series, periods, _longest(papers, granted))
    people, candidates = read_candidates(
        session, series, entries_people(entries), periods, desks.venues, granted
    )
    first = clock.at_venue(periods[0].starts_at, series.time_zone)
    origin = first.replace(hour=0, minute=0, second=0, microsecond=0)
    return Planning(
        series=series,
        problem=ParkProblem(
            periods=_period_table(periods, origin, series.time_zone),
            venues=desks.venue_table,
            rooms=desks.room_table,
            seats=desks.seat_table,
            papers=_paper_table(
                papers, allowed_periods(session, series.id, paper_ids, periods), rules
            ),
            candidates=candidates,
            entries=_entry_table(entries, people, papers, desks, _compulsory(session, series.id)),
            rules=Rules(
                turnover_minutes=rules.turnover_minutes,
                gap_minutes=rules.gap_minutes,
                travel_minutes=desks.travel_minutes,
                papers_a_day=rules.papers_a_day,
                spare_per_cent=rules.spare_per_cent,
                leftover=rules.leftover,
                isolation_minutes=rules.isolation_minutes,
            ),
            orders=order_table(session, series.id, paper_ids),
        ),
        entries=entries,
        papers=papers,
        periods=periods,
        people=people,
        desks=desks,
        extra={
            candidate_id: kinds[AccessKind.EXTRA_TIME]
            for candidate_id, kinds in granted.items()
            if AccessKind.EXTRA_TIME in kinds
        },
        origin=origin,
    )


def entries_people(entries: list[EntryLine]) -> dict[int, list[int]]:
    """Return {person id: the ids of the candidates they are}, in the order of the entries."""
    people: dict[int, dict[int, None]] = {}
    for entry in entries:
        people.setdefault(entry.person_id, {})[entry.candidate_id] = None
    return {person: list(numbers) for person, numbers in people.items()}


def _entries(session: Session, series_id: int) -> list[EntryLine]:
    rows = session.execute(
        select(
            Entry.id,
            Entry.candidate_id,
            Candidate.person_id,
            Candidate.person_no,
            Entry.paper_id,
            Entry.preferred_venue_id,
            Entry.works_through_shift,
            Paper.code,
        )
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(
            Entry.series_id == series_id,
            Entry.status == EntryStatus.CONFIRMED,
            Paper.mode.in_(SEATED),
        )
    )
    # Sorted here: the databases do not agree on the order of words.
    return [EntryLine(*row[:-1]) for row in sorted(rows, key=lambda row: (row[3], row[-1]))]


def _papers(session: Session, wanted: set[int]) -> list[PaperLine]:
    rows = session.execute(select(Paper.id, Paper.code, Paper.mode, Paper.minutes))
    known = [
        PaperLine(paper_id, code, mode, minutes or 0)
        for paper_id, code, mode, minutes in rows
        if paper_id in wanted
    ]
    return sorted(known, key=lambda paper: paper.code)


def _longest(papers: list[PaperLine], granted: dict[int, dict[AccessKind, Decimal]]) -> timedelta:
    """Return how long a room may be in use: the longest paper with the most extra time."""
    percents = [kinds.get(AccessKind.EXTRA_TIME, Decimal(0)) for kinds in granted.values()]
    minutes = max(paper.minutes for paper in papers)
    return own_end(EPOCH, minutes, max(percents, default=Decimal(0))) - EPOCH


def _granted(session: Session, series_id: int) -> dict[int, dict[AccessKind, Decimal]]:
    """Return {candidate: {kind: per cent, 0 where it is none}} of what was approved."""
    granted: dict[int, dict[AccessKind, Decimal]] = {}
    for candidate_id, kind, percent in session.execute(
        select(
            AccessArrangement.candidate_id, AccessArrangement.kind, AccessArrangement.extra_percent
        ).where(
            AccessArrangement.series_id == series_id,
            AccessArrangement.status == RequestStatus.APPROVED,
        )
    ):
        granted.setdefault(candidate_id, {})[kind] = percent or Decimal(0)
    return granted


def _compulsory(session: Session, series_id: int) -> set[int]:
    return set(
        session.scalars(
            select(EntryCourse.entry_id)
            .join(Course, Course.id == EntryCourse.course_id)
            .join(Entry, Entry.id == EntryCourse.entry_id)
            .where(Entry.series_id == series_id, Course.compulsory)
        )
    )


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def _period_table(periods: list[Period], origin: datetime, zone: str) -> Periods:
    return Periods(
        start=ints([_minutes(period.starts_at - origin) for period in periods]),
        minutes=ints([_minutes(period.ends_at - period.starts_at) for period in periods]),
        day=ints([clock.at_venue(p.starts_at, zone).date().toordinal() for p in periods]),
    )


def _paper_table(papers: list[PaperLine], allowed: Flags, rules: PlanningRules) -> Papers:
    return Papers(
        minutes=ints([paper.minutes for paper in papers]),
        kinds=ints([sum(1 << KIND_NUMBERS[kind] for kind in ROOM_KINDS[p.mode]) for p in papers]),
        periods=allowed,
        shares=flags([paper.mode not in ALONE_IN_A_ROOM for paper in papers]),
        max_sittings=ints([allowed.shape[1]] * len(papers)),
        wished_sittings=ints([rules.wished_sittings] * len(papers)),
    )


def _entry_table(
    entries: list[EntryLine],
    people: list[int],
    papers: list[PaperLine],
    desks: Desks,
    compulsory: set[int],
) -> Entries:
    person = {person_id: n for n, person_id in enumerate(people)}
    paper = {line.id: n for n, line in enumerate(papers)}
    venue = {line.id: n for n, line in enumerate(desks.venues)}
    return Entries(
        candidate=ints([person[entry.person_id] for entry in entries]),
        paper=ints([paper[entry.paper_id] for entry in entries]),
        compulsory=flags([entry.id in compulsory for entry in entries]),
        preferred_venue=ints([venue.get(entry.preferred_venue_id or 0, -1) for entry in entries]),
        through_shift=flags([entry.works_through_shift for entry in entries]),
    )
