"""Drawing a station at the door, and assessing the work done there."""

import secrets
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.service import ensure_no_tie, other_human
from exam_centre.admission.models import Attendance
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.invigilation.models import RoomDay
from exam_centre.invigilation.rules import RoomDayStatus
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.papers.rules import Mode
from exam_centre.practicals.models import PracticalMark, StationDraw
from exam_centre.practicals.queries import draws_of, marks_of, mode_of
from exam_centre.practicals.rules import (
    ASSESSED,
    AlreadyMarked,
    AssessmentClosed,
    NoFreeStation,
    NoStation,
    NotPresent,
    StationDrawn,
    WrongPaper,
    WrongScore,
    is_of_hundred,
    practical_mark,
)
from exam_centre.timetable.models import Placement, RoomSession
from exam_centre.timetable.queries import place_of_room_session
from exam_centre.venues.queries import seats_of


def draw_station(
    session: Session, actor: Actor, placement_id: int, *, second: Actor, now: datetime
) -> StationDraw:
    """Draw a free station of the room by lot, before a witness; the lot is drawn once.

    Raises WrongPaper, NotPresent, StationDrawn, NoFreeStation, SamePerson, ConflictOfInterest.
    """
    placement = session.get_one(Placement, placement_id)
    actor.require(Permission.CHECK_IN, place_of_room_session(session, placement.room_session_id))
    witness = second.human()
    human = other_human(session, actor, witness)
    mode = mode_of(session, placement)
    if mode is not Mode.PRACTICAL:
        raise WrongPaper(mode)
    _ensure_present(session, placement)
    drawn = draws_of(session, placement.room_session_id)
    for earlier in drawn:
        if earlier.placement_id == placement_id:
            raise StationDrawn(earlier.station)
    for person_id in (human, witness):
        ensure_no_tie(session, person_id, [placement.person_id])
    room = session.get_one(RoomSession, placement.room_session_id).room_id
    taken = {earlier.station for earlier in drawn}
    free = [n for n in range(1, len(seats_of(session, room)) + 1) if n not in taken]
    if not free:
        raise NoFreeStation
    draw = StationDraw(
        placement_id=placement_id,
        room_session_id=placement.room_session_id,
        station=secrets.choice(free),
        drawn_by_id=human,
        witness_id=witness,
        drawn_at=now,
    )
    session.add(draw)
    audit.record(session, actor, "practicals.station_drawn", draw, now)
    return draw


def mark(
    session: Session, actor: Actor, placement_id: int, *, score: Decimal, now: datetime
) -> PracticalMark:
    """Keep one assessor's mark of 0 to 100; it stands.

    Raises WrongScore, WrongPaper, NotPresent, NoStation, AlreadyMarked, ConflictOfInterest, and
    AssessmentClosed once the room is reconciled with enough marks.
    """
    placement = session.get_one(Placement, placement_id)
    actor.require(Permission.ENTER_MARKS, place_of_room_session(session, placement.room_session_id))
    human = actor.human()
    if not is_of_hundred(score):
        raise WrongScore(str(score))
    mode = mode_of(session, placement)
    if mode not in ASSESSED:
        raise WrongPaper(mode)
    _ensure_present(session, placement)
    drawn = {draw.placement_id for draw in draws_of(session, placement.room_session_id)}
    if mode is Mode.PRACTICAL and placement_id not in drawn:
        raise NoStation
    ensure_no_tie(session, human, [placement.person_id])
    earlier = marks_of(session, placement_id)
    if any(given.assessor_id == human for given in earlier):
        raise AlreadyMarked
    enough = practical_mark([given.score for given in earlier]) is not None
    if enough and _is_reconciled(session, placement.room_session_id):
        raise AssessmentClosed
    row = PracticalMark(placement_id=placement_id, assessor_id=human, score=score, at=now)
    session.add(row)
    audit.record(session, actor, "practicals.marked", row, now)
    return row


def _ensure_present(session: Session, placement: Placement) -> None:
    attendance = session.get(Attendance, placement.id)
    status = attendance.status if attendance else AttendanceStatus.EXPECTED
    if status is not AttendanceStatus.PRESENT:
        raise NotPresent(status)


def _is_reconciled(session: Session, room_session_id: int) -> bool:
    wanted = select(RoomDay.status).where(RoomDay.room_session_id == room_session_id)
    return session.scalar(wanted) is RoomDayStatus.RECONCILED
