"""Marks of the term come in by files, are replaced by later ones, and can be taken back."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import Person
from exam_centre.entries.models import Candidate
from exam_centre.entries.rules import ImportKind, SeriesMissing
from exam_centre.kernel.permissions import Role
from exam_centre.marking.models import FormativeMark
from exam_centre.marking.rules import MarkStatus
from tests.entries.files import Office, csv_of

KIND = ImportKind.FORMATIVE_MARKS


@pytest.fixture
def office(session, make):
    return Office(session, make)


@pytest.fixture
def earned(make):
    """A candidate and a course, and what a row says of them."""
    candidate, course = make.candidate(), make.course()

    def row(**cells):
        facts = {
            "person_no": candidate.person_no,
            "course": course.code,
            "score": "77",
            "status": "",
            "source": "学习平台",
            "date": "2026-11-30",
        }
        return facts | cells

    return row


def load(office, row):
    return office.load(KIND, csv_of([row]), series=office.make.home_series())


def test_a_mark_of_the_term_is_kept_and_replaced_by_a_later_file(session, office, earned):
    load(office, earned())
    mark = session.scalars(select(FormativeMark)).one()
    assert (mark.score, mark.status, mark.dated) == (Decimal(77), None, date(2026, 11, 30))

    batch = load(office, earned(score="", status="missing"))
    assert (mark.score, mark.status) == (None, MarkStatus.MISSING)

    office.undo(batch)
    assert (mark.score, mark.status) == (Decimal(77), None)


def test_a_new_mark_is_taken_back(session, office, earned):
    batch = load(office, earned())

    office.undo(batch)

    assert session.scalars(select(FormativeMark)).all() == []


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"score": "８５"}, "wrong score: ８５ is not in half-width digits"),
        ({"score": "101"}, "wrong score: 101 is above the full mark"),
        ({"score": "1O0"}, "wrong score: 1O0 is not a number"),
        ({"score": ""}, "wrong score: Give a mark or the reason"),
        ({"status": "missing"}, "wrong score: Give a mark or the reason"),
        ({"score": "", "status": "未交"}, "new : "),
        ({"score": "", "status": "absent"}, "wrong status: absent is not known here"),
        ({"score": "59.75"}, "new : "),
        ({"course": "nope"}, "wrong course: There is no course nope"),
        ({"person_no": "0099999999"}, "wrong person_no: There is no candidate"),
    ],
)
def test_a_cell_is_a_mark_or_a_reason(make, office, earned, cells, says):
    row = office.only_row(KIND, csv_of([earned(**cells)]), series=make.home_series())

    assert office.says(row).startswith(says)


def test_nobody_imports_marks_of_their_relatives(session, make, office, earned):
    person = session.get_one(Person, session.scalars(select(Candidate.person_id)).one())
    relative = make.person()
    make.conflict(person, relative)
    actor = make.actor(Role.EXAM_OFFICER, person=relative)

    row = office.only_row(KIND, csv_of([earned()]), series=make.home_series(), actor=actor)

    assert office.says(row).startswith("wrong person_no: The conflict register names a tie")


def test_the_file_is_for_a_series(office, earned):
    with pytest.raises(SeriesMissing):
        office.preview(KIND, csv_of([earned()]))
