"""The pages of formative marks: found from the menu, changed for a reason, refused at the field."""

import pytest
from sqlalchemy import select

from exam_centre.entries.models import Candidate
from exam_centre.kernel.permissions import Role
from exam_centre.marking.models import FormativeChange, FormativeMark
from exam_centre.marking.rules import MarkStatus
from exam_centre.papers.models import Course
from tests.architecture import strangers
from tests.marking.hall import Hall
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
no_strangers = strangers.no_strangers
TYPED = {"source": "platform", "dated": "2026-12-01", "status": ""}


@pytest.fixture
def hall(app) -> Hall:
    return Hall(app)


class Term:
    """One candidate of one course, and the addresses of their mark."""

    def __init__(self, hall: Hall, mark: int | MarkStatus | None = None) -> None:
        self.hall = hall
        self.office = hall.somebody(Role.EXAM_OFFICER)
        with hall.making() as make:
            entry = make.entry(make.candidate(make.person("欧阳建国")))
            course = make.session.get_one(Course, make.entry_courses(entry)[0].course_id)
            number = make.session.get_one(Candidate, entry.candidate_id).person_no
            if mark is not None:
                make.formative(entry, mark)
            self.course = f"/marking/formative/{make.home_series().code}/{course.code}"
        self.mark = f"{self.course}/{number}"

    def stored(self) -> tuple[object, object] | None:
        with self.hall.making() as make:
            mark = make.session.scalar(select(FormativeMark))
            return (mark.score, mark.status) if mark else None


def test_the_office_finds_the_missing_mark_and_records_it(hall):
    term = Term(hall)
    assert 'href="/marking/formative"' in hall.read(term.office, "/")
    assert "One mark is missing." in hall.read(term.office, "/marking/formative")
    assert "欧阳建国" in hall.read(term.office, f"{term.course}?shown=without")

    page = hall.act(term.office, term.mark, **TYPED, score="77.5", seen="")

    assert "Kept for 欧阳建国." in page.get_data(as_text=True)
    assert str(term.stored()[0]) == "77.50"
    assert "Every mark is recorded." in hall.read(term.office, "/marking/formative")


def test_a_change_asks_for_a_reason_and_shows_the_earlier_version(hall):
    term = Term(hall, 77)

    without = hall.act(term.office, term.mark, **TYPED, score="80", seen="77", reason="")
    assert without.status_code != 200
    assert str(term.stored()[0]) == "77.00"

    fields = {"score": "80", "seen": "77", "reason": "third piece was not counted"}
    hall.act(term.office, term.mark, **TYPED, **fields)
    page = hall.read(term.office, term.mark)
    assert "Earlier versions" in page
    assert "third piece was not counted" in page


@pytest.mark.parametrize(
    ("score", "status", "sentence"),
    [
        ("８５", "", "half-width"),
        ("101", "", "full mark"),
        ("77", "missing", "not both"),
        ("", "", "not both"),
        ("nan", "", "not a number"),
    ],
)
def test_what_is_no_mark_is_refused_at_its_field(hall, score, status, sentence):
    term = Term(hall)

    answer = hall.act(term.office, term.mark, **TYPED | {"status": status}, score=score, seen="")

    assert answer.status_code == 400
    assert sentence in answer.get_data(as_text=True)
    assert term.stored() is None


def test_a_status_stands_apart_from_numbers_in_both_languages(hall):
    term = Term(hall, MarkStatus.MISSING)
    chinese = hall.somebody(Role.EXAM_OFFICER, language="zh")

    assert "Not completed" in hall.read(term.office, f"{term.course}?shown=status")
    assert "未完成" in hall.read(chinese, term.course)
    assert "欧阳建国" not in hall.read(term.office, f"{term.course}?shown=number")


def test_a_mark_somebody_changed_meanwhile_is_shown_and_not_overwritten(hall):
    term = Term(hall, 77)

    answer = hall.act(
        term.office, term.mark, **TYPED, score="60", seen="70", reason="typed wrongly"
    )

    assert answer.status_code == 409
    assert "77" in answer.get_data(as_text=True)
    with hall.making() as make:
        assert make.session.scalar(select(FormativeChange)) is None


def test_whoever_does_not_run_marking_here_sees_no_mark(hall):
    term = Term(hall, 77)
    marker = hall.somebody(Role.MARKER)
    away = hall.away(Role.EXAM_OFFICER)

    assert hall.get(marker, term.mark).status_code == 403
    assert hall.get(away, term.mark).status_code == 404
    assert "欧阳建国" not in hall.read(away, term.course)
    assert hall.get(term.office, term.course + "/nobody").status_code == 404
