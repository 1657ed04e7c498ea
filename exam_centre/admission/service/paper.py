"""The paper list of a room keyed back in: the checks and times of a scan, signed by two people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from exam_centre.accounts.service import other_human
from exam_centre.admission import queries
from exam_centre.admission.models import Attendance, PaperLine
from exam_centre.admission.rules import (
    Code,
    DoorProfile,
    Identity,
    PaperFact,
    PaperOutcome,
    PaperVerdict,
    RegisterClosed,
    check_fact,
    difference,
    door_says,
    judge,
)
from exam_centre.admission.service.attendance import confirm_absent, note_absent, refuse
from exam_centre.admission.service.rows import EXPECTED, PRESENT, move, row_of, write_admission
from exam_centre.calendar.queries import rules_of
from exam_centre.conduct.rules import IncidentKind
from exam_centre.conduct.service import record_incident
from exam_centre.kernel import audit
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.queries import place_of_room_session, zone_of_room_session
from exam_centre.timetable.rules import on_the_clock


@dataclass(frozen=True)
class _Desk:
    """Who keys which room's list in, and everything a line is judged by."""

    actor: Actor
    second: Actor
    room_session_id: int
    venue_id: int
    zone: str
    profile: DoorProfile
    seats: Mapping[int, int]  # placement -> seat number
    now: datetime


@dataclass(frozen=True)
class _Found:
    """What is known about one line: how the door would have judged it, and whether it differs."""

    code: Code | None = None
    conflict: Sentence | None = None
    opens: str = ""
    closed: str = ""


def key_paper(
    session: Session,
    actor: Actor,
    room_session_id: int,
    facts: Sequence[PaperFact],
    *,
    second: Actor,
    now: datetime,
) -> list[PaperLine]:
    """Key lines of a room's paper list in, signed by two people; returns those that are new.

    Where the register knows nothing of a seat, the line is judged as a scan of its minute would
    be, and then stands in it. What differs from the register, or from the rules of the door, is
    kept as a conflict with an incident and changes nothing. The same line twice is one.
    Raises  SamePerson, NotFound for a seat of another room, TimeMissing, TimeAhead, NotCompared,
            ReasonMissing, DoorStillOpen, RegisterClosed; then none of them is kept.
    """
    place = place_of_room_session(session, room_session_id)
    for person in (actor, second):
        person.require(Permission.RUN_ROOM, place)
    other_human(session, second, actor.human())
    if place.series_id is None or place.venue_id is None:
        raise NotFound(say("room session"))
    rules = rules_of(session, place.series_id)
    desk = _Desk(
        actor=actor,
        second=second,
        room_session_id=room_session_id,
        venue_id=place.venue_id,
        zone=zone_of_room_session(session, room_session_id),
        profile=DoorProfile(
            doors_open=timedelta(minutes=rules.doors_open_minutes),
            late_limit=timedelta(minutes=rules.late_limit_minutes),
        ),
        seats={x.placement_id: x.seat for x in queries.register(session, room_session_id)},
        now=now,
    )
    known = {(x.placement_id, x.says) for x in queries.paper_lines_of(session, room_session_id)}
    fresh = []
    for fact in facts:
        if fact.placement_id not in desk.seats:
            raise NotFound(say("placement"))
        check_fact(fact, now)
        if (fact.placement_id, fact.says()) not in known:
            known.add((fact.placement_id, fact.says()))
            fresh.append(_key(session, desk, fact))
    return fresh


def _key(session: Session, desk: _Desk, fact: PaperFact) -> PaperLine:
    _, row, _ = row_of(session, fact.placement_id)
    if row.closed_at is not None:
        raise RegisterClosed
    before = row.status
    found = _looked_at(session, desk, fact, row)
    if found.conflict is not None:
        verdict = PaperVerdict.CONFLICT
    elif before is EXPECTED:
        verdict = PaperVerdict.RECORDED
        _write(session, desk, fact, row)
    else:
        verdict = PaperVerdict.AGREES
    incident_id = _incident(session, desk, fact, row, found)
    line = PaperLine(
        placement_id=fact.placement_id,
        says=fact.says(),
        outcome=fact.outcome,
        at=fact.at,
        identity=fact.identity,
        reason=fact.reason.strip(),
        verdict=verdict,
        register_said=before,
        incident_id=incident_id,
        keyed_by_id=desk.actor.human(),
        confirmed_by_id=desk.second.human(),
        keyed_at=desk.now,
    )
    session.add(line)
    audit.record(session, desk.actor, "admission.paper_keyed", line, desk.now)
    return line


def _looked_at(session: Session, desk: _Desk, fact: PaperFact, row: Attendance) -> _Found:
    """Compare a line with the register, or judge it as the door would have at its minute."""
    if row.status is not EXPECTED:
        return _Found(conflict=difference(fact, row.status, row.identity, row.admitted_at))
    if fact.outcome is not PaperOutcome.PRESENT or fact.at is None:
        return _Found()
    caller = queries.find_placed(session, fact.placement_id)
    verdict = judge(
        [known.place for known in caller.known],
        desk.room_session_id,
        desk.venue_id,
        fact.at,
        caller.slip_is_valid,
        desk.profile,
        fact.identity,
    )
    mine = next(k.place for k in caller.known if k.place.placement_id == fact.placement_id)
    is_mine = verdict.place is not None and verdict.place.placement_id == fact.placement_id
    code = verdict.code if is_mine else Code.WRONG_TIME
    return _Found(
        code=code,
        conflict=door_says(code),
        opens=on_the_clock(mine.opens(desk.profile), desk.zone),
        closed=on_the_clock(mine.closes(desk.profile), desk.zone),
    )


def _write(session: Session, desk: _Desk, fact: PaperFact, row: Attendance) -> None:
    """Write into the register what it knew nothing of."""
    actor, second, now = desk.actor, desk.second, desk.now
    if fact.outcome is PaperOutcome.ABSENT:
        note_absent(session, actor, fact.placement_id, now)
        confirm_absent(session, second, fact.placement_id, now)
    elif fact.outcome is PaperOutcome.REFUSED:
        refuse(session, actor, fact.placement_id, reason=fact.reason, second=second, now=now)
    elif fact.at is not None:
        write_admission(session, actor, row, fact.identity, fact.at)
        move(row, PRESENT)
        words = f"paper list (second person: {second.person_id})"
        audit.record(session, actor, "admission.admitted_from_paper", row, now, reason=words)


def _incident(
    session: Session, desk: _Desk, fact: PaperFact, row: Attendance, found: _Found
) -> int | None:
    """Open what a person has to close: a difference, or a doubt as the door would have had it."""
    kind, sentence = IncidentKind.OTHER, found.conflict
    if sentence is None and found.code is Code.IN_DOUBT:
        sentence = say("Seat {seat} was taken in doubt about the person.")
    if sentence is None:
        return None
    if fact.identity in (Identity.UNSURE, Identity.MISMATCH):
        kind = IncidentKind.IDENTITY_DOUBT
    facts = {
        "seat": desk.seats[fact.placement_id],
        "at": _clock(fact.at, desk),
        "admitted_at": _clock(row.admitted_at, desk),
        "opens": found.opens,
        "closed": found.closed,
    }
    incident = record_incident(
        session,
        desk.actor,
        desk.venue_id,
        kind,
        Sentence(sentence.text, facts),
        happened_at=fact.at or desk.now,
        room_session_id=desk.room_session_id,
        placement_id=fact.placement_id,
        now=desk.now,
    )
    session.flush()
    return incident.id


def _clock(moment: datetime | None, desk: _Desk) -> str:
    return on_the_clock(moment, desk.zone) if moment else ""
