"""Incidents and cases, read only: what is open, and who may see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Period
from exam_centre.conduct.models import CaseStep, Incident, OffenceCase
from exam_centre.conduct.rules import CLOSED_CASES, IncidentStatus
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, Place, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import Placement, RoomSession, Sitting
from exam_centre.timetable.queries import place_of_room_session
from exam_centre.venues.models import Room, Seat, Venue
from exam_centre.venues.queries import place_of_venue


@dataclass(frozen=True)
class IncidentLine:
    """One incident in a list, with where it happened in words."""

    incident: Incident
    venue: str
    zone: str
    room: str  # "" at the venue at large


@dataclass(frozen=True)
class CaseLine:
    """One case in a list: whom it is about, and where."""

    case: OffenceCase
    incident_number: int
    incident_token: str
    happened_at: datetime
    venue: str
    zone: str
    room: str
    seat: int
    name: str
    paper: str


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


def place_of_case(session: Session, case: OffenceCase) -> Place:
    """Return where the steps of a case happen: where its incident did."""
    incident = session.get_one(Incident, case.incident_id)
    return place_of_incident(session, incident.venue_id, incident.room_session_id)


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


def incidents_in_scope(
    session: Session,
    actor: Actor,
    *,
    text: str = "",
    venue_id: int | None = None,
    happened: tuple[datetime, datetime] | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[list[IncidentLine], int]:
    """Return incidents the actor may see, open ones first, and how many there are altogether.

    text      looked for in the venue's name, the room, the words and, as a whole, the number.
    happened  from the first moment on, before the second.
    """
    wanted = _lines().where(_reached(actor))
    if venue_id is not None:
        wanted = wanted.where(Incident.venue_id == venue_id)
    if happened is not None:
        wanted = wanted.where(Incident.happened_at >= happened[0])
        wanted = wanted.where(Incident.happened_at < happened[1])
    if text:
        wanted = wanted.where(_names_it(text))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    is_open = case((Incident.status == IncidentStatus.OPEN, 0), else_=1)
    rows = session.execute(
        wanted.order_by(is_open, Incident.happened_at.desc(), Incident.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [IncidentLine(*row) for row in rows], total


def line_of(session: Session, incident_id: int) -> IncidentLine:
    """Return an incident, already fetched by `access_incident`, with where it happened."""
    return IncidentLine(*session.execute(_lines().where(Incident.id == incident_id)).one())


def cases_in_scope(
    session: Session, actor: Actor, *, limit: int | None = None, offset: int = 0
) -> tuple[list[CaseLine], int]:
    """Return cases the actor may see, open ones first, and how many there are altogether."""
    wanted = _cases().where(_reached(actor))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    is_open = case((OffenceCase.status.in_(CLOSED_CASES), 1), else_=0)
    rows = session.execute(
        wanted.order_by(is_open, OffenceCase.id.desc()).limit(limit).offset(offset)
    )
    return [CaseLine(*row) for row in rows], total


def case_line(session: Session, case_id: int) -> CaseLine:
    """Return a case with whom it is about and where."""
    return CaseLine(*session.execute(_cases().where(OffenceCase.id == case_id)).one())


def cases_of_incident(session: Session, incident_id: int) -> list[CaseLine]:
    """Return the cases that came of an incident, oldest first."""
    rows = session.execute(
        _cases().where(OffenceCase.incident_id == incident_id).order_by(OffenceCase.id)
    )
    return [CaseLine(*row) for row in rows]


def _reached(actor: Actor) -> ColumnElement[bool]:
    return within(
        actor,
        SEES,
        unit_path=Unit.path,
        venue_id=Venue.id,
        series_id=Period.series_id,
        room_id=RoomSession.room_id,
    )


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select(Incident, Venue.name, Venue.time_zone, func.coalesce(Room.code, ""))
        .join(Venue, Venue.id == Incident.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .outerjoin(RoomSession, RoomSession.id == Incident.room_session_id)
        .outerjoin(Room, Room.id == RoomSession.room_id)
        .outerjoin(Period, Period.id == RoomSession.period_id)
    )


def _names_it(text: str) -> ColumnElement[bool]:
    fits = [
        column.icontains(text, autoescape=True)
        for column in (
            Venue.name,
            Room.code,
            Incident.facts["words"].as_string(),
            Incident.resolution,
        )
    ]
    if text.isascii() and text.isdecimal() and len(text) < 9:
        fits.append(Incident.number == int(text))
    return or_(*fits)


def _cases() -> Select[*tuple[Any, ...]]:
    return (
        select(
            OffenceCase,
            Incident.number,
            Incident.token,
            Incident.happened_at,
            Venue.name,
            Venue.time_zone,
            Room.code,
            Seat.number,
            Person.name,
            Paper.code,
        )
        .join(Incident, Incident.id == OffenceCase.incident_id)
        .join(Placement, Placement.id == OffenceCase.placement_id)
        .join(Person, Person.id == Placement.person_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Incident.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
    )
