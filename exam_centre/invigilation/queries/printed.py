"""What only paper asks of a room: who waits there, who said absent, who needs what."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session, aliased

from exam_centre.accounts.models import Person
from exam_centre.admission.models import Attendance
from exam_centre.admission.queries import needs_in_room
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.entries.models import Candidate, Entry
from exam_centre.entries.rules import AccessKind
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import HeldOver, Placement, RoomSession
from exam_centre.timetable.queries import seat_numbers
from exam_centre.venues.models import Room, Seat


@dataclass(frozen=True)
class HeldPerson:
    """Somebody who waits in isolation between two papers of one period."""

    name: str
    person_no: str
    first_paper: str
    first_place: str  # room and seat
    second_paper: str
    second_place: str
    supervisor: str
    isolated_from: datetime
    isolated_until: datetime


def held_people(session: Session, room_session_id: int) -> list[HeldPerson]:
    """Return who waits in a room session, as the placements in force have it, by time and name."""
    first, second = aliased(Placement), aliased(Placement)
    first_entry, second_entry = aliased(Entry), aliased(Entry)
    first_paper, second_paper = aliased(Paper), aliased(Paper)
    first_seat, second_seat = aliased(Seat), aliased(Seat)
    first_room, second_room = aliased(Room), aliased(Room)
    first_at, second_at = aliased(RoomSession), aliased(RoomSession)
    guard = aliased(Person)
    rows = session.execute(
        select(
            Person.name,
            Candidate.person_no,
            first_paper.code,
            first_room.code + " / " + cast(first_seat.number, String),
            second_paper.code,
            second_room.code + " / " + cast(second_seat.number, String),
            guard.name,
            HeldOver.isolated_from,
            HeldOver.isolated_until,
        )
        .select_from(HeldOver)
        .join(first_entry, first_entry.id == HeldOver.first_entry_id)
        .join(second_entry, second_entry.id == HeldOver.second_entry_id)
        .join(first, (first.entry_id == first_entry.id) & first.in_force)
        .join(second, (second.entry_id == second_entry.id) & second.in_force)
        .join(first_paper, first_paper.id == first_entry.paper_id)
        .join(second_paper, second_paper.id == second_entry.paper_id)
        .join(first_seat, first_seat.id == first.seat_id)
        .join(second_seat, second_seat.id == second.seat_id)
        .join(first_at, first_at.id == first.room_session_id)
        .join(second_at, second_at.id == second.room_session_id)
        .join(first_room, first_room.id == first_at.room_id)
        .join(second_room, second_room.id == second_at.room_id)
        .join(Candidate, Candidate.id == first_entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(guard, guard.id == HeldOver.supervisor_id)
        .where(HeldOver.room_session_id == room_session_id, HeldOver.plan_id == second.plan_id)
        .order_by(HeldOver.isolated_from, Person.name)
    )
    return [HeldPerson(*row) for row in rows]


def who_said_absent(session: Session, room_session_id: int) -> dict[int, tuple[str, str]]:
    """Return {placement: (who noted it absent, who confirmed it)} of a room session."""
    noted, confirmed = aliased(Person), aliased(Person)
    rows = session.execute(
        select(Placement.id, noted.name, confirmed.name)
        .join(Attendance, Attendance.placement_id == Placement.id)
        .join(noted, noted.id == Attendance.absent_noted_by_id)
        .join(confirmed, confirmed.id == Attendance.absent_confirmed_by_id)
        .where(
            Placement.room_session_id == room_session_id,
            Placement.in_force,
            Attendance.status == AttendanceStatus.ABSENT,
        )
    )
    return {placement_id: (first, second) for placement_id, first, second in rows}


def seats_with_needs(
    session: Session, room_session_id: int, series_id: int
) -> dict[AccessKind, list[int]]:
    """Return {what people need: at which seats}, as approved, in the order of the kinds."""
    needs = needs_in_room(session, room_session_id, series_id)
    seats = seat_numbers(session, list(needs))
    found = {
        kind: sorted(seats[placement] for placement, kinds in needs.items() if kind in kinds)
        for kind in AccessKind
    }
    return {kind: numbers for kind, numbers in found.items() if numbers}
