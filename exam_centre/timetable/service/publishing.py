"""From a draft to what is public: seed, seal, proposal, and publication in stages by two people."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from exam_centre.accounts.service import notify, other_human
from exam_centre.calendar.queries import place_of_series, rules_of
from exam_centre.kernel import audit, laws
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable import queries
from exam_centre.timetable.models import Placement, Plan, Publication, SeedPart, Vacated
from exam_centre.timetable.queries import Where
from exam_centre.timetable.rules import (
    SHORTEST_PART,
    STAGE_REACHES,
    NewerPlanInForce,
    NotSealed,
    PlanHasProblems,
    PlanIsClosed,
    PlanStatus,
    SealBroken,
    SeedComplete,
    SeedPartTooShort,
    Stage,
    fingerprint,
)
from exam_centre.timetable.service.freeing import free_duties


def add_seed_part(
    session: Session, actor: Actor, plan: Plan, part: str, *, now: datetime
) -> SeedPart:
    """Give one person's part of the seed; two different humans give one each.

    Raises SeedPartTooShort, SeedComplete, SamePerson, PlanIsClosed.
    """
    _require_draft(session, actor, plan)
    if len(part.strip()) < SHORTEST_PART:
        raise SeedPartTooShort(SHORTEST_PART)
    given = queries.seed_parts(session, plan)
    if len(given) > 1:
        raise SeedComplete
    person_id = other_human(session, actor, *(row.person_id for row in given))
    row = SeedPart(plan_id=plan.id, place=len(given) + 1, person_id=person_id, part=part, at=now)
    session.add(row)
    audit.record(session, actor, "timetable.seed_part_given", row, now)
    return row


def seal_plan(session: Session, actor: Actor, plan: Plan, *, algorithm: str, now: datetime) -> None:
    """Fix what the plan was made of and what it says, by two fingerprints; may be done anew.

    algorithm  name and version of what placed it, e.g. "by hand 1". Raises NotSealed.
    """
    _require_draft(session, actor, plan)
    if len(queries.seed_parts(session, plan)) < 2:
        raise NotSealed
    plan.algorithm = algorithm
    plan.input_sha256 = fingerprint(queries.input_lines(session, plan))
    plan.result_sha256 = fingerprint(queries.result_lines(session, plan))
    audit.record(session, actor, "timetable.sealed", plan, now)


def propose(session: Session, actor: Actor, plan: Plan, *, now: datetime) -> None:
    """Put a sealed plan before the second person.

    Raises NotSealed, SealBroken, LawBroken (law 1), PlanHasProblems (the validator).
    """
    _require_draft(session, actor, plan)
    _ensure_sound(session, plan)
    plan.move_to(PlanStatus.PROPOSED)
    plan.proposed_by_id = actor.human()
    audit.record(session, actor, "timetable.proposed", plan, now)


def take_back(session: Session, actor: Actor, plan: Plan, *, reason: str, now: datetime) -> None:
    """Make a proposal a draft again. Raises IllegalMove once a stage is published."""
    actor.require(Permission.PLAN_TIMETABLE, place_of_series(session, plan.series_id))
    plan.move_to(PlanStatus.DRAFT)
    plan.proposed_by_id = None
    audit.record(session, actor, "timetable.taken_back", plan, now, reason=reason)


def publish(
    session: Session, actor: Actor, plan: Plan, stage: Stage, *, now: datetime
) -> Publication:
    """Make the next stage public; the times' stage puts the plan's placements in force.

    A repair ends what it vacates, and tells each person it moves what was and what is.
    Raises SamePerson (who proposed it), IllegalMove (the stages have an order), NewerPlanInForce,
    and at the first stage all that `propose` raises: the world may have changed since.
    """
    actor.require(Permission.PUBLISH_TIMETABLE, place_of_series(session, plan.series_id))
    second_id = other_human(session, actor, plan.proposed_by_id)
    repairs = queries.plan_in_force(session, plan.series_id)
    plan.flow.check(plan.status, STAGE_REACHES[stage])
    if plan.proposed_by_id is None:
        raise NotSealed
    if stage is Stage.TIME:
        if repairs is not None and repairs.number > plan.number:
            raise NewerPlanInForce(repairs.number)
        _ensure_sound(session, plan)
        _put_in_force(session, plan)
    plan.move_to(STAGE_REACHES[stage])
    row = Publication(
        plan_id=plan.id, stage=stage, first_id=plan.proposed_by_id, second_id=second_id, at=now
    )
    session.add(row)
    audit.record(session, actor, "timetable.published", plan, now, reason=stage.value)
    if stage is Stage.TIME and repairs is not None:
        _tell_moved(session, plan, now)
        free_duties(session, actor, plan, now=now)
    return row


def _require_draft(session: Session, actor: Actor, plan: Plan) -> None:
    actor.require(Permission.PLAN_TIMETABLE, place_of_series(session, plan.series_id))
    if plan.status is not PlanStatus.DRAFT:
        raise PlanIsClosed(plan.number, plan.status)


def _ensure_sound(session: Session, plan: Plan) -> None:
    if not plan.result_sha256:
        raise NotSealed
    if fingerprint(queries.result_lines(session, plan)) != plan.result_sha256:
        raise SealBroken
    laws.ensure(queries.law_entries(session, plan))
    found = queries.problems(session, plan)
    if found:
        raise PlanHasProblems(queries.problem_counts(found))


def _put_in_force(session: Session, plan: Plan) -> None:
    ended = select(Vacated.placement_id).where(Vacated.plan_id == plan.id)
    # The seats that end are freed first: the guards look at each row as it comes in force.
    session.execute(update(Placement).where(Placement.id.in_(ended)).values(in_force=False))
    session.execute(update(Placement).where(Placement.plan_id == plan.id).values(in_force=True))


def _tell_moved(session: Session, plan: Plan, now: datetime) -> None:
    shows_seat = rules_of(session, plan.series_id).seat_on_slip
    for person_id, paper, before, after in queries.moves(session, plan):
        notify(session, person_id, _moved(paper, before, after, shows_seat), now)


def _moved(paper: str, before: Where | None, after: Where | None, shows_seat: bool) -> Sentence:
    was = _facts("was", before, shows_seat)
    now_is = _facts("now", after, shows_seat)
    if before is None:
        return say(
            "Paper {paper}: {now_starts}, {now_venue}, room {now_room}, seat {now_seat}. "
            "Fetch a new slip.",
            paper=paper,
            **now_is,
        )
    if after is None:
        return say(
            "Paper {paper}: {was_starts}, {was_venue}, room {was_room} is cancelled. "
            "Your old slip is void. You will be told what follows.",
            paper=paper,
            **was,
        )
    return say(
        "Paper {paper} was moved. Before: {was_starts}, {was_venue}, room {was_room}, "
        "seat {was_seat}. Now: {now_starts}, {now_venue}, room {now_room}, seat {now_seat}. "
        "Your old slip is void: fetch a new one.",
        paper=paper,
        **was,
        **now_is,
    )


def _facts(prefix: str, where: Where | None, shows_seat: bool) -> dict[str, str]:
    parts: Sequence[str] = ("-", "-", "-", "-")
    if where is not None:
        seat = str(where.seat) if shows_seat else "-"
        parts = (where.starts, where.venue, where.room, seat)
    names = ("starts", "venue", "room", "seat")
    return {f"{prefix}_{name}": part for name, part in zip(names, parts, strict=True)}
