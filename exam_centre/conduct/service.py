"""Incidents are recorded and resolved by people; an offence goes step by step until final."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.service import ensure_no_tie, other_human
from exam_centre.conduct import queries
from exam_centre.conduct.models import CaseStep, Incident, OffenceCase
from exam_centre.conduct.rules import (
    ANOTHER_RESOLVES,
    JUDGES,
    STEP_PERMISSIONS,
    CaseIsOpen,
    CaseStatus,
    DecisionIncomplete,
    IncidentKind,
    IncidentStatus,
    OffenceClass,
    PlacementElsewhere,
    RefusalNeedsWitness,
    WordsMissing,
)
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import Sentence
from exam_centre.timetable.models import Placement, RoomSession
from exam_centre.venues.models import Room


def record_incident(
    session: Session,
    actor: Actor,
    venue_id: int,
    kind: IncidentKind,
    sentence: Sentence,
    *,
    happened_at: datetime,
    room_session_id: int | None = None,
    placement_id: int | None = None,
    owner_id: int | None = None,
    now: datetime,
) -> Incident:
    """Write down what happened; it stays open until a named person resolves it.

    actor     a person who may record incidents there, or the system (no person).
    sentence  its facts are plain JSON values. Free words go in as say("{words}", words=...).
    owner_id  who has to close it; None: the venue's chief.
    """
    if actor.person_id is not None:
        place = queries.place_of_incident(session, venue_id, room_session_id)
        actor.require(Permission.RECORD_INCIDENT, place)
    incident = Incident(
        venue_id=venue_id,
        number=queries.next_number(session, venue_id),
        kind=kind,
        status=IncidentStatus.OPEN,
        room_session_id=room_session_id,
        placement_id=placement_id,
        text=sentence.text,
        facts=dict(sentence.facts),
        happened_at=happened_at,
        recorded_by_id=actor.person_id,
        owner_id=owner_id,
    )
    session.add(incident)
    audit.record(session, actor, "conduct.incident_recorded", incident, now)
    return incident


def resolve_incident(
    session: Session, actor: Actor, incident: Incident, *, resolution: str, now: datetime
) -> None:
    """Close an incident with words on what was done: its owner, or who closes the venue's day.

    Raises WordsMissing, SamePerson (who recorded a double admission, a doubt about a person or
    counts that differ does not resolve it), IllegalMove.
    """
    place = queries.place_of_incident(session, incident.venue_id, incident.room_session_id)
    owns = actor.person_id is not None and actor.person_id == incident.owner_id
    actor.require(Permission.RECORD_INCIDENT if owns else Permission.CLOSE_DAY, place)
    if not resolution.strip():
        raise WordsMissing
    earlier = incident.recorded_by_id if incident.kind in ANOTHER_RESOLVES else None
    incident.resolved_by_id = other_human(session, actor, earlier)
    incident.resolved_at, incident.resolution = now, resolution
    incident.move_to(IncidentStatus.RESOLVED)
    audit.record(session, actor, "conduct.incident_resolved", incident, now)


def reopen_incident(
    session: Session, actor: Actor, incident: Incident, *, reason: str, now: datetime
) -> None:
    """Open a resolved incident again, with a reason. Raises WordsMissing, IllegalMove."""
    place = queries.place_of_incident(session, incident.venue_id, incident.room_session_id)
    actor.require(Permission.CLOSE_DAY, place)
    if not reason.strip():
        raise WordsMissing
    incident.move_to(IncidentStatus.OPEN)
    incident.resolved_by_id, incident.resolved_at, incident.resolution = None, None, ""
    audit.record(session, actor, "conduct.incident_reopened", incident, now, reason=reason)


def open_case(
    session: Session,
    actor: Actor,
    incident: Incident,
    placement_id: int,
    offence: OffenceClass,
    *,
    text: str,
    now: datetime,
) -> OffenceCase:
    """Begin an offence case about one placement; until it is final no outcome of it is released.

    Raises WordsMissing, PlacementElsewhere, CaseIsOpen.
    """
    place = queries.place_of_incident(session, incident.venue_id, incident.room_session_id)
    actor.require(STEP_PERMISSIONS[CaseStatus.RECORDED], place)
    if not text.strip():
        raise WordsMissing
    if _venue_of(session, placement_id) != incident.venue_id:
        raise PlacementElsewhere
    if queries.open_cases(session, [placement_id]):
        raise CaseIsOpen
    case = OffenceCase(
        incident_id=incident.id,
        placement_id=placement_id,
        offence=offence,
        status=CaseStatus.RECORDED,
        reported_by_id=actor.human(),
    )
    session.add(case)
    session.flush()
    _add_step(session, actor, case, CaseStatus.RECORDED, text, None, now)
    audit.record(session, actor, "conduct.case_opened", case, now)
    return case


def step_case(
    session: Session,
    actor: Actor,
    case: OffenceCase,
    reached: CaseStatus,
    *,
    text: str,
    signed: bool = True,
    witness: Actor | None = None,
    article: str = "",
    sanction: str = "",
    now: datetime,
) -> CaseStep:
    """Take the case one step further.

    signed    at TOLD: whether the candidate signed what was recorded; if not, a witness is needed.
    article, sanction  at DECIDED: both are needed.
    Raises    IllegalMove, WordsMissing, RefusalNeedsWitness, DecisionIncomplete; SamePerson where
              the reporter would decide, or the decider would decide the appeal;
              ConflictOfInterest where who decides is tied to the candidate or the reporter.
    """
    incident = session.get_one(Incident, case.incident_id)
    place = queries.place_of_incident(session, incident.venue_id, incident.room_session_id)
    actor.require(STEP_PERMISSIONS[reached], place)
    case.flow.check(case.status, reached)
    if not text.strip():
        raise WordsMissing
    witness_id = other_human(session, witness, actor.person_id) if witness else None
    if reached is CaseStatus.TOLD and not signed and witness_id is None:
        raise RefusalNeedsWitness
    _ensure_impartial(session, actor, case, reached)
    if reached is CaseStatus.DECIDED:
        if not article.strip() or not sanction.strip():
            raise DecisionIncomplete
        case.article, case.sanction = article, sanction
    case.move_to(reached)
    session.flush()
    step = _add_step(session, actor, case, reached, text, witness_id, now)
    audit.record(session, actor, "conduct.case_moved", case, now)
    return step


def _ensure_impartial(
    session: Session, actor: Actor, case: OffenceCase, reached: CaseStatus
) -> None:
    appealed = case.status is CaseStatus.APPEALED
    if reached not in JUDGES and not appealed:
        return
    earlier: list[int | None] = [case.reported_by_id]
    if appealed:
        deciders = [
            s.person_id
            for s in queries.steps_of(session, case.id)
            if s.reached is CaseStatus.DECIDED
        ]
        earlier.extend(deciders)
    person_id = other_human(session, actor, *earlier)
    placement = session.get_one(Placement, case.placement_id)
    ensure_no_tie(session, person_id, [placement.person_id, case.reported_by_id])


def _add_step(
    session: Session,
    actor: Actor,
    case: OffenceCase,
    reached: CaseStatus,
    text: str,
    witness_id: int | None,
    now: datetime,
) -> CaseStep:
    step = CaseStep(
        case_id=case.id,
        seq=len(queries.steps_of(session, case.id)) + 1,
        reached=reached,
        person_id=actor.human(),
        witness_id=witness_id,
        at=now,
        text=text,
    )
    session.add(step)
    session.flush()
    return step


def _venue_of(session: Session, placement_id: int) -> int | None:
    return session.scalar(
        select(Room.venue_id)
        .join(RoomSession, RoomSession.room_id == Room.id)
        .join(Placement, Placement.room_session_id == RoomSession.id)
        .where(Placement.id == placement_id)
    )
