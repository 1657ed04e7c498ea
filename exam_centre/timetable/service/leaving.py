"""A venue taken out of use for good: who signs, and who hears that the plan must be repaired."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.accounts.service import actor_of, notify
from exam_centre.calendar.queries import place_of_series
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import say
from exam_centre.timetable.queries import users_who_plan
from exam_centre.timetable.queries.at_venue import (
    StandingAtVenue,
    duties_at_venue,
    people_told_of,
    standing_at_venue,
)
from exam_centre.timetable.rules import PUBLISHED, SecondPersonNeeded
from exam_centre.venues import service as venues
from exam_centre.venues.models import Venue


@dataclass(frozen=True)
class Told:
    """How many people heard that a venue is used no more."""

    candidates: int
    staff: int
    planners: int


def withdraw_venue(
    session: Session,
    actor: Actor,
    venue: Venue,
    *,
    reason: str,
    second: Actor | None,
    now: datetime,
) -> Told:
    """Take a venue out of use for good, and tell everybody whom it concerns; no plan is changed.

    Placements and duties stay until somebody plans them anew: the check names them, and nothing
    more is published over them. Where a published plan seats somebody there, two people sign.
    Raises  SecondPersonNeeded, SamePerson, ReasonMissing, IllegalMove.
    """
    lines = standing_at_venue(session, venue.id, now)
    if second is None and is_public(lines):
        raise SecondPersonNeeded
    venues.withdraw_venue(session, actor, venue, reason=reason, second=second, now=now)
    sitting = people_told_of(session, lines, venue.id, now)
    for person_id, papers in sitting.items():
        sentence = say(
            "{venue} is no longer an exam venue: do not go there for {papers}. The exam office "
            "plans another place and will tell you.",
            venue=venue.name,
            papers=", ".join(papers),
        )
        notify(session, person_id, sentence, now, by_phone=True)
    staff = Counter(duty.person_id for duty in duties_at_venue(session, venue.id, now))
    for person_id, duties in staff.items():
        sentence = say(
            "{venue} is no longer an exam venue. Your duties there ({duties}) fall away; the exam "
            "office plans anew and will tell you.",
            venue=venue.name,
            duties=duties,
        )
        notify(session, person_id, sentence, now)
    return Told(len(sitting), len(staff), _tell_planners(session, venue, lines, now))


def is_public(lines: Sequence[StandingAtVenue]) -> bool:
    """Say whether any of these plans was published."""
    return any(line.plan.status in PUBLISHED for line in lines)


def _tell_planners(
    session: Session, venue: Venue, lines: Sequence[StandingAtVenue], now: datetime
) -> int:
    planners = [actor_of(session, user) for user in users_who_plan(session)] if lines else []
    told: set[int] = set()
    for line in lines:
        place = place_of_series(session, line.series.id)
        sentence = say(
            "{venue} is no longer an exam venue. Version {number} of {series} has {placements} "
            "placements there: repair the plan and publish it.",
            venue=venue.name,
            number=line.plan.number,
            series=line.series.name,
            placements=line.placements,
        )
        able = {each.human() for each in planners if each.may(Permission.PLAN_TIMETABLE, place)}
        for person_id in sorted(able):
            notify(session, person_id, sentence, now)
        told |= able
    return len(told)
