"""How well, and how fast, a whole series is planned; the folder of series is EXAM_CENTRE_SHARED."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure, cpu_seconds
from benchmarks.series_arrays import SeriesArrays, read_series
from exam_centre.solver.park import ParkPlan, draw_roster, solve, validate, warm_up

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("EXAM_CENTRE_SHARED", ROOT.parent / "shared")) / "data"
SECONDS = {"series-small": 6.0, "series": 45.0}
WRITTEN = 0b011  # suits standard rooms and computer rooms


def figures() -> Iterator[Figure]:
    """Yield the figures of the two series, one CPU thread, seed 1; none where there are no data."""
    began = time.process_time()
    warm_up()
    yield Figure("park_warm_up", round(time.process_time() - began, 1), "s CPU")
    for name, seconds in SECONDS.items():
        if (SHARED / name).is_dir():
            yield from _of_series(name, read_series(SHARED / name), seconds)


def _of_series(name: str, series: SeriesArrays, seconds: float) -> Iterator[Figure]:
    plans: list[ParkPlan] = []
    spent = cpu_seconds(lambda: plans.append(solve(series.problem, seed=1, seconds=seconds)))
    plan = plans[0]
    score, people = plan.score, int(plan.placed().sum())
    held = plan.sittings.sum(axis=1)
    written = series.problem.papers.kinds == WRITTEN
    twice = int((held[written] <= 2).sum())
    ratio = score.travel_metres / plan.travel_bound_metres
    violations = len(validate(series.problem, plan))
    yield Figure(f"{name}_plan", round(spent, 1), "s CPU", "at most 60")
    yield Figure(f"{name}_unplaced", score.unplaced, "entries", "0")
    yield Figure(f"{name}_violations", violations, "violations", "0")
    yield Figure(f"{name}_travel", round(score.travel_metres / 1000 / people, 3), "km a journey")
    yield Figure(f"{name}_travel_ratio", round(ratio, 4), "of the bound", "at most 1.15")
    yield Figure(f"{name}_sittings", score.sittings, "sittings")
    yield Figure(f"{name}_sittings_least", int(plan.least_sittings.sum()), "sittings")
    yield Figure(f"{name}_sittings_beyond", score.sittings_beyond, "sittings")
    yield Figure(f"{name}_written_in_two", twice, f"of {int(written.sum())} papers")
    yield Figure(f"{name}_room_sessions", score.room_sessions, "room sessions")
    yield Figure(f"{name}_held_over", score.held_over, "entries")
    spent = cpu_seconds(
        lambda: draw_roster(series.problem, plan, series.staff, series.duty_rules, seed=1)
    )
    roster = draw_roster(series.problem, plan, series.staff, series.duty_rules, seed=1)
    lead = series.staff.may_lead
    spread = int(roster.loads[~lead].max() - roster.loads[~lead].min())
    yield Figure(f"{name}_roster", round(spent, 2), "s CPU")
    yield Figure(f"{name}_roster_short", len(roster.short), "rooms or venues", "0")
    yield Figure(f"{name}_roster_uneven", spread, "duties between any two", "at most 1")
