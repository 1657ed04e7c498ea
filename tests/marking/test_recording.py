"""Marks nobody types from a script: the exam engine's, and those of the term."""

from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exam_centre.admission.rules import AttendanceStatus
from exam_centre.entries.models import Candidate
from exam_centre.kernel.errors import SamePerson
from exam_centre.kernel.laws import LawBroken
from exam_centre.kernel.permissions import Role
from exam_centre.marking import queries, service
from exam_centre.marking.models import EngineMark
from exam_centre.marking.rules import (
    MarkStatus,
    NoNumberWithoutAttendance,
    TotalsChecked,
    WrongPaper,
)
from exam_centre.papers.models import Course
from exam_centre.papers.rules import Mode
from tests.factories.make import Make
from tests.factories.times import EXAM_DAY, NINE

ABSENT = AttendanceStatus.ABSENT


def test_an_engine_mark_counts_after_another_human_checked_the_totals(
    session: Session, make: Make
) -> None:
    sat = make.sat(AttendanceStatus.PRESENT, ABSENT, paper=make.paper(Mode.COMPUTER))
    present, absent = sat.placements
    officer = make.actor(Role.EXAM_OFFICER)
    service.import_engine_mark(session, officer, present.id, score=Decimal("77.5"), now=NINE)
    entries = [present.entry_id, absent.entry_id]

    assert queries.final_of(session, entries) == {absent.entry_id: (None, MarkStatus.ABSENT)}
    with pytest.raises(SamePerson):
        service.check_engine_marks(session, officer, sat.room_session.id, now=NINE)
    service.check_engine_marks(
        session, make.actor(Role.EXAM_OFFICER), sat.room_session.id, now=NINE
    )
    assert queries.final_of(session, entries)[present.entry_id] == (Decimal("77.50"), None)


def test_totals_are_checked_only_when_everyone_present_has_a_mark(
    session: Session, make: Make
) -> None:
    sat = make.sat(paper=make.paper(Mode.COMPUTER))

    with pytest.raises(LawBroken):
        service.check_engine_marks(
            session, make.actor(Role.EXAM_OFFICER), sat.room_session.id, now=NINE
        )


def test_the_engine_can_not_give_the_absent_a_number(session: Session, make: Make) -> None:
    sat = make.sat(ABSENT, paper=make.paper(Mode.COMPUTER))
    officer = make.actor(Role.EXAM_OFFICER)
    absent = sat.placements[0].id

    with pytest.raises(NoNumberWithoutAttendance):
        service.import_engine_mark(session, officer, absent, score=Decimal(0), now=NINE)
    with pytest.raises(NoNumberWithoutAttendance):
        service.import_engine_mark(session, officer, absent, status=MarkStatus.REMOVED, now=NINE)
    service.import_engine_mark(session, officer, absent, status=MarkStatus.ABSENT, now=NINE)
    with pytest.raises(IntegrityError, match="no_engine_number_without_attendance"):
        session.execute(text("UPDATE engine_marks SET score = 0, status = NULL"))


def test_the_same_import_twice_changes_nothing_and_a_checked_mark_stands(
    session: Session, make: Make
) -> None:
    sat = make.sat(paper=make.paper(Mode.COMPUTER))
    make.engine_mark(sat.placements[0], 70)
    officer = make.actor(Role.EXAM_OFFICER)

    again = service.import_engine_mark(
        session, officer, sat.placements[0].id, score=Decimal(70), now=NINE
    )

    assert session.scalars(select(EngineMark)).all() == [again]
    with pytest.raises(TotalsChecked):
        service.import_engine_mark(
            session, officer, sat.placements[0].id, score=Decimal(71), now=NINE
        )


def test_a_paper_with_scripts_takes_no_engine_mark(session: Session, make: Make) -> None:
    sat = make.sat()

    with pytest.raises(WrongPaper):
        service.import_engine_mark(
            session,
            make.actor(Role.EXAM_OFFICER),
            sat.placements[0].id,
            score=Decimal(70),
            now=NINE,
        )


def test_a_later_formative_file_replaces_the_number_of_the_course(
    session: Session, make: Make
) -> None:
    entry = make.entry(courses=2)
    first, second = make.entry_courses(entry)
    candidate = session.get_one(Candidate, entry.candidate_id)
    officer = make.actor(Role.EXAM_OFFICER)
    course = session.get_one(Course, first.course_id)

    for score in (Decimal(70), Decimal("82.5")):
        service.record_formative(
            session, officer, candidate, course, make.home_series(), score=score,
            source="platform", dated=EXAM_DAY, now=NINE,
        )  # fmt: skip

    assert queries.formative_of(session, [first.id, second.id]) == {
        first.id: (Decimal("82.50"), None)
    }
