"""The pages of assignments: one person types the marks, another signs them."""

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import User
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel.permissions import Role
from exam_centre.marking.models import AssignmentMark
from exam_centre.marking.queries import final_of
from exam_centre.marking.rules import MarkStatus
from exam_centre.papers.rules import Mode
from tests.architecture import strangers
from tests.marking.hall import Hall
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
no_strangers = strangers.no_strangers


class Course:
    """Three assignments of one paper, a marker, another one, and the office."""

    def __init__(self, app) -> None:
        self.hall = hall = Hall(app)
        self.marker = hall.somebody(Role.MARKER, name="李明")
        self.office = hall.somebody(Role.EXAM_OFFICER)
        with hall.making() as make:
            paper = make.paper(Mode.ASSIGNMENT, name="企业安全管理调研")
            entries = [
                make.entry(make.candidate(make.person(name)), paper)
                for name in ("王芳", "刘洋", "司马相如")
            ]
            candidates = [make.session.get_one(Candidate, e.candidate_id) for e in entries]
            self.numbers = [candidate.person_no for candidate in candidates]
            self.entries = [entry.token for entry in entries]
            self.ids = [entry.id for entry in entries]
            self.sheet = f"/marking/assignments/{make.home_series().code}/{paper.token}"

    def give(self, user: User, *marks: str, version: str = "", sheet: str = ""):
        """Post the sheet as a browser sends it, "" where a field was left empty."""
        fields = {f"mark-{e}": mark for e, mark in zip(self.entries, marks, strict=False)}
        fields |= {f"version-{entry}": version for entry in self.entries}
        return self.hall.act(user, sheet or self.sheet, **fields).get_data(as_text=True)

    def sign(self, user: User, *places: int):
        return self.hall.act(
            user, f"{self.sheet}/check", entry=[self.entries[place] for place in places]
        )

    def marks(self) -> list[tuple[str, bool]]:
        """(mark as text, checked) in the order of the assignments."""
        with self.hall.making() as make:
            rows = make.session.execute(
                select(AssignmentMark)
                .join(Entry, Entry.id == AssignmentMark.entry_id)
                .order_by(Entry.id)
            ).scalars()
            return [
                (
                    row.status.value if row.status else format(row.score.normalize(), "f"),
                    row.checked_by_id is not None,
                )
                for row in rows
            ]


@pytest.fixture
def course(app) -> Course:
    return Course(app)


def test_a_marker_finds_what_is_left_types_it_and_another_person_signs(course):
    assert "Assignments to mark" in course.hall.read(course.marker, "/marking/mine")
    assert 'href="/marking/assignments"' in course.hall.read(course.marker, "/")

    assert "2 marks kept." in course.give(course.marker, "83", "m", "")
    assert course.marks() == [("83", False), ("missing", False)]

    page = course.hall.read(course.office, f"{course.sheet}/check")
    assert "2 marks to check, sum 83" in page
    assert "李明" in page
    assert "Checked. 2 marks count now." in course.sign(course.office, 0, 1).get_data(as_text=True)
    with course.hall.making() as make:
        finals = final_of(make.session, course.ids)
    assert finals[course.ids[1]] == (None, MarkStatus.MISSING)
    assert len(finals) == 2


def test_a_marker_sees_numbers_and_no_names(course):
    page = course.hall.read(course.marker, course.sheet)

    assert course.numbers[0] in page
    assert "王芳" not in page
    assert course.numbers[0] not in course.hall.read(course.marker, f"{course.sheet}?q=王芳")


def test_a_wrong_mark_is_refused_at_its_field_and_the_others_are_kept(course):
    page = course.give(course.marker, "８３", "77", "101")

    assert page.count("half-width") == 2
    assert page.count("above the full mark") == 2
    assert 'value="101"' in page
    assert course.marks() == [("77", False)]


def test_nobody_signs_the_own_mark_and_what_is_not_ticked_stays_open(course):
    both = course.hall.somebody(Role.MARKER, Role.EXAM_OFFICER)
    course.give(both, "83", "77", "90")

    page = course.hall.read(both, f"{course.sheet}/check")
    assert "3 of these marks are yours" in page
    assert 'name="entry"' not in page
    assert course.sign(both, 0).status_code == 409
    course.sign(course.office, 1)
    assert [is_checked for _, is_checked in course.marks()] == [False, True, False]


def test_a_signed_mark_can_not_be_typed_over(course):
    course.give(course.marker, "83")
    course.sign(course.office, 0)

    page = course.give(course.marker, "99", version="1")

    assert course.marks() == [("83", True)]
    assert "One mark was not kept" in page


def test_another_marker_sees_no_mark_of_the_first_and_replaces_none_unseen(course):
    course.give(course.marker, "83")
    other = course.hall.somebody(Role.MARKER, name="陈海")

    assert 'value="83"' not in course.hall.read(other, f"{course.sheet}?shown=others")
    assert "One mark was not kept" in course.give(other, "70")
    assert course.marks() == [("83", False)]


def test_a_foreign_paper_is_absent_and_another_role_is_refused(course):
    away = course.hall.away(Role.MARKER, Role.EXAM_OFFICER)
    worker = course.hall.somebody(Role.WORKER)

    for address in (course.sheet, f"{course.sheet}/check"):
        assert course.hall.get(away, address).status_code == 404
        assert course.hall.get(worker, address).status_code == 403
    assert course.hall.get(course.marker, f"{course.sheet}/check").status_code == 403
    assert course.numbers[0] not in course.hall.read(away, "/marking/assignments")


def test_the_pages_speak_chinese(course):
    marker = course.hall.somebody(Role.MARKER, language="zh")

    assert "评阅 3 份作业" in course.hall.read(marker, "/marking/assignments")
    assert "保存这些成绩" in course.hall.read(marker, course.sheet)
