"""The components of a plan's score, each one small function over the problem and a placing."""

import numpy as np
from numpy.typing import NDArray

from exam_centre.solver.engine.arrays import Flags, Ints
from exam_centre.solver.park.geography import places
from exam_centre.solver.park.plan import Placing, Score
from exam_centre.solver.park.problem import ParkProblem


def unplaced(placing: Placing) -> int:
    """Count entries without a place."""
    return int((placing.period < 0).sum())


def _pairs(problem: ParkProblem, placing: Placing) -> tuple[Ints, Ints]:
    """Return the placed entries of one person in pairs, each pair once."""
    order = np.flatnonzero(placing.placed())
    order = order[np.argsort(problem.entries.candidate[order], kind="stable")]
    who = problem.entries.candidate[order]
    one: list[NDArray[np.int64]] = []
    other: list[NDArray[np.int64]] = []
    apart = 1
    while apart < len(order):
        same = who[apart:] == who[:-apart]
        if not same.any():
            break
        one.append(order[:-apart][same])
        other.append(order[apart:][same])
        apart += 1
    if not one:
        return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
    return np.concatenate(one).astype(np.int32), np.concatenate(other).astype(np.int32)


def clashes(problem: ParkProblem, placing: Placing) -> int:
    """Count pairs of one person's papers that overlap, or share a period without holding over."""
    a, b = _pairs(problem, placing)
    overlap = (placing.start[a] < placing.end[b]) & (placing.start[b] < placing.end[a])
    follows = (placing.held_over_after[a] == b) | (placing.held_over_after[b] == a)
    return int((overlap | ((placing.period[a] == placing.period[b]) & ~follows)).sum())


def on_shift(problem: ParkProblem, placing: Placing) -> int:
    """Count entries whose own time runs into a shift or its rest, without the person's consent."""
    at = np.flatnonzero(placing.placed() & ~problem.entries.through_shift)
    period = placing.period[at]
    free = problem.candidates.free_minutes[problem.entries.candidate[at], period]
    return int((placing.end[at] - problem.periods.start[period] > free).sum())


def held_over(placing: Placing) -> int:
    """Count entries sat after another in isolation."""
    return int((placing.held_over_after >= 0).sum())


def sitting_table(problem: ParkProblem, placing: Placing) -> Flags:
    """Return (N, P) whether a paper is sat in a period."""
    table = np.zeros(problem.papers.periods.shape, dtype=np.bool_)
    at = placing.placed()
    table[problem.entries.paper[at], placing.period[at]] = True
    return table


def sittings_beyond(problem: ParkProblem, placing: Placing, least: Ints) -> int:
    """Count sittings of papers beyond those wished for or forced; least (N,)."""
    held = sitting_table(problem, placing).sum(axis=1)
    allowed = np.maximum(problem.papers.wished_sittings, least)
    return int(np.maximum(held - allowed, 0).sum())


def travel_metres(problem: ParkProblem, placing: Placing) -> int:
    """Sum the great-circle metres from work place to venue."""
    place, metres = places(problem)
    at = np.flatnonzero(placing.placed())
    venue = problem.rooms.venue[placing.room[at]]
    return int(metres[place[problem.entries.candidate[at]], venue].sum(dtype=np.int64))


def wishes_missed(problem: ParkProblem, placing: Placing) -> int:
    """Count placed entries at another venue than the one they prefer."""
    at = np.flatnonzero(placing.placed() & (problem.entries.preferred_venue >= 0))
    venue = problem.rooms.venue[placing.room[at]]
    return int((venue != problem.entries.preferred_venue[at]).sum())


def same_day(problem: ParkProblem, placing: Placing) -> int:
    """Count pairs of one person's papers on one day."""
    a, b = _pairs(problem, placing)
    day = problem.periods.day
    return int((day[placing.period[a]] == day[placing.period[b]]).sum())


def _sessions(problem: ParkProblem, placing: Placing) -> NDArray[np.int64]:
    at = placing.placed()
    session = placing.room[at].astype(np.int64) * len(problem.periods) + placing.period[at]
    counts: NDArray[np.int64] = np.unique(session, return_counts=True)[1]
    return counts


def room_sessions(problem: ParkProblem, placing: Placing) -> int:
    """Count rooms in periods with at least one person."""
    return len(_sessions(problem, placing))


def leftovers(problem: ParkProblem, placing: Placing) -> int:
    """Count room sessions with at most as many people as should be merged into another."""
    return int((_sessions(problem, placing) <= problem.rules.leftover).sum())


def score_of(problem: ParkProblem, placing: Placing, least: Ints, beside: Ints) -> Score:
    """Return the whole score; least (N,) sittings forced, beside (E,) as in ParkPlan."""
    return Score(
        unplaced=unplaced(placing),
        clashes=clashes(problem, placing),
        on_shift=on_shift(problem, placing),
        held_over=held_over(placing),
        sittings_beyond=sittings_beyond(problem, placing, least),
        sittings=int(sitting_table(problem, placing).sum()),
        travel_metres=travel_metres(problem, placing),
        wishes_missed=wishes_missed(problem, placing),
        same_day=same_day(problem, placing),
        room_sessions=room_sessions(problem, placing),
        leftovers=leftovers(problem, placing),
        beside_paper=int((beside & 1 > 0).sum()),
        beside_team=int((beside & 2 > 0).sum()),
    )
