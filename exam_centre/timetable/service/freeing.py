"""Duties that a repair leaves without anybody to watch: they end, and whoever had them is told."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.accounts.service import notify
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor
from exam_centre.kernel.sentences import say
from exam_centre.timetable import queries
from exam_centre.timetable.models import Plan
from exam_centre.timetable.rules import DutyStatus


def free_duties(session: Session, actor: Actor, plan: Plan, *, now: datetime) -> int:
    """End the duties of rooms, and of venues, where nobody sits any more; return how many.

    Called when a repair comes in force; what has begun or ended stays as it is.
    """
    idle = queries.idle_duties(session, plan.series_id, now)
    for duty, where, starts in idle:
        duty.move_to(DutyStatus.REPLACED)
        notify(
            session,
            duty.person_id,
            say(
                "Your duty at {where}, {starts}, falls away: the timetable was repaired and "
                "nobody sits there any more.",
                where=where,
                starts=starts,
            ),
            now,
        )
    duties = [duty for duty, _, _ in idle]
    audit.record_all(
        session, actor, "timetable.duty_replaced", duties, now, reason="the timetable was repaired"
    )
    return len(duties)
