"""Candidates are entered once a paper, assessed by every rule, and confirmed in time."""

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from exam_centre.accounts.models import Person
from exam_centre.accounts.rules import ReasonMissing
from exam_centre.calendar.rules import DeadlineKind, DeadlinePassed, SeriesNotOpen, SeriesStatus
from exam_centre.entries import queries, service
from exam_centre.entries.models import Candidate
from exam_centre.entries.rules import (
    CourseEnteredTwice,
    CourseNotOfPaper,
    EntryBarred,
    EntryStatus,
    NoCourses,
    NotBarred,
    PersonNoTaken,
    WrongPersonNo,
    read_person_no,
)
from exam_centre.kernel.errors import Forbidden, IllegalMove, NotFound
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import UnitLevel
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from tests.factories.times import DAY, MINUTE, NINE

AGREED = date(2026, 9, 1)


def enrol(session, make, person, unit=None, person_no="0012345678", **facts):
    return service.enrol(
        session,
        make.actor(Role.LIAISON),
        person,
        unit or make.home(),
        person_no=person_no,
        now=NINE,
        **facts,
    )


def enter(session, make, candidate, courses, paper=None, series=None, **facts):
    paper = paper or session.get_one(Paper, courses[0].paper_id)
    return service.enter(
        session,
        facts.pop("actor", None) or make.actor(Role.LIAISON),
        candidate,
        paper,
        series or make.home_series(),
        courses,
        now=facts.pop("now", NINE),
        **facts,
    )


def assess(session, make, entry):
    return service.assess(session, make.actor(Role.LIAISON), entry, now=NINE)


def test_a_student_number_keeps_its_leading_zeros_and_enrols_once(session, make):
    person = make.person()
    candidate = enrol(session, make, person, person_no=" 0012345678 ")

    assert candidate.person_no == "0012345678"
    assert enrol(session, make, person, consented_on=AGREED) is candidate
    assert candidate.consented_on == AGREED
    assert enrol(session, make, person).consented_on == AGREED


def test_a_student_number_belongs_to_one_human_at_one_unit(session, make):
    person = make.person()
    enrol(session, make, person)

    with pytest.raises(PersonNoTaken):
        enrol(session, make, make.person())
    with pytest.raises(PersonNoTaken):
        enrol(session, make, person, make.unit())


@pytest.mark.parametrize("number", ["", "1234", "００１２３４５", "1.2E+10", "12 345"])
def test_a_student_number_is_never_guessed(number):
    with pytest.raises(WrongPersonNo):
        read_person_no(number)


def test_two_courses_of_one_paper_are_one_entry_with_two_lines(session, make):
    candidate, paper = make.candidate(), make.paper()
    one, other = make.course(paper), make.course(paper)

    entry = enter(session, make, candidate, [one])
    again = enter(session, make, candidate, [other], attempt=2)

    assert again is entry
    lines = queries.lines_of(session, [entry.id])[entry.id]
    assert [(line.course_id, line.attempt) for line in lines] == [(one.id, 1), (other.id, 2)]


def test_the_same_course_twice_is_refused_also_under_a_second_student_number(session, make):
    human, course = make.person(), make.course()
    first, second = make.candidate(human), make.candidate(human)
    entry = enter(session, make, first, [course])

    for candidate in (first, second):
        with pytest.raises(CourseEnteredTwice):
            enter(session, make, candidate, [course])
    with pytest.raises(CourseEnteredTwice):
        enter(session, make, make.candidate(), [course, course])
    assert enter(session, make, make.candidate(), [course]).id != entry.id
    assert enter(session, make, first, [course], series=make.series()).id != entry.id


def test_two_live_entries_for_one_paper_are_refused_by_the_database(session, make):
    candidate, paper = make.candidate(), make.paper()
    make.entry(candidate, paper, status=EntryStatus.WITHDRAWN)
    make.entry(candidate, paper)

    with pytest.raises(IntegrityError):
        make.entry(candidate, paper)


def test_a_withdrawn_entry_makes_room_for_another(session, make):
    candidate, course = make.candidate(), make.course()
    liaison, first = make.actor(Role.LIAISON), enter(session, make, candidate, [course])

    with pytest.raises(ReasonMissing):
        service.withdraw(session, liaison, first, reason="", now=NINE)
    service.withdraw(session, liaison, first, reason="moved away", now=NINE)

    assert enter(session, make, candidate, [course]).id != first.id


def test_a_candidate_withdraws_their_own_entry_and_no_other(session, make):
    own, other = make.entry(), make.entry()
    person = session.get_one(Person, queries.person_of_entry(session, own.id))
    candidate = make.actor(Role.WORKER, person=person)

    service.withdraw(session, candidate, own, reason="ill", now=NINE)
    with pytest.raises(Forbidden):
        service.withdraw(session, candidate, other, reason="ill", now=NINE)
    assert own.status is EntryStatus.WITHDRAWN


def test_an_entry_counts_for_courses_of_its_paper_alone(session, make):
    with pytest.raises(CourseNotOfPaper):
        enter(session, make, make.candidate(), [make.course()], paper=make.paper())
    with pytest.raises(NoCourses):
        enter(session, make, make.candidate(), [], paper=make.paper())


def test_nothing_is_entered_or_confirmed_after_the_deadline(session, make):
    course, eligible = make.course(), make.entry(status=EntryStatus.ELIGIBLE)
    make.deadline(kind=DeadlineKind.ENTRIES, at=NINE)
    enter(session, make, make.candidate(), [course], now=NINE)

    with pytest.raises(DeadlinePassed):
        enter(session, make, make.candidate(), [course], now=NINE + MINUTE)
    with pytest.raises(DeadlinePassed):
        service.confirm(session, make.actor(Role.LIAISON), eligible, now=NINE + DAY)


def test_nothing_is_entered_in_a_series_that_is_not_open(session, make):
    closed = make.series(status=SeriesStatus.CLOSED)

    with pytest.raises(SeriesNotOpen):
        enter(session, make, make.candidate(), [make.course()], series=closed)


def test_a_liaison_enters_candidates_of_their_own_unit_alone(session, make):
    liaison, course = make.actor(Role.LIAISON, unit=make.unit()), make.course()

    with pytest.raises(Forbidden):
        enter(session, make, make.candidate(), [course], actor=liaison)


def test_an_eligible_entry_is_confirmed_and_an_unassessed_one_is_not(session, make):
    entry = enter(session, make, make.candidate(), [make.course()])
    liaison = make.actor(Role.LIAISON)

    with pytest.raises(IllegalMove):
        service.confirm(session, liaison, entry, now=NINE)
    findings = assess(session, make, entry)
    assert {finding.passes for finding in findings} == {True}
    service.confirm(session, liaison, entry, now=NINE)
    assert entry.status is EntryStatus.CONFIRMED
    with pytest.raises(IllegalMove):
        assess(session, make, entry)


def without_consent(make):
    return make.entry(make.candidate(consented_on=None), status=EntryStatus.REQUESTED)


def without_scheme(make):
    return make.entry(paper=make.paper(scheme=False), status=EntryStatus.REQUESTED)


def of_another_province(make):
    series = make.series(unit=make.unit(UnitLevel.PROVINCIAL))
    return make.entry(series=series, status=EntryStatus.REQUESTED)


def for_a_foreign_course(make):
    return make.entry(courses=[make.course()], status=EntryStatus.REQUESTED)


def for_no_course(make):
    return make.entry(courses=0, status=EntryStatus.REQUESTED)


def of_a_barred_human(make):
    human = make.person()
    make.entry(make.candidate(human), status=EntryStatus.BARRED)
    return make.entry(make.candidate(human), status=EntryStatus.REQUESTED)


@pytest.mark.parametrize(
    ("make_entry", "rule"),
    [
        (without_consent, "consent"),
        (without_scheme, "scheme"),
        (of_another_province, "unit_takes_part"),
        (for_a_foreign_course, "courses"),
        (for_no_course, "courses"),
        (of_a_barred_human, "not_barred"),
    ],
)
def test_an_ineligible_entry_says_which_rule_and_what_to_do(session, make, make_entry, rule):
    entry = make_entry(make)

    findings = assess(session, make, entry)

    assert [finding.rule for finding in findings if not finding.passes] == [rule]
    assert entry.status is EntryStatus.INELIGIBLE


def test_an_entry_becomes_eligible_once_the_reason_is_gone(session, make):
    entry = without_consent(make)
    first = assess(session, make, entry)
    candidate = session.get_one(Candidate, entry.candidate_id)
    candidate.consented_on = AGREED

    second = assess(session, make, entry)

    assert [finding.id for finding in second] == [finding.id for finding in first]
    assert entry.status is EntryStatus.ELIGIBLE
    assert assess(session, make, entry) == second


def test_a_thesis_needs_no_minutes(session, make):
    entry = make.entry(paper=make.paper(Mode.THESIS), status=EntryStatus.REQUESTED)

    assess(session, make, entry)

    assert entry.status is EntryStatus.ELIGIBLE


def test_a_barred_entry_takes_no_courses_and_comes_back_with_a_reason(session, make):
    candidate, paper = make.candidate(), make.paper()
    entry, officer = make.entry(candidate, paper), make.actor(Role.EXAM_OFFICER)
    sanction = {"reason": "case 17", "now": NINE}

    with pytest.raises(Forbidden):
        service.bar(session, make.actor(Role.LIAISON), entry, **sanction)
    service.bar(session, officer, entry, **sanction)
    with pytest.raises(EntryBarred):
        enter(session, make, candidate, [make.course(paper)])
    service.lift_bar(session, officer, entry, **sanction)

    assert entry.status is EntryStatus.CONFIRMED
    with pytest.raises(NotBarred):
        service.lift_bar(session, officer, entry, **sanction)


def test_who_only_enters_candidates_sees_them_once_they_agreed(session, make):
    agreed, silent = make.candidate(), make.candidate(consented_on=None)
    liaison, officer = make.actor(Role.LIAISON), make.actor(Role.EXAM_OFFICER)

    assert queries.access_candidate(session, liaison, agreed.person_no) is agreed
    assert queries.access_candidate(session, officer, silent.person_no) is silent
    with pytest.raises(NotFound):
        queries.access_candidate(session, liaison, silent.person_no)


def test_an_entry_is_seen_by_its_human_and_within_its_unit_and_series(session, make):
    entry, unit = make.entry(), make.home()
    human = session.get_one(Person, queries.person_of_entry(session, entry.id))
    seers = [
        make.actor(person=human),
        make.actor(Role.LIAISON, unit=unit, series=make.home_series()),
        make.actor(Role.EXAM_OFFICER, unit=make.home(UnitLevel.PROVINCIAL)),
    ]
    strangers = [
        make.actor(),
        make.actor(Role.LIAISON, unit=unit, series=make.series()),
        make.actor(Role.EXAM_OFFICER, unit=make.unit()),
        make.actor(Role.MARKER),
    ]

    assert [queries.access_entry(session, seer, entry.token) for seer in seers] == [entry] * 3
    for stranger in strangers:
        with pytest.raises(NotFound):
            queries.access_entry(session, stranger, entry.token)
    assert queries.people_of_entries(session, [entry.id]) == {entry.id: human.id}
