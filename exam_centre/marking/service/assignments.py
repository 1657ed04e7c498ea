"""Assignments: handed in by a deadline, marked by one person, checked by another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.service import ensure_no_tie, other_human
from exam_centre.entries.models import Entry
from exam_centre.entries.queries import people_of_entries, person_of_entry, place_of_candidate
from exam_centre.entries.rules import EntryStatus
from exam_centre.kernel import audit
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.marking.models import AssignmentMark
from exam_centre.marking.queries.assignments import find_assignment_mark
from exam_centre.marking.rules import (
    BY_MARKERS,
    Given,
    MarkChanged,
    MarkStatus,
    NotAnAssignment,
    TotalsChecked,
    WrongStatus,
    number_or_status,
    read_mark,
)
from exam_centre.marking.rules.sheets import meant
from exam_centre.papers.models import Paper
from exam_centre.papers.queries import scheme_of
from exam_centre.papers.rules import Mode


@dataclass(frozen=True)
class AssignmentCell:
    """What a marker typed for one assignment; `version` of the mark they saw, None for none."""

    entry: str  # its token
    typed: str
    version: int | None


@dataclass(frozen=True)
class AssignmentVerdict:
    """What became of one cell: kept, or why not."""

    entry: str
    refusal: Refusal | None = None


def mark_assignment(
    session: Session,
    actor: Actor,
    entry: Entry,
    *,
    score: Decimal | None = None,
    status: MarkStatus | None = None,
    now: datetime,
) -> AssignmentMark:
    """Keep the mark of an assignment; until somebody checks it, its marker may change it.

    status  where there is no number: MISSING says that nothing was handed in.
    Raises  NotAnAssignment, WrongMark, ConflictOfInterest, TotalsChecked.
    """
    actor.require(
        Permission.ENTER_MARKS, place_of_candidate(session, entry.candidate_id, entry.series_id)
    )
    paper = session.get_one(Paper, entry.paper_id)
    if paper.mode is not Mode.ASSIGNMENT or entry.status is not EntryStatus.CONFIRMED:
        raise NotAnAssignment
    number_or_status(score, status)
    human = actor.human()
    ensure_no_tie(session, human, [person_of_entry(session, entry.id)])
    mark = find_assignment_mark(session, entry.id)
    if mark is not None and mark.checked_by_id is not None:
        raise TotalsChecked
    if mark is not None and (mark.score, mark.status, mark.marker_id) == (score, status, human):
        return mark
    if mark is None:
        mark = AssignmentMark(entry_id=entry.id)
        session.add(mark)
    mark.score, mark.status = score, status
    mark.marker_id, mark.marked_at = human, now
    audit.record(session, actor, "marking.assignment_marked", mark, now)
    return mark


def keep_assignments(
    session: Session,
    actor: Actor,
    entries: Mapping[str, Entry],
    cells: Sequence[AssignmentCell],
    *,
    now: datetime,
) -> list[AssignmentVerdict]:
    """Keep the marks that can be kept, and say of each other one why it can not.

    entries  those the actor may see, by token; a cell about another one is refused.
    """
    verdicts = []
    for cell in cells:
        try:
            _keep(session, actor, entries.get(cell.entry), cell, now)
        except Refusal as refusal:
            verdicts.append(AssignmentVerdict(cell.entry, refusal))
        else:
            verdicts.append(AssignmentVerdict(cell.entry))
    return verdicts


def check_assignments(
    session: Session, actor: Actor, entries: Sequence[Entry], *, now: datetime
) -> list[AssignmentMark]:
    """Sign the marks of these assignments as another human than their markers; then they count.

    Raises SamePerson, ConflictOfInterest. An assignment without a mark is left out.
    """
    marks = session.scalars(
        select(AssignmentMark).where(
            AssignmentMark.entry_id.in_({entry.id for entry in entries}),
            AssignmentMark.checked_by_id.is_(None),
        )
    ).all()
    human = other_human(session, actor, *{mark.marker_id for mark in marks})
    of_entry = {entry.id: entry for entry in entries}
    ensure_no_tie(session, human, people_of_entries(session, of_entry).values())
    for mark in marks:
        entry = of_entry[mark.entry_id]
        place = place_of_candidate(session, entry.candidate_id, entry.series_id)
        actor.require(Permission.RUN_MARKING, place)
        mark.checked_by_id = human
        audit.record(session, actor, "marking.assignment_checked", mark, now)
    return list(marks)


def _keep(
    session: Session, actor: Actor, entry: Entry | None, cell: AssignmentCell, now: datetime
) -> None:
    if entry is None:
        raise NotAnAssignment
    word = meant(cell.typed)
    if isinstance(word, MarkStatus):
        if word not in BY_MARKERS:
            raise WrongStatus(word)
        given = Given(None, word)
    else:
        given = Given(read_mark(word, scheme_of(session, entry.paper_id).precision), None)
    mark = find_assignment_mark(session, entry.id)
    if mark is not None and mark.version != cell.version:
        stored = Given(mark.score, mark.status)
        if stored != given:
            raise MarkChanged(str(stored), str(given), mark.version)
    mark_assignment(session, actor, entry, score=given.score, status=given.status, now=now)
    session.flush()
