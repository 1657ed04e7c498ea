"""Who is on duty: nobody away, untrained, sitting a paper or tied to somebody in the room."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person, StaffAbsence, StaffMember
from exam_centre.accounts.rules import check_reason
from exam_centre.accounts.service import ensure_no_tie, notify
from exam_centre.calendar.models import Period
from exam_centre.calendar.queries import place_of_series
from exam_centre.kernel import audit, clock
from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import say
from exam_centre.timetable import queries
from exam_centre.timetable.models import Duty, Placement, Plan, RoomSession
from exam_centre.timetable.queries.stand_ins import people_in
from exam_centre.timetable.rules import (
    IN_ONE_ROOM,
    OFF_DUTY,
    PUBLISHED,
    DutyNeedsRoom,
    DutyRefused,
    DutyRole,
    DutyStatus,
    NothingToSwap,
    NotOfThisUnit,
    NotTheVenuesDay,
    RoleTaken,
    on_the_clock,
)
from exam_centre.venues.models import Room, Venue
from exam_centre.venues.queries import place_of_venue


def assign_duty(
    session: Session,
    actor: Actor,
    plan: Plan,
    person: Person,
    period: Period,
    venue: Venue,
    role: DutyRole,
    *,
    room_session: RoomSession | None = None,
    now: datetime,
) -> Duty:
    """Offer somebody a duty in a period; first, second and supervisor are in one room.

    Raises DutyNeedsRoom, RoleTaken, DutyRefused (no staff number, away, training ended, another
    duty or an own paper then) and ConflictOfInterest where somebody in the room is tied to them:
    a relative, their own shift team, whoever the register names.
    """
    actor.require(Permission.PLAN_TIMETABLE, place_of_series(session, plan.series_id))
    return _offer(session, actor, plan, person, period, venue, role, room_session, now)


def _offer(
    session: Session,
    actor: Actor,
    plan: Plan,
    person: Person,
    period: Period,
    venue: Venue,
    role: DutyRole,
    room_session: RoomSession | None,
    now: datetime,
) -> Duty:
    _check_room(session, period, venue, role, room_session)
    _check_staff(session, person, clock.at_venue(period.starts_at, venue.time_zone).date())
    _check_free(session, plan, person, period)
    if room_session is not None:
        _check_role(session, room_session, role)
        ensure_no_tie(session, person.id, people_in(session, plan, room_session.id))
    duty = Duty(
        plan_id=plan.id,
        person_id=person.id,
        period_id=period.id,
        venue_id=venue.id,
        room_session_id=room_session.id if room_session else None,
        role=role,
        status=DutyStatus.OFFERED,
    )
    session.add(duty)
    audit.record(session, actor, "timetable.duty_offered", duty, now)
    return duty


def answer_duty(session: Session, actor: Actor, duty: Duty, *, accept: bool, now: datetime) -> None:
    """Accept or decline one's own duty. Raises Forbidden for anybody else's, and IllegalMove."""
    if actor.human() != duty.person_id:
        raise Forbidden(say("answer for another person's duty."))
    duty.move_to(DutyStatus.ACCEPTED if accept else DutyStatus.DECLINED)
    audit.record(session, actor, "timetable.duty_answered", duty, now)


def replace_duty(
    session: Session,
    actor: Actor,
    duty: Duty,
    *,
    by: Person | None = None,
    reason: str,
    now: datetime,
) -> Duty | None:
    """Take a duty from somebody, and offer it to another at once; both are told.

    by  None: nobody yet, the duty is free for the next roster. A declined duty is given on as well.
    On its day whoever closes the venue's day may do so too, with staff of the venue's own unit.
    Raises IllegalMove where it is over, NotTheVenuesDay, NotOfThisUnit, and all that `assign_duty`
    raises: then nothing happened.
    """
    plan = session.get_one(Plan, duty.plan_id)
    if not plans_duty(session, actor, duty):
        _check_venues_hand(session, actor, plan, duty, by, now)
    check_reason(reason)
    was_declined = duty.status is DutyStatus.DECLINED
    _take_from(session, actor, duty, reason, now)
    if not was_declined:
        _tell(session, plan, duty, now, taken=True)
    if by is None:
        return None
    given = _give(session, actor, plan, duty, by, now)
    _tell(session, plan, given, now, taken=False)
    return given


def swap_duties(
    session: Session, actor: Actor, one: Duty, other: Duty, *, reason: str, now: datetime
) -> tuple[Duty, Duty]:
    """Let two people of one plan change their duties; both are told and answer anew.

    Raises NothingToSwap for duties of one person or of two plans, IllegalMove where one is over,
    and all that `assign_duty` raises: then nothing happened.
    """
    plan = session.get_one(Plan, one.plan_id)
    actor.require(Permission.PLAN_TIMETABLE, place_of_series(session, plan.series_id))
    check_reason(reason)
    if one.person_id == other.person_id or one.plan_id != other.plan_id:
        raise NothingToSwap
    swapped = exchange(session, actor, one, other, reason=reason, now=now)
    for duty in swapped:
        _tell(session, plan, duty, now, taken=False)
    return swapped


def exchange(
    session: Session, actor: Actor, one: Duty, other: Duty, *, reason: str, now: datetime
) -> tuple[Duty, Duty]:
    """Offer each of two people the other's duty, without asking who may: callers did.

    Raises IllegalMove where one is over, and all that `assign_duty` raises.
    """
    plan = session.get_one(Plan, one.plan_id)
    for duty in (one, other):
        _take_from(session, actor, duty, reason, now)
    first, second = (session.get_one(Person, duty.person_id) for duty in (one, other))
    return (
        _give(session, actor, plan, other, first, now),
        _give(session, actor, plan, one, second, now),
    )


def plans_duty(session: Session, actor: Actor, duty: Duty) -> bool:
    """Whether somebody plans the series a duty belongs to, and so gives it to anybody, any day."""
    plan = session.get_one(Plan, duty.plan_id)
    return actor.may(Permission.PLAN_TIMETABLE, place_of_series(session, plan.series_id))


def _check_venues_hand(
    session: Session, actor: Actor, plan: Plan, duty: Duty, by: Person | None, now: datetime
) -> None:
    """On the day, whoever closes it gives a public duty to somebody of the venue's own unit."""
    place = replace(place_of_venue(session, duty.venue_id), series_id=plan.series_id)
    actor.require(Permission.CLOSE_DAY, place)
    venue, period = session.get_one(Venue, duty.venue_id), session.get_one(Period, duty.period_id)
    day = clock.at_venue(period.starts_at, venue.time_zone).date()
    is_today = day == clock.at_venue(now, venue.time_zone).date()
    if by is None or not is_today or plan.status not in PUBLISHED:
        raise NotTheVenuesDay(str(day))
    units = session.scalars(select(StaffMember.unit_id).where(StaffMember.person_id == by.id))
    if venue.unit_id not in units.all():
        raise NotOfThisUnit(by.name)


def _take_from(session: Session, actor: Actor, duty: Duty, reason: str, now: datetime) -> None:
    duty.move_to(DutyStatus.REPLACED)
    audit.record(session, actor, "timetable.duty_replaced", duty, now, reason=reason)
    session.flush()


def _give(
    session: Session, actor: Actor, plan: Plan, duty: Duty, person: Person, now: datetime
) -> Duty:
    room = session.get_one(RoomSession, duty.room_session_id) if duty.room_session_id else None
    period, venue = session.get_one(Period, duty.period_id), session.get_one(Venue, duty.venue_id)
    return _offer(session, actor, plan, person, period, venue, duty.role, room, now)


def _tell(session: Session, plan: Plan, duty: Duty, now: datetime, *, taken: bool) -> None:
    """Tell whom a public duty is taken from, or offered to."""
    if plan.status not in PUBLISHED:
        return
    venue, period = session.get_one(Venue, duty.venue_id), session.get_one(Period, duty.period_id)
    facts = {
        "venue": venue.name,
        "starts": on_the_clock(period.starts_at, venue.time_zone),
    }
    sentence = (
        say("Your duty at {venue}, {starts}, is taken over by somebody else.", **facts)
        if taken
        else say("You are asked for a duty at {venue}, {starts}. Accept or decline it.", **facts)
    )
    notify(session, duty.person_id, sentence, now, by_phone=True)


def _check_room(
    session: Session, period: Period, venue: Venue, role: DutyRole, room_session: RoomSession | None
) -> None:
    if room_session is None:
        if role in IN_ONE_ROOM:
            raise DutyNeedsRoom(role)
        return
    room = session.get_one(Room, room_session.room_id)
    if room.venue_id != venue.id or room_session.period_id != period.id:
        raise DutyNeedsRoom(role)


def _check_staff(session: Session, person: Person, day: date) -> None:
    numbers = session.scalars(select(StaffMember).where(StaffMember.person_id == person.id)).all()
    if not numbers:
        raise DutyRefused(say("{name} has no staff number.", name=person.name))
    trained = [n.trained_until for n in numbers if n.trained_until is not None]
    if trained and max(trained) < day:
        raise DutyRefused(
            say("The training of {name} ended {day}.", name=person.name, day=str(max(trained)))
        )
    away = session.scalar(
        select(StaffAbsence.id)
        .where(StaffAbsence.staff_member_id.in_([n.id for n in numbers]))
        .where(StaffAbsence.day == day)
        .limit(1)
    )
    if away is not None:
        raise DutyRefused(say("{name} is away on {day}.", name=person.name, day=str(day)))


def _check_free(session: Session, plan: Plan, person: Person, period: Period) -> None:
    busy = session.scalar(
        select(Duty.id).where(
            Duty.person_id == person.id,
            Duty.period_id == period.id,
            Duty.status.not_in(OFF_DUTY),
        )
    )
    if busy is not None:
        raise DutyRefused(say("{name} has another duty then.", name=person.name))
    sits = session.scalar(
        select(Placement.id)
        .where(queries.standing(queries.versions(session, plan)))
        .where(Placement.person_id == person.id)
        .where(Placement.starts_at < period.ends_at, Placement.ends_at > period.starts_at)
        .limit(1)
    )
    if sits is not None:
        raise DutyRefused(say("{name} sits a paper then.", name=person.name))


def _check_role(session: Session, room_session: RoomSession, role: DutyRole) -> None:
    if role not in (DutyRole.FIRST, DutyRole.SECOND):
        return
    taken = session.scalar(
        select(Duty.id).where(
            Duty.room_session_id == room_session.id,
            Duty.role == role,
            Duty.status.not_in(OFF_DUTY),
        )
    )
    if taken is not None:
        raise RoleTaken(role)
