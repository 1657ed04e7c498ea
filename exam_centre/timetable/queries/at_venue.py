"""What is still to come at one venue, plan by plan."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Series
from exam_centre.timetable.models import Placement, Plan, RoomSession
from exam_centre.timetable.queries.standing import standing, versions
from exam_centre.timetable.rules import PUBLISHED, PlanStatus
from exam_centre.venues.models import Room


@dataclass(frozen=True)
class StandingAtVenue:
    """How many placements of one plan stand at a venue, in how many rooms, and from when on."""

    plan: Plan
    series: Series
    placements: int
    rooms: int
    first_at: datetime


def standing_at_venue(session: Session, venue_id: int, now: datetime) -> list[StandingAtVenue]:
    """Return what stands at a venue from now on: of each series' plan in force and open plans.

    Of the published versions of a series only the newest is asked, for it holds what the earlier
    ones still do; plans where nothing stands there are absent.
    """
    here = select(RoomSession.id).join(Room, Room.id == RoomSession.room_id)
    here = here.where(Room.venue_id == venue_id)
    series_ids = (
        select(Plan.series_id)
        .join(Placement, Placement.plan_id == Plan.id)
        .where(Placement.room_session_id.in_(here), Placement.starts_at >= now)
    )
    rows = session.execute(
        select(Plan, Series)
        .join(Series, Series.id == Plan.series_id)
        .where(Plan.series_id.in_(series_ids), Plan.status != PlanStatus.DISCARDED)
        .order_by(Series.id.desc(), Plan.number.desc())
    )
    lines = []
    answered: set[int] = set()
    for plan, series in rows:
        if plan.status in PUBLISHED:
            if series.id in answered:
                continue
            answered.add(series.id)
        found, rooms, first_at = session.execute(
            select(
                func.count(Placement.id),
                func.count(Placement.room_session_id.distinct()),
                func.min(Placement.starts_at),
            ).where(
                standing(versions(session, plan)),
                Placement.room_session_id.in_(here),
                Placement.starts_at >= now,
            )
        ).one()
        if found:
            lines.append(StandingAtVenue(plan, series, found, rooms, first_at))
    return lines
