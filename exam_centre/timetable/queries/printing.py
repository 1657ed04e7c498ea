"""What the printed lists and workbooks of a plan hold: seats room by room, duties by person."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person, StaffMember
from exam_centre.calendar.models import Period, Series
from exam_centre.calendar.queries import periods_of
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.sentences import say
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import Duty, Placement, Plan, RoomSession
from exam_centre.timetable.queries.standing import standing, versions
from exam_centre.timetable.rules import OFF_DUTY, DutyRole, DutyStatus
from exam_centre.venues.models import Room, Seat, Venue


class SeatLine(NamedTuple):
    """One person at one desk."""

    venue: str  # its name
    zone: str
    room: str
    period: str
    seat: int
    person_no: str
    name: str
    paper: str
    starts_at: datetime
    ends_at: datetime  # the person's own


class DutyRow(NamedTuple):
    """One duty of one of the staff."""

    staff_no: str
    name: str
    period: str
    starts_at: datetime
    ends_at: datetime
    venue: str
    zone: str
    room: str  # "" for the whole venue
    role: DutyRole
    status: DutyStatus


def venues_of_plan(session: Session, plan: Plan) -> list[Venue]:
    """Return the venues at which somebody sits in what holds with a plan, by code."""
    used = (
        select(Room.venue_id)
        .join(RoomSession, RoomSession.room_id == Room.id)
        .join(Placement, Placement.room_session_id == RoomSession.id)
        .where(standing(versions(session, plan)))
    )
    return list(session.scalars(select(Venue).where(Venue.id.in_(used)).order_by(Venue.code)))


def venue_of_plan(session: Session, plan: Plan, token: str) -> Venue:
    """Return one of these venues by its token. Raises NotFound."""
    for venue in venues_of_plan(session, plan):
        if venue.token == token:
            return venue
    raise NotFound(say("venue"))


def days_of_plan(session: Session, plan: Plan) -> dict[date, list[Period]]:
    """Return {day: its periods} of the plan's series, on the clock of the series."""
    zone = session.get_one(Series, plan.series_id).time_zone
    days: dict[date, list[Period]] = {}
    for period in periods_of(session, [plan.series_id]):
        days.setdefault(at_venue(period.starts_at, zone).date(), []).append(period)
    return days


def seats_of_plan(
    session: Session,
    plan: Plan,
    *,
    venue_id: int | None = None,
    period_ids: Iterable[int] | None = None,
) -> list[SeatLine]:
    """Return who sits where, by venue, room, period and seat; of one venue, of some periods."""
    query = (
        select(
            Venue.name,
            Venue.time_zone,
            Room.code,
            Period.code,
            Seat.number,
            Candidate.person_no,
            Person.name,
            Paper.code,
            Placement.starts_at,
            Placement.ends_at,
        )
        .select_from(Placement)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .join(Entry, Entry.id == Placement.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Placement.person_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(standing(versions(session, plan)))
        .order_by(Venue.code, Room.code, Period.starts_at, Seat.number, Placement.starts_at)
    )
    if venue_id is not None:
        query = query.where(Venue.id == venue_id)
    if period_ids is not None:
        query = query.where(Period.id.in_(list(period_ids)))
    return [SeatLine._make(row) for row in session.execute(query)]


def duties_by_person(session: Session, plan: Plan) -> Sequence[DutyRow]:
    """Return the duties of what holds with a plan that nobody declined, by person and time."""
    number = (
        select(func.min(StaffMember.staff_no))
        .where(StaffMember.person_id == Duty.person_id)
        .correlate(Duty)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            func.coalesce(number, ""),
            Person.name,
            Period.code,
            Period.starts_at,
            Period.ends_at,
            Venue.name,
            Venue.time_zone,
            func.coalesce(Room.code, ""),
            Duty.role,
            Duty.status,
        )
        .select_from(Duty)
        .join(Person, Person.id == Duty.person_id)
        .join(Period, Period.id == Duty.period_id)
        .join(Venue, Venue.id == Duty.venue_id)
        .outerjoin(RoomSession, RoomSession.id == Duty.room_session_id)
        .outerjoin(Room, Room.id == RoomSession.room_id)
        .where(Duty.plan_id.in_(versions(session, plan)), Duty.status.not_in(OFF_DUTY))
        .order_by(number, Duty.person_id, Period.starts_at)
    )
    return [DutyRow(*row) for row in rows]
