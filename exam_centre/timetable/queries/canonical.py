"""What a plan was made of and what it says, as canonical lines for its two fingerprints.

Lines hold codes and numbers that people know and never row ids: whoever has the export can make
the same fingerprints.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Period, Series
from exam_centre.entries.models import AccessArrangement, Candidate, Entry
from exam_centre.entries.rules import EntryStatus, RequestStatus
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import (
    HeldOver,
    Placement,
    Plan,
    RoomSession,
    SeedPart,
    Unplaced,
    Vacated,
)
from exam_centre.venues.models import Layout, Room, Seat, Venue
from exam_centre.venues.rules import VenueStatus

Line = tuple[str | int | None, ...]


def seed_parts(session: Session, plan: Plan) -> list[SeedPart]:
    """Return the parts of the plan's seed in their order, at most two."""
    return list(
        session.scalars(
            select(SeedPart).where(SeedPart.plan_id == plan.id).order_by(SeedPart.place)
        )
    )


def input_lines(session: Session, plan: Plan) -> Iterator[Line]:
    """Yield the seed, the confirmed entries, what was granted, the periods and the desks."""
    series = session.get_one(Series, plan.series_id)
    yield ("series", series.code, plan.number)
    for part in seed_parts(session, plan):
        yield ("seed", part.place, part.part)
    for person_no, code, minutes, through in session.execute(
        select(Candidate.person_no, Paper.code, Paper.minutes, Entry.works_through_shift)
        .select_from(Entry)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(Entry.series_id == series.id, Entry.status == EntryStatus.CONFIRMED)
        .order_by(Candidate.person_no, Paper.code)
    ):
        yield ("entry", person_no, code, minutes, int(through))
    for person_no, kind, percent in session.execute(
        select(Candidate.person_no, AccessArrangement.kind, AccessArrangement.extra_percent)
        .join(Candidate, Candidate.id == AccessArrangement.candidate_id)
        .where(
            AccessArrangement.series_id == series.id,
            AccessArrangement.status == RequestStatus.APPROVED,
        )
        .order_by(Candidate.person_no, AccessArrangement.kind)
    ):
        yield ("granted", person_no, kind.value, None if percent is None else str(percent))
    for period in session.scalars(
        select(Period).where(Period.series_id == series.id).order_by(Period.code)
    ):
        yield ("period", period.code, period.starts_at.isoformat(), period.ends_at.isoformat())
    yield from _desks(session)


def _desks(session: Session) -> Iterator[Line]:
    newest = (
        select(func.max(Layout.version))
        .where(Layout.room_id == Room.id)
        .correlate(Room)
        .scalar_subquery()
    )
    for venue, room, kind, version, number, wheelchair in session.execute(
        select(Venue.code, Room.code, Room.kind, Layout.version, Seat.number, Seat.wheelchair)
        .select_from(Seat)
        .join(Layout, Layout.id == Seat.layout_id)
        .join(Room, Room.id == Layout.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .where(Venue.status == VenueStatus.APPROVED, Layout.version == newest)
        .order_by(Venue.code, Room.code, Seat.number)
    ):
        yield ("desk", venue, room, kind.value, version, number, int(wheelchair))


def result_lines(session: Session, plan: Plan) -> Iterator[Line]:
    """Yield what this version places, ends, holds over and leaves unplaced."""
    for line in session.execute(
        _placement_lines().where(Placement.plan_id == plan.id).order_by(*_ORDER)
    ):
        yield ("placed", *_plain(line))
    for line in session.execute(
        _placement_lines()
        .join(Vacated, Vacated.placement_id == Placement.id)
        .where(Vacated.plan_id == plan.id)
        .order_by(*_ORDER)
    ):
        yield ("ended", *_plain(line))
    for person_no, code, since, until in session.execute(
        select(Candidate.person_no, Paper.code, HeldOver.isolated_from, HeldOver.isolated_until)
        .select_from(HeldOver)
        .join(Entry, Entry.id == HeldOver.second_entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(HeldOver.plan_id == plan.id)
        .order_by(Candidate.person_no, Paper.code)
    ):
        yield ("held_over", person_no, code, since.isoformat(), until.isoformat())
    for person_no, code, reason in session.execute(
        select(Candidate.person_no, Paper.code, Unplaced.reason)
        .select_from(Unplaced)
        .join(Entry, Entry.id == Unplaced.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(Unplaced.plan_id == plan.id)
        .order_by(Candidate.person_no, Paper.code)
    ):
        yield ("unplaced", person_no, code, reason.value)


_ORDER = (Candidate.person_no, Paper.code, Placement.starts_at)


def _placement_lines() -> Select[str, str, str, str, str, int, datetime, datetime]:
    return (
        select(
            Candidate.person_no,
            Paper.code,
            Period.code,
            Venue.code,
            Room.code,
            Seat.number,
            Placement.starts_at,
            Placement.ends_at,
        )
        .select_from(Placement)
        .join(Entry, Entry.id == Placement.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
    )


def _plain(line: Iterable[Any]) -> Line:
    return tuple(part.isoformat() if isinstance(part, datetime) else part for part in line)
