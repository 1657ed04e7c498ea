"""Stations and assessors' marks: what a practical or an oral comes to."""

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.admission.models import Attendance
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.entries.models import Entry
from exam_centre.invigilation.models import RoomDay
from exam_centre.invigilation.rules import RoomDayStatus
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from exam_centre.practicals.models import PracticalMark, StationDraw
from exam_centre.practicals.rules import ASSESSED, practical_mark
from exam_centre.timetable.models import Placement, Sitting


def final_of(
    session: Session, entry_ids: Collection[int]
) -> dict[int, tuple[Decimal | None, AttendanceStatus | None]]:
    """Return entry id -> (score, None), or (None, status) of who did not sit to the end.

    Only of reconciled rooms, and of who is present only once enough assessors have marked.
    """
    rows = session.execute(
        select(Placement.entry_id, Placement.id, Attendance.status)
        .join(Entry, Entry.id == Placement.entry_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(RoomDay, RoomDay.room_session_id == Placement.room_session_id)
        .join(Attendance, Attendance.placement_id == Placement.id)
        .where(
            Placement.entry_id.in_(entry_ids),
            Placement.in_force,
            Paper.mode.in_(ASSESSED),
            RoomDay.status == RoomDayStatus.RECONCILED,
        )
    ).all()
    scores: dict[int, list[Decimal]] = {}
    for mark in session.scalars(
        select(PracticalMark)
        .join(Placement, Placement.id == PracticalMark.placement_id)
        .where(Placement.entry_id.in_(entry_ids))
    ):
        scores.setdefault(mark.placement_id, []).append(mark.score)
    finals: dict[int, tuple[Decimal | None, AttendanceStatus | None]] = {}
    for entry_id, placement_id, status in rows:
        if status is not AttendanceStatus.PRESENT:
            finals[entry_id] = (None, status)
            continue
        score = practical_mark(scores.get(placement_id, []))
        if score is not None:
            finals[entry_id] = (score, None)
    return finals


def people_who_marked(session: Session, entry_ids: Collection[int]) -> set[int]:
    """Return the assessors of these entries' practicals and orals."""
    return set(
        session.scalars(
            select(PracticalMark.assessor_id)
            .join(Placement, Placement.id == PracticalMark.placement_id)
            .where(Placement.entry_id.in_(entry_ids))
        )
    )


def mode_of(session: Session, placement: Placement) -> Mode:
    """Return how the placement's paper is sat."""
    wanted = select(Paper.mode).join(Sitting, Sitting.paper_id == Paper.id)
    return session.scalars(wanted.where(Sitting.id == placement.sitting_id)).one()


def draws_of(session: Session, room_session_id: int) -> list[StationDraw]:
    """Return the stations drawn in a room, by station."""
    wanted = select(StationDraw).where(StationDraw.room_session_id == room_session_id)
    return list(session.scalars(wanted.order_by(StationDraw.station)))


def marks_of(session: Session, placement_id: int) -> list[PracticalMark]:
    """Return the assessors' marks of one candidate, oldest first."""
    wanted = select(PracticalMark).where(PracticalMark.placement_id == placement_id)
    return list(session.scalars(wanted.order_by(PracticalMark.id)))
