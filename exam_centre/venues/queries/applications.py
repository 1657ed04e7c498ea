"""Applications on their way up: whose turn it is, and who reviewed them."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from exam_centre.kernel.permissions import ROLE_PERMISSIONS, Actor, Permission, Place, within
from exam_centre.organisation.models import Unit
from exam_centre.organisation.queries import units_above
from exam_centre.organisation.rules import UnitLevel
from exam_centre.venues.models import ApplicationStep, Venue, VenueApplication
from exam_centre.venues.rules import ApplicationStatus, next_review


@dataclass(frozen=True)
class ApplicationLine:
    """An application in the queue. `waits_for` is None once it was decided."""

    application: VenueApplication
    venue: Venue
    waits_for: Unit | None
    is_mine: bool  # a role of the actor sits at the unit it waits for


def list_applications(session: Session, actor: Actor, *, limit: int = 200) -> list[ApplicationLine]:
    """Return the applications that are on their way within the actor's reach, oldest first."""
    rows = session.execute(
        select(VenueApplication, Venue)
        .join(Venue, Venue.id == VenueApplication.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            VenueApplication.status.not_in((ApplicationStatus.APPROVED, ApplicationStatus.REFUSED)),
            _reached_for_review(actor),
        )
        .order_by(VenueApplication.applied_at, VenueApplication.id)
        .limit(limit)
    ).all()
    return [line_of(session, actor, application, venue) for application, venue in rows]


def line_of(
    session: Session, actor: Actor, application: VenueApplication, venue: Venue
) -> ApplicationLine:
    """Return the application with the unit whose review is next, and whether it is the actor's."""
    turn = turn_of(session, application, venue)
    unit = turn[0] if turn else None
    place = Place(session.get_one(Unit, venue.unit_id).path, venue_id=venue.id)
    mine = unit is not None and reviews_for(actor, unit, place)
    return ApplicationLine(application, venue, unit, mine)


def turn_of(
    session: Session, application: VenueApplication, venue: Venue
) -> tuple[Unit, tuple[ApplicationStatus, ...]] | None:
    """Return (the unit whose review is next, the statuses it passes), or None at the end."""
    above = units_above(session, session.get_one(Unit, venue.unit_id))
    units = {unit.level: unit for unit in above}
    turn = next_review(application.status, units)
    return (units[turn[0]], turn[1]) if turn else None


def reviews_for(actor: Actor, unit: Unit, place: Place) -> bool:
    """Say whether a role of the actor sits at this unit; one over everything is headquarters'."""
    seats = {unit.path, "/"} if unit.level is UnitLevel.NATIONAL else {unit.path}
    return any(
        Permission.REVIEW_VENUE in ROLE_PERMISSIONS[grant.role]
        and grant.unit_path in seats
        and grant.covers(place)
        for grant in actor.grants
    )


def applications_of(session: Session, venue_id: int) -> list[VenueApplication]:
    """Return what was asked about a venue, newest first."""
    wanted = VenueApplication.venue_id == venue_id
    rows = select(VenueApplication).where(wanted).order_by(VenueApplication.id.desc())
    return list(session.scalars(rows))


def steps_of(session: Session, application_id: int) -> list[ApplicationStep]:
    """Return the reviews of an application, oldest first."""
    wanted = ApplicationStep.application_id == application_id
    return list(session.scalars(select(ApplicationStep).where(wanted).order_by(ApplicationStep.id)))


def _reached_for_review(actor: Actor) -> ColumnElement[bool]:
    return within(
        actor,
        [Permission.APPLY_FOR_VENUE, Permission.REVIEW_VENUE],
        unit_path=Unit.path,
        venue_id=Venue.id,
    )
