"""Questions to swap two duties, as their two people see them."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from exam_centre.calendar.models import Period
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor
from exam_centre.kernel.sentences import say
from exam_centre.timetable.models import Duty, SwapRequest
from exam_centre.timetable.queries.duty_lists import DutyLine, line_of_duty
from exam_centre.timetable.rules import DutyStatus, SwapStatus

SWAPPED = (DutyStatus.OFFERED, DutyStatus.ACCEPTED)  # a duty that may change hands by agreement


class SwapLine(NamedTuple):
    """An open question: one's own duty, the other's, and who asks."""

    token: str
    is_mine: bool  # asked by whoever looks
    mine: DutyLine  # that the reader has now
    theirs: DutyLine  # that the reader would have
    reason: str


def access_swap(session: Session, actor: Actor, token: str) -> SwapRequest:
    """Return a question one asked or was asked. Raises NotFound."""
    found = session.scalar(
        select(SwapRequest).where(
            SwapRequest.token == token,
            or_(
                SwapRequest.asker_id == actor.person_id,
                SwapRequest.asked_id == actor.person_id,
            ),
        )
    )
    if found is None:
        raise NotFound(say("question to swap"))
    return found


def duty_beside(session: Session, duty: Duty, token: str) -> Duty:
    """Return another duty of the same version and venue. Raises NotFound."""
    found = session.scalar(
        select(Duty).where(
            Duty.token == token, Duty.plan_id == duty.plan_id, Duty.venue_id == duty.venue_id
        )
    )
    if found is None:
        raise NotFound(say("duty"))
    return found


def swaps_of(session: Session, person_id: int, now: datetime) -> list[SwapLine]:
    """Return the open questions of a person, those asked of them first.

    One is open while both duties still are somebody's and neither period has begun.
    """
    rows = session.scalars(
        _open(now)
        .where(or_(SwapRequest.asker_id == person_id, SwapRequest.asked_id == person_id))
        .order_by(SwapRequest.asked_id != person_id, SwapRequest.id)
    )
    lines = []
    for row in rows:
        duty, other = (
            line_of_duty(session, session.get_one(Duty, duty_id))
            for duty_id in (row.duty_id, row.other_id)
        )
        is_mine = row.asker_id == person_id
        mine, theirs = (duty, other) if is_mine else (other, duty)
        lines.append(SwapLine(row.token, is_mine, mine, theirs, row.reason))
    return lines


def swaps_waiting_for(session: Session, person_id: int | None, now: datetime) -> int:
    """Return how many colleagues wait for a person's word."""
    wanted = _open(now).where(SwapRequest.asked_id == person_id)
    return session.scalar(wanted.with_only_columns(func.count())) or 0


def open_swap(session: Session, duty_id: int) -> SwapRequest | None:
    """Return the unanswered question about a duty that its own person asked."""
    return session.scalar(
        select(SwapRequest).where(
            SwapRequest.duty_id == duty_id, SwapRequest.status == SwapStatus.ASKED
        )
    )


def _open(now: datetime) -> Select[SwapRequest]:
    one, other, early, late = aliased(Duty), aliased(Duty), aliased(Period), aliased(Period)
    return (
        select(SwapRequest)
        .join(one, one.id == SwapRequest.duty_id)
        .join(other, other.id == SwapRequest.other_id)
        .join(early, early.id == one.period_id)
        .join(late, late.id == other.period_id)
        .where(
            SwapRequest.status == SwapStatus.ASKED,
            one.status.in_(SWAPPED),
            other.status.in_(SWAPPED),
            early.starts_at > now,
            late.starts_at > now,
        )
    )
