"""Why an entry has no place: which constraint excludes every alternative, and what would help."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exam_centre.solver.engine.arrays import Flags
from exam_centre.solver.park.plan import Placing, Reason, Unplaced
from exam_centre.solver.park.problem import ParkProblem
from exam_centre.solver.park.tables import next_starts, room_seats


@dataclass(frozen=True)
class _Facts:
    problem: ParkProblem
    placing: Placing
    own: NDArray[np.int32]
    of_person: dict[int, list[int]]


def explain(problem: ParkProblem, placing: Placing) -> tuple[Unplaced, ...]:
    """Return one explanation an entry without a place, in the order of the entries."""
    waiting = np.flatnonzero(~placing.placed())
    people = set(problem.entries.candidate[waiting].tolist())
    of_person: dict[int, list[int]] = {person: [] for person in people}
    for entry, person in enumerate(problem.entries.candidate.tolist()):
        if person in people and placing.period[entry] >= 0:
            of_person[person].append(entry)
    own = problem.own_minutes()
    facts = _Facts(problem, placing, own, of_person)
    return tuple(_explain(facts, int(entry)) for entry in waiting)


def _explain(facts: _Facts, entry: int) -> Unplaced:
    problem = facts.problem
    paper = problem.entries.paper[entry]
    periods = problem.periods
    fits_time = (
        problem.papers.periods[paper]
        & (problem.papers.minutes[paper] <= periods.minutes)
        & (periods.start + facts.own[entry] <= next_starts(problem))
    )
    if not fits_time.any():
        return Unplaced(entry, Reason.PAPER_TOO_LONG, (), (), ())
    has_room = fits_time & _fitting_rooms(problem, entry).any(axis=0)
    if not has_room.any():
        return Unplaced(entry, Reason.NO_FITTING_ROOM, (), (), ())
    free = has_room.copy()
    if not problem.entries.through_shift[entry]:
        minutes = problem.candidates.free_minutes[problem.entries.candidate[entry]]
        free &= minutes >= facts.own[entry]
    on_shift = tuple(int(p) for p in np.flatnonzero(has_room & ~free))
    if not free.any():
        return Unplaced(entry, Reason.ON_SHIFT, on_shift, (), ())
    clashes = [(int(p), _obstacle(facts, entry, int(p))) for p in np.flatnonzero(free)]
    standing = tuple((p, other) for p, other in clashes if other is not None)
    full = tuple(p for p, other in clashes if other is None)
    reason = Reason.NO_SEAT if full else Reason.CLASH_NOT_HOLDABLE
    return Unplaced(entry, reason, on_shift, standing, full)


def _fitting_rooms(problem: ParkProblem, entry: int) -> Flags:
    """Return (R, P) rooms that suit paper and needs, open then, whoever is in them."""
    who, seats = problem.entries.candidate[entry], room_seats(problem)
    kinds = problem.papers.kinds[problem.entries.paper[entry]]
    suits = ((kinds >> problem.rooms.kind) & 1 == 1) & (seats[:, 0] > 0)
    wheel, left = problem.candidates.wheelchair[who], problem.candidates.left_handed[who]
    if wheel or left:
        column = 3 if wheel and left else 1 if wheel else 2
        suits &= seats[:, column] > 0
    rooms: Flags = suits[:, None] & problem.rooms.open
    return rooms


def _obstacle(facts: _Facts, entry: int, period: int) -> int | None:
    """Return another entry of the person that stands too near to a period, None where none does."""
    problem, placing = facts.problem, facts.placing
    start = problem.periods.start[period]
    end = start + facts.own[entry]
    day, gap = problem.periods.day, problem.rules.gap_minutes
    that_day = []
    for other in facts.of_person[int(problem.entries.candidate[entry])]:
        if day[placing.period[other]] == day[period]:
            that_day.append(other)
            if placing.start[other] < end + gap and start < placing.end[other] + gap:
                return other
    return that_day[0] if len(that_day) >= problem.rules.papers_a_day else None
