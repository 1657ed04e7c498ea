"""Giving every script, and every empty seat, a code instead of a name."""

from datetime import datetime
from random import Random, SystemRandom

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.admission.models import Attendance
from exam_centre.calendar.models import Period
from exam_centre.calendar.queries import rules_of
from exam_centre.invigilation.models import RoomDay
from exam_centre.invigilation.rules import RoomDayStatus
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.marking.models import Bundle, Mark, SecretCode
from exam_centre.marking.queries import paper_of_sitting
from exam_centre.marking.rules import (
    CODE_LENGTH,
    STATUS_OF_ATTENDANCE,
    AlreadyCoded,
    NothingToCode,
    NotReconciled,
    WrongPaper,
    with_check_digit,
)
from exam_centre.papers.rules import SCRIPT_MARKED
from exam_centre.timetable.models import Placement, Sitting
from exam_centre.timetable.queries import place_of_room_session
from exam_centre.venues.models import Seat

NOBODY_GUESSES = SystemRandom()


def code_scripts(
    session: Session,
    actor: Actor,
    room_session_id: int,
    sitting_id: int,
    *,
    now: datetime,
    chance: Random = NOBODY_GUESSES,
) -> Bundle:
    """Make the bundle of one paper out of one room: a code a seat used, in seat order.

    Absentees have codes too, so that no later script shifts by one; what the register says of them
    is written as marks of every round, by nobody.
    chance  draws the codes; a rehearsal that must be repeatable gives its own.
    Raises NotReconciled, WrongPaper, AlreadyCoded, NothingToCode.
    """
    actor.require(Permission.RUN_MARKING, place_of_room_session(session, room_session_id))
    paper = paper_of_sitting(session, sitting_id)
    if paper.mode not in SCRIPT_MARKED:
        raise WrongPaper(paper.mode.value)
    if _is_coded(session, room_session_id, sitting_id):
        raise AlreadyCoded
    day = session.scalar(select(RoomDay).where(RoomDay.room_session_id == room_session_id))
    if day is None or day.status is not RoomDayStatus.RECONCILED:
        raise NotReconciled
    placed = session.execute(
        select(Placement.id, Attendance.status)
        .join(Seat, Seat.id == Placement.seat_id)
        .join(Attendance, Attendance.placement_id == Placement.id)
        .where(
            Placement.room_session_id == room_session_id,
            Placement.sitting_id == sitting_id,
            Placement.in_force,
        )
        .order_by(Seat.number, Placement.starts_at)
    ).all()
    if not placed:
        raise NothingToCode
    bundle = Bundle(room_session_id=room_session_id, sitting_id=sitting_id)
    session.add(bundle)
    session.flush()
    numbers = _new_codes(session, len(placed), chance)
    codes = [
        SecretCode(bundle_id=bundle.id, position=position, placement_id=row.id, code=number)
        for position, (row, number) in enumerate(zip(placed, numbers, strict=True), start=1)
    ]
    session.add_all(codes)
    session.flush()
    rounds = _rounds_of_register(session, sitting_id)
    session.add_all(
        Mark(
            secret_code_id=code.id,
            round=number,
            status=STATUS_OF_ATTENDANCE[row.status],
            entered_at=now,
        )
        for code, row in zip(codes, placed, strict=True)
        if row.status in STATUS_OF_ATTENDANCE
        for number in rounds
    )
    audit.record(session, actor, "marking.scripts_coded", bundle, now)
    return bundle


def _is_coded(session: Session, room_session_id: int, sitting_id: int) -> bool:
    known = select(Bundle.id).where(
        Bundle.room_session_id == room_session_id, Bundle.sitting_id == sitting_id
    )
    return session.scalar(known) is not None


def _rounds_of_register(session: Session, sitting_id: int) -> tuple[int, ...]:
    period = session.scalars(
        select(Period).join(Sitting, Sitting.period_id == Period.id).where(Sitting.id == sitting_id)
    ).one()
    return (1, 2) if rules_of(session, period.series_id).second_marking else (1,)


def _new_codes(session: Session, count: int, chance: Random) -> list[str]:
    """Return `count` codes nobody has, in an order that tells nothing."""
    codes: set[str] = set()
    while len(codes) < count:
        digits = CODE_LENGTH - 1
        drawn = {
            with_check_digit(f"{chance.randrange(10**digits):0{digits}d}")
            for _ in range(count - len(codes))
        }
        taken = session.scalars(select(SecretCode.code).where(SecretCode.code.in_(drawn)))
        codes |= drawn - set(taken)
    return chance.sample(sorted(codes), count)
