"""Why an entry is where it is, period by period, and where else it could be at what cost."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Series
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.solver.park import Placing, kilometres
from exam_centre.timetable.models import Plan
from exam_centre.timetable.queries.problem import Planning, problem_of
from exam_centre.timetable.queries.worth import placing_of

MOST_OPTIONS = 8


class Option(NamedTuple):
    """One place an entry could have, and what it would cost."""

    period: str
    venue: str
    room: str
    seat: int
    metres: int  # from where the person works
    is_new_sitting: bool  # the paper would be sat once more


class PeriodLine(NamedTuple):
    """What a period means to an entry."""

    code: str
    is_sitting: bool  # the paper is sat then
    is_here: bool
    sentence: Sentence


@dataclass(frozen=True)
class Why:
    """Why here, why then; the distances are from where the person works."""

    metres: int | None  # None: without a place
    nearest_metres: int
    nearer_full: int  # nearer venues with no suitable seat left then
    periods: list[PeriodLine]
    options: list[Option]  # the best first; the present place is none of them


def why_of(session: Session, plan: Plan, entry_id: int) -> Why | None:
    """Return the explanation, or None where the entry needs no seat in this plan."""
    planning = problem_of(session, session.get_one(Series, plan.series_id))
    entry = planning.entry_index.get(entry_id)
    if entry is None:
        return None
    return _Explainer(planning, placing_of(session, plan, planning), entry).why()


class _Explainer:
    def __init__(self, planning: Planning, placing: Placing, entry: int) -> None:
        self._planning, self._placing, self._entry = planning, placing, entry
        problem = planning.problem
        self._who = int(problem.entries.candidate[entry])
        self._paper = int(problem.entries.paper[entry])
        self._own = int(problem.own_minutes()[entry])
        self._metres = np.rint(
            kilometres(
                problem.candidates.latitude[self._who],
                problem.candidates.longitude[self._who],
                problem.venues.latitude,
                problem.venues.longitude,
            )
            * 1000
        ).astype(int)
        same = (problem.entries.paper == self._paper) & placing.placed()
        self._sittings = set(placing.period[same].tolist())
        mine = (problem.entries.candidate == self._who) & placing.placed()
        self._others = [int(e) for e in np.flatnonzero(mine) if e != entry]

    def why(self) -> Why:
        here = int(self._placing.period[self._entry])
        placed = here >= 0
        venue = int(self._planning.problem.rooms.venue[self._placing.room[self._entry]])
        nearer = np.flatnonzero(placed & (self._metres < self._metres[venue])).tolist()
        return Why(
            metres=int(self._metres[venue]) if placed else None,
            nearest_metres=int(self._metres.min()),
            nearer_full=sum(self._seat_at(here, v) is None for v in nearer),
            periods=[self._period(p) for p in range(len(self._planning.periods))],
            options=sorted(
                self._options(),
                key=lambda option: (option.is_new_sitting, option.metres, option.period),
            )[:MOST_OPTIONS],
        )

    def _period(self, period: int) -> PeriodLine:
        return PeriodLine(
            code=self._planning.periods[period].code,
            is_sitting=period in self._sittings,
            is_here=period == int(self._placing.period[self._entry]),
            sentence=self._obstacle(period) or say("Free then."),
        )

    def _obstacle(self, period: int) -> Sentence | None:
        problem = self._planning.problem
        if problem.papers.minutes[self._paper] > problem.periods.minutes[period]:
            return say("The period is shorter than the paper.")
        free = int(problem.candidates.free_minutes[self._who, period])
        if free < self._own and not problem.entries.through_shift[self._entry]:
            return say("On shift or resting after one.")
        start = int(problem.periods.start[period])
        gap, day = problem.rules.gap_minutes, problem.periods.day
        that_day = 0
        for other in self._others:
            if day[self._placing.period[other]] != day[period]:
                continue
            that_day += 1
            if (
                self._placing.start[other] < start + self._own + gap
                and start < self._placing.end[other] + gap
            ):
                return say("Paper {paper} is sat then.", paper=self._planning.paper_of(other).code)
        if that_day >= problem.rules.papers_a_day:
            return say("The person sits {count} papers that day already.", count=that_day)
        return None

    def _options(self) -> Iterator[Option]:
        nearest_first = np.argsort(self._metres, kind="stable")
        here = int(self._placing.period[self._entry])
        for period in range(len(self._planning.periods)):
            if self._obstacle(period) is not None:
                continue
            for venue in nearest_first:
                seat = self._seat_at(period, int(venue))
                if seat is not None and not (period == here and self._is_mine(int(venue))):
                    yield self._option(period, int(venue), seat)
                    break

    def _is_mine(self, venue: int) -> bool:
        room = int(self._placing.room[self._entry])
        return room >= 0 and int(self._planning.problem.rooms.venue[room]) == venue

    def _option(self, period: int, venue: int, seat: int) -> Option:
        desks = self._planning.desks
        line = desks.seats[seat]
        return Option(
            period=self._planning.periods[period].code,
            venue=desks.venues[venue].code,
            room=desks.rooms[int(self._planning.problem.seats.room[seat])].code,
            seat=line.number,
            metres=int(self._metres[venue]),
            is_new_sitting=period not in self._sittings,
        )

    def _seat_at(self, period: int, venue: int) -> int | None:
        """Return a free seat that suits, in a room of the venue that suits, None without one."""
        problem = self._planning.problem
        kinds = problem.papers.kinds[self._paper]
        for room in np.flatnonzero(problem.rooms.venue == venue):
            suits = (kinds >> problem.rooms.kind[room]) & 1
            if suits and problem.rooms.open[room, period] and self._may_join(int(room), period):
                for seat in np.flatnonzero(problem.seats.room == room):
                    if self._seat_suits(int(seat), period):
                        return int(seat)
        return None

    def _may_join(self, room: int, period: int) -> bool:
        """Whether the paper and the people in the room then go together with this one."""
        problem, placing = self._planning.problem, self._placing
        inside = np.flatnonzero((placing.room == room) & (placing.period == period))
        inside = inside[inside != self._entry]
        if not len(inside):
            return True
        people = problem.entries.candidate[inside]
        if problem.candidates.alone[self._who] or problem.candidates.alone[people].any():
            return False
        papers = set(problem.entries.paper[inside].tolist())
        shared = all(problem.papers.shares[list(papers | {self._paper})])
        return shared or papers == {self._paper}

    def _seat_suits(self, seat: int, period: int) -> bool:
        problem, people = self._planning.problem, self._planning.problem.candidates
        taken = (self._placing.seat == seat) & (self._placing.period == period)
        return bool(
            not taken.any()
            and (problem.seats.wheelchair[seat] or not people.wheelchair[self._who])
            and (problem.seats.left_handed[seat] or not people.left_handed[self._who])
        )
