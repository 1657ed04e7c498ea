"""The door: scans in, stored answers out, the same for every retry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from exam_centre.admission import queries
from exam_centre.admission.models import Attendance, Device, Scan
from exam_centre.admission.queries import Doorway
from exam_centre.admission.rules import (
    CODE_KEPT,
    Action,
    AttendanceStatus,
    Code,
    DeviceGone,
    Fact,
    Identity,
    minutes_late,
)
from exam_centre.admission.service.devices import OnDuty
from exam_centre.admission.service.following import follow_up
from exam_centre.admission.service.hearing import (
    Answer,
    Decided,
    Heard,
    Standing,
    canonical,
    decide,
    hear,
)
from exam_centre.kernel import audit
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.permissions import Actor
from exam_centre.timetable.queries import access_room_session

SCANS: Any = Scan.__table__


@dataclass(frozen=True)
class Upload:
    """One scan of a batch; `room` is the token of its door's room session, None: any."""

    fact: Fact
    room: str | None = None


def record_scan(
    session: Session, actor: Actor, device: Device, fact: Fact, ring: KeyRing, *, now: datetime
) -> Answer:
    """Record one scan and answer it; a retry gets the stored answer, refusals included.

    Returns  plain JSON in one order of keys: code, text and facts (an English sentence), next,
             admitted, conflict, placement and at (the corrected moment).
    Raises   nothing for a refusal at the door: that is a fact and is kept. DeviceGone and
             DoorElsewhere for a device that has no business here, Forbidden, NotFound.

    Somebody is admitted once they were compared with the record; "look" admits nobody. Six
    statements with the trail's. Of two doors at once the second write loses its race: run this
    in `in_unit_of_work`, and it is judged again and hears already_in.
    """
    answered = queries.stored_answer(session, device.id, fact.scan_no)
    if answered is not None:
        return canonical(answered)
    if device.revoked_at is not None or device.expires_at <= now:
        raise DeviceGone
    (heard,) = hear(session, actor, device, [fact], ring, now)
    own = (k.door for k in heard.caller.known) if heard.caller else ()
    door = next((d for d in own if d.id == fact.here), None)
    return _keep_one(session, heard, door or queries.doorway(session, fact.here))


def record_venue_scan(
    session: Session, on_duty: OnDuty, upload: Upload, ring: KeyRing, *, now: datetime
) -> Answer:
    """Record a scan of a device that keeps a whole venue's doors; else as `record_scan`.

    Without a room it counts for whichever room of the venue the person is due in nearest to that
    moment, so nobody is sent on by such a device within its venue.
    Raises NotFound also where nothing is ever sat at the venue.
    """
    if on_duty.answered is not None:
        return canonical(on_duty.answered)
    facts = [upload.fact]
    (heard,) = hear(session, on_duty.human, on_duty.device, facts, ring, now)
    return _keep_one(session, heard, _Doors(session, on_duty).of(heard, upload.room))


def record_batch(
    session: Session,
    on_duty: OnDuty,
    uploads: Sequence[Upload],
    ring: KeyRing,
    *,
    now: datetime,
) -> list[Answer | Refusal]:
    """Record what a device kept while it was alone; answers and refusals in the order sent.

    They are judged in the order in which they happened, each seeing what those before it changed.
    A refused one (no such room, another venue's) leaves the others as they are. A number sent
    twice, in this batch or before, has one answer.
    """
    numbers = [upload.fact.scan_no for upload in uploads]
    said: dict[str, Answer | Refusal] = {
        number: canonical(answer)
        for number, answer in queries.stored_answers(session, on_duty.device.id, numbers).items()
    }
    new = {u.fact.scan_no: u for u in reversed(uploads) if u.fact.scan_no not in said}
    facts = [upload.fact for upload in new.values()]
    heard = hear(session, on_duty.human, on_duty.device, facts, ring, now)
    standing, doors, kept = Standing(), _Doors(session, on_duty), list[_Kept]()
    with session.no_autoflush:  # what is decided is written as a whole
        for each in sorted(heard, key=lambda h: (h.at, h.fact.scan_no)):
            try:
                door = doors.of(each, new[each.fact.scan_no].room)
                kept.append(_decided(session, each, door, standing))
                said[each.fact.scan_no] = kept[-1].decided.answer
            except Refusal as refusal:
                said[each.fact.scan_no] = refusal
    _write(session, on_duty.human, kept, now)
    return [said[number] for number in numbers]


@dataclass(frozen=True)
class _Kept:
    """A decided scan, and how the placement stood before it."""

    decided: Decided
    row: Attendance | None  # the attendance it is to be written to; None: it changes none
    first: tuple[str, datetime | None]  # who admitted the person before, and when
    stands: bool  # an admission made earlier than the one that stood


def _keep_one(session: Session, heard: Heard, door: Doorway) -> Answer:
    kept = _decided(session, heard, door, Standing())
    _write(session, heard.actor, [kept], heard.now)
    return kept.decided.answer


class _Doors:
    """The doors at which some scans of one device were made, each looked up once."""

    def __init__(self, session: Session, on_duty: OnDuty) -> None:
        self.session, self.on_duty = session, on_duty
        self.by_room: dict[str, Doorway] = {}
        self.by_id: dict[int, Doorway] = {}
        self.starts: list[tuple[int, datetime]] = []

    def of(self, heard: Heard, room: str | None) -> Doorway:
        """Return the door of a scan: the person's own, the room's, or any of the venue then.

        room  its room session's token; None: the device keeps the whole venue. Raises NotFound.
        """
        own = heard.door(room)
        if own is not None:
            return own
        if room is None:
            return self._any(heard.at)
        if room not in self.by_room:
            found = access_room_session(self.session, self.on_duty.human, room)
            self.by_room[room] = self._at(found.id)
        return self.by_room[room]

    def _any(self, at: datetime) -> Doorway:
        if not self.starts:
            self.starts = queries.doors_of_venue(self.session, self.on_duty.device.venue_id)
        return self._at(min(self.starts, key=lambda row: abs(row[1] - at))[0])

    def _at(self, room_session_id: int) -> Doorway:
        if room_session_id not in self.by_id:
            self.by_id[room_session_id] = queries.doorway(self.session, room_session_id)
        return self.by_id[room_session_id]


def _decided(session: Session, heard: Heard, door: Doorway, standing: Standing) -> _Kept:
    """Decide about one scan, and seat the person in the session's rows."""
    decided = decide(session, heard, door, standing)
    known = decided.known
    if known is None:
        return _Kept(decided, None, ("", None), stands=False)
    row = standing.row(known)
    first = standing.admitted_by(known), row.admitted_at if row else None
    stands = (
        heard.fact.action is Action.ADMITTED_OFFLINE
        and decided.verdict.code is Code.ALREADY_IN
        and row is not None
        and row.closed_at is None
        and row.admitted_at is not None
        and heard.clock_is_good
        and heard.at < row.admitted_at
    )
    if not (decided.admits or stands):
        return _Kept(decided, None, first, stands=False)
    if row is None:
        row = Attendance(
            placement_id=known.place.placement_id,
            status=AttendanceStatus.EXPECTED,
            recheck=Identity.NOT_CHECKED,
        )
        session.add(row)
    if decided.admits:
        row.move_to(AttendanceStatus.PRESENT)
        row.absent_noted_by_id = None
    row.admitted_at, row.admitted_by_id = heard.at, heard.actor.human()
    row.minutes_late = minutes_late(known.place.starts, heard.at)
    row.identity = heard.identity
    standing.rows[known.place.placement_id] = row
    standing.seated_by[known.place.placement_id] = heard.device.id, heard.actor.name
    return _Kept(decided, row, first, stands)


def _write(session: Session, actor: Actor, kept: Sequence[_Kept], now: datetime) -> None:
    """Keep scans with their answers, who they seat, the trail, and the incidents they leave."""
    if not kept:
        return
    with session.no_autoflush:  # an attendance is right only with its scan
        rows = [_row(each.decided) for each in kept]
        ids = list(session.scalars(_adding_scans(), rows))
    seated, looked = list[Attendance](), list[int]()
    for each, scan_id in zip(kept, ids, strict=True):
        if each.row is None:
            looked.append(scan_id)
        else:
            each.row.admitted_by_scan = scan_id
            seated.append(each.row)
    if seated:
        audit.record_all(session, actor, "admission.admitted", list(dict.fromkeys(seated)), now)
    if looked:
        audit.record_facts(session, actor, "admission.scanned", SCANS.name, looked, now)
    for each in kept:
        follow_up(session, each.decided, each.first, each.stands)


def _row(decided: Decided) -> dict[str, Any]:
    heard, known = decided.heard, decided.known
    fact = heard.fact
    return {
        "device_id": heard.device.id,
        "scan_no": fact.scan_no,
        "room_session_id": decided.door.id,
        "placement_id": None if known is None else known.place.placement_id,
        "staff_id": heard.actor.human(),
        "code_read": fact.token.strip()[:CODE_KEPT] or "(found by search)",
        "identity": fact.identity,
        "device_at": fact.device_at,
        "at": heard.at,
        "received_at": heard.now,
        "answer": decided.answer,
    }


@cache
def _adding_scans() -> ReturningInsert[int]:
    """Return the statement, built once: every scan says it."""
    return insert(SCANS).returning(SCANS.c.id, sort_by_parameter_order=True)
