"""Locks on a draft: what searches and hands leave where it is, with who and why."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.accounts.rules import check_reason
from exam_centre.entries.models import Entry
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor
from exam_centre.papers.models import Paper
from exam_centre.timetable import queries
from exam_centre.timetable.models import Placement, Plan, PlanLock
from exam_centre.timetable.queries.locks import lock_on
from exam_centre.timetable.rules import AlreadyLocked, NotPlacedHere, PlaceIsLocked
from exam_centre.timetable.service.placing import require_draft
from exam_centre.venues.models import Room, Venue

Lockable = Entry | Paper | Room | Venue


def lock(
    session: Session, actor: Actor, plan: Plan, what: Lockable, *, reason: str, now: datetime
) -> PlanLock:
    """Keep an entry, or all that is placed of a paper, in a room or at a venue, where it is.

    Raises PlanIsClosed, ReasonMissing, AlreadyLocked, and NotPlacedHere for an entry without a
    seat.
    """
    require_draft(session, actor, plan)
    check_reason(reason)
    if isinstance(what, Entry) and queries.standing_of_entry(session, plan, what.id) is None:
        raise NotPlacedHere
    keys = {
        "entry_id": what.id if isinstance(what, Entry) else None,
        "paper_id": what.id if isinstance(what, Paper) else None,
        "room_id": what.id if isinstance(what, Room) else None,
        "venue_id": what.id if isinstance(what, Venue) else None,
    }
    known = session.scalar(
        select(PlanLock.id).filter_by(plan_id=plan.id, **{k: v for k, v in keys.items() if v})
    )
    if known is not None:
        raise AlreadyLocked
    row = PlanLock(plan_id=plan.id, reason=reason, by_id=actor.human(), at=now, **keys)
    session.add(row)
    audit.record(session, actor, "timetable.locked", row, now, reason=reason)
    return row


def unlock(session: Session, actor: Actor, plan: Plan, row: PlanLock, *, now: datetime) -> None:
    """Let searches and hands move it again. Raises PlanIsClosed."""
    require_draft(session, actor, plan)
    audit.record(session, actor, "timetable.unlocked", row, now, reason=row.reason)
    session.delete(row)
    session.flush()


def ensure_unlocked(session: Session, plan: Plan, placement: Placement) -> None:
    """Raise PlaceIsLocked where somebody locked this place, saying who and why."""
    found = lock_on(session, plan, placement)
    if found is not None:
        raise PlaceIsLocked(session.get_one(Person, found.by_id).name, found.reason)
