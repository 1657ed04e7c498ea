"""Formative marks for the office: courses of a series, candidates of a course, one mark's past."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.accounts.queries import names_of
from exam_centre.calendar.models import Series
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.entries.rules import EntryStatus
from exam_centre.kernel.database import pieces
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.kernel.sentences import say
from exam_centre.marking.models import FormativeChange, FormativeMark
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Course, Paper
from exam_centre.papers.queries import schemes_of

Key = tuple[int, int, int]  # candidate, course and series


class Recorded(StrEnum):
    """Which candidates of a course a list shows."""

    ALL = ""
    WITHOUT = "without"
    NUMBER = "number"
    STATUS = "status"


@dataclass(frozen=True)
class CourseLine:
    """One course of a series whose outcome has a formative part."""

    course: Course
    paper_code: str
    percent: Decimal  # of the outcome
    entered: int  # confirmed entries in reach
    recorded: int


@dataclass(frozen=True)
class FormativeLine:
    """One candidate of a course with the mark of the term, None where nobody recorded one."""

    candidate: Candidate
    name: str
    unit: str
    mark: FormativeMark | None


@dataclass(frozen=True)
class EarlierMark:
    """An earlier version of a mark, and who replaced it."""

    change: FormativeChange
    changed_by: str


def series_with_formative(session: Session, actor: Actor) -> list[Series]:
    """Return the series with confirmed entries in the actor's reach, newest first."""
    entered = _reached(select(Entry.id).select_from(EntryCourse), actor)
    wanted = select(Series).where(entered.where(Entry.series_id == Series.id).exists())
    return list(session.scalars(wanted.order_by(Series.id.desc())))


def formative_courses(session: Session, actor: Actor, series_id: int) -> list[CourseLine]:
    """Return the courses of a series that have a formative part, those with most missing first."""
    rows = session.execute(
        _reached(
            select(
                Course,
                Paper.code,
                func.count(EntryCourse.id),
                func.count(FormativeMark.id),
            ).select_from(EntryCourse),
            actor,
        )
        .join(Paper, Paper.id == Course.paper_id)
        .where(Entry.series_id == series_id)
        .group_by(Course.id, Paper.code)
        .order_by(Course.code)
    ).all()
    schemes = schemes_of(session, {row[0].paper_id for row in rows})
    lines = [
        CourseLine(course, paper, schemes[course.paper_id].formative_percent, entered, recorded)
        for course, paper, entered, recorded in rows
        if course.paper_id in schemes and schemes[course.paper_id].formative_percent > 0
    ]
    return sorted(lines, key=lambda line: line.recorded - line.entered)


def find_course(session: Session, code: str) -> Course:
    """Return a course by its code; courses are no secret. Raises NotFound."""
    course = session.scalar(select(Course).where(Course.code == code))
    if course is None:
        raise NotFound(say("course"))
    return course


def formative_lines(
    session: Session,
    actor: Actor,
    series_id: int,
    course_id: int,
    *,
    shown: Recorded = Recorded.ALL,
    text: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[FormativeLine], int]:
    """Return some candidates of a course, those without a mark first, and how many there are.

    text  a part of a name or a student number.
    """
    conditions: list[ColumnElement[bool]] = [
        Entry.series_id == series_id,
        EntryCourse.course_id == course_id,
    ]
    if shown is Recorded.WITHOUT:
        conditions.append(FormativeMark.id.is_(None))
    elif shown is Recorded.NUMBER:
        conditions.append(FormativeMark.score.is_not(None))
    elif shown is Recorded.STATUS:
        conditions.append(FormativeMark.status.is_not(None))
    if text:
        conditions.append(
            or_(
                Candidate.person_no.contains(text, autoescape=True),
                Person.name.contains(text, autoescape=True),
            )
        )
    counted = _reached(select(func.count(EntryCourse.id)).select_from(EntryCourse), actor)
    total = session.scalars(counted.where(*conditions)).one()
    wanted = _lines(actor).where(*conditions)
    in_order = wanted.order_by(FormativeMark.id.is_not(None), Candidate.person_no)
    rows = session.execute(in_order.offset(offset).limit(limit))
    return [FormativeLine(*row) for row in rows], total


def formative_sheet(
    session: Session,
    actor: Actor,
    series_id: int,
    course_id: int,
    *,
    offset: int = 0,
    limit: int = 200,
) -> tuple[list[FormativeLine], int]:
    """Return some candidates of a course by student number, and how many there are in reach.

    The order stays while marks come in, so that a column from elsewhere can be put beside it.
    """
    conditions = Entry.series_id == series_id, EntryCourse.course_id == course_id
    counted = _reached(select(func.count(EntryCourse.id)).select_from(EntryCourse), actor)
    total = session.scalars(counted.where(*conditions)).one()
    wanted = _lines(actor).where(*conditions).order_by(Candidate.person_no)
    return [
        FormativeLine(*row) for row in session.execute(wanted.offset(offset).limit(limit))
    ], total


def formative_of_numbers(
    session: Session, actor: Actor, series_id: int, course_id: int, numbers: Iterable[str]
) -> dict[str, FormativeLine]:
    """Return {student number: line} of those in the actor's reach; the others are left out."""
    return {
        row[0].person_no: FormativeLine(*row)
        for piece in pieces(numbers)
        for row in session.execute(
            _lines(actor).where(
                Entry.series_id == series_id,
                EntryCourse.course_id == course_id,
                Candidate.person_no.in_(piece),
            )
        )
    }


def access_formative(
    session: Session, actor: Actor, series_id: int, course_id: int, person_no: str
) -> FormativeLine:
    """Return one candidate of a course within the actor's scope, or raise NotFound."""
    row = session.execute(
        _lines(actor).where(
            Entry.series_id == series_id,
            EntryCourse.course_id == course_id,
            Candidate.person_no == person_no,
        )
    ).first()
    if row is None:
        raise NotFound(say("candidate"))
    return FormativeLine(*row)


def find_formative(
    session: Session, candidate_id: int, course_id: int, series_id: int
) -> FormativeMark | None:
    """Return the mark of the term of one candidate in one course, None where there is none."""
    return session.scalar(
        select(FormativeMark).where(
            FormativeMark.candidate_id == candidate_id,
            FormativeMark.course_id == course_id,
            FormativeMark.series_id == series_id,
        )
    )


def earlier_marks(
    session: Session, candidate_id: int, course_id: int, series_id: int
) -> list[EarlierMark]:
    """Return the earlier versions of a mark, the newest first."""
    rows = session.scalars(
        select(FormativeChange)
        .where(
            FormativeChange.candidate_id == candidate_id,
            FormativeChange.course_id == course_id,
            FormativeChange.series_id == series_id,
        )
        .order_by(FormativeChange.number.desc())
    ).all()
    names = names_of(session, {row.changed_by_id for row in rows})
    return [EarlierMark(row, names[row.changed_by_id]) for row in rows]


def last_numbers(session: Session, marks: Sequence[FormativeMark]) -> dict[Key, int]:
    """Return (candidate, course, series) -> number of the newest version that is kept of it."""
    columns = (FormativeChange.candidate_id, FormativeChange.course_id, FormativeChange.series_id)
    return {
        (row[0], row[1], row[2]): row[3]
        for piece in pieces({mark.candidate_id for mark in marks})
        for row in session.execute(
            select(*columns, func.max(FormativeChange.number))
            .where(FormativeChange.candidate_id.in_(piece))
            .group_by(*columns)
        )
    }


def _lines(actor: Actor) -> Select[*tuple[Any, ...]]:
    columns = select(Candidate, Person.name, Unit.name, FormativeMark).select_from(EntryCourse)
    return _reached(columns, actor)


def _reached(wanted: Select[*tuple[Any, ...]], actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        wanted.join(Entry, Entry.id == EntryCourse.entry_id)
        .join(Course, Course.id == EntryCourse.course_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .outerjoin(
            FormativeMark,
            (FormativeMark.candidate_id == Entry.candidate_id)
            & (FormativeMark.course_id == EntryCourse.course_id)
            & (FormativeMark.series_id == Entry.series_id),
        )
        .where(
            Entry.status == EntryStatus.CONFIRMED,
            within(
                actor,
                [Permission.RUN_MARKING],
                unit_path=Unit.path,
                series_id=Entry.series_id,
            ),
        )
    )
