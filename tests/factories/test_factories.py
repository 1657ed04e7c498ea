"""Every builder makes rows that both databases take, and no test finds another one's rows."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from exam_centre.accounts.rules import IdType, read_id_number
from exam_centre.entries.rules import AccessKind, RequestStatus
from exam_centre.kernel import audit
from exam_centre.kernel import database as kernel_database
from exam_centre.kernel.permissions import Place, Role
from exam_centre.organisation.models import Unit
from exam_centre.papers.rules import Mode
from tests.factories.make import Make
from tests.factories.people import resident_number
from tests.factories.times import NINE


def test_what_is_not_mentioned_lies_in_one_county_and_one_series(session, make):
    one, other = make.entry(), make.entry(courses=2)

    assert one.series_id == other.series_id
    assert one.candidate_id != other.candidate_id
    assert len(make.entry_courses(other)) == 2
    assert make.venue().unit_id == make.candidate().unit_id == make.home().id


def test_every_builder_makes_a_row_that_the_database_takes(session, make):
    room = make.room(wheelchair=[(1, 1)])
    staff = make.staff()

    assert [make.seat(room).number for _ in range(3)] == [1, 2, 3]
    assert make.seat(room, 1).wheelchair
    make.absence(staff)
    make.shift()
    make.shift(work_no="W1")
    make.employment()
    make.booking()
    make.period()
    make.period()
    make.deadline()
    make.paper(Mode.THESIS)
    make.arrangement()
    make.arrangement(kind=AccessKind.ALONE, status=RequestStatus.REQUESTED)
    make.conflict(make.person(), make.person())


def test_made_people_have_numbers_with_a_check_digit():
    numbers = {resident_number(n) for n in range(0, 3000, 7)}

    assert {read_id_number(IdType.RESIDENT, number) for number in numbers} == numbers
    assert len(numbers) == len(range(0, 3000, 7))


def test_an_actor_reaches_what_was_given_and_leaves_a_trail(session, make, ring):
    venue = make.venue(unit=make.unit())
    chief = make.actor(Role.CHIEF, venue=venue)

    audit.record(session, chief, "tests.acted", venue, NINE)

    assert not list(audit.verify(session, ring))
    assert [grant.covers(Place("/", venue_id=venue.id)) for grant in chief.grants] == [False]


@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_a_test_commits_without_asking_for_a_database_is_undone(session, make, turn):
    assert session.scalars(select(Unit)).all() == []

    make.unit()
    session.commit()
    assert len(session.scalars(select(Unit)).all()) == 4


def test_a_unit_of_work_without_a_database_of_its_own_fails(session):
    with pytest.raises(DBAPIError), kernel_database.unit_of_work() as work:
        Make(work).unit()


def test_a_unit_of_work_sees_what_was_committed_to_the_tests_database(database, session, make):
    unit = make.unit()
    session.commit()

    with kernel_database.unit_of_work() as work:
        assert work.get_one(Unit, unit.id).path == unit.path
