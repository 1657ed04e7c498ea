"""How well, and how fast, a province is planned, mended and staffed; and what more sittings give.

Its figures may be named one by one: `province`, `province_front`, `province_repair`, and `roster`
beside them, so that none waits for another.
"""

import resource
import time
from collections.abc import Iterator

import numpy as np

from benchmarks.figure import Figure
from benchmarks.province_arrays import WRITTEN, Province, draw_province
from exam_centre.solver.park import ParkPlan, Reason, draw_roster, solve, validate, warm_up

SEED = 1
SECONDS = 230.0  # CPU of the search, one thread: what is left of five minutes for all the rest
WITHOUT_HELP = {Reason.PAPER_TOO_LONG, Reason.NO_FITTING_ROOM, Reason.ON_SHIFT}


def figures() -> Iterator[Figure]:
    """Yield the figures of one province, seed 1."""
    warm_up()
    wall, spent = time.perf_counter(), time.process_time()
    province = draw_province(SEED)
    plan = solve(province.problem, seed=SEED, seconds=SECONDS)
    wall, spent = time.perf_counter() - wall, time.process_time() - spent
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Figure("province_plan", round(wall, 1), "s", "at most 300")
    yield Figure("province_plan_cpu", round(spent, 1), "s CPU")
    yield Figure("province_plan_memory", round(megabytes), "MB at the most", "at most 3072")
    yield from _size(province)
    yield from of_plan("province", province, plan)
    began = time.process_time()
    roster = draw_roster(province.problem, plan, province.staff, province.duty_rules, seed=SEED)
    yield Figure("province_roster", round(time.process_time() - began, 1), "s CPU")
    yield Figure("province_roster_short", len(roster.short), "rooms or venues", "0")


def _size(province: Province) -> Iterator[Figure]:
    problem = province.problem
    seats = np.bincount(problem.seats.room, minlength=len(problem.rooms))
    used = len(problem.entries) / int((seats[:, None] * problem.rooms.open).sum())
    yield Figure("province_entries", len(problem.entries) + province.without_seat, "entries")
    yield Figure("province_entries_seated", len(problem.entries), "entries")
    yield Figure("province_seats_used", round(100 * used, 1), "per cent of the seats open")


def of_plan(name: str, province: Province, plan: ParkPlan) -> Iterator[Figure]:
    """Yield what a plan of a province is worth."""
    problem, score = province.problem, plan.score
    feasible = sum(one.reason not in WITHOUT_HELP for one in plan.unplaced)
    held = plan.sittings.sum(axis=1)[problem.papers.kinds == WRITTEN]
    twice = f"of {len(held)} papers"
    yield Figure(f"{name}_unplaced", score.unplaced, "entries, each with its reason")
    yield Figure(f"{name}_unplaced_feasible", feasible, "entries", "0")
    yield Figure(f"{name}_violations", len(validate(problem, plan)), "violations", "0")
    yield Figure(f"{name}_written_in_two", int((held <= 2).sum()), twice, twice)
    yield Figure(f"{name}_sittings", score.sittings, "sittings")
    yield Figure(f"{name}_sittings_beyond", score.sittings_beyond, "sittings not forced")
    yield Figure(f"{name}_travel_ratio", travel_ratio(plan), "of the bound", "at most 1.15")
    yield Figure(f"{name}_held_over", score.held_over, "entries")
    yield Figure(f"{name}_room_sessions", score.room_sessions, "room sessions")


def travel_ratio(plan: ParkPlan) -> float:
    """Return how much further people travel than to their nearest venue."""
    return round(plan.score.travel_metres / plan.travel_bound_metres, 4)
