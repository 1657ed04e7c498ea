"""Whole rosters obey the same rules as single acts, and are taken whole or not at all."""

import pytest

from exam_centre.calendar.rules import DeadlineKind, DeadlinePassed
from exam_centre.entries import service
from exam_centre.entries.rules import (
    CourseEnteredTwice,
    CourseNotOfPaper,
    EntryBarred,
    EntryStatus,
    ImportKind,
    PersonNoTaken,
    TooLateToTakeBack,
)
from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.permissions import Role
from tests.entries.files import csv_of
from tests.factories.times import DAY, NINE


def enter_all(session, make, lines, *, actor=None, now=NINE):
    return service.enter_all(
        session, actor or make.actor(Role.LIAISON), make.home_series(), lines, now=now
    )


def test_a_roster_of_entries_obeys_the_rules_of_single_ones(session, make):
    candidate, paper, other = make.candidate(), make.paper(), make.paper()
    course = make.course(paper)
    line = service.NewLine(candidate, paper, course)

    with pytest.raises(CourseNotOfPaper):
        enter_all(session, make, [service.NewLine(candidate, other, course)])
    with pytest.raises(CourseEnteredTwice):
        enter_all(session, make, [line, line])
    elsewhere = make.actor(Role.LIAISON, unit=make.unit())
    with pytest.raises(Forbidden):
        enter_all(session, make, [line], actor=elsewhere)
    [(entry, _)] = enter_all(session, make, [line])
    with pytest.raises(CourseEnteredTwice):
        enter_all(session, make, [line])
    entry.move_to(EntryStatus.BARRED)
    with pytest.raises(EntryBarred):
        enter_all(session, make, [service.NewLine(candidate, paper, make.course(paper))])


def test_a_roster_of_entries_comes_in_time(session, make):
    make.deadline(kind=DeadlineKind.ENTRIES)
    paper = make.paper()
    line = service.NewLine(make.candidate(), paper, make.course(paper))

    with pytest.raises(DeadlinePassed):
        enter_all(session, make, [line], now=NINE + DAY)


def test_a_student_number_stays_with_its_human_and_unit(session, make, office):
    known, unit = make.candidate(), make.unit()
    person = make.person()
    taken = service.Enrolment(person, make.home(), known.person_no, None)

    with pytest.raises(PersonNoTaken):
        service.enrol_all(session, office.actor, [taken], now=NINE)

    office.load(ImportKind.PEOPLE, csv_of([office.person(1)]))
    moved = office.only_row(ImportKind.PEOPLE, csv_of([office.person(1, org_code=unit.code)]))
    assert office.says(moved).startswith("wrong org_code: The student number 003200000001 is")


def test_a_confirmed_entry_is_not_taken_back(session, make, office):
    entry = make.entry(status=EntryStatus.CONFIRMED)

    with pytest.raises(TooLateToTakeBack):
        service.take_back(session, office.actor, [entry], reason="slip", now=NINE)
