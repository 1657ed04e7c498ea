"""What is still to come at one venue, plan by plan."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Period, Series
from exam_centre.entries.models import Entry
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import Duty, Placement, Plan, RoomSession
from exam_centre.timetable.queries.standing import standing, versions
from exam_centre.timetable.rules import OFF_DUTY, PUBLISHED, DutyRole, DutyStatus, PlanStatus
from exam_centre.venues.models import Room

NAMES_THE_VENUE = (PlanStatus.ROOM_PUBLISHED, PlanStatus.FROZEN)


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


def people_told_of(
    session: Session, lines: Iterable[StandingAtVenue], venue_id: int, now: datetime
) -> dict[int, list[str]]:
    """Return {person: codes of the papers they were told to sit at a venue from now on}.

    lines  what stands there; only of plans whose rooms are public was anybody told the venue.
    """
    series_ids = [line.series.id for line in lines if line.plan.status in NAMES_THE_VENUE]
    rows = session.execute(
        select(Placement.person_id, Paper.code)
        .join(Entry, Entry.id == Placement.entry_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .where(
            Room.venue_id == venue_id,
            Placement.in_force,
            Placement.starts_at >= now,
            Entry.series_id.in_(series_ids),
        )
        .order_by(Placement.person_id, Placement.starts_at)
    )
    told: dict[int, list[str]] = {}
    for person_id, code in rows:
        told.setdefault(person_id, []).append(code)
    return told


def duties_at_venue(session: Session, venue_id: int, now: datetime) -> list[Duty]:
    """Return the duties at a venue that are still to be done, in the order of their periods."""
    return list(
        session.scalars(
            select(Duty)
            .join(Period, Period.id == Duty.period_id)
            .join(Plan, Plan.id == Duty.plan_id)
            .where(
                Duty.venue_id == venue_id,
                Duty.status.not_in((*OFF_DUTY, DutyStatus.COMPLETED)),
                Period.ends_at > now,
                Plan.status != PlanStatus.DISCARDED,
            )
            .order_by(Period.starts_at, Duty.id)
        )
    )


def roles_of(duties: Iterable[Duty]) -> list[tuple[DutyRole, int]]:
    """Return (role, how many duties), the most frequent first."""
    return Counter(duty.role for duty in duties).most_common()
