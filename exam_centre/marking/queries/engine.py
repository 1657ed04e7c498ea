"""Computer papers: the rooms whose marks come from the exam engine, and who sat in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.queries import names_of
from exam_centre.admission.models import Attendance, Slip, SlipLine
from exam_centre.admission.rules import AttendanceStatus, SlipStatus
from exam_centre.calendar.models import Period
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import say
from exam_centre.marking.models import EngineMark
from exam_centre.marking.queries.pages import Whereabouts, reach, where_columns
from exam_centre.marking.rules import MarkStatus
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from exam_centre.timetable.models import Placement, RoomSession, Sitting
from exam_centre.venues.models import Room, Seat, Venue


@dataclass(frozen=True)
class EngineRoom:
    """One room session with computer papers, and how far its marks are."""

    room_session_id: int
    token: str
    where: Whereabouts
    seats: int
    imported: int
    checked: int


@dataclass(frozen=True)
class EnginePlace:
    """One placement of a computer paper: how a file names its person, and what is known."""

    placement_id: int
    seat: int
    person_no: str
    admission_no: str  # "" where no slip was issued
    attendance: AttendanceStatus
    score: Decimal | None
    status: MarkStatus | None
    imported_by: str  # a name, "" where nothing is imported
    is_checked: bool


def engine_rooms(session: Session, actor: Actor, series_id: int) -> list[EngineRoom]:
    """Return the rooms of a series in which a computer paper was set, by time and room."""
    columns = (RoomSession.id, RoomSession.token, *where_columns())
    wanted = (
        select(
            *columns,
            func.count(Placement.id),
            func.count(EngineMark.id),
            func.count(EngineMark.checked_by_id),
        )
        .select_from(RoomSession)
        .join(Placement, Placement.room_session_id == RoomSession.id)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .outerjoin(EngineMark, EngineMark.placement_id == Placement.id)
    )
    rows = session.execute(
        reach(wanted, actor, [Permission.RUN_MARKING])
        .where(Period.series_id == series_id, Placement.in_force, Paper.mode == Mode.COMPUTER)
        .group_by(*columns)
        .order_by(Period.starts_at, Venue.name, Room.code)
    )
    return [EngineRoom(row[0], row[1], Whereabouts(*row[2:8]), *row[8:]) for row in rows]


def access_engine_room(session: Session, actor: Actor, token: str) -> int:
    """Return the id of a room session in the reach of whoever runs marking, or raise NotFound."""
    wanted = reach(select(RoomSession.id), actor, [Permission.RUN_MARKING])
    found: int | None = session.scalar(wanted.where(RoomSession.token == token))
    if found is None:
        raise NotFound(say("room session"))
    return found


def engine_places(session: Session, room_session_id: int) -> list[EnginePlace]:
    """Return who sat a computer paper in a room, by seat."""
    rows: Sequence[Any] = session.execute(
        select(
            Placement.id,
            Seat.number,
            Candidate.person_no,
            Slip.short_code,
            Attendance.status,
            EngineMark,
        )
        .select_from(Placement)
        .join(Seat, Seat.id == Placement.seat_id)
        .join(Entry, Entry.id == Placement.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .outerjoin(SlipLine, SlipLine.placement_id == Placement.id)
        .outerjoin(Slip, (Slip.id == SlipLine.slip_id) & (Slip.status == SlipStatus.VALID))
        .outerjoin(Attendance, Attendance.placement_id == Placement.id)
        .outerjoin(EngineMark, EngineMark.placement_id == Placement.id)
        .where(
            Placement.room_session_id == room_session_id,
            Placement.in_force,
            Paper.mode == Mode.COMPUTER,
        )
        .order_by(Seat.number, Placement.starts_at, Slip.short_code)
    ).all()
    names = names_of(session, {row[5].imported_by_id for row in rows if row[5]})
    places: dict[int, EnginePlace] = {}
    for placement_id, seat, person_no, admission_no, attendance, mark in rows:
        known = places.get(placement_id)
        places[placement_id] = EnginePlace(
            placement_id=placement_id,
            seat=seat,
            person_no=person_no,
            # Replaced slips name the placement too; only the valid one has a number here.
            admission_no=admission_no or (known.admission_no if known else ""),
            attendance=attendance or AttendanceStatus.EXPECTED,
            score=mark.score if mark else None,
            status=mark.status if mark else None,
            imported_by=names[mark.imported_by_id] if mark else "",
            is_checked=mark is not None and mark.checked_by_id is not None,
        )
    return list(places.values())
