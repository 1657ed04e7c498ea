"""The door: one scan in, one stored answer out, the same for every retry."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from exam_centre.admission import queries
from exam_centre.admission.models import Attendance, Device, Scan
from exam_centre.admission.queries import Caller, Doorway, Known
from exam_centre.admission.rules import (
    CLOCK_TOLERANCE,
    CODE_KEPT,
    NEXT_ACTIONS,
    VERDICT_SENTENCES,
    Action,
    AttendanceStatus,
    Code,
    DeviceGone,
    DoorElsewhere,
    DoorProfile,
    Fact,
    Identity,
    Next,
    Verdict,
    judge,
    minutes_late,
)
from exam_centre.admission.service.devices import OnDuty
from exam_centre.conduct.queries import open_incidents
from exam_centre.conduct.rules import IncidentKind
from exam_centre.conduct.service import record_incident
from exam_centre.kernel import audit
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.kernel.tokens import ForgedToken
from exam_centre.timetable.queries import access_room_session
from exam_centre.timetable.rules import on_the_clock

Answer = dict[str, Any]


@dataclass(frozen=True)
class _Heard:
    """One scan on its way through the door."""

    actor: Actor
    device: Device
    fact: Fact
    caller: Caller | None  # None: the code is no slip's
    is_forged: bool
    at: datetime  # corrected
    clock_is_good: bool
    now: datetime


def record_scan(
    session: Session, actor: Actor, device: Device, fact: Fact, ring: KeyRing, *, now: datetime
) -> Answer:
    """Record one scan and answer it; a retry gets the stored answer, refusals included.

    Returns  plain JSON in one order of keys: code, text and facts (an English sentence), next,
             admitted, conflict, placement and at (the corrected moment).
    Raises   nothing for a refusal at the door: that is a fact and is kept. DeviceGone and
             DoorElsewhere for a device that has no business here, Forbidden, NotFound.

    Somebody is admitted once they were compared with the record; "look" admits nobody. At most six
    statements with the trail's. Of two doors at once the second write loses its race: run this
    in `in_unit_of_work`, and it is judged again and hears already_in.
    """
    answered = queries.stored_answer(session, device.id, fact.scan_no)
    if answered is not None:
        return _canonical(answered)
    if device.revoked_at is not None or device.expires_at <= now:
        raise DeviceGone
    heard = _heard(session, actor, device, fact, ring, now)
    known = (k.door for k in heard.caller.known) if heard.caller else ()
    door = next((d for d in known if d.id == fact.here), None)
    return _keep(session, heard, door or queries.doorway(session, fact.here))


def record_venue_scan(
    session: Session, on_duty: OnDuty, fact: Fact, room: str | None, ring: KeyRing, *, now: datetime
) -> Answer:
    """Record a scan of a device that keeps a whole venue's doors; else as `record_scan`.

    fact  with 0 for its door. Which one it is, is found:
    room  the room session's public token; None: whichever room of the venue the person is due in
          nearest to that moment, so nobody is sent on by such a device within its venue.
    Raises NotFound also where nothing is ever sat at the venue.
    """
    if on_duty.answered is not None:
        return _canonical(on_duty.answered)
    device, actor = on_duty.device, on_duty.human
    heard = _heard(session, actor, device, fact, ring, now)
    if room is None:
        door = queries.door_of(heard.caller, device.venue_id, heard.at)
        door = door or queries.any_door(session, device.venue_id, heard.at)
    else:
        known = (k.door for k in heard.caller.known) if heard.caller else ()
        found = next((d for d in known if d.token == room), None)
        door = found or queries.doorway(session, access_room_session(session, actor, room).id)
    return _keep(session, heard, door)


def _heard(
    session: Session, actor: Actor, device: Device, fact: Fact, ring: KeyRing, now: datetime
) -> _Heard:
    at, clock_is_good = _corrected(device, fact, now)
    try:
        caller = queries.find_caller(session, fact, ring)
    except ForgedToken:
        return _Heard(actor, device, fact, None, True, at, clock_is_good, now)
    return _Heard(actor, device, fact, caller, False, at, clock_is_good, now)


def _keep(session: Session, heard: _Heard, door: Doorway) -> Answer:
    """Judge a scan at one door, and keep it with its answer and all that follows from it."""
    heard.actor.require(Permission.CHECK_IN, door.where)
    if door.where.venue_id != heard.device.venue_id:
        raise DoorElsewhere
    verdict = _judged(heard, door)
    known = _about(heard.caller, verdict)
    admits = verdict.admits and _was_compared(heard.fact)
    conflict = heard.fact.action is Action.ADMITTED_OFFLINE and not admits
    if conflict and verdict.code is Code.ALREADY_IN and known is not None:
        conflict = queries.admitting_device(session, known.placement.id) != heard.device.id
    answer = _canonical(_answer(heard, verdict, known, door.profile, admits, conflict))
    scan = _kept(session, heard, door, known, answer)
    if admits and known is not None:
        _admit(session, heard, known, scan)
    else:
        audit.record(session, heard.actor, "admission.scanned", scan, heard.now)
    _follow_up(session, heard, door, verdict, known, admits, conflict)
    return answer


def _judged(heard: _Heard, door: Doorway) -> Verdict:
    if heard.is_forged:
        return Verdict(Code.FORGED)
    if heard.caller is None:
        return Verdict(Code.UNKNOWN_SLIP)
    return judge(
        [known.place for known in heard.caller.known],
        door.id,
        heard.device.venue_id,
        heard.at,
        heard.caller.slip_is_valid,
        door.profile,
        _identity(heard.fact),
    )


def _corrected(device: Device, fact: Fact, now: datetime) -> tuple[datetime, bool]:
    """Return the moment a scan counts for, and whether the device's clock could be trusted."""
    if device.clock_offset_ms is None:
        return now, False
    at = fact.device_at - timedelta(milliseconds=device.clock_offset_ms)
    return (at, True) if at <= now + CLOCK_TOLERANCE else (now, False)


def _identity(fact: Fact) -> Identity:
    """Return what comparing gave; somebody seated offline without a look is in doubt."""
    if fact.action is Action.ADMITTED_OFFLINE and fact.identity is Identity.NOT_CHECKED:
        return Identity.UNSURE
    return fact.identity


def _was_compared(fact: Fact) -> bool:
    if fact.action is Action.ADMITTED_OFFLINE:
        return True
    return fact.action is Action.ADMIT and fact.identity is not Identity.NOT_CHECKED


def _about(caller: Caller | None, verdict: Verdict) -> Known | None:
    if caller is None or verdict.place is None:
        return None
    wanted = verdict.place.placement_id
    return next(k for k in caller.known if k.placement.id == wanted)


def _answer(
    heard: _Heard,
    verdict: Verdict,
    known: Known | None,
    profile: DoorProfile,
    admits: bool,
    conflict: bool,
) -> Answer:
    comparing = verdict.admits and not admits
    facts = {} if known is None else _facts(known, heard.at, profile)
    return {
        "code": verdict.code.value,
        "text": VERDICT_SENTENCES[verdict.code].text,
        "facts": facts,
        "next": (Next.COMPARE if comparing else NEXT_ACTIONS[verdict.code]).value,
        "admitted": admits,
        "conflict": conflict,
        "placement": None if known is None else known.placement.token,
        "at": heard.at.isoformat(),
        "clock": "measured" if heard.clock_is_good else "received",
    }


def _facts(known: Known, at: datetime, profile: DoorProfile) -> Answer:
    admitted_at = known.attendance.admitted_at if known.attendance else None
    return {
        "seat": known.seat,
        "room": known.room,
        "venue": known.venue,
        "starts": on_the_clock(known.place.starts, known.time_zone),
        "opens": on_the_clock(known.place.opens(profile), known.time_zone),
        "closed": on_the_clock(known.place.closes(profile), known.time_zone),
        "late_minutes": minutes_late(known.place.starts, at),
        "status": known.place.status.value,
        "admitted_at": on_the_clock(admitted_at, known.time_zone) if admitted_at else "",
        "admitted_by": known.admitted_by,
    }


def _kept(
    session: Session, heard: _Heard, door: Doorway, known: Known | None, answer: Answer
) -> Scan:
    fact = heard.fact
    scan = Scan(
        device_id=heard.device.id,
        scan_no=fact.scan_no,
        room_session_id=door.id,
        placement_id=None if known is None else known.placement.id,
        staff_id=heard.actor.human(),
        code_read=fact.token.strip()[:CODE_KEPT] or "(found by search)",
        identity=fact.identity,
        device_at=fact.device_at,
        at=heard.at,
        received_at=heard.now,
        answer=answer,
    )
    session.add(scan)
    session.flush()
    return scan


def _admit(session: Session, heard: _Heard, known: Known, scan: Scan) -> None:
    attendance = known.attendance
    if attendance is None:
        attendance = Attendance(
            placement_id=known.placement.id,
            status=AttendanceStatus.EXPECTED,
            recheck=Identity.NOT_CHECKED,
        )
        session.add(attendance)
    attendance.move_to(AttendanceStatus.PRESENT)
    attendance.admitted_by_scan, attendance.admitted_at = scan.id, heard.at
    attendance.admitted_by_id = heard.actor.human()
    attendance.minutes_late = minutes_late(known.place.starts, heard.at)
    attendance.identity = _identity(heard.fact)
    attendance.absent_noted_by_id = None
    audit.record(session, heard.actor, "admission.admitted", attendance, heard.now)


def _follow_up(
    session: Session,
    heard: _Heard,
    door: Doorway,
    verdict: Verdict,
    known: Known | None,
    admits: bool,
    conflict: bool,
) -> None:
    """Open the incidents that a person has to close: doubts, double admissions, clocks."""
    if not heard.clock_is_good:
        _doubt_clock(session, heard, door)
    if conflict and verdict.code is Code.ALREADY_IN and known is not None:
        _incident(session, heard, door, IncidentKind.DOUBLE_ADMISSION, _double(heard, known), known)
    elif conflict:
        sentence = say(
            "Device {device} admitted somebody while offline; judged now: {code}.",
            device=heard.device.name,
            code=verdict.code.value,
        )
        _incident(session, heard, door, IncidentKind.OTHER, sentence, known)
    elif admits and verdict.code is Code.IN_DOUBT and known is not None:
        sentence = say("Seat {seat} was taken in doubt about the person.", seat=known.seat)
        _incident(session, heard, door, IncidentKind.IDENTITY_DOUBT, sentence, known)


def _double(heard: _Heard, known: Known) -> Sentence:
    first_at = known.attendance.admitted_at if known.attendance else None
    return say(
        "Seat {seat}: two doors admitted one slip. {first_by} at {first_at} stands; "
        "device {device}, {second_by} at {second_at} came second.",
        seat=known.seat,
        first_by=known.admitted_by,
        first_at=on_the_clock(first_at, known.time_zone) if first_at else "",
        device=heard.device.name,
        second_by=heard.actor.name,
        second_at=on_the_clock(heard.at, known.time_zone),
    )


def _doubt_clock(session: Session, heard: _Heard, door: Doorway) -> None:
    """Open one incident a device and room: the scans themselves say which of them it is about."""
    device = heard.device
    for incident in open_incidents(session, [door.id]):
        about_it = incident.facts.get("device_token") == device.token
        if incident.kind is IncidentKind.CLOCK_DOUBT and about_it:
            return
    sentence = say(
        "The clock of device {device} is not known well enough; "
        "its scans count for the moment they arrived.",
        device=device.name,
        device_token=device.token,
    )
    _incident(session, heard, door, IncidentKind.CLOCK_DOUBT, sentence, None)


def _incident(
    session: Session,
    heard: _Heard,
    door: Doorway,
    kind: IncidentKind,
    sentence: Sentence,
    known: Known | None,
) -> None:
    record_incident(
        session,
        heard.actor,
        heard.device.venue_id,
        kind,
        sentence,
        happened_at=heard.at,
        room_session_id=door.id,
        placement_id=None if known is None else known.placement.id,
        now=heard.now,
    )


def _canonical(answer: Answer) -> Answer:
    """Return the answer with its keys in one order: databases keep them in their own."""
    ordered: Answer = json.loads(json.dumps(answer, sort_keys=True))
    return ordered
