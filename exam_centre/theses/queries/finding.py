"""Theses: who may see which, their panels, and what they come to."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from exam_centre.accounts.models import Person, StaffMember, User
from exam_centre.calendar.models import Series
from exam_centre.entries.models import Candidate, Entry
from exam_centre.entries.rules import EntryStatus
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, Place, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from exam_centre.theses.models import (
    PanelMember,
    Thesis,
    ThesisMark,
    ThesisRecord,
    ThesisTopic,
)
from exam_centre.theses.rules import ThesisResult, ThesisStatus, TopicStatus, thesis_result


@dataclass(frozen=True)
class ThesisLine:
    """One thesis in a list."""

    thesis: Thesis
    candidate: str
    person_no: str
    supervisor: str
    series: str


@dataclass(frozen=True)
class Waiting:
    """A confirmed entry for a thesis that has not begun."""

    entry_id: int
    person_no: str
    name: str
    paper: str
    paper_code: str
    series: str
    series_code: str


def access_thesis(session: Session, actor: Actor, token: str) -> Thesis:
    """Return a thesis the actor manages, supervises, assesses or writes, or raise NotFound."""
    thesis = session.scalar(
        select(Thesis)
        .join(Entry, Entry.id == Thesis.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(Thesis.token == token, _in_reach(actor))
    )
    if thesis is None:
        raise NotFound(say("thesis"))
    return thesis


def thesis_lines(
    session: Session,
    actor: Actor,
    *,
    text: str = "",
    status: ThesisStatus | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[ThesisLine], int]:
    """Return some theses the actor manages, supervises or assesses, and how many there are.

    text  a part of the title or of a name, or a student number.
    """
    writer, guide = aliased(Person), aliased(Person)
    condition = [_in_reach(actor)]
    if text:
        named = [c.contains(text, autoescape=True) for c in (Thesis.title, writer.name, guide.name)]
        condition.append(or_(Candidate.person_no == text, *named))
    if status is not None:
        condition.append(Thesis.status == status)

    def joined(wanted: Any) -> Any:
        return (
            wanted.select_from(Thesis)
            .join(Entry, Entry.id == Thesis.entry_id)
            .join(Candidate, Candidate.id == Entry.candidate_id)
            .join(Unit, Unit.id == Candidate.unit_id)
            .join(Series, Series.id == Entry.series_id)
            .join(writer, writer.id == Candidate.person_id)
            .join(guide, guide.id == Thesis.supervisor_id)
            .where(*condition)
        )

    total = session.scalars(joined(select(func.count(Thesis.id)))).one()
    wanted = joined(select(Thesis, writer.name, Candidate.person_no, guide.name, Series.name))
    rows = session.execute(wanted.order_by(Thesis.id.desc()).offset(offset).limit(limit))
    return [ThesisLine(*row) for row in rows], total


def entries_waiting(session: Session, actor: Actor) -> list[Waiting]:
    """Return confirmed entries without a thesis or a topic on its way, in the office's reach."""
    rows = session.execute(
        select(
            Entry.id, Candidate.person_no, Person.name, Paper.name, Paper.code, Series.name,
            Series.code,
        )
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(Series, Series.id == Entry.series_id)
        .where(
            Paper.mode == Mode.THESIS,
            Entry.status == EntryStatus.CONFIRMED,
            Entry.id.not_in(select(Thesis.entry_id)),
            Entry.id.not_in(
                select(ThesisTopic.entry_id).where(ThesisTopic.status == TopicStatus.PROPOSED)
            ),
            within(actor, (Permission.RUN_MARKING,), unit_path=Unit.path, series_id=Series.id),
        )
        .order_by(Entry.id)
    )  # fmt: skip
    return [Waiting(*row) for row in rows]


def own_theses(session: Session, actor: Actor) -> list[ThesisLine]:
    """Return the theses the actor writes, newest first."""
    guide = aliased(Person)
    rows = session.execute(
        select(Thesis, Person.name, Candidate.person_no, guide.name, Series.name)
        .join(Entry, Entry.id == Thesis.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Series, Series.id == Entry.series_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(guide, guide.id == Thesis.supervisor_id)
        .where(Candidate.person_id == actor.person_id)
        .order_by(Thesis.id.desc())
    )
    return [ThesisLine(*row) for row in rows]


def find_thesis(session: Session, entry_id: int) -> Thesis | None:
    """Return the thesis of an entry, or None before it begins."""
    return session.scalar(select(Thesis).where(Thesis.entry_id == entry_id))


def find_colleague(session: Session, number: str) -> Person | None:
    """Return the human with this staff number or sign-in, or None."""
    by_staff = select(StaffMember.person_id).where(StaffMember.staff_no == number)
    by_login = select(User.person_id).where(User.login == number)
    return session.scalars(
        select(Person).where(or_(Person.id.in_(by_staff), Person.id.in_(by_login))).limit(1)
    ).first()


def _in_reach(actor: Actor) -> ColumnElement[bool]:
    """Return the condition of theses the actor manages, supervises, assesses or writes."""
    mine = or_(
        Thesis.supervisor_id == actor.person_id,
        Thesis.id.in_(
            select(PanelMember.thesis_id).where(PanelMember.person_id == actor.person_id)
        ),
    )
    runs, marks = (
        within(actor, (permission,), unit_path=Unit.path, series_id=Entry.series_id)
        for permission in (Permission.RUN_MARKING, Permission.ENTER_MARKS)
    )
    return or_(runs, mine & marks, Candidate.person_id == actor.person_id)


def place_of_entry(session: Session, entry_id: int) -> Place:
    """Return where an entry without a seat belongs: its candidate's unit, and its series."""
    path, series_id = session.execute(
        select(Unit.path, Entry.series_id)
        .join(Candidate, Candidate.unit_id == Unit.id)
        .join(Entry, Entry.candidate_id == Candidate.id)
        .where(Entry.id == entry_id)
    ).one()
    return Place(path, series_id=series_id)


def candidate_of(session: Session, thesis: Thesis) -> int:
    """Return the person id of who writes the thesis."""
    wanted = select(Candidate.person_id).join(Entry, Entry.candidate_id == Candidate.id)
    return session.scalars(wanted.where(Entry.id == thesis.entry_id)).one()


def panel_of(session: Session, thesis: Thesis) -> list[PanelMember]:
    """Return the panel in the order it was seated; empty while there is none."""
    wanted = select(PanelMember).where(PanelMember.thesis_id == thesis.id)
    return list(session.scalars(wanted.order_by(PanelMember.id)))


def records_of(session: Session, thesis: Thesis) -> list[ThesisRecord]:
    """Return the recorded steps, oldest first."""
    wanted = select(ThesisRecord).where(ThesisRecord.thesis_id == thesis.id)
    return list(session.scalars(wanted.order_by(ThesisRecord.id)))


def marks_of(session: Session, thesis: Thesis) -> dict[int, Decimal]:
    """Return person id -> mark."""
    wanted = select(ThesisMark).where(ThesisMark.thesis_id == thesis.id)
    return {mark.marker_id: mark.score for mark in session.scalars(wanted)}


def result_of(session: Session, thesis: Thesis) -> ThesisResult:
    """Return what the marks of one thesis come to as they are."""
    return _results(session, [thesis])[thesis.entry_id]


def final_of(
    session: Session, entry_ids: Collection[int]
) -> dict[int, tuple[Decimal, ThesisStatus | None]]:
    """Return entry id -> (score, FAILED where the defence decides alone), for finished theses."""
    theses = session.scalars(
        select(Thesis).where(Thesis.entry_id.in_(entry_ids), Thesis.status == ThesisStatus.FINAL)
    ).all()
    return {
        entry_id: (result.score, ThesisStatus.FAILED if result.defence_failed else None)
        for entry_id, result in _results(session, theses).items()
    }


def people_who_marked(session: Session, entry_ids: Collection[int]) -> set[int]:
    """Return the supervisors and panel members of these entries' theses."""
    theses = select(Thesis.id).where(Thesis.entry_id.in_(entry_ids))
    supervisors = select(Thesis.supervisor_id).where(Thesis.entry_id.in_(entry_ids))
    members = select(PanelMember.person_id).where(PanelMember.thesis_id.in_(theses))
    return set(session.scalars(supervisors.union(members)))


def _results(session: Session, theses: Collection[Thesis]) -> dict[int, ThesisResult]:
    marks: dict[int, dict[int, Decimal]] = {}
    for mark in session.scalars(
        select(ThesisMark).where(ThesisMark.thesis_id.in_([thesis.id for thesis in theses]))
    ):
        marks.setdefault(mark.thesis_id, {})[mark.marker_id] = mark.score
    results = {}
    for thesis in theses:
        given = marks.get(thesis.id, {})
        panel = [score for person, score in given.items() if person != thesis.supervisor_id]
        results[thesis.entry_id] = thesis_result(given.get(thesis.supervisor_id), panel)
    return results
