"""What a repair changes for whom: the difference between two versions, person by person."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Period
from exam_centre.entries.models import Entry
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import Placement, Plan, RoomSession, Vacated
from exam_centre.timetable.queries.standing import standing, versions
from exam_centre.timetable.rules import on_the_clock
from exam_centre.venues.models import Room, Seat, Venue


@dataclass(frozen=True)
class Where:
    """Where and when somebody sits, in words: the start is on the venue's clock."""

    placement_id: int
    starts: str
    venue: str
    room: str
    seat: int
    period: str


def moves(session: Session, plan: Plan) -> list[tuple[int, str, Where | None, Where | None]]:
    """Return (person, paper's code, before, after) for every entry a version touches.

    before  None: the entry had no seat. after None: it has none any more.
    """
    ended = select(Vacated.placement_id).where(Vacated.plan_id == plan.id)
    before = _where(session, Placement.id.in_(ended))
    after = _where(session, Placement.plan_id == plan.id)
    touched = sorted(before.keys() | after.keys())
    return [
        (
            (before.get(entry_id) or after[entry_id])[0],
            (before.get(entry_id) or after[entry_id])[1],
            before[entry_id][2] if entry_id in before else None,
            after[entry_id][2] if entry_id in after else None,
        )
        for entry_id in touched
    ]


def _where(session: Session, condition: ColumnElement[bool]) -> dict[int, tuple[int, str, Where]]:
    rows = session.execute(
        select(Placement, Paper.code, Venue, Room.code, Seat.number, Period.code)
        .join(Entry, Entry.id == Placement.entry_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .where(condition)
    )
    return {
        placement.entry_id: (
            placement.person_id,
            paper,
            Where(
                placement_id=placement.id,
                starts=on_the_clock(placement.starts_at, venue.time_zone),
                venue=venue.name,
                room=room,
                seat=number,
                period=period,
            ),
        )
        for placement, paper, venue, room, number, period in rows
    }


def stands(session: Session, plan: Plan, placement: Placement) -> bool:
    """Whether a placement holds once `plan` is in force."""
    found = session.scalar(
        select(Placement.id).where(Placement.id == placement.id, standing(versions(session, plan)))
    )
    return found is not None


def standing_of_entry(session: Session, plan: Plan, entry_id: int) -> Placement | None:
    """Return the placement an entry has once `plan` is in force, or None."""
    return session.scalar(
        select(Placement)
        .where(Placement.entry_id == entry_id, standing(versions(session, plan)))
        .order_by(Placement.id.desc())
        .limit(1)
    )
