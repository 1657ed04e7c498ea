"""Entries as files: one seat for two courses, needs as requests, and what a row may name."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from exam_centre.accounts.models import Person
from exam_centre.calendar.rules import DeadlineKind
from exam_centre.entries import service
from exam_centre.entries.models import AccessArrangement, Candidate, Entry, EntryCourse
from exam_centre.entries.rules import AccessKind, EntryStatus, ImportKind, RequestStatus
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.errors import SamePerson
from exam_centre.papers.rules import Mode
from tests.entries.files import csv_of
from tests.factories.times import DAY, NINE


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def entered(make):
    """A candidate, and a computer paper with two courses in the home series."""
    candidate = make.candidate()
    paper = make.paper(Mode.COMPUTER)
    courses = [make.course(paper, level="diploma") for _ in range(2)]
    series = make.home_series()

    def row(n=0, **cells):
        facts = {
            "person_no": candidate.person_no,
            "series": series.code,
            "paper_code": paper.code,
            "course_code": courses[n].code,
            "level": "diploma",
            "attempt": "1",
            "mode": "computer",
            "take_type": "first",
            "access_code": "",
            "venue_preference": "",
        }
        return facts | cells

    return row


def test_two_courses_of_one_paper_are_one_entry_with_two_lines(session, make, office, entered):
    office.load(ImportKind.ENTRIES, csv_of([entered(0), entered(1)]))

    assert (count(session, Entry), count(session, EntryCourse)) == (1, 2)
    series = make.home_series()
    assert service.assess_all(session, office.actor, series, now=NINE) == {EntryStatus.ELIGIBLE: 1}
    assert service.confirm_all(session, office.actor, series, now=NINE) == 1
    assert session.scalars(select(Entry)).one().status is EntryStatus.CONFIRMED


def test_access_codes_become_requests_that_another_human_approves(session, office, entered):
    rows = [entered(0, access_code="ET25+SEP"), entered(1, access_code="ET25")]
    batch = office.load(ImportKind.ENTRIES, csv_of(rows))

    asked = session.scalars(select(AccessArrangement).order_by(AccessArrangement.id)).all()
    assert [(each.kind, each.extra_percent) for each in asked] == [
        (AccessKind.EXTRA_TIME, Decimal(25)),
        (AccessKind.ALONE, None),
    ]
    assert {each.status for each in asked} == {RequestStatus.REQUESTED}
    assert asked[0].evidence == "file.csv, 2"
    with pytest.raises(SamePerson):
        service.decide_access(session, office.actor, asked[0], approve=True, reason="", now=NINE)
    office.undo(batch)
    assert count(session, AccessArrangement) == count(session, Entry) == 0


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"person_no": "0099999999"}, "wrong person_no: There is no candidate 0099999999"),
        ({"series": "1999"}, "wrong series: There is no series 1999"),
        ({"paper_code": "nope"}, "wrong paper_code: There is no paper nope"),
        ({"course_code": "nope"}, "wrong course_code: There is no course nope"),
        ({"course_code": ""}, "wrong course_code: Paper"),
        ({"level": "bachelor"}, "wrong level: Course"),
        ({"mode": "paper"}, "wrong mode: Paper"),
        ({"attempt": "0"}, "wrong attempt: Attempts are counted from 1"),
        ({"take_type": "重修", "attempt": "2"}, "new : "),
        ({"access_code": "ET25+LEFT"}, "new : "),
        ({"access_code": "ET101"}, "wrong access_code: ET101 is no access code"),
        ({"venue_preference": "nowhere"}, "wrong venue_preference: There is no venue nowhere"),
    ],
)
def test_an_entry_row_names_what_there_is(office, entered, cells, says):
    row = office.only_row(ImportKind.ENTRIES, csv_of([entered(**cells)]))

    assert office.says(row).startswith(says)


def test_an_entry_row_beside_a_known_entry(session, office, entered):
    office.load(ImportKind.ENTRIES, csv_of([entered()]))

    def says(**cells):
        return office.says(office.only_row(ImportKind.ENTRIES, csv_of([entered(**cells)])))

    assert says() == "same : "
    assert says(access_code="WHEEL") == "changed : "
    batch = office.load(ImportKind.ENTRIES, csv_of([entered(take_type="retake", attempt="2")]))
    line = session.scalars(select(EntryCourse)).one()
    assert line.attempt == 2
    office.undo(batch)
    assert line.attempt == 1


def test_two_extra_times_of_one_person_are_wrong(office, entered):
    rows = [entered(0, access_code="ET25"), entered(1, access_code="ET50")]

    first, second = office.rows(office.preview(ImportKind.ENTRIES, csv_of(rows)))

    assert office.says(first) == "new : "
    assert office.says(second).startswith("wrong access_code: Row 2 gives the same person another")


def test_after_the_deadline_only_what_is_known_is_right(make, office, entered):
    office.load(ImportKind.ENTRIES, csv_of([entered(0)]))
    make.deadline(kind=DeadlineKind.ENTRIES)

    known, new = office.rows(
        office.preview(ImportKind.ENTRIES, csv_of([entered(0), entered(1)]), now=NINE + DAY)
    )

    assert office.says(known) == "same : "
    assert office.says(new).startswith("wrong series: The deadline for entries was")


def test_the_same_human_is_not_entered_twice_under_two_numbers(session, make, office, entered):
    office.load(ImportKind.ENTRIES, csv_of([entered()]))
    known = session.scalars(select(Candidate)).first()
    other = make.candidate(session.get_one(Person, known.person_id))

    row = office.only_row(ImportKind.ENTRIES, csv_of([entered(person_no=other.person_no)]))

    assert office.says(row).startswith("wrong course_code: Entered for")


def test_all_is_assessed_with_its_reasons_and_only_the_eligible_confirmed(
    session, make, office, entered
):
    office.load(ImportKind.ENTRIES, csv_of([entered()]))
    without_consent = make.candidate(consented_on=None)
    make.entry(without_consent, status=EntryStatus.REQUESTED)
    series = make.home_series()

    found = service.assess_all(session, office.actor, series, now=NINE)
    confirmed = service.confirm_all(session, office.actor, series, now=NINE)

    assert found == {EntryStatus.ELIGIBLE: 1, EntryStatus.INELIGIBLE: 1}
    assert confirmed == 1
    reasons = session.scalars(
        select(AuditRow.reason).where(AuditRow.act == "entries.assessed").order_by(AuditRow.id)
    )
    assert sorted(reasons) == ["", "consent"]
    assert service.assess_all(session, office.actor, series, now=NINE) == {
        EntryStatus.INELIGIBLE: 1
    }
