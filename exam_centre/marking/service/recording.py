"""Marks nobody types from a script: what the exam engine reports, and who checks it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.service import ensure_no_tie, other_human
from exam_centre.admission.models import Attendance
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel import audit, laws
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.marking.models import EngineMark
from exam_centre.marking.queries import law_engine_marks, paper_of_sitting
from exam_centre.marking.rules import (
    STATUS_OF_ATTENDANCE,
    MarkStatus,
    NoNumberWithoutAttendance,
    TotalsChecked,
    WrongPaper,
    number_or_status,
)
from exam_centre.papers.rules import Mode
from exam_centre.timetable.models import Placement
from exam_centre.timetable.queries import place_of_room_session


def import_engine_mark(
    session: Session,
    actor: Actor,
    placement_id: int,
    *,
    score: Decimal | None = None,
    status: MarkStatus | None = None,
    now: datetime,
) -> EngineMark:
    """Keep what the exam engine reports for one placement; the same again changes nothing.

    Raises WrongMark, WrongPaper, NoNumberWithoutAttendance where the register says otherwise, and
    TotalsChecked where a second human has checked what stands.
    """
    placement = session.get_one(Placement, placement_id)
    actor.require(Permission.RUN_MARKING, place_of_room_session(session, placement.room_session_id))
    human = actor.human()
    number_or_status(score, status)
    paper = paper_of_sitting(session, placement.sitting_id)
    if paper.mode is not Mode.COMPUTER:
        raise WrongPaper(paper.mode.value)
    ensure_no_tie(session, human, [placement.person_id])
    _ensure_fits_register(session, placement_id, status)
    mark = session.scalar(select(EngineMark).where(EngineMark.placement_id == placement_id))
    if mark is not None and (mark.score, mark.status) == (score, status):
        return mark
    if mark is not None and mark.checked_by_id is not None:
        raise TotalsChecked
    if mark is None:
        mark = EngineMark(placement_id=placement_id)
        session.add(mark)
    mark.score, mark.status = score, status
    mark.imported_by_id, mark.imported_at = human, now
    audit.record(session, actor, "marking.engine_mark_imported", mark, now)
    return mark


def check_engine_marks(
    session: Session, actor: Actor, room_session_id: int, *, now: datetime
) -> Sequence[EngineMark]:
    """Sign that the imported marks of a room are those of the engine; only then they count.

    A human who imported none of them. Raises SamePerson, ConflictOfInterest, LawBroken (law 6).
    """
    actor.require(Permission.RUN_MARKING, place_of_room_session(session, room_session_id))
    laws.ensure(law_engine_marks(session, [room_session_id]))
    rows = session.execute(
        select(EngineMark, Placement.person_id)
        .join(Placement, Placement.id == EngineMark.placement_id)
        .where(Placement.room_session_id == room_session_id, Placement.in_force)
        .order_by(EngineMark.id)
    ).all()
    human = other_human(session, actor, *{mark.imported_by_id for mark, _ in rows})
    ensure_no_tie(session, human, {person_id for _, person_id in rows})
    for mark, _ in rows:
        if mark.checked_by_id is None:
            mark.checked_by_id = human
            audit.record(session, actor, "marking.engine_mark_checked", mark, now)
    return [mark for mark, _ in rows]


def _ensure_fits_register(session: Session, placement_id: int, status: MarkStatus | None) -> None:
    attendance = session.get(Attendance, placement_id)
    attended = attendance.status if attendance else AttendanceStatus.EXPECTED
    if attended is AttendanceStatus.PRESENT:
        fits = status in (None, MarkStatus.MISSING)
    else:
        fits = status is not None and status is STATUS_OF_ATTENDANCE.get(attended)
    if not fits:
        raise NoNumberWithoutAttendance(attended.value)
