"""The room on the day, read only: its clock, its balance, and the two laws it is locked on."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.admission.models import Attendance
from exam_centre.admission.queries import status_counts
from exam_centre.admission.rules import GIVES_A_SCRIPT, AttendanceStatus
from exam_centre.calendar.models import Period
from exam_centre.custody.models import Bag
from exam_centre.custody.rules import BagKind
from exam_centre.invigilation.models import RoomDay, Stoppage
from exam_centre.invigilation.rules import Balance, end_with_stoppages
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.laws import Law, Row
from exam_centre.kernel.permissions import Actor, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import SCRIPT_MARKED
from exam_centre.timetable.models import Placement, RoomSession, Sitting
from exam_centre.timetable.queries import SEES_ROOM, access_room_session
from exam_centre.venues.models import Room, Seat, Venue


def access_room_day(session: Session, actor: Actor, token: str) -> RoomDay:
    """Return a room's day that the actor guards, runs or closes. Raises NotFound."""
    found = session.scalar(
        select(RoomDay)
        .join(RoomSession, RoomSession.id == RoomDay.room_session_id)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            RoomDay.token == token,
            within(
                actor,
                SEES_ROOM,
                unit_path=Unit.path,
                venue_id=Venue.id,
                series_id=Period.series_id,
                room_id=Room.id,
            ),
        )
    )
    if found is None:
        raise NotFound(say("room"))
    return found


def day_in_scope(session: Session, actor: Actor, room_session_token: str) -> RoomDay:
    """Return the day of a room session the actor guards, runs or closes, by the session's token.

    Raises NotFound, also before the room was prepared.
    """
    row = access_room_session(session, actor, room_session_token)
    day = day_of_room(session, row.id)
    if day is None:
        raise NotFound(say("room"))
    return day


def day_of_room(session: Session, room_session_id: int) -> RoomDay | None:
    """Return the running state of a room session, or None before it was prepared."""
    return session.scalar(select(RoomDay).where(RoomDay.room_session_id == room_session_id))


def stoppages_of(session: Session, room_day_id: int) -> list[Stoppage]:
    """Return the times a room's clock stood still, in order."""
    return list(
        session.scalars(
            select(Stoppage)
            .where(Stoppage.room_day_id == room_day_id)
            .order_by(Stoppage.began_at, Stoppage.id)
        )
    )


def personal_ends(session: Session, room_session_id: int, now: datetime) -> dict[int, datetime]:
    """Return {placement: when the person's time is up} by the room's own clock.

    Before the clock is started that is the published end. A room that started late gives everybody
    their full time, and so does each stoppage; one that lasts is counted up to `now`.
    """
    day = day_of_room(session, room_session_id)
    started = day.started_at if day else None
    stopped = [
        (stoppage.began_at, stoppage.ended_at or now)
        for stoppage in (stoppages_of(session, day.id) if day else ())
    ]
    placements = session.scalars(
        select(Placement).where(Placement.room_session_id == room_session_id, Placement.in_force)
    )
    return {
        p.id: end_with_stoppages(
            max(p.starts_at, started) if started else p.starts_at, p.ends_at - p.starts_at, stopped
        )
        for p in placements
    }


def balance_of(session: Session, room_session_id: int) -> Balance:
    """Return how many should sit in a room and what became of them."""
    counts = status_counts(session, [room_session_id]).get(room_session_id, Counter())
    return Balance(
        should_sit=sum(counts.values()),
        present=counts[AttendanceStatus.PRESENT],
        absent=counts[AttendanceStatus.ABSENT],
        refused=counts[AttendanceStatus.REFUSED],
        removed=counts[AttendanceStatus.REMOVED],
        voided=counts[AttendanceStatus.VOIDED],
        unresolved=counts[AttendanceStatus.EXPECTED],
    )


def law_attendance(session: Session, room_session_ids: Iterable[int]) -> Law:
    """Return law 2: should sit = present + absent + refused + removed + voided, seat by seat."""
    wanted = list(room_session_ids)
    should_sit = accounted = 0
    for counts in status_counts(session, wanted).values():
        should_sit += sum(counts.values())
        accounted += sum(counts.values()) - counts[AttendanceStatus.EXPECTED]
    return Law(
        name="everybody_is_accounted_for",
        left_text=say("Should sit"),
        right_text=say("Present, absent, refused, removed or voided"),
        left=should_sit,
        right=accounted,
        rows=tuple(
            Row(
                f"placements:{placement_id}",
                say("Room {room}, seat {seat}: no word yet.", room=room, seat=seat),
            )
            for placement_id, room, seat in unresolved(session, wanted)
        ),
    )


def unresolved(session: Session, room_session_ids: Sequence[int]) -> list[tuple[int, str, int]]:
    """Return (placement, room, seat number) of everybody who is still only expected, by seat."""
    rows = session.execute(
        select(Placement.id, Room.code, Seat.number)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .outerjoin(Attendance, Attendance.placement_id == Placement.id)
        .where(
            Placement.room_session_id.in_(room_session_ids),
            Placement.in_force,
            (Attendance.status.is_(None)) | (Attendance.status == AttendanceStatus.EXPECTED),
        )
        .order_by(Room.code, Seat.number)
    )
    return list(rows.all())


def law_scripts(session: Session, room_session_ids: Iterable[int]) -> Law:
    """Return law 3: scripts counted by two = people who sat a script-marked paper.

    Whoever was admitted leaves a script, also where the attendance was voided later; every other
    seat of such a paper has a place-holder, so that scripts and place-holders fill the seats used.
    """
    wanted = list(room_session_ids)
    due = dict.fromkeys(wanted, 0)
    for room_session_id, status, admitted_at in session.execute(
        select(Placement.room_session_id, Attendance.status, Attendance.admitted_at)
        .join(Attendance, Attendance.placement_id == Placement.id)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .where(
            Placement.room_session_id.in_(wanted),
            Placement.in_force,
            Paper.mode.in_(SCRIPT_MARKED),
        )
    ):
        due[room_session_id] += status in GIVES_A_SCRIPT or admitted_at is not None
    rooms = session.execute(
        select(RoomSession.id, Room.code, RoomDay.first_count, RoomDay.second_count)
        .join(Room, Room.id == RoomSession.room_id)
        .outerjoin(RoomDay, RoomDay.room_session_id == RoomSession.id)
        .where(RoomSession.id.in_(wanted))
        .order_by(RoomSession.id)
    ).all()
    rows: list[Row] = []
    counted = 0
    for room_session_id, code, first, second in rooms:
        agreed = first if first is not None and first == second else None
        counted += agreed or 0
        if agreed != due[room_session_id]:
            sentence = (
                say("Room {room}: not counted alike by two people yet.", room=code)
                if agreed is None
                else say(
                    "Room {room}: {counted} scripts, {due} people who sat.",
                    room=code,
                    counted=agreed,
                    due=due[room_session_id],
                )
            )
            rows.append(Row(f"room_sessions:{room_session_id}", sentence))
    return Law(
        name="scripts_are_people_who_sat",
        left_text=say("Scripts counted by two"),
        right_text=say("Present and removed in script-marked papers"),
        left=counted,
        right=sum(due.values()),
        rows=tuple(rows),
    )


def sealed_papers(session: Session, room_session_id: int) -> list[str]:
    """Return the codes of script-marked papers of a room whose bag no two people opened."""
    opened = (
        select(Bag.sitting_id)
        .where(
            Bag.room_session_id == room_session_id,
            Bag.kind == BagKind.PAPERS,
            Bag.opened_at.is_not(None),
        )
        .scalar_subquery()
    )
    return list(
        session.scalars(
            select(Paper.code)
            .join(Sitting, Sitting.paper_id == Paper.id)
            .join(Placement, Placement.sitting_id == Sitting.id)
            .where(
                Placement.room_session_id == room_session_id,
                Placement.in_force,
                Paper.mode.in_(SCRIPT_MARKED),
                Sitting.id.not_in(opened),
            )
            .distinct()
            .order_by(Paper.code)
        )
    )
