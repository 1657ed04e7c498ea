"""Stations and assessors' marks: what a practical or an oral comes to."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.admission.models import Attendance
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.calendar.models import Period
from exam_centre.entries.models import Entry
from exam_centre.invigilation.models import RoomDay
from exam_centre.invigilation.rules import RoomDayStatus
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from exam_centre.practicals.models import PracticalMark, StationDraw
from exam_centre.practicals.rules import ASSESSED, practical_mark
from exam_centre.timetable.models import Placement, RoomSession, Sitting
from exam_centre.venues.models import Room, Seat, Venue

WORKS_THERE = (Permission.CHECK_IN, Permission.ENTER_MARKS)


@dataclass(frozen=True)
class AssessedRoom:
    """One room session with practicals or orals, and how far it is."""

    token: str
    venue: str
    room: str
    starts_at: datetime
    papers: str
    present: int
    marked: int  # candidates with at least one mark


@dataclass(frozen=True)
class Where:
    """Which room a page is about, and from when."""

    venue: str
    room: str
    starts_at: datetime


@dataclass(frozen=True)
class Work:
    """One candidate of a practical or an oral."""

    placement_id: int
    token: str
    name: str  # for the door alone
    seat: int
    mode: Mode
    paper: str
    status: AttendanceStatus
    station: int | None
    marks: dict[int, Decimal]  # assessor -> mark


def rooms_in_reach(session: Session, actor: Actor) -> list[AssessedRoom]:
    """Return the rooms with practicals and orals in the reach of the actor, newest first."""
    rows: Any = session.execute(
        _works(select(RoomSession, Venue.name, Room.code, Period.starts_at), actor)
        .distinct()
        .order_by(Period.starts_at.desc(), Venue.name, Room.code)
    ).all()
    works = _works_of(session, [row[0].id for row in rows])
    return [
        AssessedRoom(
            token=row[0].token,
            venue=row[1],
            room=row[2],
            starts_at=row[3],
            papers=", ".join(sorted({work.paper for work in works[row[0].id]})),
            present=sum(w.status is AttendanceStatus.PRESENT for w in works[row[0].id]),
            marked=sum(bool(work.marks) for work in works[row[0].id]),
        )
        for row in rows
    ]


def access_assessed_room(session: Session, actor: Actor, token: str) -> RoomSession:
    """Return a room session with practicals or orals in the actor's reach, or raise NotFound."""
    found: RoomSession | None = session.scalars(
        _works(select(RoomSession), actor).where(RoomSession.token == token).limit(1)
    ).first()
    if found is None:
        raise NotFound(say("room session"))
    return found


def where_of(session: Session, room_session_id: int) -> Where:
    """Return the venue, the room and the start of a room session."""
    row = session.execute(
        select(Venue.name, Room.code, Period.starts_at)
        .select_from(RoomSession)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .where(RoomSession.id == room_session_id)
    ).one()
    return Where(*row)


def works_of_room(session: Session, room_session_id: int) -> list[Work]:
    """Return the candidates of a room's practicals and orals, by seat."""
    return _works_of(session, [room_session_id]).get(room_session_id, [])


def access_work(session: Session, actor: Actor, token: str) -> tuple[RoomSession, Work]:
    """Return one candidate's work and its room within the actor's reach, or raise NotFound."""
    room: RoomSession | None = session.scalars(
        _works(select(RoomSession), actor).where(Placement.token == token).limit(1)
    ).first()
    if room is None:
        raise NotFound(say("candidate"))
    return room, next(w for w in works_of_room(session, room.id) if w.token == token)


def _works(wanted: Any, actor: Actor) -> Any:
    """Join room sessions to their practicals and orals, and keep them inside the actor's reach."""
    return (
        wanted.join(Placement, Placement.room_session_id == RoomSession.id)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            Placement.in_force,
            Paper.mode.in_(ASSESSED),
            within(
                actor,
                WORKS_THERE,
                unit_path=Unit.path,
                venue_id=Venue.id,
                series_id=Period.series_id,
                room_id=Room.id,
            ),
        )
    )


def _works_of(session: Session, room_session_ids: Collection[int]) -> dict[int, list[Work]]:
    rows: Any = session.execute(
        select(Placement, Person.name, Seat.number, Paper, Attendance.status, StationDraw.station)
        .join(Person, Person.id == Placement.person_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .outerjoin(Attendance, Attendance.placement_id == Placement.id)
        .outerjoin(StationDraw, StationDraw.placement_id == Placement.id)
        .where(
            Placement.room_session_id.in_(room_session_ids),
            Placement.in_force,
            Paper.mode.in_(ASSESSED),
        )
        .order_by(Seat.number, Placement.starts_at)
    ).all()
    marks: dict[int, dict[int, Decimal]] = {}
    for mark in session.scalars(
        select(PracticalMark).where(PracticalMark.placement_id.in_([row[0].id for row in rows]))
    ):
        marks.setdefault(mark.placement_id, {})[mark.assessor_id] = mark.score
    works: dict[int, list[Work]] = {}
    for placement, name, seat, paper, status, station in rows:
        work = Work(
            placement_id=placement.id,
            token=placement.token,
            name=name,
            seat=seat,
            mode=paper.mode,
            paper=f"{paper.code} {paper.name}",
            status=status or AttendanceStatus.EXPECTED,
            station=station,
            marks=marks.get(placement.id, {}),
        )
        works.setdefault(placement.room_session_id, []).append(work)
    return works


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
