"""What a device knows of a venue's day while it is alone: rooms, people and how they stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from exam_centre.accounts.models import Person
from exam_centre.admission.models import Attendance, Slip, SlipLine
from exam_centre.admission.queries.door import newest_rules
from exam_centre.admission.rules import AttendanceStatus, SlipStatus
from exam_centre.calendar.models import Period, RuleProfile, Series
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.database import pieces
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from exam_centre.timetable.models import HeldOver, Placement, Plan, RoomSession
from exam_centre.timetable.rules import PUBLISHED
from exam_centre.venues.models import Room, Seat, Venue

LOOKED_AT_AGAIN = 2_000  # rows of the trail before the end that a device knows


@dataclass(frozen=True)
class PackRoom:
    """A room in a period, as far as a device has to know it."""

    id: int
    token: str
    room: str
    floor: str
    venue: str
    period: str
    starts_at: datetime
    ends_at: datetime
    doors_open_minutes: int
    late_limit_minutes: int
    is_here: bool


@dataclass(frozen=True)
class PackPlace:
    """One placement of somebody in a pack."""

    token: str
    room_session_id: int
    seat: int
    starts_at: datetime
    ends_at: datetime
    paper: str
    late_entry: bool
    held_over: bool
    on_slip: bool
    entry: str
    status: AttendanceStatus


@dataclass(frozen=True)
class PackPerson:
    """Somebody who sits at the venue that day, with every place of theirs on it."""

    slip_bytes: bytes
    series_id: int
    person_no: str
    name: str
    id_tail: str
    has_photo: bool
    slip_number: int  # of the valid slip; 0: none
    short_code: str
    places: tuple[PackPlace, ...]


def pack_epoch(session: Session, venue_id: int, since: datetime, until: datetime) -> list[str]:
    """Return what a pack of a venue's day is made by: plan and rules of each series, "code:2:1".

    A newer plan or other rules make another epoch: what devices hold is not the plan any more.
    """
    rows = session.execute(
        select(Series.code, func.max(Plan.number), func.max(RuleProfile.version))
        .join(Plan, and_(Plan.series_id == Series.id, Plan.status.in_(PUBLISHED)))
        .outerjoin(RuleProfile, RuleProfile.series_id == Series.id)
        .where(
            exists()
            .where(Period.series_id == Series.id, Period.ends_at >= since, Period.starts_at < until)
            .where(RoomSession.period_id == Period.id, Room.id == RoomSession.room_id)
            .where(Room.venue_id == venue_id)
        )
        .group_by(Series.code)
        .order_by(Series.code)
    )
    return [f"{code}:{plan}:{rules or 0}" for code, plan, rules in rows]


def trail_end(session: Session) -> int:
    """Return the newest row of the trail: what a pack's next piece begins after."""
    return session.scalar(select(func.max(AuditRow.id))) or 0


def changed_candidates(session: Session, after: int) -> set[int]:
    """Return whose attendance or slip was written after a row of the trail.

    Every such write leaves a row. Some are looked at once more than need be: of two transactions
    at once the one with the lower number may be the later to end.
    """
    subjects = session.scalars(
        select(AuditRow.subject).where(
            AuditRow.id > after - LOOKED_AT_AGAIN,
            or_(AuditRow.subject.startswith("attendances:"), AuditRow.subject.startswith("slips:")),
        )
    )
    written: dict[str, set[int]] = {"attendances": set(), "slips": set()}
    for subject in subjects:
        table, _, key = subject.partition(":")
        written[table].add(int(key))
    found: set[int] = set()
    for piece in pieces(written["attendances"]):
        found |= set(
            session.scalars(
                select(Entry.candidate_id)
                .join(Placement, Placement.entry_id == Entry.id)
                .where(Placement.id.in_(piece))
            )
        )
    for piece in pieces(written["slips"]):
        found |= set(session.scalars(select(Slip.candidate_id).where(Slip.id.in_(piece))))
    return found


def pack_people(
    session: Session,
    venue_id: int,
    since: datetime,
    until: datetime,
    *,
    among: Iterable[int] | None = None,
) -> list[PackPerson]:
    """Return who sits at a venue between two moments, by number; one statement for everybody.

    among  candidate ids, for those of them alone; None: everybody.
    """
    named = {"venue": venue_id, "since": since, "until": until}
    people: dict[tuple[int, int], list[Any]] = {}
    asked = (
        [_asking_people()]
        if among is None
        else [_asking_people().where(Candidate.id.in_(piece)) for piece in pieces(among)]
    )
    for question in asked:
        for row in session.execute(question, named):
            people.setdefault((row.candidate_id, row.series_id), []).append(row)
    return [_person(rows) for rows in people.values()]


def pack_rooms(session: Session, venue_id: int, ids: Iterable[int]) -> list[PackRoom]:
    """Return room sessions with the rules of their doors; `is_here` says which are the venue's."""
    rooms = []
    for piece in pieces(ids):
        rows = session.execute(
            select(
                RoomSession.id,
                RoomSession.token,
                Room.code,
                Room.floor,
                Venue.name,
                Period.code,
                Period.starts_at,
                Period.ends_at,
                func.coalesce(RuleProfile.doors_open_minutes, 0),
                func.coalesce(RuleProfile.late_limit_minutes, 0),
                Venue.id,
            )
            .select_from(RoomSession)
            .join(Room, Room.id == RoomSession.room_id)
            .join(Venue, Venue.id == Room.venue_id)
            .join(Period, Period.id == RoomSession.period_id)
            .outerjoin(RuleProfile, newest_rules())
            .where(RoomSession.id.in_(piece))
            .order_by(Period.starts_at, Room.code)
        )
        rooms += [PackRoom(*row[:10], is_here=row[10] == venue_id) for row in rows]
    return rooms


@cache
def _asking_people() -> Select[*tuple[Any, ...]]:
    """Return the question, built once."""
    held = exists().where(
        HeldOver.second_entry_id == Placement.entry_id, HeldOver.plan_id == Placement.plan_id
    )
    there, here = aliased(Entry), aliased(Placement)
    sits_here = (
        select(there.candidate_id, there.series_id)
        .join(here, and_(here.entry_id == there.id, here.in_force))
        .join(RoomSession, RoomSession.id == here.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .where(Room.venue_id == bindparam("venue"))
        .where(here.ends_at >= bindparam("since"), here.starts_at < bindparam("until"))
        .distinct()
        .subquery()
    )
    is_there = and_(
        Entry.candidate_id == sits_here.c.candidate_id, Entry.series_id == sits_here.c.series_id
    )
    return (
        select(
            Candidate.id.label("candidate_id"),
            Entry.series_id,
            Candidate.slip_bytes,
            Candidate.person_no,
            Candidate.photo_key,
            Person.name,
            Person.id_tail,
            Slip.number.label("slip_number"),
            Slip.short_code,
            SlipLine.id.label("line_id"),
            Placement.token,
            Placement.room_session_id,
            Placement.starts_at,
            Placement.ends_at,
            Seat.number.label("seat"),
            Paper.code.label("paper_code"),
            Paper.name.label("paper_name"),
            Paper.mode,
            Entry.status.label("entry"),
            Attendance.status,
            held.label("held_over"),
        )
        .select_from(sits_here)
        .join(Entry, is_there)
        .join(Placement, Placement.entry_id == Entry.id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .outerjoin(Attendance, Attendance.placement_id == Placement.id)
        .outerjoin(
            Slip,
            and_(
                Slip.candidate_id == Candidate.id,
                Slip.series_id == Entry.series_id,
                Slip.status == SlipStatus.VALID,
            ),
        )
        .outerjoin(
            SlipLine, and_(SlipLine.slip_id == Slip.id, SlipLine.placement_id == Placement.id)
        )
        .where(Placement.in_force, Placement.ends_at >= bindparam("since"))
        .where(Placement.starts_at < bindparam("until"))
        .order_by(Candidate.person_no, Placement.starts_at, Placement.id)
    )


def _person(rows: list[Any]) -> PackPerson:
    first = rows[0]
    return PackPerson(
        slip_bytes=first.slip_bytes,
        series_id=first.series_id,
        person_no=first.person_no,
        name=first.name,
        id_tail=first.id_tail,
        has_photo=bool(first.photo_key),
        slip_number=first.slip_number or 0,
        short_code=first.short_code or "",
        places=tuple(
            PackPlace(
                token=row.token,
                room_session_id=row.room_session_id,
                seat=row.seat,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                paper=f"{row.paper_code} {row.paper_name}",
                late_entry=row.mode is not Mode.LISTENING,
                held_over=bool(row.held_over),
                on_slip=row.line_id is not None,
                entry=row.entry.value,
                status=row.status or AttendanceStatus.EXPECTED,
            )
            for row in rows
        ),
    )
