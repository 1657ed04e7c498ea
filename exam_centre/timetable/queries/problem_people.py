"""People as the planner takes them: where they set out, when they are free, what they need."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Employment
from exam_centre.calendar.models import Period, Series
from exam_centre.calendar.queries import rules_of
from exam_centre.entries.models import Candidate
from exam_centre.entries.rules import AccessKind
from exam_centre.organisation.models import Enterprise, Park, Shift
from exam_centre.solver.park import Candidates
from exam_centre.timetable.queries.columns import degrees, flags, ints
from exam_centre.timetable.queries.problem_desks import VenueLine
from exam_centre.timetable.rules import Span, free_after

NEVER = 30_000  # minutes: longer than any paper, shorter than the column is wide
Point = tuple[float, float]  # latitude and longitude in degrees
Granted = dict[int, dict[AccessKind, Decimal]]
ShiftKey = tuple[int, str, str]  # enterprise, team, work number; "" where it is not said


class _Work(NamedTuple):
    enterprise_id: int
    team: str
    work_no: str
    latitude: float
    longitude: float


def read_candidates(
    session: Session,
    series: Series,
    numbers: dict[int, list[int]],
    periods: Sequence[Period],
    venues: Sequence[VenueLine],
    granted: Granted,
) -> tuple[list[int], Candidates]:
    """Return the person ids in the order of the planner's candidates, and that table.

    numbers  {person: the candidates they are}; one human under two student numbers is one row,
             with the needs of both and the larger extra time.
    """
    work = _work(session, numbers)
    homes = _homes(session, set(numbers) - work.keys(), [(v.latitude, v.longitude) for v in venues])
    free = _Free(session, series, periods)
    at = [work.get(person_id) for person_id in numbers]
    needs = [_needs(granted, candidate_ids) for candidate_ids in numbers.values()]
    places = [
        (one.latitude, one.longitude) if one else homes[person_id]
        for person_id, one in zip(numbers, at, strict=True)
    ]
    return list(numbers), Candidates(
        latitude=degrees([place[0] for place in places]),
        longitude=degrees([place[1] for place in places]),
        free_minutes=ints([free.minutes(one) if one else [NEVER] * len(periods) for one in at]),
        extra_points=ints([int(n.get(AccessKind.EXTRA_TIME, Decimal(0)) * 100) for n in needs]),
        wheelchair=flags([AccessKind.WHEELCHAIR in n for n in needs]),
        left_handed=flags([AccessKind.LEFT_HANDED in n for n in needs]),
        alone=flags([AccessKind.ALONE in n for n in needs]),
        team=ints(_team_numbers(at)),
    )


def _needs(granted: Granted, candidate_ids: Iterable[int]) -> dict[AccessKind, Decimal]:
    needs: dict[AccessKind, Decimal] = {}
    for candidate_id in candidate_ids:
        for kind, percent in granted.get(candidate_id, {}).items():
            needs[kind] = max(percent, needs.get(kind, Decimal(0)))
    return needs


def _team_numbers(works: Iterable[_Work | None]) -> list[int]:
    """Return a number a team in the order they are met, -1 for people in none."""
    teams: dict[tuple[int, str], int] = {}
    return [
        teams.setdefault((w.enterprise_id, w.team), len(teams)) if w and w.team else -1
        for w in works
    ]


def _work(session: Session, people: Iterable[int]) -> dict[int, _Work]:
    wanted = set(people)
    rows = session.execute(
        select(
            Employment.person_id,
            Employment.enterprise_id,
            Employment.team,
            Employment.work_no,
            Enterprise.latitude,
            Enterprise.longitude,
        )
        .join(Enterprise, Enterprise.id == Employment.enterprise_id)
        .where(Employment.until.is_(None))
    )
    return {
        person_id: _Work(enterprise_id, team, work_no, float(latitude), float(longitude))
        for person_id, enterprise_id, team, work_no, latitude, longitude in rows
        if person_id in wanted
    }


def set_out_from(
    session: Session, people: Iterable[int], venues: Sequence[Point]
) -> dict[int, Point]:
    """Return where each person sets out for an exam: their work place, or their study centre.

    venues  latitude and longitude of every venue that counts.
    """
    wanted = set(people)
    work = {who: (at.latitude, at.longitude) for who, at in _work(session, wanted).items()}
    return work | _homes(session, wanted - work.keys(), venues)


def _homes(session: Session, people: set[int], venues: Sequence[Point]) -> dict[int, Point]:
    """Return where people without work set out: at the park of their study centre, or the middle.

    The middle of all venues makes no venue nearer by mistake.
    """
    if not people:
        return {}
    parks = {
        unit_id: (float(latitude), float(longitude))
        for unit_id, latitude, longitude in session.execute(
            select(Park.unit_id, Park.latitude, Park.longitude).order_by(Park.code.desc())
        )
    }
    count = max(len(venues), 1)
    middle = (
        sum(latitude for latitude, _ in venues) / count,
        sum(longitude for _, longitude in venues) / count,
    )
    rows = session.execute(select(Candidate.person_id, Candidate.unit_id))
    return {
        person_id: parks.get(unit_id, middle) for person_id, unit_id in rows if person_id in people
    }


class _Free:
    """How long teams and workers are free from each period's start."""

    def __init__(self, session: Session, series: Series, periods: Sequence[Period]) -> None:
        self._starts = [period.starts_at for period in periods]
        self._busy: dict[ShiftKey, list[tuple[datetime, datetime]]] = {}
        self._known: dict[ShiftKey, list[int]] = {}
        rest = timedelta(minutes=rules_of(session, series.id).rest_after_night_minutes)
        last = max(period.ends_at for period in periods) + timedelta(days=1)
        for enterprise_id, team, work_no, starts_at, ends_at in session.execute(
            select(
                Shift.enterprise_id, Shift.team, Shift.work_no, Shift.starts_at, Shift.ends_at
            ).where(Shift.ends_at > self._starts[0] - rest, Shift.starts_at < last)
        ):
            until = free_after(Span(starts_at, ends_at), series.time_zone, rest)
            self._busy.setdefault((enterprise_id, team, work_no), []).append((starts_at, until))
        for spans in self._busy.values():
            spans.sort()

    def minutes(self, work: _Work) -> list[int]:
        """Return the minutes a worker is free from each period's start, 0 where they are not."""
        keys: set[ShiftKey] = set()
        if work.team:
            keys |= {
                (work.enterprise_id, work.team, ""),
                (work.enterprise_id, work.team, work.work_no),
            }
        if work.work_no:
            keys.add((work.enterprise_id, "", work.work_no))
        theirs = [self._of(key) for key in keys if key in self._busy]
        if not theirs:
            return [NEVER] * len(self._starts)
        return [min(column) for column in zip(*theirs, strict=True)]

    def _of(self, key: ShiftKey) -> list[int]:
        if key not in self._known:
            spans = self._busy[key]
            begins = [begin for begin, _ in spans]
            self._known[key] = [self._from(start, spans, begins) for start in self._starts]
        return self._known[key]

    @staticmethod
    def _from(
        start: datetime, spans: list[tuple[datetime, datetime]], begins: list[datetime]
    ) -> int:
        after = bisect_right(begins, start)
        if any(until > start for _, until in spans[:after]):
            return 0
        if after == len(spans):
            return NEVER
        return min(NEVER, int((begins[after] - start).total_seconds() // 60))
