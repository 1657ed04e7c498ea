"""Staff who swap duties among themselves: one asks, the other's word settles it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import Notice, Person, StaffMember
from exam_centre.accounts.rules import ReasonMissing
from exam_centre.calendar.models import Period
from exam_centre.kernel.errors import Forbidden, IllegalMove, NotFound
from exam_centre.kernel.permissions import Role
from exam_centre.timetable import service
from exam_centre.timetable.models import Duty
from exam_centre.timetable.queries.stand_ins import swappable
from exam_centre.timetable.queries.swaps import access_swap, swaps_of, swaps_waiting_for
from exam_centre.timetable.rules import (
    DutyRole,
    DutyStatus,
    SwapAsked,
    SwapNotPossible,
    SwapStatus,
)
from tests.factories.times import EXAM_DAY

WHY = "My daughter's school meets that morning."


@pytest.fixture
def before(make):
    """The home plan is public; return a moment the day before its period."""
    return make.home_period().starts_at - timedelta(days=1)


@pytest.fixture
def two(session, make, before):
    """Two people, each first invigilator of the same venue in a period of their own."""
    officer = make.actor(Role.EXAM_OFFICER)
    found = []
    for period in (make.home_period(), make.period()):
        person = make.person()
        make.staff(person)
        duty = service.assign_duty(
            session,
            officer,
            make.home_plan(),
            person,
            period,
            make.home_venue(),
            DutyRole.FIRST,
            room_session=make.room_session(period=period),
            now=before,
        )
        found.append((make.actor(Role.INVIGILATOR, person=person), duty))
    return found


@pytest.fixture
def asked(session, two, before):
    (one, early), (_, late) = two
    return service.ask_swap(session, one, early, late, reason=WHY, now=before)


def live(session):
    return {
        (duty.person_id, duty.period_id, duty.status)
        for duty in session.scalars(select(Duty).where(Duty.status != DutyStatus.REPLACED))
    }


def test_whoever_is_asked_is_told_and_finds_the_question(session, two, asked, before):
    (one, early), (other, late) = two
    told = session.scalars(select(Notice)).one()
    [question] = swaps_of(session, other.person_id, before)
    [own] = swaps_of(session, one.person_id, before)

    assert told.person_id == other.person_id
    assert "asks you to swap" in told.text
    assert (question.is_mine, question.mine.token, question.theirs.token) == (
        False,
        late.token,
        early.token,
    )
    assert (own.is_mine, own.mine.token) == (True, early.token)
    assert swaps_waiting_for(session, other.person_id, before) == 1
    assert swaps_waiting_for(session, one.person_id, before) == 0


def test_their_word_swaps_both_duties_and_both_are_accepted(session, two, asked, before):
    (one, early), (other, late) = two
    service.answer_swap(session, other, asked, agree=True, now=before)

    assert live(session) == {
        (one.person_id, late.period_id, DutyStatus.ACCEPTED),
        (other.person_id, early.period_id, DutyStatus.ACCEPTED),
    }
    assert asked.status is SwapStatus.AGREED
    assert (
        "swapped duties with you"
        in session.scalars(select(Notice.text).where(Notice.person_id == one.person_id)).one()
    )
    assert swaps_of(session, one.person_id, before) == []


def test_declined_everything_stays_and_another_may_be_asked(session, two, asked, before):
    (one, early), (other, late) = two
    known = live(session)
    service.answer_swap(session, other, asked, agree=False, now=before)

    assert live(session) == known
    again = service.ask_swap(session, one, early, late, reason=WHY, now=before)
    assert again.status is SwapStatus.ASKED


def test_one_question_about_a_duty_is_open_at_a_time_until_it_is_withdrawn(
    session, two, asked, before
):
    (one, early), (other, late) = two
    with pytest.raises(SwapAsked):
        service.ask_swap(session, one, early, late, reason=WHY, now=before)
    service.withdraw_swap(session, one, asked, now=before)
    with pytest.raises(IllegalMove):
        service.answer_swap(session, other, asked, agree=True, now=before)

    assert asked.status is SwapStatus.WITHDRAWN


def test_nobody_asks_answers_or_withdraws_for_another(session, make, two, asked, before):
    (one, early), (other, late) = two
    with pytest.raises(Forbidden):
        service.ask_swap(session, other, early, late, reason=WHY, now=before)
    with pytest.raises(Forbidden):
        service.answer_swap(session, one, asked, agree=True, now=before)
    with pytest.raises(Forbidden):
        service.withdraw_swap(session, other, asked, now=before)
    with pytest.raises(NotFound):
        access_swap(session, make.actor(Role.EXAM_OFFICER), asked.token)


def test_a_duty_given_to_somebody_else_meanwhile_ends_the_question(
    session, make, two, asked, before
):
    _, (other, late) = two
    service.replace_duty(
        session, make.actor(Role.EXAM_OFFICER), late, reason="The room is closed.", now=before
    )

    assert swaps_of(session, other.person_id, before) == []
    with pytest.raises(SwapNotPossible):
        service.answer_swap(session, other, asked, agree=True, now=before)


def test_once_a_period_has_begun_nothing_is_swapped(session, make, two, asked):
    _, (other, _) = two
    begun = make.home_period().starts_at

    assert swaps_waiting_for(session, other.person_id, begun - timedelta(seconds=1)) == 1
    assert swaps_waiting_for(session, other.person_id, begun) == 0
    with pytest.raises(SwapNotPossible):
        service.answer_swap(session, other, asked, agree=True, now=begun)


@pytest.mark.parametrize("which", [0, 1])
def test_only_duties_that_both_could_take_are_offered(session, make, two, before, which):
    (one, early), (_, late) = two
    taker, taken = ((one, late), (two[1][0], early))[which]
    cousin = make.person()
    assert [each.token for each in swappable(session, early)] == [late.token]
    make.conflict(session.get_one(Person, taker.person_id), cousin)
    period = session.get_one(Period, taken.period_id)
    make.placement(make.entry(make.candidate(cousin)), period=period)

    assert swappable(session, early) == []
    with pytest.raises(SwapNotPossible):
        service.ask_swap(session, one, early, late, reason=WHY, now=before)


def test_who_is_away_on_the_other_day_is_not_offered(session, make, two):
    (_, early), (other, _) = two
    number = session.scalars(
        select(StaffMember).where(StaffMember.person_id == other.person_id)
    ).one()
    make.absence(number, day=EXAM_DAY)
    assert swappable(session, early) == []


def test_a_reason_is_asked_for(session, two, before):
    (one, early), (_, late) = two
    with pytest.raises(ReasonMissing):
        service.ask_swap(session, one, early, late, reason="  ", now=before)
