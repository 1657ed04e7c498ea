"""A scan on its way through the door: heard, judged against what is known, and answered."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from exam_centre.admission import queries
from exam_centre.admission.models import Attendance, Device
from exam_centre.admission.queries import Caller, Doorway, Known
from exam_centre.admission.rules import (
    CLOCK_TOLERANCE,
    NEXT_ACTIONS,
    VERDICT_SENTENCES,
    Action,
    AttendanceStatus,
    Code,
    DoorElsewhere,
    DoorProfile,
    Fact,
    Identity,
    Next,
    Place,
    Verdict,
    judge,
    minutes_late,
)
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.tokens import ForgedToken
from exam_centre.timetable.rules import on_the_clock

Answer = dict[str, Any]


@dataclass(frozen=True)
class Heard:
    """One scan and whom it is about."""

    actor: Actor
    device: Device
    fact: Fact
    caller: Caller | None  # None: the code is no slip's
    is_forged: bool
    at: datetime  # corrected
    clock_is_good: bool
    now: datetime

    @property
    def identity(self) -> Identity:
        """What comparing gave; somebody seated offline without a look is in doubt."""
        if self._was_offline() and self.fact.identity is Identity.NOT_CHECKED:
            return Identity.UNSURE
        return self.fact.identity

    @property
    def was_compared(self) -> bool:
        """Whether somebody said what comparing gave, or seated the person already."""
        if self._was_offline():
            return True
        compared = self.fact.identity is not Identity.NOT_CHECKED
        return self.fact.action is Action.ADMIT and compared

    def _was_offline(self) -> bool:
        return self.fact.action is Action.ADMITTED_OFFLINE

    def door(self, token: str | None) -> Doorway | None:
        """Return the door this was scanned at, where it is one of the person's own.

        token  of its room session; None: the venue's door nearest to that moment.
        """
        if token is None:
            return queries.door_of(self.caller, self.device.venue_id, self.at)
        known = self.caller.known if self.caller else ()
        return next((k.door for k in known if k.door.token == token), None)


@dataclass
class Standing:
    """How placements stand while some scans are judged: what one changes the next one sees."""

    rows: dict[int, Attendance] = field(default_factory=dict)  # by placement
    seated_by: dict[int, tuple[int, str]] = field(default_factory=dict)  # device id, human's name

    def place(self, known: Known) -> Place:
        """Return a placement as it stands now."""
        row = self.row(known)
        return replace(known.place, status=row.status) if row else known.place

    def row(self, known: Known) -> Attendance | None:
        """Return what is written of a placement, here or before."""
        return self.rows.get(known.place.placement_id, known.attendance)

    def admitted_by(self, known: Known) -> str:
        """Return who admitted the person, "" where nobody did."""
        _, name = self.seated_by.get(known.place.placement_id, (0, known.admitted_by))
        return name


@dataclass(frozen=True)
class Decided:
    """A scan with its answer, and what is to be written because of it."""

    heard: Heard
    door: Doorway
    verdict: Verdict
    known: Known | None  # the placement it is about
    admits: bool
    conflict: bool  # seated offline, and the centre would not have
    answer: Answer


def hear(
    session: Session,
    actor: Actor,
    device: Device,
    facts: Sequence[Fact],
    ring: KeyRing,
    now: datetime,
) -> list[Heard]:
    """Look up whom each scan is about, in order."""
    heard = []
    for fact, found in zip(facts, queries.find_callers(session, facts, ring), strict=True):
        at, is_good = _corrected(device, fact, now)
        is_forged = isinstance(found, ForgedToken)
        caller = None if isinstance(found, ForgedToken) else found
        heard.append(Heard(actor, device, fact, caller, is_forged, at, is_good, now))
    return heard


def decide(session: Session, heard: Heard, door: Doorway, standing: Standing) -> Decided:
    """Judge one scan at one door, and seat the person where the verdict lets them in.

    Raises Forbidden, DoorElsewhere.
    """
    heard.actor.require(Permission.CHECK_IN, door.where)
    if door.where.venue_id != heard.device.venue_id:
        raise DoorElsewhere
    verdict = _judged(heard, door, standing)
    known = _about(heard.caller, verdict)
    admits = verdict.admits and heard.was_compared
    conflict = heard.fact.action is Action.ADMITTED_OFFLINE and not admits
    if conflict and verdict.code is Code.ALREADY_IN and known is not None:
        conflict = _seating_device(session, known, standing) != heard.device.id
    answer = _answer(heard, verdict, known, door.profile, standing, admits, conflict)
    return Decided(heard, door, verdict, known, admits, conflict, canonical(answer))


def canonical(answer: Answer) -> Answer:
    """Return the answer with its keys in one order: databases keep them in their own."""
    ordered: Answer = json.loads(json.dumps(answer, sort_keys=True))
    return ordered


def _corrected(device: Device, fact: Fact, now: datetime) -> tuple[datetime, bool]:
    """Return the moment a scan counts for, and whether the device's clock could be trusted."""
    if device.clock_offset_ms is None:
        return now, False
    at = fact.device_at - timedelta(milliseconds=device.clock_offset_ms)
    return (at, True) if at <= now + CLOCK_TOLERANCE else (now, False)


def _judged(heard: Heard, door: Doorway, standing: Standing) -> Verdict:
    if heard.is_forged:
        return Verdict(Code.FORGED)
    if heard.caller is None:
        return Verdict(Code.UNKNOWN_SLIP)
    return judge(
        [standing.place(known) for known in heard.caller.known],
        door.id,
        heard.device.venue_id,
        heard.at,
        heard.caller.slip_is_valid,
        door.profile,
        heard.identity,
    )


def _about(caller: Caller | None, verdict: Verdict) -> Known | None:
    if caller is None or verdict.place is None:
        return None
    wanted = verdict.place.placement_id
    return next(k for k in caller.known if k.place.placement_id == wanted)


def _seating_device(session: Session, known: Known, standing: Standing) -> int | None:
    here = standing.seated_by.get(known.place.placement_id)
    return here[0] if here else queries.admitting_device(session, known.place.placement_id)


def _answer(
    heard: Heard,
    verdict: Verdict,
    known: Known | None,
    profile: DoorProfile,
    standing: Standing,
    admits: bool,
    conflict: bool,
) -> Answer:
    comparing = verdict.admits and not admits
    facts = {} if known is None else _facts(known, heard.at, profile, standing)
    return {
        "code": verdict.code.value,
        "text": VERDICT_SENTENCES[verdict.code].text,
        "facts": facts,
        "next": (Next.COMPARE if comparing else NEXT_ACTIONS[verdict.code]).value,
        "admitted": admits,
        "conflict": conflict,
        "placement": None if known is None else known.token,
        "at": heard.at.isoformat(),
        "clock": "measured" if heard.clock_is_good else "received",
    }


def _facts(known: Known, at: datetime, profile: DoorProfile, standing: Standing) -> Answer:
    row, place = standing.row(known), standing.place(known)
    admitted_at = row.admitted_at if row else None
    return {
        "seat": known.seat,
        "room": known.room,
        "venue": known.venue,
        "starts": on_the_clock(place.starts, known.time_zone),
        "opens": on_the_clock(place.opens(profile), known.time_zone),
        "closed": on_the_clock(place.closes(profile), known.time_zone),
        "late_minutes": minutes_late(place.starts, at),
        "status": (row.status if row else AttendanceStatus.EXPECTED).value,
        "admitted_at": on_the_clock(admitted_at, known.time_zone) if admitted_at else "",
        "admitted_by": standing.admitted_by(known),
    }
