"""A whole series planned by search: prepared from the database, searched apart from it, kept.

The three steps are apart because a search takes minutes: nothing is locked while it runs, and what
it was told is compared before its plan is kept.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import place_of_series
from exam_centre.kernel import audit, laws
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.solver.park import LockBroken, ParkPlan, Placing, Score, repair, solve
from exam_centre.solver.park.planner import MOVES_PER_ENTRY
from exam_centre.timetable import queries
from exam_centre.timetable.models import Plan
from exam_centre.timetable.queries.kept import Kept
from exam_centre.timetable.queries.problem import Planning
from exam_centre.timetable.rules import (
    ALGORITHM,
    BY_HAND,
    LocksContradict,
    NotSealed,
    PlanHasProblems,
    PlanIsClosed,
    PlanningRules,
    PlanStatus,
    ProblemChanged,
    ProblemContradicts,
    fingerprint,
    seed_of,
)
from exam_centre.timetable.service.publishing import seal_plan
from exam_centre.timetable.service.reproducing import keep_allocation
from exam_centre.timetable.service.writing import Written, write_plan

Tell = Callable[[int, int, Score], None]
MOST_LOCKS_BROKEN = 100  # places that can not stay, found one by one
REPAIR_EFFORT = 4  # times the moves for each entry a search has, for each a repair has to place


@dataclass(frozen=True)
class Prepared:
    """What a search is told, and what it leaves as it is."""

    planning: Planning
    kept: Kept
    iterations: int | None = None  # what the search ended by; None: by time, or not yet
    before: Placing | None = None  # what a repair began with; None: it was none, or not yet


@dataclass(frozen=True)
class Solved:
    """What a search found and what was written of it."""

    found: ParkPlan
    written: Written


def solve_plan(
    session: Session,
    actor: Actor,
    plan: Plan,
    *,
    seed: int | None = None,
    seconds: float | None = None,
    iterations: int | None = None,
    keep_own: bool = False,
    lock: Plan | None = None,
    progress: Tell | None = None,
    cancelled: Callable[[], bool] | None = None,
    now: datetime,
) -> Solved:
    """Plan a draft by search in one go; see `prepare`, `search` and `keep` for the three steps.

    seed  None: the one that two people's parts make; the plan is then sealed in the same act.
    """
    chosen = seed_for(session, plan) if seed is None else seed
    prepared = prepare(session, actor, plan, keep_own=keep_own, lock=lock)
    prepared, found = search(
        prepared,
        seed=chosen,
        seconds=seconds,
        iterations=iterations,
        progress=progress,
        cancelled=cancelled,
    )
    return keep(session, actor, plan, prepared, found, now=now)


def seed_for(session: Session, plan: Plan) -> int:
    """Return the seed of both people's parts. Raises NotSealed where one is missing."""
    parts = [row.part for row in queries.seed_parts(session, plan)]
    if len(parts) < 2:
        raise NotSealed
    return seed_of(parts)


def made_by(session: Session, plan: Plan) -> str:
    """Return what placed a plan as it stands: the search with both people's seed, or hands."""
    parts = [row.part for row in queries.seed_parts(session, plan)]
    told = plan.summary.get("solver", {})
    searched = len(parts) == 2 and told.get("seed") == str(seed_of(parts))
    if searched and told.get("result_sha256") == fingerprint(queries.result_lines(session, plan)):
        return ALGORITHM
    return BY_HAND


def prepare(
    session: Session,
    actor: Actor,
    plan: Plan,
    *,
    keep_own: bool = False,
    lock: Plan | None = None,
    rules: PlanningRules | None = None,
) -> Prepared:
    """Gather what a search has to know.

    keep_own  what was placed in this draft before stays; else it is placed anew.
    lock      a version whose places are taken over as they are.

    Raises PlanIsClosed, NothingToPlan, and ProblemContradicts naming the rows.
    """
    actor.require(Permission.PLAN_TIMETABLE, place_of_series(session, plan.series_id))
    if plan.status is not PlanStatus.DRAFT:
        raise PlanIsClosed(plan.number, plan.status)
    planning = queries.problem_of(session, session.get_one(Series, plan.series_id), rules)
    sentences = queries.contradictions(planning)
    sentences += queries.lock_contradictions(session, plan, planning)
    if sentences:
        raise ProblemContradicts(sentences)
    return Prepared(planning, queries.kept_places(session, plan, planning, own=keep_own, also=lock))


def search(
    prepared: Prepared,
    *,
    seed: int,
    seconds: float | None = None,
    iterations: int | None = None,
    progress: Tell | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Prepared, ParkPlan]:
    """Search for a plan; no database. Returns what really stayed, and the plan.

    Where places are public already it is a repair: as few as can be leave them. A place of the
    draft's own that can not stay beside the others is given up, unless it is locked.
    Raises LocksContradict, and solver.park.Cancelled.
    """
    planning, kept = prepared.planning, prepared.kept
    count = len(planning.entries)
    if seconds is None and iterations is None:
        iterations = MOVES_PER_ENTRY * count
    before = kept.before(count)
    way = partial(solve, planning.problem)
    if before is not None:
        way = partial(repair, planning.problem, before)
        iterations = iterations and _moves_of_repair(iterations, count, len(kept.places))
    for _ in range(MOST_LOCKS_BROKEN):
        try:
            found = way(
                seed=seed,
                seconds=seconds,
                iterations=iterations,
                progress=progress,
                cancelled=cancelled,
                locked=kept.locks(count),
            )
        except LockBroken as broken:
            worst = broken.entry
            if worst not in kept.places or worst in kept.locked:
                break
            kept = kept.without(worst)
        else:
            ended_by = None if seconds else iterations
            return Prepared(planning, kept.as_found(found), ended_by, before), found
    raise LocksContradict(planning.entries[worst].person_no, planning.paper_of(worst).code)


def _moves_of_repair(moves: int, entries: int, staying: int) -> int:
    """Return how many of the moves meant for all entries a repair tries, one at least."""
    return max(1, min(moves, REPAIR_EFFORT * moves * (entries - staying) // entries))


def keep(
    session: Session,
    actor: Actor,
    plan: Plan,
    prepared: Prepared,
    found: ParkPlan,
    *,
    now: datetime,
) -> Solved:
    """Write what a search found into its draft, check it, and seal it where the seed is two's.

    Raises ProblemChanged where the series is not what the search was told, PlanHasProblems and
    LawBroken where the independent check finds anything.
    """
    _ensure_unchanged(session, actor, plan, prepared)
    written = write_plan(session, plan, prepared.planning, prepared.kept, found)
    left = fingerprint(queries.result_lines(session, plan))
    told = _summary(prepared, found, written) | {"result_sha256": left}
    plan.summary = dict(plan.summary) | {"solver": told}
    audit.record(session, actor, "timetable.solved", plan, now, reason=ALGORITHM)
    laws.ensure(queries.law_entries(session, plan))
    problems = queries.problems(session, plan)
    if problems:
        raise PlanHasProblems(queries.problem_counts(problems))
    parts = [row.part for row in queries.seed_parts(session, plan)]
    if len(parts) == 2 and seed_of(parts) == found.seed:
        seal_plan(session, actor, plan, algorithm=ALGORITHM, now=now)
    keep_allocation(
        session,
        plan,
        prepared.planning,
        prepared.kept,
        found,
        before=prepared.before,
        iterations=prepared.iterations,
        now=now,
    )
    return Solved(found, written)


def _ensure_unchanged(session: Session, actor: Actor, plan: Plan, prepared: Prepared) -> None:
    actor.require(Permission.PLAN_TIMETABLE, place_of_series(session, plan.series_id))
    if plan.status is not PlanStatus.DRAFT:
        raise PlanIsClosed(plan.number, plan.status)
    series = session.get_one(Series, plan.series_id)
    fresh = queries.problem_of(session, series)
    if fresh.problem.fingerprint() != prepared.planning.problem.fingerprint():
        raise ProblemChanged


def _summary(prepared: Prepared, found: ParkPlan, written: Written) -> dict[str, Any]:
    score = asdict(found.score) | {"travel_bound_metres": found.travel_bound_metres}
    return {
        "algorithm": ALGORITHM,
        "seed": str(found.seed),  # as text: it is longer than what JSON numbers keep
        "moves": found.moves,
        "iterations": prepared.iterations,  # None: it ended by time, and nobody can repeat it
        "complete": found.complete,
        "problem_sha256": prepared.planning.problem.fingerprint(),
        "placing_sha256": found.fingerprint(),
        "counts": asdict(written),
        "score": score,
    }
