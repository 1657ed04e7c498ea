"""A venue that is not to be used for a time: suspended with a reason, and brought back."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.accounts.rules import check_reason
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.venues.models import Suspension, Venue
from exam_centre.venues.queries import open_suspension, place_of_venue
from exam_centre.venues.rules import VenueStatus


def suspend_venue(
    session: Session, actor: Actor, venue: Venue, *, reason: str, now: datetime
) -> Suspension:
    """Keep an approved venue from being used: no plan may seat anybody there from now on.

    Placements that stand there stay where they are until somebody plans them anew; the timetable
    names them as contradictions and publishes nothing over them.
    Raises ReasonMissing, IllegalMove where the venue is not approved.
    """
    actor.require(Permission.REVIEW_VENUE, place_of_venue(session, venue.id))
    check_reason(reason)
    venue.move_to(VenueStatus.SUSPENDED)
    suspension = Suspension(
        venue_id=venue.id, suspended_by_id=actor.human(), suspended_at=now, reason=reason
    )
    session.add(suspension)
    audit.record(session, actor, "venues.venue_suspended", venue, now, reason=reason)
    return suspension


def bring_back_venue(
    session: Session, actor: Actor, venue: Venue, *, reason: str, now: datetime
) -> None:
    """Let a suspended venue be used again; `reason` says what was mended.

    Raises ReasonMissing, IllegalMove where the venue is not suspended.
    """
    actor.require(Permission.REVIEW_VENUE, place_of_venue(session, venue.id))
    check_reason(reason)
    lift(session, actor, venue, reason, now)


def lift(session: Session, actor: Actor, venue: Venue, reason: str, now: datetime) -> None:
    """End a venue's suspension for a caller who asked whether the actor may."""
    venue.move_to(VenueStatus.APPROVED)
    suspension = open_suspension(session, venue.id)
    if suspension is not None:
        suspension.lifted_by_id, suspension.lifted_at = actor.human(), now
        suspension.lift_reason = reason
    audit.record(session, actor, "venues.venue_brought_back", venue, now, reason=reason)
