"""How fast a province's plan is mended, and how few move, when something has changed."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.figure import Figure
from benchmarks.province import SEED
from benchmarks.province_arrays import draw_province
from exam_centre.solver.park import (
    Entries,
    ParkProblem,
    Placing,
    repair,
    solve,
    unmoved,
    validate,
    warm_up,
)

SECONDS = 90.0  # CPU for the plan that is mended
LATE = 200
Change = Callable[[ParkProblem, Placing], tuple[ParkProblem, Placing]]


@dataclass(frozen=True, kw_only=True)
class RepairFigure(Figure):
    """Seconds of a repair, tables and seats included, and who moved."""

    seconds_cpu: float
    affected: int  # entries whose place was lost, or who had none
    moved: int  # of these, placed anew
    others_moved: int  # entries whose place was good still
    unplaced: int
    violations: int


def figures() -> Iterator[Figure]:
    """Yield a figure for each change of one plan."""
    warm_up()
    problem = draw_province(SEED).problem
    plan = solve(problem, seed=SEED, seconds=SECONDS)
    smallest, before = lose_room(problem, plan)
    repair(smallest, before, seed=SEED, iterations=1)  # compiles what is not yet
    for name, change in CHANGES.items():
        yield _of_change(name, *change(problem, plan))


def _of_change(name: str, problem: ParkProblem, before: Placing) -> Figure:
    wall, spent = time.perf_counter(), time.process_time()
    plan = repair(problem, before, seed=SEED)
    wall, spent = time.perf_counter() - wall, time.process_time() - spent
    lost = _lost(problem, before)
    stayed = unmoved(before, plan)
    return RepairFigure(
        name=f"province_repair_{name}",
        value=round(wall, 1),
        unit="s",
        goal="at most 30",
        seconds_cpu=round(spent, 1),
        affected=int(lost.sum()),
        moved=int((lost & plan.placed()).sum()),
        others_moved=int((~lost & ~stayed).sum()),
        unplaced=plan.score.unplaced,
        violations=len(validate(problem, plan)),
    )


def _lost(problem: ParkProblem, before: Placing) -> np.ndarray:
    """Return (E,) who must be placed anew: no place, a closed room, or a period not allowed."""
    lost: np.ndarray = before.period < 0
    at = np.flatnonzero(~lost)
    is_open = problem.rooms.open[before.room[at], before.period[at]]
    allowed = problem.papers.periods[problem.entries.paper[at], before.period[at]]
    lost[at] = ~(is_open & allowed)
    after = before.held_over_after
    lost |= (after >= 0) & lost[after]
    return lost


def lose_venue(problem: ParkProblem, before: Placing) -> tuple[ParkProblem, Placing]:
    """Close the venue of median use."""
    venue = problem.rooms.venue[before.room[before.placed()]]
    use = np.bincount(venue, minlength=len(problem.venues))
    return _closed(problem, problem.rooms.venue == np.argsort(use)[len(use) // 2]), before


def lose_room(problem: ParkProblem, before: Placing) -> tuple[ParkProblem, Placing]:
    """Close the room used most."""
    use = np.bincount(before.room[before.placed()], minlength=len(problem.rooms))
    return _closed(problem, np.arange(len(use)) == use.argmax()), before


def _closed(problem: ParkProblem, rooms: np.ndarray) -> ParkProblem:
    is_open = problem.rooms.open & ~rooms[:, None]
    return replace(problem, rooms=replace(problem.rooms, open=is_open))


def move_paper(problem: ParkProblem, before: Placing) -> tuple[ParkProblem, Placing]:
    """Forbid the periods in which a paper of some three hundred people is sat."""
    people = np.bincount(problem.entries.paper, minlength=len(problem.papers))
    wide = problem.papers.periods.all(axis=1)
    paper = int(np.where(wide, np.abs(people - 300), people.max()).argmin())
    allowed = problem.papers.periods.copy()
    allowed[paper, before.period[(problem.entries.paper == paper) & before.placed()]] = False
    return replace(problem, papers=replace(problem.papers, periods=allowed)), before


def late_entries(problem: ParkProblem, before: Placing) -> tuple[ParkProblem, Placing]:
    """Add entries of drawn people for papers they do not sit yet, placed nowhere so far."""
    random = np.random.default_rng(SEED)
    old = problem.entries
    known = set(zip(old.candidate.tolist(), old.paper.tolist(), strict=True))
    added: set[tuple[int, int]] = set()
    while len(added) < LATE:
        programme = int(random.integers(len(old)))
        pair = (int(old.candidate[random.integers(len(old))]), int(old.paper[programme]))
        if pair not in known:
            added.add(pair)
    pairs = np.array(sorted(added))
    entries = Entries(
        candidate=np.append(old.candidate, pairs[:, 0]),
        paper=np.append(old.paper, pairs[:, 1]),
        compulsory=np.append(old.compulsory, np.ones(LATE)),
        preferred_venue=np.append(old.preferred_venue, np.full(LATE, -1)),
        through_shift=np.append(old.through_shift, np.zeros(LATE)),
    )
    nowhere = np.full(LATE, -1, dtype=np.int32)
    columns = ("period", "room", "seat", "start", "end", "held_over_after")
    places = Placing(*(np.append(getattr(before, name), nowhere) for name in columns))
    return replace(problem, entries=entries), places


CHANGES: dict[str, Change] = {
    "venue_lost": lose_venue,
    "room_lost": lose_room,
    "paper_moved": move_paper,
    "200_late": late_entries,
}
