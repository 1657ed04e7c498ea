"""What more sittings of the written papers give in shorter journeys: one province, five wishes."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.figure import Figure
from benchmarks.province import SEED, travel_ratio
from benchmarks.province_arrays import WRITTEN, draw_province, with_wished
from exam_centre.solver.park import solve, warm_up

SECONDS = 90.0  # CPU a point: the front's shape, not its best
UNLIMITED = 0
WISHES = (1, 2, 3, 4, UNLIMITED)


@dataclass(frozen=True, kw_only=True)
class FrontFigure(Figure):
    """A travel ratio, beside what was wished for and what it took."""

    wished_sittings: int  # of a written paper; 0: as many as there are periods
    written_papers: int
    written_sittings: int
    unplaced: int


def figures() -> Iterator[Figure]:
    """Yield a figure for each wish."""
    warm_up()
    drawn = draw_province(SEED).problem
    for wish in WISHES:
        problem = with_wished(drawn, wish or len(drawn.periods))
        plan = solve(problem, seed=SEED, seconds=SECONDS)
        written = problem.papers.kinds == WRITTEN
        yield FrontFigure(
            name=f"province_front_{wish or 'unlimited'}",
            value=travel_ratio(plan),
            unit=f"of the bound, {SECONDS:g} s CPU",
            wished_sittings=wish,
            written_papers=int(written.sum()),
            written_sittings=int(plan.sittings[written].sum()),
            unplaced=plan.score.unplaced,
        )
