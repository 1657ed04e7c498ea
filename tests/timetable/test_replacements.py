"""Duties given to somebody else on the day, and swapped between two people."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import Notice
from exam_centre.accounts.rules import ReasonMissing
from exam_centre.kernel.errors import ConflictOfInterest, Forbidden, IllegalMove, NotFound
from exam_centre.kernel.permissions import Role
from exam_centre.timetable import service
from exam_centre.timetable.models import Duty
from exam_centre.timetable.queries.duty_lists import access_duty, duties_of_day
from exam_centre.timetable.queries.stand_ins import stand_ins, swappable
from exam_centre.timetable.rules import (
    DutyRefused,
    DutyRole,
    DutyStatus,
    NothingToSwap,
    NotOfThisUnit,
    NotTheVenuesDay,
    PlanStatus,
)
from tests.factories.times import EXAM_DAY, NINE

ILL = "She called in ill."


@pytest.fixture
def officer(make):
    return make.actor(Role.EXAM_OFFICER)


@pytest.fixture
def offer(session, make, officer):
    """Offer somebody a duty: first invigilator of the home room in the home period by default."""

    def offer(person, period=None, role=DutyRole.FIRST, plan=None):
        period = period or make.home_period()
        room = None if role is DutyRole.CHIEF else make.room_session(period=period)
        return service.assign_duty(
            session,
            officer,
            plan or make.home_plan(),
            person,
            period,
            make.home_venue(),
            role,
            room_session=room,
            now=NINE,
        )

    return offer


def staff(make, **fields):
    person = make.person()
    make.staff(person, **fields)
    return person


def names(found):
    return {one.person_id for one in found}


def test_who_is_free_trained_and_near_is_offered_first_and_the_holder_is_not(make, session, offer):
    holder, idle, busy = staff(make), staff(make), staff(make)
    duty = offer(holder)
    offer(busy, make.period())
    far = staff(make, unit=make.unit(parent=make.home()))

    found = stand_ins(session, duty)
    assert [one.person_id for one in found] == [idle.id, busy.id, far.id]
    assert [(one.duties, one.is_near) for one in found] == [(0, True), (1, True), (0, False)]


def test_who_is_away_untrained_on_duty_sitting_or_tied_is_not_offered(make, session, offer):
    duty = offer(staff(make))
    untrained = staff(make, trained_until=EXAM_DAY - timedelta(days=1))
    away = make.person()
    make.absence(make.staff(away), day=EXAM_DAY)
    busy = staff(make)
    offer(busy, role=DutyRole.SECOND)
    sits = staff(make)
    make.placement(make.entry(make.candidate(sits)), period=make.home_period())
    tied, cousin = staff(make), make.person()
    make.conflict(tied, cousin)
    make.placement(make.entry(make.candidate(cousin)))
    free = staff(make)

    assert names(stand_ins(session, duty)) == {free.id}
    assert not names(stand_ins(session, duty)) & {untrained.id, away.id, busy.id, sits.id, tied.id}


def test_a_duty_goes_to_another_in_one_act_and_both_are_told(make, session, officer, offer):
    holder, other = staff(make), staff(make)
    duty = offer(holder)
    given = service.replace_duty(session, officer, duty, by=other, reason=ILL, now=NINE)

    assert duty.status is DutyStatus.REPLACED
    assert (given.person_id, given.status) == (other.id, DutyStatus.OFFERED)
    assert (given.role, given.room_session_id) == (duty.role, duty.room_session_id)
    told = {notice.person_id: notice.text for notice in session.scalars(select(Notice))}
    assert "taken over" in told[holder.id]
    assert "You are asked for a duty" in told[other.id]


def test_nobody_is_told_of_a_draft(make, session, officer, offer):
    duty = offer(staff(make), plan=make.plan(status=PlanStatus.DRAFT))
    service.replace_duty(session, officer, duty, by=staff(make), reason=ILL, now=NINE)

    assert session.scalars(select(Notice)).all() == []


def test_who_can_not_take_it_leaves_everything_as_it_was(make, session, officer, offer):
    holder, away = staff(make), make.person()
    make.absence(make.staff(away), day=EXAM_DAY)
    duty = offer(holder)
    session.commit()
    with pytest.raises(DutyRefused), session.begin_nested():
        service.replace_duty(session, officer, duty, by=away, reason=ILL, now=NINE)

    session.refresh(duty)
    assert duty.status is DutyStatus.OFFERED


def test_a_declined_duty_is_given_on_once(make, session, officer, offer):
    holder = staff(make)
    duty = offer(holder, role=DutyRole.CHIEF)
    service.answer_duty(session, make.actor(person=holder), duty, accept=False, now=NINE)
    service.replace_duty(session, officer, duty, by=staff(make), reason=ILL, now=NINE)
    with pytest.raises(IllegalMove):
        service.replace_duty(session, officer, duty, by=staff(make), reason=ILL, now=NINE)


def test_two_people_swap_their_duties_and_answer_anew(make, session, officer, offer):
    one, other = staff(make), staff(make)
    early, late = offer(one), offer(other, make.period())
    service.answer_duty(session, make.actor(person=one), early, accept=True, now=NINE)
    assert [each.token for each in swappable(session, early)] == [late.token]
    service.swap_duties(session, officer, early, late, reason=ILL, now=NINE)

    live = session.scalars(select(Duty).where(Duty.status == DutyStatus.OFFERED)).all()
    assert {(duty.person_id, duty.period_id) for duty in live} == {
        (one.id, late.period_id),
        (other.id, early.period_id),
    }
    assert {early.status, late.status} == {DutyStatus.REPLACED}


def test_a_swap_that_would_seat_somebody_over_a_relative_is_refused(make, session, officer, offer):
    one, other, cousin = staff(make), staff(make), make.person()
    early, late = offer(one), offer(other, make.period())
    make.conflict(other, cousin)
    make.placement(make.entry(make.candidate(cousin)))
    with pytest.raises(ConflictOfInterest):
        service.swap_duties(session, officer, early, late, reason=ILL, now=NINE)


def test_duties_of_one_person_are_not_swapped_and_a_reason_is_asked_for(
    make, session, officer, offer
):
    one = staff(make)
    early, late = offer(one), offer(one, make.period())
    with pytest.raises(NothingToSwap):
        service.swap_duties(session, officer, early, late, reason=ILL, now=NINE)
    with pytest.raises(ReasonMissing):
        service.replace_duty(session, officer, early, reason=" ", now=NINE)


def test_only_who_plans_the_series_gives_duties_on(make, session, offer):
    duty = offer(staff(make))
    with pytest.raises(Forbidden):
        service.replace_duty(session, make.actor(Role.MARKER), duty, reason=ILL, now=NINE)


@pytest.fixture
def manager(make):
    return make.actor(Role.VENUE_MANAGER, venue=make.home_venue())


@pytest.fixture
def on_the_day(make):
    """A public plan's duty of the exam day at the home venue, and half an hour before it."""
    return make.home_period().starts_at - timedelta(minutes=30)


def test_on_its_day_the_venue_gives_a_duty_to_its_own_staff(
    make, session, offer, manager, on_the_day
):
    duty, other = offer(staff(make)), staff(make)
    given = service.replace_duty(session, manager, duty, by=other, reason=ILL, now=on_the_day)

    assert duty.status is DutyStatus.REPLACED
    assert (given.person_id, given.status) == (other.id, DutyStatus.OFFERED)


@pytest.mark.parametrize("days", [-1, 1])
def test_on_another_day_the_venue_asks_the_exam_office(
    make, session, offer, manager, on_the_day, days
):
    duty, other = offer(staff(make)), staff(make)
    with pytest.raises(NotTheVenuesDay):
        service.replace_duty(
            session, manager, duty, by=other, reason=ILL, now=on_the_day + timedelta(days=days)
        )


def test_the_venue_leaves_no_duty_free_and_asks_nobody_of_another_unit(
    make, session, offer, manager, on_the_day
):
    duty, far = offer(staff(make)), staff(make, unit=make.unit(parent=make.home()))
    with pytest.raises(NotTheVenuesDay):
        service.replace_duty(session, manager, duty, reason=ILL, now=on_the_day)
    with pytest.raises(NotOfThisUnit):
        service.replace_duty(session, manager, duty, by=far, reason=ILL, now=on_the_day)
    assert duty.status is DutyStatus.OFFERED


def test_a_draft_and_another_venue_are_none_of_the_managers(
    make, session, offer, manager, on_the_day
):
    drafted = offer(staff(make), plan=make.plan(status=PlanStatus.DRAFT))
    public = offer(staff(make), make.period())
    elsewhere = make.actor(Role.VENUE_MANAGER, venue=make.venue())
    with pytest.raises(NotTheVenuesDay):
        service.replace_duty(session, manager, drafted, by=staff(make), reason=ILL, now=on_the_day)
    with pytest.raises(Forbidden):
        service.replace_duty(session, elsewhere, public, by=staff(make), reason=ILL, now=on_the_day)
    with pytest.raises(NotFound):
        access_duty(session, elsewhere, public.token)
    with pytest.raises(NotFound):
        access_duty(session, manager, drafted.token)
    assert access_duty(session, manager, public.token) is public


def test_a_venue_sees_the_duties_of_its_day_and_who_was_replaced_no_more(
    make, session, offer, officer, manager, on_the_day
):
    gone, stays = offer(staff(make)), offer(staff(make), role=DutyRole.CHIEF)
    given = service.replace_duty(session, officer, gone, by=staff(make), reason=ILL, now=on_the_day)

    [(_, lines)] = duties_of_day(session, manager, make.home_venue(), EXAM_DAY)
    assert [line.token for line in lines] == [stays.token, given.token]
    assert duties_of_day(session, manager, make.home_venue(), EXAM_DAY + timedelta(days=1)) == []
    stranger = make.actor(Role.VENUE_MANAGER, venue=make.venue())
    assert duties_of_day(session, stranger, make.home_venue(), EXAM_DAY) == []
