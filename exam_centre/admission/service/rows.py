"""One attendance and how it is written: its row, its status, what only a status has."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.admission.models import Attendance
from exam_centre.admission.rules import (
    GIVES_A_SCRIPT,
    AttendanceStatus,
    Identity,
    ReasonMissing,
    RegisterClosed,
    WrongStatus,
    minutes_late,
)
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.kernel.sentences import say
from exam_centre.timetable.models import Placement
from exam_centre.timetable.queries import place_of_room_session

EXPECTED = AttendanceStatus.EXPECTED
PRESENT = AttendanceStatus.PRESENT


def row_of(session: Session, placement_id: int) -> tuple[Placement, Attendance, Place]:
    """Return a placement in force with its attendance, made where nobody wrote one yet."""
    placement = session.get(Placement, placement_id)
    if placement is None or not placement.in_force:
        raise NotFound(say("placement"))
    row = session.get(Attendance, placement_id)
    if row is None:
        row = Attendance(
            placement_id=placement_id,
            status=EXPECTED,
            identity=Identity.NOT_CHECKED,
            recheck=Identity.NOT_CHECKED,
        )
        session.add(row)
        session.flush()
    return placement, row, place_of_room_session(session, placement.room_session_id)


def open_row(
    session: Session, actor: Actor, permission: Permission, placement_id: int
) -> tuple[Attendance, Place]:
    """Return the row of an open register, for who may do this there.

    Raises Forbidden, NotFound, RegisterClosed.
    """
    _, row, place = row_of(session, placement_id)
    actor.require(permission, place)
    if row.closed_at is not None:
        raise RegisterClosed
    return row, place


def check_status(row: Attendance, needed: AttendanceStatus) -> None:
    """Raise WrongStatus unless the row stands where the act needs it."""
    if row.status is not needed:
        raise WrongStatus(row.status, needed)


def check_reason(reason: str) -> None:
    """Raise ReasonMissing where nobody said why."""
    if not reason.strip():
        raise ReasonMissing


def move(row: Attendance, new: AttendanceStatus) -> None:
    """Change the status and drop what only the old one had."""
    row.move_to(new)
    if new not in GIVES_A_SCRIPT and new is not AttendanceStatus.VOIDED:
        row.admitted_by_scan, row.admitted_at, row.admitted_by_id = None, None, None
        row.minutes_late, row.identity = None, Identity.NOT_CHECKED
        row.recheck, row.rechecked_by_id = Identity.NOT_CHECKED, None


def write_admission(
    session: Session, actor: Actor, row: Attendance, identity: Identity, at: datetime
) -> None:
    """Write who admitted somebody at which moment, and what comparing them gave."""
    # Looked up first: a look-up writes what is pending, and this row is right only as a whole.
    placement = session.get_one(Placement, row.placement_id)
    row.admitted_by_scan, row.admitted_at, row.admitted_by_id = None, at, actor.human()
    row.minutes_late, row.identity = minutes_late(placement.starts_at, at), identity
    row.absent_noted_by_id, row.absent_confirmed_by_id = None, None
