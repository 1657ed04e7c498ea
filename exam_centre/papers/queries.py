"""Papers, courses and schemes, read only."""

from collections.abc import Iterable

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.sentences import say
from exam_centre.papers.models import Course, Paper, Scheme
from exam_centre.papers.rules import Mode

AT_ONCE = 500  # codes in one statement


def find_paper(session: Session, code: str) -> Paper | None:
    """Return the paper of this code, or None. Which papers there are is no secret."""
    return session.scalar(select(Paper).where(Paper.code == code))


def access_paper(session: Session, code: str) -> Paper:
    """Return the paper of this code. Raises NotFound; which papers there are is no secret."""
    found = find_paper(session, code)
    if found is None:
        raise NotFound(say("paper"))
    return found


def list_papers(
    session: Session, *, text: str = "", mode: Mode | None = None, offset: int = 0, limit: int = 50
) -> tuple[list[Paper], int]:
    """Return (one page of the papers by code, how many were found).

    text  part of the paper's or of one of its courses' names, or how one of their codes begins.
    """
    found = select(Paper)
    if text:
        by_course = select(Course.paper_id).where(
            or_(
                Course.name.contains(text, autoescape=True),
                Course.code.istartswith(text, autoescape=True),
            )
        )
        found = found.where(
            or_(
                Paper.name.contains(text, autoescape=True),
                Paper.code.istartswith(text, autoescape=True),
                Paper.id.in_(by_course),
            )
        )
    if mode is not None:
        found = found.where(Paper.mode == mode)
    total = session.scalars(select(func.count()).select_from(found.subquery())).one()
    return list(session.scalars(found.order_by(Paper.code).offset(offset).limit(limit))), total


def versions_of(session: Session, paper_id: int) -> list[Scheme]:
    """Return every version of a paper's scheme, newest first."""
    wanted = select(Scheme).where(Scheme.paper_id == paper_id)
    return list(session.scalars(wanted.order_by(Scheme.version.desc())))


def courses_of(session: Session, paper_ids: Iterable[int]) -> list[Course]:
    """Return the courses that papers count for, by code."""
    wanted = Course.paper_id.in_(set(paper_ids))
    return list(session.scalars(select(Course).where(wanted).order_by(Course.code)))


def access_course(session: Session, code: str) -> Course:
    """Return the course of this code. Raises NotFound; which courses there are is no secret."""
    found = session.scalar(select(Course).where(Course.code == code))
    if found is None:
        raise NotFound(say("course"))
    return found


def courses_with_codes(session: Session, codes: Iterable[str]) -> list[Course]:
    """Return the courses of these codes, by code; unknown codes are absent."""
    wanted = sorted(set(codes))
    return [
        course
        for start in range(0, len(wanted), AT_ONCE)
        for course in session.scalars(
            select(Course)
            .where(Course.code.in_(wanted[start : start + AT_ONCE]))
            .order_by(Course.code)
        )
    ]


def scheme_of(session: Session, paper_id: int) -> Scheme:
    """Return the newest version of a paper's scheme. Raises NotFound where it has none."""
    found = schemes_of(session, [paper_id]).get(paper_id)
    if found is None:
        raise NotFound(say("scheme of the paper"))
    return found


def schemes_of(session: Session, paper_ids: Iterable[int]) -> dict[int, Scheme]:
    """Return {paper id: the newest version of its scheme}; papers without one are absent."""
    newest = (
        select(Scheme.paper_id, func.max(Scheme.version).label("version"))
        .where(Scheme.paper_id.in_(set(paper_ids)))
        .group_by(Scheme.paper_id)
        .subquery()
    )
    rows = session.scalars(
        select(Scheme).join(
            newest,
            (Scheme.paper_id == newest.c.paper_id) & (Scheme.version == newest.c.version),
        )
    )
    return {row.paper_id: row for row in rows}
