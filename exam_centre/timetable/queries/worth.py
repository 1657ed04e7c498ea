"""What a plan is worth, counted anew from its rows, and which of the planner's rules it breaks."""

from collections import Counter
from typing import NamedTuple

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Series
from exam_centre.solver.park import Placing, Score, least_sittings, score_of, validate
from exam_centre.solver.park.seats import neighbours
from exam_centre.timetable.models import HeldOver, Placement, Plan, RoomSession
from exam_centre.timetable.queries.problem import Planning, problem_of
from exam_centre.timetable.queries.standing import standing, versions


class Worth(NamedTuple):
    """The score by component, and (kind, how many) of broken rules of the planner."""

    score: Score
    broken: list[tuple[str, int]]


def worth_of(session: Session, plan: Plan) -> Worth:
    """Return what a plan is worth as it stands in the database. Raises NothingToPlan."""
    planning = problem_of(session, session.get_one(Series, plan.series_id))
    placing = placing_of(session, plan, planning)
    seated = placing.placed() & (placing.held_over_after < 0)
    beside = neighbours(planning.problem, placing.period, placing.seat, seated)
    return Worth(
        score=score_of(planning.problem, placing, least_sittings(planning.problem), beside),
        broken=Counter(
            violation.code.value for violation in validate(planning.problem, placing)
        ).most_common(),
    )


def placing_of(session: Session, plan: Plan, planning: Planning) -> Placing:
    """Return where and when each entry sits by the planner's indices.

    What lies outside the problem, e.g. in a venue that is closed now, counts as without a place:
    the check of the rows finds it.
    """
    columns = np.full((6, len(planning.entries)), -1, dtype=np.int32)
    period = {line.id: n for n, line in enumerate(planning.periods)}
    own = planning.problem.own_minutes()
    plan_ids = versions(session, plan)
    pairs = session.execute(
        select(HeldOver.second_entry_id, HeldOver.first_entry_id).where(
            HeldOver.plan_id.in_(plan_ids)
        )
    )
    follows: dict[int, int] = dict(pairs.all())
    for entry_id, seat_id, period_id, starts_at in session.execute(
        select(Placement.entry_id, Placement.seat_id, RoomSession.period_id, Placement.starts_at)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .where(standing(plan_ids))
    ):
        entry = planning.entry_index.get(entry_id)
        seat = planning.desks.seat_index.get(seat_id)
        if entry is None or seat is None or period_id not in period:
            continue
        start = int((starts_at - planning.origin).total_seconds() // 60)
        columns[:, entry] = (
            period[period_id],
            planning.problem.seats.room[seat],
            seat,
            start,
            start + own[entry],
            planning.entry_index.get(follows.get(entry_id, 0), -1),
        )
    return Placing(*columns)
