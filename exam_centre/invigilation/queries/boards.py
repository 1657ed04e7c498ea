"""What a venue's day board shows: each room's state and counts, and what is wrong."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.admission.models import Attendance
from exam_centre.admission.queries import status_counts
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.conduct.models import Incident
from exam_centre.conduct.rules import IncidentKind, IncidentStatus
from exam_centre.invigilation.models import RoomDay
from exam_centre.invigilation.rules import RoomDayStatus
from exam_centre.kernel.audit import AuditStream, DailyHead
from exam_centre.timetable.models import Duty, Placement
from exam_centre.timetable.queries.whereabouts import RoomSpot
from exam_centre.timetable.rules import OFF_DUTY, DutyRole

S = AttendanceStatus


@dataclass(frozen=True)
class RoomState:
    """One room session on a board; `status` is None before the room was prepared."""

    spot: RoomSpot
    status: RoomDayStatus | None
    due: int  # how many should sit
    expected: int  # of whom nobody said a word yet
    present: int
    late: int  # of those present
    absent: int
    refused: int
    removed: int
    voided: int
    incidents: int  # open ones
    conflicts: int  # of them, people admitted twice
    first_count: int | None
    second_count: int | None

    @property
    def counted_alike(self) -> bool:
        """Whether two people counted the same number of scripts."""
        return self.first_count is not None and self.first_count == self.second_count


@dataclass(frozen=True)
class DayHeads:
    """The ends of a venue's audit chains; `root` is "" until the day is signed."""

    streams: tuple[tuple[str, int, str], ...]  # name, number of rows, hash
    root: str


def room_states(session: Session, spots: Sequence[RoomSpot]) -> list[RoomState]:
    """Return where each of these room sessions stands; four statements for any number."""
    wanted = [spot.room_session_id for spot in spots]
    counts = status_counts(session, wanted)
    late = dict(
        session.execute(
            select(Placement.room_session_id, func.count())
            .join(Attendance, Attendance.placement_id == Placement.id)
            .where(
                Placement.room_session_id.in_(wanted),
                Placement.in_force,
                Attendance.status == S.PRESENT,
                Attendance.minutes_late > 0,
            )
            .group_by(Placement.room_session_id)
        ).all()
    )
    days = {
        day.room_session_id: day
        for day in session.scalars(select(RoomDay).where(RoomDay.room_session_id.in_(wanted)))
    }
    is_conflict = case((Incident.kind == IncidentKind.DOUBLE_ADMISSION, 1), else_=0)
    incidents = {
        room: (number, conflicts)
        for room, number, conflicts in session.execute(
            select(Incident.room_session_id, func.count(), func.sum(is_conflict))
            .where(Incident.room_session_id.in_(wanted), Incident.status == IncidentStatus.OPEN)
            .group_by(Incident.room_session_id)
        )
    }
    return [
        _state(
            spot,
            days.get(spot.room_session_id),
            counts.get(spot.room_session_id, Counter()),
            late.get(spot.room_session_id, 0),
            incidents.get(spot.room_session_id, (0, 0)),
        )
        for spot in spots
    ]


def venue_incidents(
    session: Session,
    venue_id: int,
    room_session_ids: Iterable[int],
    since: datetime,
    until: datetime,
) -> list[Incident]:
    """Return what is open in these rooms, and at the venue at large in that time; worst first.

    Somebody admitted twice stands before everything else.
    """
    rank = case((Incident.kind == IncidentKind.DOUBLE_ADMISSION, 0), else_=1)
    at_large = (
        Incident.room_session_id.is_(None)
        & (Incident.happened_at >= since)
        & (Incident.happened_at < until)
    )
    return list(
        session.scalars(
            select(Incident)
            .where(
                Incident.venue_id == venue_id,
                Incident.status == IncidentStatus.OPEN,
                Incident.room_session_id.in_(list(room_session_ids)) | at_large,
            )
            .order_by(rank, Incident.number)
        )
    )


def duties_in(
    session: Session, person_id: int | None, room_session_ids: Iterable[int]
) -> dict[int, DutyRole]:
    """Return {room session: what this person does there}."""
    rows = session.execute(
        select(Duty.room_session_id, Duty.role).where(
            Duty.person_id == person_id,
            Duty.room_session_id.in_(list(room_session_ids)),
            Duty.status.not_in(OFF_DUTY),
        )
    )
    return {room: role for room, role in rows if room is not None}


def staff_of_rooms(
    session: Session, room_session_ids: Iterable[int]
) -> dict[int, list[tuple[DutyRole, str]]]:
    """Return {room session: (role, name) of who is on duty there}."""
    rows = session.execute(
        select(Duty.room_session_id, Duty.role, Person.name)
        .join(Person, Person.id == Duty.person_id)
        .where(Duty.room_session_id.in_(list(room_session_ids)), Duty.status.not_in(OFF_DUTY))
        .order_by(Duty.role, Person.name)
    )
    found: dict[int, list[tuple[DutyRole, str]]] = {}
    for room, role, name in rows:
        if room is not None:
            found.setdefault(room, []).append((role, name))
    return found


def heads_of_day(session: Session, venue_id: int, day: date) -> DayHeads:
    """Return the end of the venue's audit chain that day: the signed one, else where it stands."""
    name = f"venue:{venue_id}"
    signed = session.get(DailyHead, day)
    if signed is not None:
        number, digest = signed.heads.get(name, [0, ""])
        return DayHeads(((name, number, digest),) if digest else (), signed.root)
    stream = session.get(AuditStream, name)
    return DayHeads(((name, stream.seq, stream.head),) if stream else (), "")


def _state(
    spot: RoomSpot,
    day: RoomDay | None,
    counts: Counter[AttendanceStatus],
    late: int,
    incidents: tuple[int, int],
) -> RoomState:
    return RoomState(
        spot=spot,
        status=day.status if day else None,
        due=sum(counts.values()),
        expected=counts[S.EXPECTED],
        present=counts[S.PRESENT],
        late=late,
        absent=counts[S.ABSENT],
        refused=counts[S.REFUSED],
        removed=counts[S.REMOVED],
        voided=counts[S.VOIDED],
        incidents=incidents[0],
        conflicts=incidents[1],
        first_count=day.first_count if day else None,
        second_count=day.second_count if day else None,
    )
