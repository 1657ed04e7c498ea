"""Assignments for their markers and for whoever checks them: by paper, then one by one."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.accounts.queries import names_of
from exam_centre.calendar.models import Series
from exam_centre.entries.models import Candidate, Entry
from exam_centre.entries.rules import EntryStatus
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.kernel.sentences import say
from exam_centre.marking.models import AssignmentMark
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode

MARKS, CHECKS = (Permission.ENTER_MARKS,), (Permission.RUN_MARKING,)


class Shown(StrEnum):
    """Which assignments of a paper a marker looks at."""

    LEFT = "left"
    MINE = "mine"
    OTHERS = "others"
    CHECKED = "checked"


@dataclass(frozen=True)
class AssignmentPaper:
    """One paper of one series whose assignments are in somebody's reach."""

    series: Series
    paper: Paper
    entered: int
    marked: int
    checked: int

    @property
    def left(self) -> int:
        """How many have no mark."""
        return self.entered - self.marked

    @property
    def to_check(self) -> int:
        """How many have a mark that nobody checked."""
        return self.marked - self.checked


@dataclass(frozen=True)
class AssignmentLine:
    """One assignment: its entry, whose it is, and its mark where there is one."""

    entry: Entry
    person_no: str
    name: str
    mark: AssignmentMark | None
    marker: str = ""


def assignment_papers(
    session: Session, actor: Actor, permissions: Collection[Permission]
) -> list[AssignmentPaper]:
    """Return the papers with assignments in the actor's reach, the newest series first."""
    rows = session.execute(
        _reached(
            select(
                Series,
                Paper,
                func.count(Entry.id),
                func.count(AssignmentMark.id),
                func.count(AssignmentMark.checked_by_id),
            ),
            actor,
            permissions,
        )
        .join(Series, Series.id == Entry.series_id)
        .group_by(Series.id, Paper.id)
        .order_by(Series.id.desc(), Paper.code)
    )
    return [AssignmentPaper(*row) for row in rows]


def access_assignments(
    session: Session,
    actor: Actor,
    permissions: Collection[Permission],
    series_code: str,
    paper_token: str,
) -> AssignmentPaper:
    """Return one paper's assignments in the actor's reach, or raise NotFound."""
    for found in assignment_papers(session, actor, permissions):
        if (found.series.code, found.paper.token) == (series_code, paper_token):
            return found
    raise NotFound(say("assignments"))


def assignments_to_mark(
    session: Session,
    actor: Actor,
    found: AssignmentPaper,
    shown: Shown,
    *,
    text: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[AssignmentLine], int]:
    """Return some assignments of a paper by student number, and how many there are altogether."""
    mine = AssignmentMark.marker_id == actor.person_id
    unchecked = AssignmentMark.checked_by_id.is_(None)
    conditions: dict[Shown, tuple[ColumnElement[bool], ...]] = {
        Shown.LEFT: (AssignmentMark.id.is_(None),),
        Shown.MINE: (mine, unchecked),
        Shown.OTHERS: (~mine, unchecked),
        Shown.CHECKED: (AssignmentMark.checked_by_id.is_not(None),),
    }
    return _page(session, actor, MARKS, found, conditions[shown], text, offset, limit)


def assignments_to_check(
    session: Session,
    actor: Actor,
    found: AssignmentPaper,
    *,
    text: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[AssignmentLine], int]:
    """Return the assignments with a mark that nobody checked, with their markers' names."""
    waiting = (AssignmentMark.id.is_not(None), AssignmentMark.checked_by_id.is_(None))
    lines, total = _page(session, actor, CHECKS, found, waiting, text, offset, limit)
    names = names_of(session, {line.mark.marker_id for line in lines if line.mark})
    return [
        AssignmentLine(
            line.entry,
            line.person_no,
            line.name,
            line.mark,
            names[line.mark.marker_id] if line.mark else "",
        )
        for line in lines
    ], total


def entries_by_token(
    session: Session,
    actor: Actor,
    permissions: Collection[Permission],
    found: AssignmentPaper,
    tokens: Collection[str],
) -> dict[str, Entry]:
    """Return {token: entry} of those of a paper's assignments that are in the actor's reach."""
    wanted = _of_paper(_reached(select(Entry), actor, permissions), found)
    return {row.token: row for row in session.scalars(wanted.where(Entry.token.in_(tokens)))}


def find_assignment_mark(session: Session, entry_id: int) -> AssignmentMark | None:
    """Return the mark of an assignment, None where nobody gave one."""
    return session.scalar(select(AssignmentMark).where(AssignmentMark.entry_id == entry_id))


def _page(
    session: Session,
    actor: Actor,
    permissions: Collection[Permission],
    found: AssignmentPaper,
    conditions: Collection[ColumnElement[bool]],
    text: str,
    offset: int,
    limit: int,
) -> tuple[list[AssignmentLine], int]:
    matches = or_(
        Candidate.person_no.contains(text, autoescape=True),
        Person.name.contains(text, autoescape=True) & (permissions == CHECKS),
    )
    narrowed = (*conditions, matches) if text else tuple(conditions)
    counted = _of_paper(_reached(select(func.count(Entry.id)), actor, permissions), found)
    total = session.scalars(counted.where(*narrowed)).one()
    columns = select(Entry, Candidate.person_no, Person.name, AssignmentMark)
    wanted = _of_paper(_reached(columns, actor, permissions), found).where(*narrowed)
    rows = session.execute(wanted.order_by(Candidate.person_no).offset(offset).limit(limit))
    return [AssignmentLine(*row) for row in rows], total


def _of_paper(wanted: Select[*tuple[Any, ...]], found: AssignmentPaper) -> Select[*tuple[Any, ...]]:
    return wanted.where(Entry.series_id == found.series.id, Entry.paper_id == found.paper.id)


def _reached(
    wanted: Select[*tuple[Any, ...]], actor: Actor, permissions: Collection[Permission]
) -> Select[*tuple[Any, ...]]:
    return (
        wanted.select_from(Entry)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .outerjoin(AssignmentMark, AssignmentMark.entry_id == Entry.id)
        .where(
            Paper.mode == Mode.ASSIGNMENT,
            Entry.status == EntryStatus.CONFIRMED,
            within(actor, list(permissions), unit_path=Unit.path, series_id=Entry.series_id),
        )
    )
