"""A sheet of formative marks: typed for many at once, kept all together or not at all."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import Person
from exam_centre.accounts.rules import ReasonMissing
from exam_centre.calendar.models import Series
from exam_centre.entries.models import Candidate
from exam_centre.kernel.errors import ConflictOfInterest
from exam_centre.kernel.permissions import Role
from exam_centre.marking.models import FormativeChange, FormativeMark
from exam_centre.marking.queries.formative import formative_sheet
from exam_centre.marking.rules import (
    FormativeClash,
    MarkStatus,
    NotOnTheSheet,
    SheetHasFaults,
    WrongMark,
    WrongStatus,
)
from exam_centre.marking.service import FormativeCell, keep_formative_sheet
from exam_centre.papers.models import Course, Paper
from tests.architecture import strangers
from tests.factories.times import NINE
from tests.marking.hall import Hall
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
no_strangers = strangers.no_strangers


class Class:
    """Three candidates of one course, by student number, and an officer."""

    def __init__(self, session, make) -> None:
        self.session, self.make = session, make
        paper = make.paper()
        self.entries = [make.entry(paper=paper)]
        self.course = session.get_one(Course, make.entry_courses(self.entries[0])[0].course_id)
        for _ in range(2):
            self.entries.append(make.entry(paper=paper, courses=[self.course]))
        self.people = [session.get_one(Candidate, e.candidate_id) for e in self.entries]
        self.numbers = [candidate.person_no for candidate in self.people]
        self.series = session.get_one(Series, self.entries[0].series_id)
        self.officer = make.actor(Role.EXAM_OFFICER)

    def keep(self, *cells: tuple[int, str, str], reason: str = "", actor=None) -> int:
        return keep_formative_sheet(
            self.session,
            actor or self.officer,
            self.series,
            self.course,
            [FormativeCell(self.numbers[nth], typed, seen) for nth, typed, seen in cells],
            source="platform",
            dated=date(2026, 12, 1),
            reason=reason,
            now=NINE,
        )

    def refused(self, *cells: tuple[int, str, str], **how) -> dict[int, object]:
        with pytest.raises(SheetHasFaults) as faults:
            self.keep(*cells, **how)
        return {self.numbers.index(n): each for n, each in faults.value.refusals.items()}

    def stored(self) -> list[object]:
        marks = {
            mark.candidate_id: mark.score if mark.status is None else mark.status
            for mark in self.session.scalars(
                select(FormativeMark).where(FormativeMark.course_id == self.course.id)
            )
        }
        return [marks.get(candidate.id) for candidate in self.people]


@pytest.fixture
def term(session, make) -> Class:
    return Class(session, make)


def test_marks_and_what_was_not_completed_are_kept_from_one_sheet(term):
    assert term.keep((0, "77.5", ""), (1, "m", ""), (2, "60", "")) == 3
    assert term.stored() == [Decimal("77.5"), MarkStatus.MISSING, Decimal(60)]


def test_one_wrong_line_keeps_the_whole_sheet_from_being_recorded(term):
    wrong = term.refused((0, "77", ""), (1, "８５", ""), (2, "101", ""))

    assert {nth: type(refusal) for nth, refusal in wrong.items()} == {1: WrongMark, 2: WrongMark}
    assert term.stored() == [None, None, None]


def test_a_mark_somebody_recorded_meanwhile_is_shown_beside_the_typed_one(term):
    term.keep((0, "70", ""), (1, "71", ""))

    wrong = term.refused((0, "75", ""), (2, "80", ""))

    assert isinstance(wrong[0], FormativeClash)
    assert (wrong[0].stored, wrong[0].typed) == ("70", "75")
    assert term.stored() == [Decimal(70), Decimal(71), None]


def test_the_same_sheet_twice_records_nothing_more(term, session):
    term.keep((0, "70", ""))

    assert term.keep((0, "70", "")) == 0
    assert (
        session.scalars(
            select(FormativeChange).where(FormativeChange.course_id == term.course.id)
        ).all()
        == []
    )


def test_a_changed_mark_needs_a_reason_and_leaves_its_earlier_version(term, session):
    term.keep((0, "70", ""), (1, "71", ""))
    with pytest.raises(ReasonMissing):
        term.keep((0, "75", "70"), (2, "80", ""))
    assert term.stored() == [Decimal(70), Decimal(71), None]

    term.keep((0, "75", "70"), (2, "80", ""), reason="counted again")

    (earlier,) = session.scalars(
        select(FormativeChange).where(FormativeChange.course_id == term.course.id)
    )
    assert (earlier.number, earlier.score, earlier.reason) == (1, Decimal(70), "counted again")
    assert term.stored() == [Decimal(75), Decimal(71), Decimal(80)]


def test_a_mark_on_record_is_not_taken_away_by_an_empty_field(term):
    term.keep((0, "70", ""))

    assert isinstance(term.refused((0, "", "70"), reason="x")[0], WrongMark)


def test_neither_strangers_nor_words_of_the_register_nor_the_own_mark_are_kept(term):
    own = term.make.actor(
        Role.EXAM_OFFICER, person=term.session.get_one(Person, term.people[2].person_id)
    )
    away = term.make.actor(Role.EXAM_OFFICER, unit=term.make.unit())

    assert isinstance(term.refused((0, "absent", ""))[0], WrongStatus)
    assert isinstance(term.refused((2, "99", ""), actor=own)[2], ConflictOfInterest)
    assert isinstance(term.refused((0, "99", ""), actor=away)[0], NotOnTheSheet)


def test_the_lines_stand_by_student_number_whether_or_not_they_have_a_mark(term):
    term.keep((0, "70", ""))

    lines, total = formative_sheet(
        term.session, term.officer, term.series.id, term.course.id, limit=2
    )

    assert total == 3
    assert [line.candidate.person_no for line in lines] == sorted(term.numbers)[:2]


class Page:
    """The same class behind the pages."""

    def __init__(self, app) -> None:
        self.hall = Hall(app)
        self.office = self.hall.somebody(Role.EXAM_OFFICER)
        with self.hall.making() as make:
            term = Class(make.session, make)
            self.numbers = term.numbers
            self.course_id = term.course.id
            self.list = f"/marking/formative/{term.series.code}/{term.course.code}"
            self.paper = make.session.get_one(Paper, term.course.paper_id).code
        self.address = f"{self.list}/sheet"

    def send(self, marks: dict[int, str], user=None, **fields: str):
        sent = {"source": "platform", "dated": "2026-12-01", "reason": ""} | {
            f"mark-{self.numbers[nth]}": typed for nth, typed in marks.items()
        }
        return self.hall.act(user or self.office, self.address, **sent | fields)

    def stored(self) -> dict[str, str]:
        with self.hall.making() as make:
            rows = make.session.execute(
                select(Candidate.person_no, FormativeMark.score)
                .join(Candidate, Candidate.id == FormativeMark.candidate_id)
                .where(FormativeMark.course_id == self.course_id)
            )
            return {number: str(score) for number, score in rows}


@pytest.fixture
def page(app) -> Page:
    return Page(app)


def test_the_office_keeps_a_sheet_from_the_page(page):
    assert f'href="{page.address}"' in page.hall.read(page.office, page.list)

    answer = page.send({0: "77", 1: "", 2: "61.5"})

    assert "2 marks kept." in answer.get_data(as_text=True)
    assert page.stored() == {page.numbers[0]: "77.00", page.numbers[2]: "61.50"}


def test_what_was_typed_stays_in_the_fields_of_a_refused_sheet(page):
    answer = page.send({0: "77", 1: "eighty"})
    text = answer.get_data(as_text=True)

    assert answer.status_code == 400
    assert "eighty is not a number" in text
    assert 'value="77"' in text
    assert page.stored() == {}


def test_a_change_by_somebody_else_asks_which_mark_holds(page):
    first = page.numbers[0]
    page.send({0: "70"})

    asked = page.send({0: "75", 1: "80"})
    again = page.send({0: "75", 1: "80"}, **{f"stored-{first}": "70"})
    assert (asked.status_code, again.status_code) == (409, 409)
    assert "Keep 70, the mark on record" in asked.get_data(as_text=True)

    page.send({0: "75", 1: "80"}, **{f"stored-{first}": "70", f"choice-{first}": "theirs"})
    assert page.stored() == {first: "70.00", page.numbers[1]: "80.00"}
    mine = {f"stored-{first}": "70", f"choice-{first}": "mine", "reason": "counted again"}
    page.send({0: "75"}, **mine)
    assert page.stored()[first] == "75.00"


def test_a_change_without_a_reason_is_refused_at_its_field(page):
    page.send({0: "70"})

    answer = page.send({0: "75"}, **{f"seen-{page.numbers[0]}": "70"})

    assert answer.status_code == 400
    assert 'id="reason-error"' in answer.get_data(as_text=True)
    assert page.stored() == {page.numbers[0]: "70.00"}


def test_the_sheet_is_for_whoever_runs_marking_here(page):
    away = page.hall.away(Role.EXAM_OFFICER)

    assert page.hall.get(page.hall.somebody(Role.MARKER), page.address).status_code == 403
    assert page.numbers[0] not in page.hall.read(away, page.address)
