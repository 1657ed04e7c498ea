"""Attendance by hand: absence and refusal by two, removal, comparing again, corrections."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.service import other_human
from exam_centre.admission.models import Attendance, AttendanceCorrection
from exam_centre.admission.rules import (
    GIVES_A_SCRIPT,
    AttendanceStatus,
    DayIsClosed,
    DoorStillOpen,
    Identity,
    NotCompared,
    NotNotedAbsent,
    RegisterOpen,
    WrongStatus,
)
from exam_centre.admission.service.rows import (
    EXPECTED,
    PRESENT,
    check_reason,
    check_status,
    move,
    open_row,
    row_of,
    write_admission,
)
from exam_centre.calendar.queries import rules_of
from exam_centre.conduct.rules import IncidentKind
from exam_centre.conduct.service import record_incident
from exam_centre.entries.models import Entry
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import say
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from exam_centre.timetable.models import Placement
from exam_centre.timetable.queries import place_of_room_session, zone_of_room_session
from exam_centre.timetable.rules import on_the_clock
from exam_centre.venues.queries import place_of_venue


def note_absent(session: Session, actor: Actor, placement_id: int, now: datetime) -> Attendance:
    """Say that a seat stayed empty; it is absent only once somebody else says so too.

    Raises WrongStatus, RegisterClosed, DoorStillOpen up to the last second of the door's window.
    """
    row, _ = open_row(session, actor, Permission.RUN_ROOM, placement_id)
    check_status(row, EXPECTED)
    _check_door(session, placement_id, now)
    row.absent_noted_by_id = actor.human()
    audit.record(session, actor, "admission.absence_noted", row, now)
    return row


def confirm_absent(session: Session, actor: Actor, placement_id: int, now: datetime) -> Attendance:
    """Confirm what another person noted. Raises NotNotedAbsent, SamePerson, WrongStatus."""
    row, _ = open_row(session, actor, Permission.RUN_ROOM, placement_id)
    check_status(row, EXPECTED)
    if row.absent_noted_by_id is None:
        raise NotNotedAbsent
    row.absent_confirmed_by_id = other_human(session, actor, row.absent_noted_by_id)
    row.move_to(AttendanceStatus.ABSENT)
    audit.record(session, actor, "admission.absence_confirmed", row, now)
    return row


def confirm_absences(
    session: Session, actor: Actor, placement_ids: Sequence[int], now: datetime
) -> int:
    """Confirm all of these seats, or none; returns how many. Raises as `confirm_absent`."""
    for placement_id in placement_ids:
        confirm_absent(session, actor, placement_id, now)
    return len(placement_ids)


def refuse(
    session: Session,
    actor: Actor,
    placement_id: int,
    *,
    reason: str,
    second: Actor,
    now: datetime,
) -> Attendance:
    """Refuse somebody entry, by two people with a reason, e.g. a mismatch with the record.

    Raises SamePerson, ReasonMissing, WrongStatus, RegisterClosed.
    """
    row, place = open_row(session, actor, Permission.CHECK_IN, placement_id)
    check_reason(reason)
    second.require(Permission.CHECK_IN, place)
    other_human(session, second, actor.human())
    check_status(row, EXPECTED)
    row.move_to(AttendanceStatus.REFUSED)
    words = f"{reason} (second person: {second.person_id})"
    audit.record(session, actor, "admission.refused", row, now, reason=words)
    return row


def admit_under_protest(
    session: Session,
    actor: Actor,
    placement_id: int,
    identity: Identity,
    *,
    reason: str,
    second: Actor,
    now: datetime,
) -> Attendance:
    """Let somebody in whom the door refused, by two people with a reason; never by an upload.

    Raises SamePerson, ReasonMissing, NotCompared, WrongStatus (neither expected nor refused),
    RegisterClosed.
    """
    row, place = open_row(session, actor, Permission.RUN_ROOM, placement_id)
    check_reason(reason)
    second.require(Permission.RUN_ROOM, place)
    other_human(session, second, actor.human())
    if identity not in (Identity.MATCH, Identity.UNSURE):
        raise NotCompared
    if row.status is not AttendanceStatus.REFUSED:
        check_status(row, EXPECTED)
    write_admission(session, actor, row, identity, now)
    move(row, PRESENT)
    words = f"{reason} (second person: {second.person_id})"
    audit.record(session, actor, "admission.admitted_under_protest", row, now, reason=words)
    return row


def remove(
    session: Session, actor: Actor, placement_id: int, *, reason: str, now: datetime
) -> Attendance:
    """Send somebody out who sat; their script is collected. Raises WrongStatus, ReasonMissing."""
    row, _ = open_row(session, actor, Permission.RUN_ROOM, placement_id)
    check_reason(reason)
    check_status(row, PRESENT)
    move(row, AttendanceStatus.REMOVED)
    audit.record(session, actor, "admission.removed", row, now, reason=reason)
    return row


def recheck_identity(
    session: Session, actor: Actor, placement_id: int, identity: Identity, *, now: datetime
) -> Attendance:
    """Compare somebody who came with the record once more, the same day, by another human.

    Anything but a match opens an incident, and no outcome is released before it is closed.
    What it gave stands once the venue's day is closed.
    Raises SamePerson, NotCompared, WrongStatus, DayIsClosed.
    """
    placement, row, place = row_of(session, placement_id)
    if not actor.may(Permission.CLOSE_DAY, place):
        actor.require(Permission.RUN_ROOM, place)
    if identity is Identity.NOT_CHECKED:
        raise NotCompared
    if row.status not in GIVES_A_SCRIPT:
        raise WrongStatus(row.status, PRESENT)
    if row.day_closed_at is not None and row.recheck is not Identity.NOT_CHECKED:
        raise DayIsClosed
    row.rechecked_by_id = other_human(session, actor, row.admitted_by_id)
    row.recheck = identity
    audit.record(session, actor, "admission.rechecked", row, now)
    if identity is not Identity.MATCH and place.venue_id is not None:
        record_incident(
            session,
            actor,
            place.venue_id,
            IncidentKind.IDENTITY_DOUBT,
            say("The comparison after the paper gave: {identity}.", identity=identity.value),
            happened_at=now,
            room_session_id=placement.room_session_id,
            placement_id=placement_id,
            now=now,
        )
    return row


def correct_attendance(
    session: Session,
    actor: Actor,
    placement_id: int,
    after: AttendanceStatus,
    *,
    second: Actor,
    evidence: str,
    now: datetime,
) -> AttendanceCorrection:
    """Correct a closed register: two people who may close the day, and the evidence.

    Somebody made present counts as admitted at their start, by who corrects; somebody made absent
    as noted by one of the two and confirmed by the other.
    Raises SamePerson, ReasonMissing, RegisterOpen, IllegalMove.
    """
    placement, row, place = row_of(session, placement_id)
    for person in (actor, second):
        person.require(Permission.CLOSE_DAY, place)
    check_reason(evidence)
    second_id = other_human(session, second, actor.human())
    if row.closed_at is None:
        raise RegisterOpen
    row.flow.check(row.status, after)
    correction = AttendanceCorrection(
        placement_id=placement_id,
        before=row.status,
        after=after,
        first_id=actor.human(),
        second_id=second_id,
        evidence=evidence,
        at=now,
    )
    session.add(correction)
    session.flush()  # the guard lets a closed row change only beside its correction
    move(row, after)
    if after is PRESENT:
        write_admission(session, actor, row, row.identity, placement.starts_at)
    elif after is AttendanceStatus.ABSENT:
        row.absent_noted_by_id, row.absent_confirmed_by_id = actor.human(), second_id
    audit.record(session, actor, "admission.corrected", row, now, reason=evidence)
    return correction


def void_attendance(
    session: Session,
    actor: Actor,
    placement_id: int,
    *,
    reason: str,
    second: Actor,
    now: datetime,
) -> Attendance:
    """Void one placement's attendance in an open room, by two people with a reason.

    Raises SamePerson, ReasonMissing, IllegalMove, RegisterClosed (then it is a correction).
    """
    row, place = open_row(session, actor, Permission.CLOSE_DAY, placement_id)
    check_reason(reason)
    second.require(Permission.RUN_ROOM, place)
    other_human(session, second, actor.human())
    row.move_to(AttendanceStatus.VOIDED)
    words = f"{reason} (second person: {second.person_id})"
    audit.record(session, actor, "admission.voided", row, now, reason=words)
    return row


def close_register(session: Session, actor: Actor, room_session_id: int, now: datetime) -> int:
    """Close the rows of a room, so that only corrections change them; returns how many.

    Part of closing the room, which has checked the balance and signs for it in the trail.
    """
    actor.require(Permission.RUN_ROOM, place_of_room_session(session, room_session_id))
    rows = session.scalars(
        select(Attendance)
        .join(Placement, Placement.id == Attendance.placement_id)
        .where(Placement.room_session_id == room_session_id, Placement.in_force)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        row.closed_at = now
    session.flush()
    return len(rows)


def end_day(
    session: Session, actor: Actor, venue_id: int, room_session_ids: Iterable[int], now: datetime
) -> int:
    """Write into the rows of a venue's closed day that it is closed; returns how many.

    Part of closing the day, which has seen that nothing is open and signs for it in the trail.
    """
    actor.require(Permission.CLOSE_DAY, place_of_venue(session, venue_id))
    rows = session.scalars(
        select(Attendance)
        .join(Placement, Placement.id == Attendance.placement_id)
        .where(Placement.room_session_id.in_(list(room_session_ids)), Placement.in_force)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        row.day_closed_at = now
    session.flush()
    return len(rows)


def _check_door(session: Session, placement_id: int, now: datetime) -> None:
    placement, mode, series_id = session.execute(
        select(Placement, Paper.mode, Entry.series_id)
        .join(Entry, Entry.id == Placement.entry_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(Placement.id == placement_id)
    ).one()
    limit = timedelta(minutes=rules_of(session, series_id).late_limit_minutes)
    closes = placement.starts_at + (limit if mode is not Mode.LISTENING else timedelta(0))
    if now <= closes:
        zone = zone_of_room_session(session, placement.room_session_id)
        raise DoorStillOpen(on_the_clock(closes, zone))
