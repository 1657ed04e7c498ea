"""An application's way from the study centre up to headquarters, every step another human."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from exam_centre.accounts.rules import check_reason
from exam_centre.accounts.service import other_human
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.organisation.models import Park, Unit
from exam_centre.organisation.rules import CodeTaken, check_position
from exam_centre.venues.models import ApplicationStep, Venue, VenueApplication
from exam_centre.venues.queries import place_of_venue, reviews_for, steps_of, turn_of
from exam_centre.venues.rules import (
    ApplicationKind,
    ApplicationOpen,
    ApplicationStatus,
    ParkElsewhere,
    ReviewElsewhere,
    ReviewOver,
    VenueKind,
    VenueStatus,
)
from exam_centre.venues.service.suspensions import lift

END = (ApplicationStatus.APPROVED, ApplicationStatus.REFUSED)


def apply_for_venue(
    session: Session,
    actor: Actor,
    unit: Unit,
    park: Park,
    *,
    code: str,
    name: str,
    kind: VenueKind,
    latitude: Decimal,
    longitude: Decimal,
    statement: str,
    now: datetime,
) -> VenueApplication:
    """Ask for a new venue of `unit` in `park`; nobody sits there before it is approved.

    statement  what the centre says about its secure room, rooms and staff.
    Raises     WrongPosition, CodeTaken, ParkElsewhere.
    """
    actor.require(Permission.APPLY_FOR_VENUE, Place(unit.path))
    check_position(latitude, longitude)
    keeper = session.get_one(Unit, park.unit_id)
    if not (keeper.path.startswith(unit.path) or unit.path.startswith(keeper.path)):
        raise ParkElsewhere(park.name)
    if session.scalar(select(exists().where(Venue.code == code))):
        raise CodeTaken(code)
    venue = Venue(
        code=code,
        name=name,
        unit_id=unit.id,
        park_id=park.id,
        kind=kind,
        latitude=latitude,
        longitude=longitude,
    )
    session.add(venue)
    session.flush()
    return _apply(session, actor, venue, ApplicationKind.NEW, statement, now)


def apply_again(
    session: Session,
    actor: Actor,
    venue: Venue,
    *,
    kind: ApplicationKind,
    statement: str,
    now: datetime,
) -> VenueApplication:
    """Ask to continue or change a venue, or once more for one that was refused.

    An approved venue stays approved while the application is on its way. Raises ApplicationOpen.
    """
    actor.require(Permission.APPLY_FOR_VENUE, place_of_venue(session, venue.id))
    on_its_way = exists().where(
        VenueApplication.venue_id == venue.id, VenueApplication.status.not_in(END)
    )
    if session.scalar(select(on_its_way)):
        raise ApplicationOpen
    if venue.status is VenueStatus.REFUSED:
        venue.move_to(VenueStatus.APPLIED)
    return _apply(session, actor, venue, kind, statement, now)


def review_application(
    session: Session,
    actor: Actor,
    application: VenueApplication,
    *,
    approve: bool,
    reason: str,
    now: datetime,
) -> ApplicationStep:
    """Take an application one level up, or refuse it; headquarters' yes approves the venue.

    The reviewer's role sits at the very unit whose turn it is: the prefecture's, the province's,
    then headquarters. A level that the tree lacks above the venue is skipped upward.
    Raises  ReviewOver, ReviewElsewhere, SamePerson (the applicant and every earlier reviewer),
            ReasonMissing where it is refused without one.
    """
    place = place_of_venue(session, application.venue_id)
    actor.require(Permission.REVIEW_VENUE, place)
    venue = session.get_one(Venue, application.venue_id)
    turn = turn_of(session, application, venue)
    if turn is None:
        raise ReviewOver
    unit, statuses = turn
    if not reviews_for(actor, unit, place):
        raise ReviewElsewhere(unit.name)
    earlier = [step.person_id for step in steps_of(session, application.id)]
    human = other_human(session, actor, application.applied_by_id, *earlier)
    if not approve:
        check_reason(reason)
        statuses = (ApplicationStatus.REFUSED,)
    for status in statuses:
        application.move_to(status)
        session.flush()  # The database checks each move, the skipped ones included.
    step = ApplicationStep(
        application_id=application.id,
        reached=application.status,
        person_id=human,
        at=now,
        reason=reason,
    )
    session.add(step)
    audit.record(session, actor, "venues.application_reviewed", application, now, reason=reason)
    _settle(session, actor, venue, application, now)
    return step


def _settle(
    session: Session, actor: Actor, venue: Venue, application: VenueApplication, now: datetime
) -> None:
    """Let a venue that waits for this decision follow it; one approved before stays approved.

    A suspended venue comes back with the approval to go on: its reviewers knew why it stood still.
    """
    goes_on = application.kind is ApplicationKind.CONTINUE
    is_approved = application.status is ApplicationStatus.APPROVED
    if venue.status is VenueStatus.SUSPENDED and goes_on and is_approved:
        lift(session, actor, venue, application.statement, now)
    outcome = {
        ApplicationStatus.APPROVED: VenueStatus.APPROVED,
        ApplicationStatus.REFUSED: VenueStatus.REFUSED,
    }.get(application.status)
    if outcome is not None and venue.status is VenueStatus.APPLIED:
        venue.move_to(outcome)
        audit.record(session, actor, f"venues.venue_{outcome.value}", venue, now)


def _apply(
    session: Session,
    actor: Actor,
    venue: Venue,
    kind: ApplicationKind,
    statement: str,
    now: datetime,
) -> VenueApplication:
    application = VenueApplication(
        venue_id=venue.id,
        kind=kind,
        applied_by_id=actor.human(),
        applied_at=now,
        statement=statement,
    )
    session.add(application)
    audit.record(session, actor, "venues.applied_for", application, now)
    return application
