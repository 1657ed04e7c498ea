"""Formative marks: entered and changed by hand for a reason, and every earlier version is kept."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from exam_centre.accounts.rules import ReasonMissing
from exam_centre.entries.models import Candidate
from exam_centre.kernel.errors import ConflictOfInterest
from exam_centre.kernel.permissions import Role
from exam_centre.marking.models import FormativeChange
from exam_centre.marking.queries.formative import Recorded, formative_courses, formative_lines
from exam_centre.marking.rules import FormativeChanged, MarkStatus, WrongStatus
from exam_centre.marking.service import Earned, change_formative, record_all_formative
from exam_centre.papers.models import Course
from tests.factories.times import NINE

DAY = date(2026, 12, 1)


class Desk:
    """One candidate of one course, and an officer who records marks."""

    def __init__(self, session, make) -> None:
        self.session, self.make = session, make
        self.entry = make.entry()
        self.candidate = session.get_one(Candidate, self.entry.candidate_id)
        line = make.entry_courses(self.entry)[0]
        self.course = session.get_one(Course, line.course_id)
        self.series = make.home_series()
        self.officer = make.actor(Role.EXAM_OFFICER)

    def change(self, mark: str | MarkStatus, *, seen: str = "", reason: str = "", actor=None):
        is_status = isinstance(mark, MarkStatus)
        return change_formative(
            self.session,
            actor or self.officer,
            self.candidate,
            self.course,
            self.series,
            score=None if is_status else Decimal(mark),
            status=mark if is_status else None,
            source="platform",
            dated=DAY,
            seen=seen,
            reason=reason,
            now=NINE,
        )

    def earlier(self) -> list[tuple[int, Decimal | None, str]]:
        rows = self.session.scalars(select(FormativeChange).order_by(FormativeChange.number))
        mine = [row for row in rows if row.candidate_id == self.candidate.id]
        return [(row.number, row.score, row.reason) for row in mine]


@pytest.fixture
def desk(session, make) -> Desk:
    return Desk(session, make)


def test_a_changed_mark_leaves_its_earlier_versions_with_their_reasons(desk):
    desk.change("77")
    desk.change("81.5", seen="77", reason="third piece of work was not counted")
    mark = desk.change("80", seen="81.5", reason="added up again")

    assert mark.score == Decimal(80)
    assert desk.earlier() == [
        (1, Decimal(77), "third piece of work was not counted"),
        (2, Decimal("81.5"), "added up again"),
    ]


def test_a_change_without_a_reason_is_refused_and_the_first_entry_needs_none(desk):
    desk.change("77")

    with pytest.raises(ReasonMissing):
        desk.change("78", seen="77", reason="  ")
    assert desk.earlier() == []


def test_two_people_who_change_one_mark_do_not_overwrite_each_other_unseen(desk):
    desk.change("77")
    desk.change("80", seen="77", reason="counted again")

    with pytest.raises(FormativeChanged, match="80"):
        desk.change("75", seen="77", reason="typed wrongly")


def test_what_was_not_completed_is_a_status_and_no_number(desk):
    mark = desk.change(MarkStatus.MISSING)
    assert (mark.score, mark.status) == (None, MarkStatus.MISSING)

    with pytest.raises(WrongStatus):
        desk.change(MarkStatus.ABSENT, seen="missing", reason="was not there")


def test_nobody_records_the_own_mark(desk, make):
    person = desk.session.get_one(type(make.person()), desk.candidate.person_id)
    own = make.actor(Role.EXAM_OFFICER, person=person)

    with pytest.raises(ConflictOfInterest):
        desk.change("99", actor=own)


def test_a_later_file_keeps_what_it_replaces_too(desk, session):
    desk.change("77")
    later = Earned(desk.candidate, desk.course, Decimal(79), None, "platform", DAY)

    record_all_formative(session, desk.officer, desk.series, [later], now=NINE)
    record_all_formative(session, desk.officer, desk.series, [later], now=NINE)

    assert desk.earlier() == [(1, Decimal(77), "")]


def test_a_kept_version_can_not_be_rewritten(desk, session):
    desk.change("77")
    desk.change("80", seen="77", reason="counted again")

    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text("UPDATE formative_changes SET score = 99"))


def test_a_course_counts_its_recorded_marks_and_lists_those_without_one_first(desk, session, make):
    other = make.entry(paper=make.session.get_one(type(make.paper()), desk.entry.paper_id))
    desk.change("77")

    line = next(
        each
        for each in formative_courses(session, desk.officer, desk.series.id)
        if each.course is desk.course
    )
    shown, total = formative_lines(session, desk.officer, desk.series.id, desk.course.id)
    without, _ = formative_lines(
        session, desk.officer, desk.series.id, desk.course.id, shown=Recorded.WITHOUT
    )

    assert (line.entered, line.recorded) == (total, 1)
    assert [each.candidate.id for each in shown][-1] == desk.candidate.id
    assert [each.candidate.id for each in without] == [other.candidate_id]
