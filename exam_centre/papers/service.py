"""How papers, their courses and their schemes come about. All act for the whole network."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.organisation.queries import place_of_network
from exam_centre.organisation.rules import CodeTaken
from exam_centre.papers.models import Course, Paper, Scheme
from exam_centre.papers.rules import (
    BookRule,
    Mode,
    Rounding,
    check_credits,
    check_minutes,
    check_scheme,
)


def add_paper(
    session: Session,
    actor: Actor,
    *,
    code: str,
    name: str,
    mode: Mode,
    minutes: int | None,
    book_rule: BookRule,
    material: str = "",
    now: datetime,
) -> Paper:
    """Add what can be sat; `minutes` is None where nobody sits it.

    Raises WrongMinutes, CodeTaken.
    """
    actor.require(Permission.RUN_PAPERS, place_of_network(session))
    check_minutes(mode, minutes)
    if session.scalar(select(exists().where(Paper.code == code))):
        raise CodeTaken(code)
    paper = Paper(
        code=code, name=name, mode=mode, minutes=minutes, book_rule=book_rule, material=material
    )
    session.add(paper)
    audit.record(session, actor, "papers.paper_added", paper, now)
    return paper


def add_course(
    session: Session,
    actor: Actor,
    paper: Paper,
    *,
    code: str,
    name: str,
    level: str,
    learning_area: str,
    credits: Decimal,  # noqa: A002 - the word of the trade
    compulsory: bool = True,
    now: datetime,
) -> Course:
    """Add a course that `paper` counts for. Raises WrongCredits, CodeTaken."""
    actor.require(Permission.RUN_PAPERS, place_of_network(session))
    check_credits(credits)
    if session.scalar(select(exists().where(Course.code == code))):
        raise CodeTaken(code)
    course = Course(
        code=code,
        name=name,
        paper_id=paper.id,
        level=level,
        learning_area=learning_area,
        credits=credits,
        compulsory=compulsory,
    )
    session.add(course)
    audit.record(session, actor, "papers.course_added", course, now)
    return course


def set_scheme(
    session: Session,
    actor: Actor,
    paper: Paper,
    *,
    source: str,
    formative_percent: Decimal,
    double_pass: bool,
    pass_mark: Decimal,
    precision: int,
    formative_gate: bool = True,
    rounding: Rounding = Rounding.HALF_UP,
    now: datetime,
) -> Scheme:
    """Write the next version of how a paper's parts become a composite. Raises WrongScheme.

    formative_percent  of 100; 100 means that there is no final part.
    precision          decimals of the composite, 0 to 2.
    """
    actor.require(Permission.RUN_PAPERS, place_of_network(session))
    check_scheme(formative_percent, pass_mark, precision)
    newest = select(func.max(Scheme.version)).where(Scheme.paper_id == paper.id)
    scheme = Scheme(
        paper_id=paper.id,
        version=(session.scalar(newest) or 0) + 1,
        source=source,
        formative_percent=formative_percent,
        double_pass=double_pass,
        formative_gate=formative_gate,
        pass_mark=pass_mark,
        precision=precision,
        rounding=rounding,
    )
    session.add(scheme)
    audit.record(session, actor, "papers.scheme_set", scheme, now, reason=source)
    return scheme


def correct_paper(
    session: Session,
    actor: Actor,
    paper: Paper,
    *,
    name: str,
    mode: Mode,
    minutes: int | None,
    book_rule: BookRule,
    material: str,
    now: datetime,
) -> None:
    """Correct what a paper is. Raises WrongMinutes."""
    actor.require(Permission.RUN_PAPERS, place_of_network(session))
    check_minutes(mode, minutes)
    paper.name, paper.mode, paper.minutes = name, mode, minutes
    paper.book_rule, paper.material = book_rule, material
    audit.record(session, actor, "papers.paper_corrected", paper, now)


def correct_course(
    session: Session,
    actor: Actor,
    course: Course,
    *,
    name: str,
    level: str,
    learning_area: str,
    credits: Decimal,  # noqa: A002 - the word of the trade
    now: datetime,
) -> None:
    """Correct what a course is; its paper stays. Raises WrongCredits."""
    actor.require(Permission.RUN_PAPERS, place_of_network(session))
    check_credits(credits)
    course.name, course.level = name, level
    course.learning_area, course.credits = learning_area, credits
    audit.record(session, actor, "papers.course_corrected", course, now)


def take_back_courses(
    session: Session, actor: Actor, courses: Sequence[Course], *, reason: str, now: datetime
) -> None:
    """Take back courses that were added by mistake; papers stay, for their schemes are final.

    A course that anybody is entered for is refused by the database, as PromiseBroken.
    """
    actor.require(Permission.RUN_PAPERS, place_of_network(session))
    audit.record_all(session, actor, "papers.course_taken_back", courses, now, reason=reason)
    for course in courses:
        session.delete(course)
    session.flush()
