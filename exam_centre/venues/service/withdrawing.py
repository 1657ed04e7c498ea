"""A venue that is used no more."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.accounts.rules import check_reason
from exam_centre.accounts.service import other_human
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.venues.models import Venue, Withdrawal
from exam_centre.venues.queries import place_of_venue
from exam_centre.venues.rules import VenueStatus


def withdraw_venue(
    session: Session,
    actor: Actor,
    venue: Venue,
    *,
    reason: str,
    second: Actor | None,
    now: datetime,
) -> Withdrawal:
    """Take an approved or suspended venue out of use for good; its records stay.

    second  who signs beside; whether somebody has to, the timetable knows, which calls this.
    Raises  SamePerson, ReasonMissing, IllegalMove for a venue that was never approved, or twice.
    """
    place = place_of_venue(session, venue.id)
    actor.require(Permission.REVIEW_VENUE, place)
    check_reason(reason)
    second_id = None
    if second is not None:
        second.require(Permission.REVIEW_VENUE, place)
        second_id = other_human(session, second, actor.human())
    venue.move_to(VenueStatus.WITHDRAWN)
    row = Withdrawal(
        venue_id=venue.id,
        withdrawn_by_id=actor.human(),
        second_id=second_id,
        withdrawn_at=now,
        reason=reason,
    )
    session.add(row)
    words = f"{reason} (second person: {second_id})" if second_id else reason
    audit.record(session, actor, "venues.venue_withdrawn", venue, now, reason=words)
    return row
