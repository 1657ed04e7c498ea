"""Papers, courses and schemes, read only."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.sentences import say
from exam_centre.papers.models import Course, Paper, Scheme


def find_paper(session: Session, code: str) -> Paper | None:
    """Return the paper of this code, or None. Which papers there are is no secret."""
    return session.scalar(select(Paper).where(Paper.code == code))


def courses_of(session: Session, paper_ids: Iterable[int]) -> list[Course]:
    """Return the courses that papers count for, by code."""
    wanted = Course.paper_id.in_(set(paper_ids))
    return list(session.scalars(select(Course).where(wanted).order_by(Course.code)))


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
