"""The door: one scan in, one stored answer out, the same for every retry."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from exam_centre.admission import queries
from exam_centre.admission.models import Attendance, Device, Scan
from exam_centre.admission.queries import Caller, Known
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
from exam_centre.calendar.queries import rules_of
from exam_centre.conduct.queries import open_incidents
from exam_centre.conduct.rules import IncidentKind
from exam_centre.conduct.service import record_incident
from exam_centre.kernel import audit
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.kernel.tokens import ForgedToken
from exam_centre.timetable.queries import access_room_session, place_of_room_session
from exam_centre.timetable.rules import on_the_clock

Answer = dict[str, Any]


@dataclass(frozen=True)
class _Heard:
    """One scan on its way through the door."""

    actor: Actor
    device: Device
    fact: Fact
    venue_id: int
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
    statements besides the trail's. Of two doors at once the second write loses its race: run this
    in `in_unit_of_work`, and it is judged again and hears already_in.
    """
    answered = queries.stored_answer(session, device.id, fact.scan_no)
    if answered is not None:
        return _canonical(answered)
    if device.revoked_at is not None or device.expires_at <= now:
        raise DeviceGone
    place = place_of_room_session(session, fact.here)
    actor.require(Permission.CHECK_IN, place)
    if place.series_id is None or place.venue_id is None:
        raise NotFound(say("room session"))
    if place.venue_id != device.venue_id:
        raise DoorElsewhere
    at, clock_is_good = _corrected(device, fact, now)
    heard = _Heard(actor, device, fact, place.venue_id, at, clock_is_good, now)
    rules = rules_of(session, place.series_id)
    profile = DoorProfile(
        doors_open=timedelta(minutes=rules.doors_open_minutes),
        late_limit=timedelta(minutes=rules.late_limit_minutes),
    )
    caller, verdict = _judged(session, heard, ring, profile)
    known = _about(caller, verdict)
    admits = verdict.admits and _was_compared(fact)
    conflict = fact.action is Action.ADMITTED_OFFLINE and not admits
    if conflict and verdict.code is Code.ALREADY_IN and known is not None:
        conflict = queries.admitting_device(session, known.placement.id) != device.id
    answer = _canonical(_answer(heard, verdict, known, profile, admits, conflict))
    scan = _kept(session, heard, known, answer)
    if admits and known is not None:
        _admit(session, heard, known, scan)
    else:
        audit.record(session, actor, "admission.scanned", scan, now)
    _follow_up(session, heard, verdict, known, admits, conflict)
    return answer


def record_venue_scan(
    session: Session,
    actor: Actor,
    device: Device,
    *,
    scan_no: str,
    token: str,
    room: str | None,
    device_at: datetime,
    identity: Identity,
    action: Action,
    ring: KeyRing,
    now: datetime,
) -> Answer:
    """Record a scan of a device that keeps a whole venue's doors; else as `record_scan`.

    room  the room session's public token; None: whichever room of the venue the person is due in
          nearest to that moment, so nobody is sent on by such a device within its venue.
    Raises NotFound also where nothing is ever sat at the venue.
    """
    if room is not None:
        here = access_room_session(session, actor, room)
    else:
        at, _ = _corrected(device, Fact(scan_no, 0, device_at), now)
        try:
            caller = queries.find_caller(session, Fact(scan_no, 0, device_at, token), ring)
        except ForgedToken:
            caller = None
        found = queries.door_of(session, device.venue_id, caller, at)
        if found is None:
            raise NotFound(say("room session"))
        here = found
    fact = Fact(scan_no, here.id, device_at, token, identity=identity, action=action)
    return record_scan(session, actor, device, fact, ring, now=now)


def _judged(
    session: Session, heard: _Heard, ring: KeyRing, profile: DoorProfile
) -> tuple[Caller | None, Verdict]:
    fact = heard.fact
    try:
        caller = queries.find_caller(session, fact, ring)
    except ForgedToken:
        return None, Verdict(Code.FORGED)
    if caller is None:
        return None, Verdict(Code.UNKNOWN_SLIP)
    places = [known.place for known in caller.known]
    verdict = judge(
        places,
        fact.here,
        heard.venue_id,
        heard.at,
        caller.slip_is_valid,
        profile,
        _identity(fact),
    )
    return caller, verdict


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


def _kept(session: Session, heard: _Heard, known: Known | None, answer: Answer) -> Scan:
    fact = heard.fact
    scan = Scan(
        device_id=heard.device.id,
        scan_no=fact.scan_no,
        room_session_id=fact.here,
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
    verdict: Verdict,
    known: Known | None,
    admits: bool,
    conflict: bool,
) -> None:
    """Open the incidents that a person has to close: doubts, double admissions, clocks."""
    if not heard.clock_is_good:
        _doubt_clock(session, heard)
    if conflict and verdict.code is Code.ALREADY_IN and known is not None:
        _incident(session, heard, IncidentKind.DOUBLE_ADMISSION, _double(heard, known), known)
    elif conflict:
        sentence = say(
            "Device {device} admitted somebody while offline; judged now: {code}.",
            device=heard.device.name,
            code=verdict.code.value,
        )
        _incident(session, heard, IncidentKind.OTHER, sentence, known)
    elif admits and verdict.code is Code.IN_DOUBT and known is not None:
        sentence = say("Seat {seat} was taken in doubt about the person.", seat=known.seat)
        _incident(session, heard, IncidentKind.IDENTITY_DOUBT, sentence, known)


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


def _doubt_clock(session: Session, heard: _Heard) -> None:
    """Open one incident a device and room: the scans themselves say which of them it is about."""
    device = heard.device
    for incident in open_incidents(session, [heard.fact.here]):
        about_it = incident.facts.get("device_token") == device.token
        if incident.kind is IncidentKind.CLOCK_DOUBT and about_it:
            return
    sentence = say(
        "The clock of device {device} is not known well enough; "
        "its scans count for the moment they arrived.",
        device=device.name,
        device_token=device.token,
    )
    _incident(session, heard, IncidentKind.CLOCK_DOUBT, sentence, None)


def _incident(
    session: Session, heard: _Heard, kind: IncidentKind, sentence: Sentence, known: Known | None
) -> None:
    record_incident(
        session,
        heard.actor,
        heard.venue_id,
        kind,
        sentence,
        happened_at=heard.at,
        room_session_id=heard.fact.here,
        placement_id=None if known is None else known.placement.id,
        now=heard.now,
    )


def _canonical(answer: Answer) -> Answer:
    """Return the answer with its keys in one order: databases keep them in their own."""
    ordered: Answer = json.loads(json.dumps(answer, sort_keys=True))
    return ordered
