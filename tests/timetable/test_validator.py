"""The independent validator, and what the database keeps by itself."""

import re
from decimal import Decimal

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from exam_centre.accounts.models import Person
from exam_centre.entries.models import Entry
from exam_centre.entries.rules import AccessKind, EntryStatus
from exam_centre.kernel.database import refusal_for
from exam_centre.kernel.errors import PromiseBroken
from exam_centre.papers.rules import Mode
from exam_centre.timetable import queries
from exam_centre.timetable.models import Duty, Placement, Plan, Vacated
from exam_centre.timetable.rules import (
    DutyRole,
)
from exam_centre.venues.models import Seat
from tests.factories.times import DAY, HOUR, MINUTE, NINE

BEFORE = NINE - 20 * DAY


def spoil_nothing(session, make, placement):
    return set()


def spoil_length(session, make, placement):
    make.arrangement(make.candidate_of(placement))
    return {"wrong_length"}


def spoil_status(session, make, placement):
    session.get(Entry, placement.entry_id).move_to(EntryStatus.WITHDRAWN)
    return {"not_confirmed"}


def spoil_wheelchair(session, make, placement):
    make.arrangement(make.candidate_of(placement), kind=AccessKind.WHEELCHAIR)
    return {"no_wheelchair_desk"}


def spoil_booking(session, make, placement):
    make.booking(make.home_room())
    return {"room_booked"}


def spoil_person(session, make, placement):
    other = make.entry(make.candidate_of(placement))
    make.placement(
        other,
        room=make.room(),
        plan=session.get(Plan, placement.plan_id),
        starts_at=NINE + MINUTE,
        in_force=False,
    )
    return {"person_in_two_places"}


def spoil_seat(session, make, placement):
    make.placement(
        seat=session.get(Seat, placement.seat_id),
        plan=session.get(Plan, placement.plan_id),
        starts_at=NINE + MINUTE,
        in_force=False,
    )
    return {"two_people_on_a_seat"}


def spoil_mode(session, make, placement):
    make.placement(
        make.entry(paper=make.paper(Mode.COMPUTER)),
        plan=session.get(Plan, placement.plan_id),
        in_force=False,
    )
    return {"wrong_room_kind"}


def spoil_period(session, make, placement):
    make.placement(
        plan=session.get(Plan, placement.plan_id),
        starts_at=NINE + 31 * MINUTE,
        in_force=False,
    )
    return {"outside_period"}


def spoil_shift(session, make, placement):
    make.employment(session.get(Person, placement.person_id), team="N")
    make.shift(team="N", starts_at=NINE - 12 * HOUR, ends_at=NINE - 7 * HOUR)
    return {"at_work"}


def spoil_alone(session, make, placement):
    make.arrangement(make.candidate_of(placement), kind=AccessKind.ALONE)
    make.placement(plan=session.get(Plan, placement.plan_id), in_force=False)
    return {"not_alone"}


def spoil_isolation(session, make, placement):
    second = make.placement(
        make.entry(make.candidate_of(placement)),
        plan=session.get(Plan, placement.plan_id),
        starts_at=placement.ends_at + 10 * MINUTE,
        in_force=False,
    )
    row = make.held_over(placement, second)
    row.isolated_until = second.starts_at + MINUTE
    session.flush()
    return {"isolation_broken"}


def spoil_invigilator(session, make, placement):
    staff = make.person()
    make.conflict(staff, session.get(Person, placement.person_id))
    make.save(
        Duty(
            plan_id=placement.plan_id,
            person_id=staff.id,
            period_id=make.home_period().id,
            venue_id=make.home_venue().id,
            room_session_id=placement.room_session_id,
            role=DutyRole.FIRST,
        )
    )
    return {"tied_invigilator"}


@pytest.mark.parametrize(
    "spoil",
    [value for name, value in sorted(globals().items()) if name.startswith("spoil_")],
    ids=lambda spoil: spoil.__name__.removeprefix("spoil_"),
)
def test_the_validator_finds_what_no_rule_of_placing_was_asked_about(session, make, spoil):
    """Rows are written past the services, so that only the validator can find them."""
    plan = make.plan()
    placement = make.placement(plan=plan, in_force=False)

    expected = spoil(session, make, placement)

    assert {problem.kind for problem in queries.problems(session, plan)} == expected


def test_what_a_repair_ends_is_no_problem_of_the_repair(session, make):
    placement = make.placement()
    make.booking(make.home_room())
    repair = make.plan()
    assert queries.problems(session, repair)

    make.save(Vacated(plan_id=repair.id, placement_id=placement.id))

    assert queries.problems(session, repair) == []


def test_the_extra_part_is_checked_to_the_second(session, make):
    candidate = make.candidate()
    make.arrangement(candidate, extra_percent=Decimal("33.33"))
    plan = make.plan()
    make.placement(make.entry(candidate, make.paper(minutes=90)), plan=plan, in_force=False)

    assert queries.problems(session, plan) == []


def test_the_database_itself_keeps_two_people_off_one_seat(session, make):
    first = make.placement()
    second = make.placement(
        seat=session.get(Seat, first.seat_id), starts_at=NINE + MINUTE, in_force=False
    )

    with pytest.raises(DBAPIError) as broken, session.begin_nested():
        session.execute(update(Placement).where(Placement.id == second.id).values(in_force=True))
    assert isinstance(refusal_for(broken.value), PromiseBroken)


@pytest.mark.parametrize(
    "spoil",
    [value for name, value in sorted(globals().items()) if name.startswith("spoil_")],
    ids=lambda spoil: spoil.__name__.removeprefix("spoil_"),
)
def test_whatever_it_finds_it_names_as_people_know_it(session, make, spoil):
    plan = make.plan()
    placement = make.placement(plan=plan, in_force=False)
    spoil(session, make, placement)

    found = queries.problems(session, plan)
    words = queries.subjects_in_words(session, found)

    subjects = {subject for problem in found for subject in problem.subjects}
    assert set(words) == subjects
    for sentence in words.values():
        assert not re.search("placements|entries|duties|shifts|[a-z]_[a-z]", str(sentence))


def test_a_placement_is_named_by_number_paper_room_seat_and_period(session, make):
    plan = make.plan()
    placement = make.placement(plan=plan, in_force=False)
    spoil_invigilator(session, make, placement)

    words = queries.subjects_in_words(session, queries.problems(session, plan))

    said = str(words[f"placements:{placement.id}"])
    seat = session.get_one(Seat, placement.seat_id).number
    assert make.candidate_of(placement).person_no in said
    assert f"room {make.home_room().code}, seat {seat}, {make.home_period().code}" in said
