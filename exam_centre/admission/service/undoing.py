"""What was said of somebody by mistake is taken back while the register is open, and kept."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.admission.models import Attendance, AttendanceUndo
from exam_centre.admission.rules import AttendanceStatus, NothingToUndo, WrongStatus
from exam_centre.admission.service.rows import (
    EXPECTED,
    PRESENT,
    check_reason,
    check_status,
    move,
    open_row,
)
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission


def undo_admission(
    session: Session, actor: Actor, placement_id: int, *, reason: str, now: datetime
) -> Attendance:
    """Take an admission back, with a reason; the scan that made it stays.

    Raises WrongStatus, ReasonMissing, RegisterClosed.
    """
    row, _ = open_row(session, actor, Permission.CHECK_IN, placement_id)
    check_reason(reason)
    check_status(row, PRESENT)
    _keep(session, actor, row, row.admitted_by_id, reason, now)
    move(row, EXPECTED)
    audit.record(session, actor, "admission.undone", row, now, reason=reason)
    return row


def undo_absence(
    session: Session, actor: Actor, placement_id: int, *, reason: str, now: datetime
) -> Attendance:
    """Take back that a seat stayed empty, noted by one or said by two: the person is expected.

    Raises NothingToUndo, WrongStatus, ReasonMissing, RegisterClosed.
    """
    row, _ = open_row(session, actor, Permission.RUN_ROOM, placement_id)
    check_reason(reason)
    if row.status is EXPECTED and row.absent_noted_by_id is None:
        raise NothingToUndo
    if row.status not in (EXPECTED, AttendanceStatus.ABSENT):
        raise WrongStatus(row.status, AttendanceStatus.ABSENT)
    _keep(session, actor, row, row.absent_noted_by_id, reason, now)
    if row.status is AttendanceStatus.ABSENT:
        move(row, EXPECTED)
    row.absent_noted_by_id, row.absent_confirmed_by_id = None, None
    audit.record(session, actor, "admission.absence_undone", row, now, reason=reason)
    return row


def _keep(
    session: Session,
    actor: Actor,
    row: Attendance,
    said_by_id: int | None,
    reason: str,
    now: datetime,
) -> None:
    session.add(
        AttendanceUndo(
            placement_id=row.placement_id,
            undone=row.status,
            said_by_id=said_by_id,
            confirmed_by_id=row.absent_confirmed_by_id,
            said_at=row.admitted_at,
            by_id=actor.human(),
            reason=reason.strip(),
            at=now,
        )
    )
