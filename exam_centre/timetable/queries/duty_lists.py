"""Duties as pages list them: a plan's, a person's, a room's, a venue's of a day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Period, Series
from exam_centre.kernel import clock
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.timetable.models import Duty, Plan, RoomSession
from exam_centre.timetable.queries.plan_versions import PLANS
from exam_centre.timetable.queries.standing import versions
from exam_centre.timetable.rules import PUBLISHED, DutyRole, DutyStatus
from exam_centre.venues.models import Room, Venue

Rows = Select[*tuple[Any, ...]]


class DutyLine(NamedTuple):
    """Somebody's duty in a period."""

    token: str
    name: str
    period: str
    starts_at: datetime
    ends_at: datetime
    venue: str
    zone: str
    room: str  # "" for the whole venue
    role: DutyRole
    status: DutyStatus
    series: str
    address: str


def access_duty(session: Session, actor: Actor, token: str) -> Duty:
    """Return one's own public duty, one of a series the actor plans, or a public one of a venue
    whose day the actor closes. Raises NotFound.
    """
    planned = (
        select(Series.id)
        .join(Unit, Unit.id == Series.unit_id)
        .where(
            Series.id == Plan.series_id,
            within(actor, PLANS, unit_path=Unit.path, series_id=Series.id),
        )
    )
    at_venue = (
        select(Venue.id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(Venue.id == Duty.venue_id, _closed_by(actor))
    )
    found = session.scalar(
        select(Duty)
        .join(Plan, Plan.id == Duty.plan_id)
        .where(
            Duty.token == token,
            or_(
                planned.exists(),
                Plan.status.in_(PUBLISHED)
                & or_(Duty.person_id == actor.person_id, at_venue.exists()),
            ),
        )
    )
    if found is None:
        raise NotFound(say("duty"))
    return found


def own_duty(session: Session, actor: Actor, token: str) -> Duty:
    """Return one's own public duty. Raises NotFound for anybody else's, even where one plans it."""
    found = access_duty(session, actor, token)
    if found.person_id != actor.human():
        raise NotFound(say("duty"))
    return found


def duties_of_plan(
    session: Session, plan: Plan, text: str, *, offset: int, limit: int
) -> tuple[list[DutyLine], int]:
    """Return the duties of what holds with `plan`, by period and venue, and how many there are."""
    wanted = _duties().where(
        Duty.plan_id.in_(versions(session, plan)),
        or_(
            Person.name.contains(text, autoescape=True),
            Venue.name.contains(text, autoescape=True),
            Period.code == text,
        ),
    )
    total = session.scalar(wanted.with_only_columns(func.count())) or 0
    rows = session.execute(
        wanted.order_by(Period.starts_at, Venue.name, Room.code, Duty.role, Duty.id)
        .offset(offset)
        .limit(limit)
    )
    return [DutyLine(*row) for row in rows], total


def duties_of_person(session: Session, person_id: int) -> list[DutyLine]:
    """Return a person's duties of published plans, by time."""
    rows = session.execute(
        _duties()
        .join(Plan, Plan.id == Duty.plan_id)
        .where(Duty.person_id == person_id, Plan.status.in_(PUBLISHED))
        .order_by(Period.starts_at, Duty.id)
    )
    return [DutyLine(*row) for row in rows]


def duties_of_room(session: Session, room_session_id: int) -> list[DutyLine]:
    """Return who is on duty in a room session, whatever became of the offer."""
    rows = session.execute(
        _duties().where(Duty.room_session_id == room_session_id).order_by(Duty.role, Duty.id)
    )
    return [DutyLine(*row) for row in rows]


def duties_of_day(
    session: Session, actor: Actor, venue: Venue, day: date
) -> list[tuple[str, Sequence[DutyLine]]]:
    """Return [(period, its public duties that nobody else took over)] of a venue's day.

    Only those at places whose day the actor closes.
    """
    begins, ends = clock.day_at_venue(day, venue.time_zone)
    rows = session.execute(
        _duties()
        .join(Plan, Plan.id == Duty.plan_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            Duty.venue_id == venue.id,
            Duty.status != DutyStatus.REPLACED,
            Plan.status.in_(PUBLISHED),
            Period.starts_at >= begins,
            Period.starts_at < ends,
            _closed_by(actor),
        )
        .order_by(Period.starts_at, Room.code.is_not(None), Room.code, Duty.role, Duty.id)
    )
    periods: dict[str, list[DutyLine]] = {}
    for row in rows:
        line = DutyLine(*row)
        periods.setdefault(line.period, []).append(line)
    return list(periods.items())


def line_of_duty(session: Session, duty: Duty) -> DutyLine:
    """Return one duty as lists show it."""
    return DutyLine(*session.execute(_duties().where(Duty.id == duty.id)).one())


def plan_of_duty(session: Session, duty: Duty) -> Plan:
    """Return the version that offered a duty."""
    return session.get_one(Plan, duty.plan_id)


def venue_and_day(session: Session, duty: Duty) -> tuple[Venue, date]:
    """Return where a duty is, and on which day of the venue's clock."""
    venue, period = session.get_one(Venue, duty.venue_id), session.get_one(Period, duty.period_id)
    return venue, clock.at_venue(period.starts_at, venue.time_zone).date()


def _closed_by(actor: Actor) -> ColumnElement[bool]:
    return within(
        actor,
        [Permission.CLOSE_DAY],
        unit_path=Unit.path,
        venue_id=Venue.id,
        series_id=Plan.series_id,
    )


def _duties() -> Rows:
    return (
        select(
            Duty.token,
            Person.name,
            Period.code,
            Period.starts_at,
            Period.ends_at,
            Venue.name,
            Venue.time_zone,
            func.coalesce(Room.code, ""),
            Duty.role,
            Duty.status,
            Series.name,
            Venue.address,
        )
        .select_from(Duty)
        .join(Person, Person.id == Duty.person_id)
        .join(Period, Period.id == Duty.period_id)
        .join(Series, Series.id == Period.series_id)
        .join(Venue, Venue.id == Duty.venue_id)
        .outerjoin(RoomSession, RoomSession.id == Duty.room_session_id)
        .outerjoin(Room, Room.id == RoomSession.room_id)
    )
