"""A venue's day as a whole: its rooms, what still keeps it open, and who closed it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.admission.models import Attendance
from exam_centre.admission.rules import GIVES_A_SCRIPT, AttendanceStatus, Identity
from exam_centre.calendar.models import Period
from exam_centre.conduct.models import Incident
from exam_centre.conduct.rules import KIND_WORDS, IncidentStatus
from exam_centre.custody.models import Bag
from exam_centre.custody.queries import law_papers, unreturned
from exam_centre.custody.rules import BagKind
from exam_centre.invigilation.models import ClosedDay
from exam_centre.invigilation.queries.boards import RoomState, venue_incidents
from exam_centre.invigilation.queries.room_days import unresolved
from exam_centre.invigilation.rules import (
    FINISHED,
    STATUS_WORDS,
    Check,
    Checked,
    RoomDayStatus,
)
from exam_centre.kernel.clock import at_venue, day_at_venue
from exam_centre.kernel.laws import Row
from exam_centre.kernel.sentences import say
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import SCRIPT_MARKED
from exam_centre.timetable.models import Placement, RoomSession, Sitting
from exam_centre.timetable.queries.whereabouts import RoomSpot, room_spots
from exam_centre.venues.models import Room, Seat, Venue

Link = tuple[str, str]  # the kind of page and the public id it is asked by


def spots_of_day(session: Session, venue: Venue, day: date) -> list[RoomSpot]:
    """Return every room session with people that starts at a venue on a day, by start and room.

    Of all series and for nobody in particular: a venue's day is closed as a whole.
    """
    since, until = day_at_venue(day, venue.time_zone)
    seated = select(Placement.id).where(
        Placement.room_session_id == RoomSession.id, Placement.in_force
    )
    ids = session.scalars(
        select(RoomSession.id)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .where(
            Room.venue_id == venue.id,
            Period.starts_at >= since,
            Period.starts_at < until,
            seated.exists(),
        )
    )
    spots = room_spots(session, list(ids)).values()
    return sorted(spots, key=lambda spot: (spot.starts_at, spot.room, spot.room_session_id))


def closed_day(session: Session, venue_id: int, day: date) -> ClosedDay | None:
    """Return who closed a venue's day and when, or None while it is open."""
    return session.scalar(
        select(ClosedDay).where(ClosedDay.venue_id == venue_id, ClosedDay.day == day)
    )


def closed_day_of_room(session: Session, room_session_id: int) -> ClosedDay | None:
    """Return the closed day a room session falls into, or None while that day is open."""
    row = session.execute(
        select(Venue.id, Venue.time_zone, Period.starts_at)
        .select_from(RoomSession)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .where(RoomSession.id == room_session_id)
    ).one_or_none()
    if row is None:
        return None
    venue_id, zone, starts_at = row
    return closed_day(session, venue_id, at_venue(starts_at, zone).date())


def day_checks(session: Session, venue: Venue, day: date, states: list[RoomState]) -> list[Checked]:
    """Return what a venue's day is held against, each thing with the rows that keep it open.

    states  of all rooms of that day; people of a cancelled room need other seats and are not
            waited for here.
    """
    all_rooms = [state.spot.room_session_id for state in states]
    ran = [s.spot.room_session_id for s in states if s.status is not RoomDayStatus.CANCELLED]
    return [
        _rooms(states),
        _absentees(session, ran),
        _incidents(session, venue, all_rooms, day_at_venue(day, venue.time_zone)),
        _bags(session, all_rooms, ran),
        _compared(session, ran),
    ]


def links_of_checks(session: Session, venue_id: int, rooms: list[int]) -> dict[str, Link]:
    """Return {subject of a row: (kind of page, public id)}: where it is mended."""
    links: dict[str, Link] = {}
    for key, token in session.execute(
        select(RoomSession.id, RoomSession.token).where(RoomSession.id.in_(rooms))
    ):
        links[f"room_sessions:{key}"] = ("room", token)
        links[f"rooms_bags:{key}"] = ("bags", token)
        links[f"recheck:{key}"] = ("recheck", token)
    for key, token in session.execute(
        select(Placement.id, RoomSession.token)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .where(RoomSession.id.in_(rooms), Placement.in_force)
    ):
        links[f"absentees:{key}"] = ("absentees", token)
    for key, token in session.execute(
        select(Bag.id, Bag.token).where(Bag.room_session_id.in_(rooms))
    ):
        links[f"bags:{key}"] = ("bag", token)
    for key, token in session.execute(
        select(Incident.id, Incident.token).where(
            Incident.venue_id == venue_id, Incident.status == IncidentStatus.OPEN
        )
    ):
        links[f"incidents:{key}"] = ("incident", token)
    return links


def _rooms(states: Sequence[RoomState]) -> Checked:
    waiting = [state for state in states if state.status not in FINISHED]
    return Checked(
        Check.ROOMS,
        say("Rooms reconciled: {done} of {all}.", done=len(states) - len(waiting), all=len(states)),
        tuple(
            Row(
                f"room_sessions:{state.spot.room_session_id}",
                say(
                    "Room {room}, {time}: {status}.",
                    room=state.spot.room,
                    time=f"{at_venue(state.spot.starts_at, state.spot.zone):%H:%M}",
                    status=STATUS_WORDS[state.status],
                ),
            )
            for state in waiting
        ),
    )


def _absentees(session: Session, rooms: list[int]) -> Checked:
    silent = unresolved(session, rooms)
    noted = dict(
        session.execute(
            select(Attendance.placement_id, Person.name)
            .join(Person, Person.id == Attendance.absent_noted_by_id)
            .where(
                Attendance.placement_id.in_([placement_id for placement_id, _, _ in silent]),
                Attendance.status == AttendanceStatus.EXPECTED,
            )
        ).all()
    )
    rows = tuple(
        Row(
            f"absentees:{placement_id}",
            say(
                "Room {room}, seat {seat}: {name} noted it empty; somebody else confirms.",
                room=room,
                seat=seat,
                name=noted[placement_id],
            )
            if placement_id in noted
            else say("Room {room}, seat {seat}: no word yet.", room=room, seat=seat),
        )
        for placement_id, room, seat in silent
    )
    return Checked(
        Check.ABSENTEES,
        say("Seats waiting for a word: {count}.", count=len(rows))
        if rows
        else say("Every seat has a word: present, absent, or what else became of it."),
        rows,
    )


def _incidents(
    session: Session, venue: Venue, rooms: list[int], whole: tuple[datetime, datetime]
) -> Checked:
    found = venue_incidents(session, venue.id, rooms, *whole)
    rows = tuple(
        Row(
            f"incidents:{incident.id}",
            say("No. {number}: {kind}.", number=incident.number, kind=KIND_WORDS[incident.kind]),
        )
        for incident in found
    )
    return Checked(
        Check.INCIDENTS,
        say("Open incidents: {count}.", count=len(rows)) if rows else say("No incident is open."),
        rows,
    )


def _bags(session: Session, all_rooms: list[int], ran: list[int]) -> Checked:
    uncounted = law_papers(session, all_rooms).rows
    at_large = unreturned(session, all_rooms)
    missing = tuple(
        Row(
            f"rooms_bags:{room_session_id}",
            say("Room {room}, paper {paper}: its scripts are in no bag.", room=room, paper=paper),
        )
        for room_session_id, room, paper in _unpacked(session, ran)
    )
    rows = (*missing, *at_large, *uncounted)
    return Checked(
        Check.BAGS,
        say("To do about bags: {count}.", count=len(rows))
        if rows
        else say("Every bag is back and sealed, every paper is counted."),
        rows,
    )


def _unpacked(session: Session, rooms: list[int]) -> list[tuple[int, str, str]]:
    """Return (room session, room, paper) where people left scripts and no bag holds them."""
    packed = select(Bag.id).where(
        Bag.room_session_id == Placement.room_session_id,
        Bag.sitting_id == Placement.sitting_id,
        Bag.kind == BagKind.SCRIPTS,
    )
    found = session.execute(
        select(RoomSession.id, Room.code, Paper.code)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Placement, Placement.room_session_id == RoomSession.id)
        .join(Attendance, Attendance.placement_id == Placement.id)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .where(
            RoomSession.id.in_(rooms),
            Placement.in_force,
            Attendance.status.in_(GIVES_A_SCRIPT),
            Paper.mode.in_(SCRIPT_MARKED),
            ~packed.exists(),
        )
        .distinct()
        .order_by(Room.code, Paper.code)
    )
    return [(room_session_id, room, paper) for room_session_id, room, paper in found]


def _compared(session: Session, rooms: list[int]) -> Checked:
    waiting = session.execute(
        select(RoomSession.id, Room.code, Seat.number)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Placement, Placement.room_session_id == RoomSession.id)
        .join(Seat, Seat.id == Placement.seat_id)
        .join(Attendance, Attendance.placement_id == Placement.id)
        .where(
            RoomSession.id.in_(rooms),
            Placement.in_force,
            Attendance.status.in_(GIVES_A_SCRIPT),
            Attendance.recheck == Identity.NOT_CHECKED,
        )
        .order_by(Room.code, Seat.number)
    ).all()
    return Checked(
        Check.COMPARED,
        say("People not compared again yet: {count}.", count=len(waiting))
        if waiting
        else say("Everybody who came was compared again by somebody else."),
        tuple(
            Row(f"recheck:{key}", say("Room {room}, seat {seat}.", room=room, seat=seat))
            for key, room, seat in waiting
        ),
    )
