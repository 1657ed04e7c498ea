"""How good timetables of the public examination benchmark are, where its files are there."""

import os
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figure import Figure
from exam_centre.solver.examination import ExaminationPlan, read_problem, solve

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("EXAM_CENTRE_SHARED", ROOT.parent / "shared")) / "data" / "itc2007"
SECONDS = 60.0  # CPU, one thread
SEEDS = (1, 2, 3, 4, 5)
# The best average published for the time of the competition, 220 to 276 s: see docs/rules.md.
BEST_AVERAGE = {
    1: 3927,
    2: 404,
    3: 8012,
    4: 12993,
    5: 2582,
    6: 25448,
    7: 3662,
    8: 6944,
    9: 949,
    10: 12985,
    11: 25194,
    12: 5181,
}


@dataclass(frozen=True, kw_only=True)
class InstanceFigure(Figure):
    """The median total of several seeds, beside the reference it is to reach."""

    instance: str
    seeds: tuple[int, ...]
    median: float
    best: int
    worst: int
    farthest: int  # the greatest distance to feasibility
    reference: int
    ratio: float  # of the median to the reference
    moves_a_second: float


def figures() -> Iterator[Figure]:
    """Yield a figure for each instance that is there; none where there are no data."""
    for number, reference in BEST_AVERAGE.items():
        file = SHARED / f"exam_comp_set{number}.exam"
        if file.is_file():
            yield _of_instance(file, reference)


def _of_instance(file: Path, reference: int) -> Figure:
    problem = read_problem(file.read_bytes())
    plans: list[ExaminationPlan] = [solve(problem, seed=seed, seconds=SECONDS) for seed in SEEDS]
    totals = [plan.score.total for plan in plans]
    median = statistics.median(totals)
    return InstanceFigure(
        name=f"itc2007_{file.stem}",
        value=median,
        unit=f"cost, median of {len(SEEDS)} seeds, {SECONDS:g} s CPU",
        goal=f"at most {reference}",
        instance=file.stem,
        seeds=SEEDS,
        median=median,
        best=min(totals),
        worst=max(totals),
        farthest=max(plan.violations.distance for plan in plans),
        reference=reference,
        ratio=round(median / reference, 4),
        moves_a_second=round(sum(plan.moves for plan in plans) / len(SEEDS) / SECONDS),
    )
