"""Incidents and cases, read only: what is open, and who may see it."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Period
from exam_centre.conduct.models import CaseStep, Incident, OffenceCase
from exam_centre.conduct.rules import CLOSED_CASES, IncidentStatus
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, Place, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.timetable.models import RoomSession
from exam_centre.timetable.queries import place_of_room_session
from exam_centre.venues.models import Venue
from exam_centre.venues.queries import place_of_venue

SEES = (Permission.RECORD_INCIDENT, Permission.CLOSE_DAY, Permission.DECIDE_CASE)


def access_incident(session: Session, actor: Actor, token: str) -> Incident:
    """Return an incident of a venue the actor works at or decides for. Raises NotFound."""
    found = session.scalar(
        select(Incident)
        .join(Venue, Venue.id == Incident.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .outerjoin(RoomSession, RoomSession.id == Incident.room_session_id)
        .outerjoin(Period, Period.id == RoomSession.period_id)
        .where(
            Incident.token == token,
            within(
                actor,
                SEES,
                unit_path=Unit.path,
                venue_id=Venue.id,
                series_id=Period.series_id,
                room_id=RoomSession.room_id,
            ),
        )
    )
    if found is None:
        raise NotFound(say("incident"))
    return found


def access_case(session: Session, actor: Actor, token: str) -> OffenceCase:
    """Return a case about an incident the actor may see. Raises NotFound."""
    row = session.execute(
        select(OffenceCase, Incident.token)
        .join(Incident, Incident.id == OffenceCase.incident_id)
        .where(OffenceCase.token == token)
    ).one_or_none()
    if row is None:
        raise NotFound(say("case"))
    case, incident_token = row
    access_incident(session, actor, incident_token)
    return case


def place_of_incident(session: Session, venue_id: int, room_session_id: int | None) -> Place:
    """Return where an incident's acts happen: its room session, else its venue."""
    if room_session_id is None:
        return place_of_venue(session, venue_id)
    return place_of_room_session(session, room_session_id)


def next_number(session: Session, venue_id: int) -> int:
    """Return the number the next incident of a venue has, from 1."""
    newest = select(func.max(Incident.number)).where(Incident.venue_id == venue_id)
    return (session.scalar(newest) or 0) + 1


def open_incidents(session: Session, room_session_ids: Iterable[int]) -> list[Incident]:
    """Return the open incidents of these room sessions, oldest first."""
    return list(
        session.scalars(
            select(Incident)
            .where(
                Incident.room_session_id.in_(list(room_session_ids)),
                Incident.status == IncidentStatus.OPEN,
            )
            .order_by(Incident.id)
        )
    )


def open_cases(session: Session, placement_ids: Iterable[int]) -> list[OffenceCase]:
    """Return the cases about these placements that are neither final nor dropped."""
    return list(
        session.scalars(
            select(OffenceCase)
            .where(
                OffenceCase.placement_id.in_(list(placement_ids)),
                OffenceCase.status.not_in(CLOSED_CASES),
            )
            .order_by(OffenceCase.id)
        )
    )


def steps_of(session: Session, case_id: int) -> list[CaseStep]:
    """Return the steps of a case in their order."""
    return list(
        session.scalars(select(CaseStep).where(CaseStep.case_id == case_id).order_by(CaseStep.seq))
    )
