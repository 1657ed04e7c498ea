"""Two of the staff swap their duties themselves: one asks, the other's word settles it."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.accounts.rules import check_reason
from exam_centre.accounts.service import notify
from exam_centre.calendar.models import Period
from exam_centre.kernel import audit
from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.permissions import Actor
from exam_centre.kernel.sentences import say
from exam_centre.timetable.models import Duty, Plan, SwapRequest
from exam_centre.timetable.queries.stand_ins import swappable
from exam_centre.timetable.queries.swaps import SWAPPED, open_swap
from exam_centre.timetable.rules import (
    PUBLISHED,
    DutyStatus,
    SwapAsked,
    SwapNotPossible,
    SwapStatus,
    on_the_clock,
)
from exam_centre.timetable.service.duties import exchange
from exam_centre.venues.models import Venue


def ask_swap(
    session: Session, actor: Actor, duty: Duty, other: Duty, *, reason: str, now: datetime
) -> SwapRequest:
    """Ask whoever has `other` to take one's own `duty` for it; they are told.

    Raises Forbidden for another's duty, SwapAsked while a question about it is open, and
    SwapNotPossible where the two could not take each other's.
    """
    if actor.human() != duty.person_id:
        raise Forbidden(say("swap another person's duty."))
    check_reason(reason)
    if open_swap(session, duty.id) is not None:
        raise SwapAsked
    _ensure_possible(session, duty, other, now)
    asked = SwapRequest(
        duty_id=duty.id,
        other_id=other.id,
        asker_id=duty.person_id,
        asked_id=other.person_id,
        reason=reason,
        asked_at=now,
    )
    session.add(asked)
    audit.record(session, actor, "timetable.swap_asked", asked, now, reason=reason)
    sentence = say(
        "{name} asks you to swap duties: theirs is at {venue}, {starts}. Answer on My duties.",
        name=session.get_one(Person, duty.person_id).name,
        **_where(session, duty),
    )
    notify(session, other.person_id, sentence, now, by_phone=True)
    return asked


def answer_swap(
    session: Session, actor: Actor, asked: SwapRequest, *, agree: bool, now: datetime
) -> None:
    """Agree to a swap one was asked for, which makes it at once, or decline it; the asker is told.

    Both duties are accepted then: each of the two wanted the other's.
    Raises Forbidden for anybody else, IllegalMove where it was answered, SwapNotPossible where a
    duty changed since or has begun, and all that `assign_duty` raises.
    """
    if actor.human() != asked.asked_id:
        raise Forbidden(say("answer for another person."))
    asked.move_to(SwapStatus.AGREED if agree else SwapStatus.DECLINED)
    asked.answered_at = now
    audit.record(session, actor, "timetable.swap_answered", asked, now)
    duty, other = (session.get_one(Duty, each) for each in (asked.duty_id, asked.other_id))
    name = session.get_one(Person, asked.asked_id).name
    sentence = say("{name} can not swap duties with you. Yours stays as it is.", name=name)
    if agree:
        _ensure_possible(session, duty, other, now)
        for given in exchange(session, actor, duty, other, reason=asked.reason, now=now):
            given.move_to(DutyStatus.ACCEPTED)
            audit.record(session, actor, "timetable.duty_answered", given, now)
        sentence = say(
            "{name} swapped duties with you. Yours is now at {venue}, {starts}.",
            name=name,
            **_where(session, other),
        )
    notify(session, asked.asker_id, sentence, now, by_phone=True)


def withdraw_swap(session: Session, actor: Actor, asked: SwapRequest, *, now: datetime) -> None:
    """Take back one's own question. Raises Forbidden for another's, IllegalMove once answered."""
    if actor.human() != asked.asker_id:
        raise Forbidden(say("take back another person's question."))
    asked.move_to(SwapStatus.WITHDRAWN)
    asked.answered_at = now
    audit.record(session, actor, "timetable.swap_withdrawn", asked, now)


def _ensure_possible(session: Session, duty: Duty, other: Duty, now: datetime) -> None:
    starts = [session.get_one(Period, each.period_id).starts_at for each in (duty, other)]
    plan = session.get_one(Plan, duty.plan_id)
    if (
        plan.status not in PUBLISHED
        or min(starts) <= now
        or any(each.status not in SWAPPED for each in (duty, other))
        or other.token not in {one.token for one in swappable(session, duty)}
    ):
        raise SwapNotPossible


def _where(session: Session, duty: Duty) -> dict[str, str]:
    venue, period = session.get_one(Venue, duty.venue_id), session.get_one(Period, duty.period_id)
    return {"venue": venue.name, "starts": on_the_clock(period.starts_at, venue.time_zone)}
