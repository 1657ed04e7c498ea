"""Who could take a duty over, and with which other duty it could be swapped."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Period
from exam_centre.kernel import clock
from exam_centre.kernel.permissions import Role
from exam_centre.timetable.models import Duty, Placement, Plan, RoomSession
from exam_centre.timetable.queries.staff import Helper, helpers_of, teams_of
from exam_centre.timetable.queries.standing import standing, versions
from exam_centre.timetable.rules import OFF_DUTY, DutyRole, DutyStatus
from exam_centre.venues.models import Room, Venue


@dataclass(frozen=True)
class StandIn:
    """Somebody who passes every check of a duty."""

    person_id: int
    staff_no: str
    name: str
    duties: int  # that they have in the series
    is_near: bool  # of the venue's own unit


@dataclass(frozen=True)
class OtherDuty:
    """A duty that another person could give for this one."""

    token: str
    name: str
    period: str
    room: str  # "" for the whole venue
    role: DutyRole
    starts_at: datetime
    zone: str


def stand_ins(session: Session, duty: Duty) -> list[StandIn]:
    """Return who could take a duty over: the venue's own unit first, then who has fewest duties.

    Trained, not away, no other duty, no own paper then, tied to nobody in the room; leading asks
    for a chief, where the staff has any.
    """
    plan, period = session.get_one(Plan, duty.plan_id), session.get_one(Period, duty.period_id)
    venue = session.get_one(Venue, duty.venue_id)
    helpers = helpers_of(session, plan.series_id)
    day = clock.at_venue(period.starts_at, venue.time_zone).date()
    taken = _on_duty(session, period.id) | _sitting(session, plan, period)
    inside = people_in(session, plan, duty.room_session_id)
    known = teams_of(session)
    teams = {known[person] for person in inside if person in known}
    loads = duties_each(session, plan.series_id)
    wanted = {Role.CHIEF} if duty.role is DutyRole.CHIEF else {Role.CHIEF, Role.INVIGILATOR}
    roles_known = any(helper.roles & wanted for helper in helpers)
    found = [
        StandIn(
            helper.person_id,
            helper.staff_no,
            helper.name,
            loads.get(helper.person_id, 0),
            venue.unit_id in helper.units,
        )
        for helper in helpers
        if helper.may_serve(day)
        and helper.person_id not in taken
        and not helper.is_tied(inside, teams)
        and (not roles_known or helper.roles & wanted)
    ]
    return sorted(found, key=lambda one: (not one.is_near, one.duties, one.staff_no))


def swappable(session: Session, duty: Duty) -> list[OtherDuty]:
    """Return duties of other people at the same venue, of the same kind, in another period.

    Only those where each of the two could take the other's: trained, not away, free then, tied to
    nobody in the room.
    """
    plan = session.get_one(Plan, duty.plan_id)
    holder = next(
        (one for one in helpers_of(session, plan.series_id) if one.person_id == duty.person_id),
        None,
    )
    if holder is None:
        return []
    able = {one.person_id for one in stand_ins(session, duty)}
    busy, tied = _periods_of(session, plan, holder), _tied_rooms(session, plan, holder)
    rows = session.execute(
        select(
            Duty.token,
            Person.name,
            Period.code,
            func.coalesce(Room.code, ""),
            Duty.role,
            Period.starts_at,
            Venue.time_zone,
            Duty.person_id,
            Duty.period_id,
            Duty.room_session_id,
        )
        .join(Person, Person.id == Duty.person_id)
        .join(Period, Period.id == Duty.period_id)
        .join(Venue, Venue.id == Duty.venue_id)
        .outerjoin(RoomSession, RoomSession.id == Duty.room_session_id)
        .outerjoin(Room, Room.id == RoomSession.room_id)
        .where(
            Duty.plan_id == duty.plan_id,
            Duty.venue_id == duty.venue_id,
            Duty.person_id.in_(able),
            Duty.period_id.not_in({duty.period_id, *busy}),
            Duty.status.in_([DutyStatus.OFFERED, DutyStatus.ACCEPTED]),
            (Duty.role == DutyRole.CHIEF) == (duty.role is DutyRole.CHIEF),
        )
        .order_by(Period.starts_at, Room.code, Duty.id)
    )
    return [
        OtherDuty(
            row.token,
            row.name,
            row.code,
            row[3],
            row.role,
            row.starts_at,
            row.time_zone,
        )
        for row in rows
        if row.room_session_id not in tied
        and holder.may_serve(clock.at_venue(row.starts_at, row.time_zone).date())
    ]


def _periods_of(session: Session, plan: Plan, holder: Helper) -> set[int]:
    """Return the periods in which somebody is on duty or sits a paper."""
    on_duty = session.scalars(
        select(Duty.period_id).where(
            Duty.person_id == holder.person_id, Duty.status.not_in(OFF_DUTY)
        )
    )
    sits = session.scalars(
        select(Period.id)
        .join(
            Placement,
            (Placement.starts_at < Period.ends_at) & (Placement.ends_at > Period.starts_at),
        )
        .where(
            standing(versions(session, plan)),
            Placement.person_id == holder.person_id,
            Period.series_id == plan.series_id,
        )
    )
    return {*on_duty, *sits}


def _tied_rooms(session: Session, plan: Plan, holder: Helper) -> set[int]:
    """Return the room sessions in which somebody sits who is tied to them, or of their team."""
    mates = {person for person, team in teams_of(session).items() if team == holder.team}
    return set(
        session.scalars(
            select(Placement.room_session_id).where(
                standing(versions(session, plan)),
                Placement.person_id.in_(holder.tied | mates),
            )
        )
    )


def _on_duty(session: Session, period_id: int) -> set[int]:
    return set(
        session.scalars(
            select(Duty.person_id).where(Duty.period_id == period_id, Duty.status.not_in(OFF_DUTY))
        )
    )


def _sitting(session: Session, plan: Plan, period: Period) -> set[int]:
    return set(
        session.scalars(
            select(Placement.person_id)
            .where(standing(versions(session, plan)))
            .where(Placement.starts_at < period.ends_at, Placement.ends_at > period.starts_at)
        )
    )


def people_in(session: Session, plan: Plan, room_session_id: int | None) -> set[int]:
    """Return who sits in a room session as `plan` has it; nobody where it is a whole venue."""
    if room_session_id is None:
        return set()
    return set(
        session.scalars(
            select(Placement.person_id)
            .where(standing(versions(session, plan)))
            .where(Placement.room_session_id == room_session_id)
        )
    )


def duties_each(session: Session, series_id: int) -> dict[int, int]:
    """Return {person: how many duties of the series they have}, of those who have any."""
    rows = session.execute(
        select(Duty.person_id, func.count(Duty.id))
        .join(Period, Period.id == Duty.period_id)
        .where(Period.series_id == series_id, Duty.status.not_in(OFF_DUTY))
        .group_by(Duty.person_id)
    )
    return dict(rows.all())
