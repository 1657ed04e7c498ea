"""What people of a room were granted, by placement; read only."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.entries.models import Entry
from exam_centre.entries.queries import extra_percents, needs_of
from exam_centre.entries.rules import AccessKind
from exam_centre.timetable.models import Placement


def needs_in_room(
    session: Session, room_session_id: int, series_id: int
) -> dict[int, tuple[AccessKind, ...]]:
    """Return {placement id: what its person needs}, of those who need anything."""
    candidates = _candidates(session, room_session_id)
    needs = needs_of(session, candidates.values(), series_id)
    return {
        placement_id: tuple(kind for kind in AccessKind if kind in needs[candidate_id])
        for placement_id, candidate_id in candidates.items()
        if needs.get(candidate_id)
    }


def extra_in_room(session: Session, room_session_id: int, series_id: int) -> dict[int, Decimal]:
    """Return {placement id: extra time in per cent}, of those who have any."""
    percents = extra_percents(session, series_id)
    return {
        placement_id: percents[candidate_id].normalize()
        for placement_id, candidate_id in _candidates(session, room_session_id).items()
        if percents.get(candidate_id)
    }


def _candidates(session: Session, room_session_id: int) -> dict[int, int]:
    rows = session.execute(
        select(Placement.id, Entry.candidate_id)
        .join(Entry, Entry.id == Placement.entry_id)
        .where(Placement.room_session_id == room_session_id, Placement.in_force)
    )
    return dict(rows.all())
