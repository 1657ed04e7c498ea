"""The rows a violation is about, as people know them: who, which paper, where and when."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Period
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel.database import pieces
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.organisation.models import Enterprise, Shift
from exam_centre.organisation.rules import HOME_ZONE
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import Duty, HeldOver, Placement, RoomSession
from exam_centre.timetable.queries.problems import Problem
from exam_centre.timetable.rules import on_the_clock
from exam_centre.venues.models import Room, RoomBooking, Seat, Venue


def subjects_in_words(session: Session, found: Iterable[Problem]) -> dict[str, Sentence]:
    """Return {subject of a violation, e.g. "placements:81": the row as people know it}.

    One statement a table. A row that is gone meanwhile is absent.
    """
    ids: dict[str, set[int]] = {}
    for problem in found:
        for subject in problem.subjects:
            table, _, key = subject.partition(":")
            ids.setdefault(table, set()).add(int(key))
    words: dict[str, Sentence] = {}
    for table, wanted in ids.items():
        asked, named = _TABLES[table]
        for piece in pieces(sorted(wanted)):
            for row in session.execute(asked(piece)):
                words[f"{table}:{row[0]}"] = named(*row[1:])
    return words


Named = tuple[Callable[[list[int]], Select[*tuple[Any, ...]]], Callable[..., Sentence]]


def _placements(ids: list[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Placement.id,
            Candidate.person_no,
            Paper.code,
            Venue.code,
            Room.code,
            Seat.number,
            Period.code,
            Placement.starts_at,
            Venue.time_zone,
        )
        .join(Entry, Entry.id == Placement.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .where(Placement.id.in_(ids))
    )


def _placement(
    number: str, paper: str, venue: str, room: str, seat: int, period: str, starts: Any, zone: str
) -> Sentence:
    return say(
        "{number}, paper {paper}: {venue} room {room}, seat {seat}, {period} ({starts})",
        number=number,
        paper=paper,
        venue=venue,
        room=room,
        seat=seat,
        period=period,
        starts=on_the_clock(starts, zone),
    )


def _entries(ids: list[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(Entry.id, Candidate.person_no, Paper.code)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(Entry.id.in_(ids))
    )


def _entry(number: str, paper: str) -> Sentence:
    return say("{number}, paper {paper}", number=number, paper=paper)


def _held_overs(ids: list[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            HeldOver.id,
            Candidate.person_no,
            Paper.code,
            Room.code,
            HeldOver.isolated_from,
            HeldOver.isolated_until,
            Venue.time_zone,
        )
        .join(Entry, Entry.id == HeldOver.second_entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(RoomSession, RoomSession.id == HeldOver.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .where(HeldOver.id.in_(ids))
    )


def _held_over(number: str, paper: str, room: str, since: Any, until: Any, zone: str) -> Sentence:
    return say(
        "{number} waits for paper {paper} in room {room}, {since} to {until}",
        number=number,
        paper=paper,
        room=room,
        since=on_the_clock(since, zone),
        until=on_the_clock(until, zone),
    )


def _bookings(ids: list[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            RoomBooking.id,
            Venue.code,
            Room.code,
            RoomBooking.starts_at,
            RoomBooking.ends_at,
            RoomBooking.reason,
            Venue.time_zone,
        )
        .join(Room, Room.id == RoomBooking.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .where(RoomBooking.id.in_(ids))
    )


def _booking(venue: str, room: str, starts: Any, ends: Any, reason: str, zone: str) -> Sentence:
    return say(
        "{venue} room {room} is taken {starts} to {ends}: {reason}",
        venue=venue,
        room=room,
        starts=on_the_clock(starts, zone),
        ends=on_the_clock(ends, zone),
        reason=reason,
    )


def _shifts(ids: list[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(Shift.id, Enterprise.name, Shift.team, Shift.work_no, Shift.starts_at, Shift.ends_at)
        .join(Enterprise, Enterprise.id == Shift.enterprise_id)
        .where(Shift.id.in_(ids))
    )


def _shift(enterprise: str, team: str, work_no: str, starts: Any, ends: Any) -> Sentence:
    return say(
        "shift of {whose} at {enterprise}, {starts} to {ends}",
        whose=team or work_no,
        enterprise=enterprise,
        starts=on_the_clock(starts, HOME_ZONE),
        ends=on_the_clock(ends, HOME_ZONE),
    )


def _duties(ids: list[int]) -> Select[*tuple[Any, ...]]:
    return (
        select(Duty.id, Person.name, Venue.code, Room.code, Period.code)
        .join(Person, Person.id == Duty.person_id)
        .join(Venue, Venue.id == Duty.venue_id)
        .join(Period, Period.id == Duty.period_id)
        .outerjoin(RoomSession, RoomSession.id == Duty.room_session_id)
        .outerjoin(Room, Room.id == RoomSession.room_id)
        .where(Duty.id.in_(ids))
    )


def _duty(name: str, venue: str, room: str | None, period: str) -> Sentence:
    return say(
        "{name} on duty: {venue} room {room}, {period}",
        name=name,
        venue=venue,
        room=room or "–",
        period=period,
    )


_TABLES: dict[str, Named] = {
    "placements": (_placements, _placement),
    "entries": (_entries, _entry),
    "held_overs": (_held_overs, _held_over),
    "room_bookings": (_bookings, _booking),
    "shifts": (_shifts, _shift),
    "duties": (_duties, _duty),
}
