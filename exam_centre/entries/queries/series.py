"""The entries of a series as lists: by status, by the reason against them, and what is judged."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Series
from exam_centre.entries.models import (
    Candidate,
    Deferral,
    EligibilityFinding,
    Entry,
    EntryCourse,
)
from exam_centre.entries.queries.candidates import visible
from exam_centre.entries.queries.rosters import entries_in_reach
from exam_centre.entries.rules import EntryStatus, RequestStatus
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.database import pieces
from exam_centre.kernel.permissions import Actor, Place
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Course, Paper

REASONED = ("entries.barred", "entries.withdrawn", "entries.deferred")  # acts that say why


@dataclass(frozen=True)
class EntryLine:
    """One entry of a list, with whose it is and for what."""

    entry: Entry
    candidate: Candidate
    name: str
    unit: str
    paper: Paper
    series: Series


@dataclass(frozen=True)
class Standing:
    """Where an entry stands, and whether somebody asked to defer it."""

    status: EntryStatus
    deferral: RequestStatus | None  # the newest request; None: nobody asked

    @property
    def waits_for_a_place(self) -> bool:
        """Whether nobody has begun to do anything about an entry that has no seat."""
        return self.status is EntryStatus.CONFIRMED and self.deferral is not RequestStatus.REQUESTED


def list_entries(
    session: Session,
    actor: Actor,
    series: Series,
    *,
    status: EntryStatus | None = None,
    rule: str = "",
    text: str = "",
    offset: int,
    limit: int,
) -> tuple[list[EntryLine], int]:
    """Return entries of a series that the actor may see, by number, and how many were found.

    rule  code of an eligibility rule that is against them; "" for any.
    text  how a student number or a paper's code begins, or part of a name; "" for all.
    """
    found = _lines(actor).where(Entry.series_id == series.id)
    if status is not None:
        found = found.where(Entry.status == status)
    if rule:
        found = found.where(
            Entry.id.in_(
                select(EligibilityFinding.entry_id).where(
                    EligibilityFinding.rule == rule, EligibilityFinding.passes.is_(False)
                )
            )
        )
    if text:
        found = found.where(_like(text))
    total = session.scalar(found.with_only_columns(func.count(Entry.id))) or 0
    rows = session.execute(
        found.order_by(Candidate.person_no, Paper.code, Entry.id).offset(offset).limit(limit)
    )
    return [EntryLine(*row) for row in rows], total


def count_entries(session: Session, actor: Actor) -> dict[int, Counter[EntryStatus]]:
    """Return {series id: how many entries stand where}, of those the actor may see."""
    rows = session.execute(
        select(Entry.series_id, Entry.status, func.count())
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(visible(actor, Entry.series_id))
        .group_by(Entry.series_id, Entry.status)
    )
    counts: dict[int, Counter[EntryStatus]] = {}
    for series_id, status, number in rows:
        counts.setdefault(series_id, Counter())[status] = number
    return counts


def count_reasons(session: Session, actor: Actor, series: Series) -> Counter[str]:
    """Return {rule: how many entries it is against}, of those that are not eligible."""
    rows = session.execute(
        select(EligibilityFinding.rule, func.count())
        .join(Entry, Entry.id == EligibilityFinding.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(
            Entry.series_id == series.id,
            Entry.status == EntryStatus.INELIGIBLE,
            EligibilityFinding.passes.is_(False),
            visible(actor, Entry.series_id),
        )
        .group_by(EligibilityFinding.rule)
    )
    return Counter({row[0]: row[1] for row in rows})


def ids_in_reach(
    session: Session, actor: Actor, series: Series, statuses: Iterable[EntryStatus]
) -> list[int]:
    """Return the entries of a series in these statuses that the actor may enter, oldest first."""
    wanted = entries_in_reach(actor, series, statuses)
    return list(session.scalars(select(Entry.id).where(wanted).order_by(Entry.id)))


def entry_lines(session: Session, actor: Actor, tokens: Sequence[str]) -> list[EntryLine]:
    """Return the entries of these tokens that the actor may see, by number."""
    found = _lines(actor).where(Entry.token.in_(list(tokens)))
    return [EntryLine(*row) for row in session.execute(found.order_by(Candidate.person_no))]


def own_entries(session: Session, actor: Actor) -> list[EntryLine]:
    """Return one's own entries, newest series first."""
    found = _lines(actor).where(Candidate.person_id == actor.person_id)
    return [
        EntryLine(*row) for row in session.execute(found.order_by(Series.id.desc(), Paper.code))
    ]


def own_candidates(session: Session, actor: Actor) -> list[Candidate]:
    """Return one's own student numbers, oldest first."""
    wanted = select(Candidate).where(Candidate.person_id == actor.person_id)
    return list(session.scalars(wanted.order_by(Candidate.id)))


def courses_of_entries(
    session: Session, entry_ids: Iterable[int]
) -> dict[int, list[tuple[EntryCourse, Course]]]:
    """Return {entry id: its lines with their courses, oldest first}."""
    rows = session.execute(
        select(EntryCourse, Course)
        .join(Course, Course.id == EntryCourse.course_id)
        .where(EntryCourse.entry_id.in_(set(entry_ids)))
        .order_by(EntryCourse.id)
    )
    lines: dict[int, list[tuple[EntryCourse, Course]]] = {}
    for line, course in rows:
        lines.setdefault(line.entry_id, []).append((line, course))
    return lines


def against(session: Session, entry_ids: Iterable[int]) -> dict[int, list[EligibilityFinding]]:
    """Return {entry id: what the last assessment found against it}; what fits is absent."""
    rows = session.scalars(
        select(EligibilityFinding)
        .where(
            EligibilityFinding.entry_id.in_(set(entry_ids)),
            EligibilityFinding.passes.is_(False),
        )
        .order_by(EligibilityFinding.id)
    )
    found: dict[int, list[EligibilityFinding]] = {}
    for row in rows:
        found.setdefault(row.entry_id, []).append(row)
    return found


def reasons_of(session: Session, entry_ids: Iterable[int]) -> dict[int, str]:
    """Return {entry id: why it was barred, withdrawn or deferred last}, as the trail keeps it."""
    subjects = {f"entries:{entry_id}": entry_id for entry_id in entry_ids}
    rows = session.execute(
        select(AuditRow.subject, AuditRow.reason)
        .where(AuditRow.act.in_(REASONED), AuditRow.subject.in_(subjects))
        .order_by(AuditRow.id)
    )
    return {subjects[row.subject]: row.reason for row in rows if row.reason}


def standings(session: Session, tokens: Iterable[str]) -> dict[str, Standing]:
    """Return {entry token: where it stands}, for pages that list entries for another purpose."""
    rows = session.execute(
        select(Entry.token, Entry.status, Deferral.status)
        .outerjoin(Deferral, Deferral.entry_id == Entry.id)
        .where(Entry.token.in_(list(tokens)))
        .order_by(Deferral.id)
    )
    return {row[0]: Standing(row[1], row[2]) for row in rows}


def people_and_places(session: Session, entry_ids: Iterable[int]) -> dict[int, tuple[int, Place]]:
    """Return {entry id: (the human it is about, the unit and series where it is decided)}."""
    found: dict[int, tuple[int, Place]] = {}
    for piece in pieces(entry_ids):
        rows = session.execute(
            select(Entry.id, Candidate.person_id, Unit.path, Entry.series_id)
            .join(Candidate, Candidate.id == Entry.candidate_id)
            .join(Unit, Unit.id == Candidate.unit_id)
            .where(Entry.id.in_(piece))
        )
        for entry_id, person_id, path, series_id in rows:
            found[entry_id] = (person_id, Place(path, series_id=series_id))
    return found


def _lines(actor: Actor) -> Any:
    return (
        select(Entry, Candidate, Person.name, Unit.name, Paper, Series)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(Series, Series.id == Entry.series_id)
        .where(visible(actor, Entry.series_id))
    )


def _like(text: str) -> ColumnElement[bool]:
    return or_(
        Candidate.person_no.startswith(text.upper(), autoescape=True),
        Person.name.contains(text, autoescape=True),
        Paper.code.startswith(text, autoescape=True),
    )
