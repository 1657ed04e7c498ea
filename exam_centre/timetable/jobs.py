"""What the runner does for timetables: search for a plan, and tell how it goes."""

from typing import Any

from exam_centre.accounts.models import User
from exam_centre.accounts.service import actor_of
from exam_centre.kernel import clock
from exam_centre.kernel.database import in_unit_of_work, reading, unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.jobs import Progress, job
from exam_centre.solver.park import Score
from exam_centre.timetable import service
from exam_centre.timetable.models import Plan

SOLVE = "timetable.solve"
CURVE = "curve"  # in a plan's summary: [part done in per mille, unplaced, sittings, metres] each
FAILED = "failed"  # in a plan's summary: the sentence a search was refused with
PER_MILLE = 1000


@job(SOLVE)
def solve_series(arguments: dict[str, Any], progress: Progress) -> None:
    """Search for a plan and keep it; safe to run twice, for what it writes replaces itself.

    arguments  "plan" and "user", ids; "iterations" or "seconds", 0 for neither; "keep_own".
    """
    plan_id = int(arguments["plan"])
    with reading() as session:
        actor = actor_of(session, session.get_one(User, int(arguments["user"])))
        plan = session.get_one(Plan, plan_id)
        seed = service.seed_for(session, plan)
        keep_own = bool(arguments.get("keep_own"))
        try:
            prepared = service.prepare(session, actor, plan, keep_own=keep_own)
        except Refusal as refusal:
            _note_failure(plan_id, refusal)
            raise
    curve: list[list[int]] = []
    progress(0, PER_MILLE)

    def tell(done: int, total: int, score: Score) -> None:
        part = done * PER_MILLE // max(total, 1)
        curve.append([part, score.unplaced, score.sittings, score.travel_metres])
        _note(plan_id, {CURVE: curve})
        progress(part, PER_MILLE)

    prepared, found = service.search(
        prepared,
        seed=seed,
        iterations=int(arguments.get("iterations") or 0) or None,
        seconds=float(arguments.get("seconds") or 0) or None,
        progress=tell,
    )
    try:
        with unit_of_work() as session:
            plan = session.get_one(Plan, plan_id)
            service.keep(session, actor, plan, prepared, found, now=clock.now())
            service.roster_plan(session, actor, plan, seed=seed % 2**31, now=clock.now())
    except Refusal as refusal:
        _note_failure(plan_id, refusal)
        raise
    _note(plan_id, {CURVE: curve})
    progress(PER_MILLE, PER_MILLE)


def _note(plan_id: int, words: dict[str, Any]) -> None:
    def write(session: Any) -> None:
        plan = session.get_one(Plan, plan_id)
        kept = {name: value for name, value in plan.summary.items() if name != FAILED}
        plan.summary = kept | words

    in_unit_of_work(write)


def _note_failure(plan_id: int, refusal: Refusal) -> None:
    facts = {name: str(fact) for name, fact in refusal.sentence.facts.items()}
    _note(plan_id, {FAILED: [refusal.sentence.text, facts]})
