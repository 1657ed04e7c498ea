"""The register of a room, and what became of placements; read only."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.admission.models import Attendance, AttendanceCorrection
from exam_centre.admission.rules import (
    GIVES_A_SCRIPT,
    AttendanceStatus,
    Identity,
    is_in_doubt,
)
from exam_centre.entries.models import Candidate, Entry
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import Placement
from exam_centre.venues.models import Seat


@dataclass(frozen=True)
class RegisterLine:
    """One seat of a room's register."""

    placement_id: int
    token: str  # the placement's
    seat: int
    name: str
    person_no: str
    id_tail: str
    paper: str  # its code
    sitting_id: int
    status: AttendanceStatus
    identity: Identity
    recheck: Identity
    noted_absent: bool  # by one person; a second one confirms
    admitted_by_id: int | None  # None until present
    admitted_at: datetime | None
    minutes_late: int | None  # None until present
    starts_at: datetime
    ends_at: datetime

    @property
    def in_doubt(self) -> bool:
        """Whether somebody sits there who may be somebody else, and nobody settled it."""
        return is_in_doubt(self.status, self.identity, self.recheck)


def register(session: Session, room_session_id: int) -> list[RegisterLine]:
    """Return everybody who should sit in a room session, by seat number, then by start."""
    rows = session.execute(
        select(Placement, Attendance, Seat.number, Person, Candidate.person_no, Paper.code)
        .join(Entry, Entry.id == Placement.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Placement.person_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .outerjoin(Attendance, Attendance.placement_id == Placement.id)
        .where(Placement.room_session_id == room_session_id, Placement.in_force)
        .order_by(Seat.number, Placement.starts_at)
    )
    return [_line(*row) for row in rows]


def _line(
    placement: Placement,
    attendance: Attendance | None,
    number: int,
    person: Person,
    person_no: str,
    paper: str,
) -> RegisterLine:
    return RegisterLine(
        placement_id=placement.id,
        token=placement.token,
        seat=number,
        name=person.name,
        person_no=person_no,
        id_tail=person.id_tail,
        paper=paper,
        sitting_id=placement.sitting_id,
        status=attendance.status if attendance else AttendanceStatus.EXPECTED,
        identity=attendance.identity if attendance else Identity.NOT_CHECKED,
        recheck=attendance.recheck if attendance else Identity.NOT_CHECKED,
        noted_absent=attendance is not None and attendance.absent_noted_by_id is not None,
        admitted_by_id=attendance.admitted_by_id if attendance else None,
        admitted_at=attendance.admitted_at if attendance else None,
        minutes_late=attendance.minutes_late if attendance else None,
        starts_at=placement.starts_at,
        ends_at=placement.ends_at,
    )


def statuses(session: Session, placement_ids: Iterable[int]) -> dict[int, AttendanceStatus]:
    """Return {placement id: status}; one nobody wrote about yet is only expected."""
    wanted = list(placement_ids)
    rows = session.execute(
        select(Attendance.placement_id, Attendance.status).where(
            Attendance.placement_id.in_(wanted)
        )
    )
    known = dict(rows.all())
    return {p: known.get(p, AttendanceStatus.EXPECTED) for p in wanted}


def status_counts(
    session: Session, room_session_ids: Iterable[int]
) -> dict[int, Counter[AttendanceStatus]]:
    """Return {room session: how many of each status}, over the placements in force."""
    rows = session.execute(
        select(Placement.room_session_id, Attendance.status, func.count())
        .outerjoin(Attendance, Attendance.placement_id == Placement.id)
        .where(Placement.room_session_id.in_(list(room_session_ids)), Placement.in_force)
        .group_by(Placement.room_session_id, Attendance.status)
    )
    counts: dict[int, Counter[AttendanceStatus]] = {}
    for room_session_id, status, number in rows:
        # The outer join gives no status where nobody wrote about the placement.
        counts.setdefault(room_session_id, Counter())[status or AttendanceStatus.EXPECTED] += number
    return counts


def recheck_coverage(session: Session, room_session_ids: Iterable[int]) -> tuple[int, int]:
    """Return (how many were compared again the same day, how many must be) of those who came."""
    rows = session.scalars(
        select(Attendance.recheck)
        .join(Placement, Placement.id == Attendance.placement_id)
        .where(
            Placement.room_session_id.in_(list(room_session_ids)),
            Placement.in_force,
            Attendance.status.in_(GIVES_A_SCRIPT),
        )
    ).all()
    return sum(1 for recheck in rows if recheck is not Identity.NOT_CHECKED), len(rows)


def corrections_of(session: Session, placement_id: int) -> list[AttendanceCorrection]:
    """Return the corrections of a placement's attendance, oldest first."""
    return list(
        session.scalars(
            select(AttendanceCorrection)
            .where(AttendanceCorrection.placement_id == placement_id)
            .order_by(AttendanceCorrection.id)
        )
    )


def who_noted(session: Session, placement_ids: Iterable[int]) -> dict[int, int]:
    """Return {placement id: the person who noted it absent} of those nobody confirmed yet."""
    rows = session.execute(
        select(Attendance.placement_id, Attendance.absent_noted_by_id).where(
            Attendance.placement_id.in_(list(placement_ids)),
            Attendance.status == AttendanceStatus.EXPECTED,
            Attendance.absent_noted_by_id.is_not(None),
        )
    )
    return {placement_id: person_id for placement_id, person_id in rows if person_id is not None}
