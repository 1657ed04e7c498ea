"""A plan as lines of plain text: one line an entry course, for files and other programs."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Period
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.entries.rules import EntryStatus
from exam_centre.kernel import clock
from exam_centre.kernel.sentences import Sentence
from exam_centre.papers.models import Course, Paper
from exam_centre.papers.rules import SEATED
from exam_centre.timetable.models import HeldOver, Placement, Plan, RoomSession, Unplaced
from exam_centre.timetable.queries.standing import standing, versions
from exam_centre.venues.models import Room, Seat, Venue

COLUMNS = (
    "person_no",
    "paper_code",
    "course_code",
    "status",
    "period",
    "starts",
    "ends",
    "venue_code",
    "room_code",
    "seat",
    "reason",
)
Line = tuple[str, ...]


class _Place(NamedTuple):
    period: str
    starts: str
    ends: str
    venue: str
    room: str
    seat: str


def export_lines(session: Session, plan: Plan) -> Iterator[Line]:
    """Yield one line an entry course of every confirmed entry, in the order of COLUMNS.

    Times are those of the person, extra time included, on the venue's clock and without a zone.
    """
    plan_ids = versions(session, plan)
    places = _places(session, plan_ids)
    held = set(
        session.scalars(select(HeldOver.second_entry_id).where(HeldOver.plan_id.in_(plan_ids)))
    )
    reasons = _reasons(session, plan_ids)
    rows = session.execute(
        select(Entry.id, Candidate.person_no, Paper.code, Course.code, Paper.mode)
        .select_from(Entry)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(EntryCourse, EntryCourse.entry_id == Entry.id)
        .join(Course, Course.id == EntryCourse.course_id)
        .where(Entry.series_id == plan.series_id, Entry.status == EntryStatus.CONFIRMED)
    )
    for entry_id, person_no, paper, course, mode in sorted(rows, key=lambda row: row[1:4]):
        place = places.get(entry_id)
        if mode not in SEATED:
            yield (person_no, paper, course, "no_seat", "", "", "", "", "", "", "")
        elif place is not None:
            status = "held_over" if entry_id in held else "placed"
            yield (person_no, paper, course, status, *place, "")
        else:
            why = reasons.get(entry_id, "")
            yield (person_no, paper, course, "unplaced", "", "", "", "", "", "", why)


def _places(session: Session, plan_ids: list[int]) -> dict[int, _Place]:
    rows = session.execute(
        select(
            Placement.entry_id,
            Period.code,
            Placement.starts_at,
            Placement.ends_at,
            Venue.code,
            Room.code,
            Seat.number,
            Venue.time_zone,
        )
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .where(standing(plan_ids))
    )
    return {
        entry_id: _Place(
            period, _local(starts_at, zone), _local(ends_at, zone), venue, room, str(number)
        )
        for entry_id, period, starts_at, ends_at, venue, room, number, zone in rows
    }


def _local(moment: datetime, zone: str) -> str:
    return clock.at_venue(moment, zone).replace(tzinfo=None).isoformat()


def _reasons(session: Session, plan_ids: list[int]) -> dict[int, str]:
    """Return {entry: its reason and what would help}, of the newest version that says one."""
    rows = session.execute(
        select(Unplaced.entry_id, Unplaced.reason, Unplaced.text, Unplaced.facts)
        .where(Unplaced.plan_id.in_(plan_ids))
        .order_by(Unplaced.plan_id)
    )
    return {
        entry_id: f"{reason.value}: {Sentence(text, facts).say_in('en')}"
        for entry_id, reason, text, facts in rows
    }
