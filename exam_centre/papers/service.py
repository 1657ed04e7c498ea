"""How papers, their courses and their schemes come about. All act for the whole network."""

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
