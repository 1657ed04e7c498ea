"""Who may be on duty where, and who may not."""

from datetime import timedelta

import pytest

from exam_centre.accounts.models import Person
from exam_centre.kernel.errors import ConflictOfInterest, Forbidden
from exam_centre.kernel.permissions import Role
from exam_centre.timetable import service
from exam_centre.timetable.rules import (
    DutyNeedsRoom,
    DutyRefused,
    DutyRole,
    DutyStatus,
    RoleTaken,
)
from tests.factories.times import EXAM_DAY, NINE


@pytest.fixture
def assign(session, make):
    """Give somebody a duty in the home room, first invigilator by default."""
    officer = make.actor(Role.EXAM_OFFICER)

    def assign(person, role=DutyRole.FIRST, room_session="home"):
        return service.assign_duty(
            session,
            officer,
            make.home_plan(),
            person,
            make.home_period(),
            make.home_venue(),
            role,
            room_session=make.room_session() if room_session == "home" else room_session,
            now=NINE,
        )

    return assign


def staff(make, **fields):
    person = make.person()
    make.staff(person, **fields)
    return person


def test_somebody_trained_and_free_is_offered_a_duty(make, assign):
    assert assign(staff(make)).status is DutyStatus.OFFERED


@pytest.mark.parametrize(
    ("trained_until", "may"),
    [(EXAM_DAY, True), (EXAM_DAY - timedelta(days=1), False), (None, True)],
)
def test_training_must_not_have_ended_before_the_day(make, assign, trained_until, may):
    person = staff(make, trained_until=trained_until)

    if may:
        assert assign(person)
    else:
        with pytest.raises(DutyRefused):
            assign(person)


def test_who_is_away_or_no_staff_or_sits_a_paper_takes_no_duty(session, make, assign):
    away = make.person()
    make.absence(make.staff(away))
    sits = session.get(Person, make.placement().person_id)
    make.staff(sits)

    for person in (away, make.person(), sits):
        with pytest.raises(DutyRefused):
            assign(person, DutyRole.CHIEF, None)


def test_one_duty_a_period_and_one_person_a_role(make, assign):
    first = staff(make)
    assign(first)

    with pytest.raises(DutyRefused):
        assign(first, DutyRole.ROVER, None)
    with pytest.raises(RoleTaken):
        assign(staff(make))
    assert assign(staff(make), DutyRole.SECOND)


def test_a_duty_in_a_room_names_a_room_of_that_venue_and_period(make, assign):
    with pytest.raises(DutyNeedsRoom):
        assign(staff(make), room_session=None)
    with pytest.raises(DutyNeedsRoom):
        assign(staff(make), room_session=make.room_session(make.room(make.venue())))
    with pytest.raises(DutyNeedsRoom):
        assign(staff(make), room_session=make.room_session(period=make.period()))


def test_nobody_watches_a_relative_or_the_own_shift_team(session, make, assign):
    sitting = session.get(Person, make.placement().person_id)
    make.employment(sitting, team="C")
    relative, colleague = staff(make), staff(make)
    make.conflict(relative, sitting)
    make.employment(colleague, team="C")

    for person in (relative, colleague):
        with pytest.raises(ConflictOfInterest):
            assign(person)
        assert assign(person, DutyRole.ROVER, None)


def test_a_declined_duty_is_free_for_the_next_and_only_its_person_declines(make, session, assign):
    first, other = staff(make), staff(make)
    duty = assign(first)

    with pytest.raises(Forbidden):
        service.answer_duty(session, make.actor(person=other), duty, accept=False, now=NINE)
    service.answer_duty(session, make.actor(person=first), duty, accept=False, now=NINE)

    assert assign(other)
