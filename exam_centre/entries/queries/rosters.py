"""Candidates, entries and their lines by the thousand, for files and whole series."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Series
from exam_centre.entries.models import AccessArrangement, Candidate, Entry, EntryCourse
from exam_centre.entries.rules import (
    NOT_LIVE,
    AccessKind,
    EligibilityFacts,
    EntryStatus,
    TakeType,
)
from exam_centre.kernel.database import pieces
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Course, Paper, Scheme
from exam_centre.papers.rules import SEATED


@dataclass(frozen=True)
class KnownLine:
    """A line of a live entry: which human sits which course, under which number."""

    line_id: int
    entry_id: int
    candidate_id: int
    person_id: int
    course_id: int
    attempt: int
    take_type: TakeType
    preferred_venue_id: int | None


def candidates_by_number(session: Session, numbers: Iterable[str]) -> dict[str, Candidate]:
    """Return {student number: the candidate}, of those that are known."""
    return {
        row.person_no: row
        for piece in pieces(numbers)
        for row in session.scalars(select(Candidate).where(Candidate.person_no.in_(piece)))
    }


def candidates_in_reach(
    session: Session, actor: Actor, permission: Permission, numbers: Iterable[str]
) -> dict[str, Candidate]:
    """Return {student number: the candidate}, of those known to units within the actor's reach."""
    reach = within(actor, [permission], unit_path=Unit.path)
    return {
        row.person_no: row
        for piece in pieces(numbers)
        for row in session.scalars(
            select(Candidate)
            .join(Unit, Unit.id == Candidate.unit_id)
            .where(Candidate.person_no.in_(piece), reach)
        )
    }


def lines_of_people(
    session: Session, person_ids: Iterable[int], series_ids: Iterable[int]
) -> dict[int, list[KnownLine]]:
    """Return {series id: the lines of these humans' live entries}, under whatever number."""
    found: dict[int, list[KnownLine]] = {series_id: [] for series_id in series_ids}
    columns = (
        EntryCourse.id,
        Entry.id,
        Entry.candidate_id,
        Candidate.person_id,
        EntryCourse.course_id,
        EntryCourse.attempt,
        EntryCourse.take_type,
        Entry.preferred_venue_id,
    )
    for piece in pieces(person_ids):
        rows = session.execute(
            select(Entry.series_id, *columns)
            .join(Entry, Entry.id == EntryCourse.entry_id)
            .join(Candidate, Candidate.id == Entry.candidate_id)
            .where(
                Candidate.person_id.in_(piece),
                Entry.series_id.in_(found),
                Entry.status.not_in(NOT_LIVE),
            )
        )
        for row in rows:
            found[row[0]].append(KnownLine(*row[1:]))
    return found


def live_entries(
    session: Session, candidate_ids: Iterable[int], series_id: int
) -> dict[tuple[int, int], Entry]:
    """Return {(candidate id, paper id): the entry that counts}, in one series."""
    return {
        (entry.candidate_id, entry.paper_id): entry
        for piece in pieces(candidate_ids)
        for entry in session.scalars(
            select(Entry).where(
                Entry.candidate_id.in_(piece),
                Entry.series_id == series_id,
                Entry.status.not_in(NOT_LIVE),
            )
        )
    }


def needs_asked_for(
    session: Session, series_ids: Iterable[int]
) -> dict[tuple[int, int], set[AccessKind]]:
    """Return {(candidate id, series id): needs ever asked for}, whatever became of them."""
    asked: dict[tuple[int, int], set[AccessKind]] = {}
    rows = session.execute(
        select(
            AccessArrangement.candidate_id, AccessArrangement.series_id, AccessArrangement.kind
        ).where(AccessArrangement.series_id.in_(set(series_ids)))
    )
    for candidate_id, series_id, kind in rows:
        asked.setdefault((candidate_id, series_id), set()).add(kind)
    return asked


def entries_in_reach(
    actor: Actor, series: Series, statuses: Iterable[EntryStatus]
) -> ColumnElement[bool]:
    """Return the condition for a series' entries of candidates whom the actor may enter."""
    reach = within(
        actor, [Permission.ENTER_CANDIDATES], unit_path=Unit.path, series_id=Entry.series_id
    )
    candidates = select(Candidate.id).join(Unit, Unit.id == Candidate.unit_id).where(reach)
    return (
        (Entry.series_id == series.id)
        & Entry.status.in_(list(statuses))
        & Entry.candidate_id.in_(candidates)
    )


def eligibility_facts(
    session: Session, series: Series, wanted: ColumnElement[bool]
) -> Iterator[tuple[Entry, EligibilityFacts]]:
    """Yield what is known about each of a series' entries that `wanted` chooses, oldest first."""
    runs = session.scalars(select(Unit.path).where(Unit.id == series.unit_id)).one()
    rows = session.execute(
        select(Entry, Candidate, Unit.path, Paper)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(wanted)
        .order_by(Entry.id)
    ).all()
    courses: dict[int, list[tuple[str, int]]] = {}
    lines = (
        select(EntryCourse.entry_id, Course.code, Course.paper_id)
        .join(Course, Course.id == EntryCourse.course_id)
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .where(wanted)
        .order_by(EntryCourse.id)
    )
    for entry_id, code, paper_id in session.execute(lines):
        courses.setdefault(entry_id, []).append((code, paper_id))
    with_scheme = set(session.scalars(select(Scheme.paper_id).distinct()))
    barred = set(
        session.scalars(
            select(Candidate.person_id)
            .join(Entry, Entry.candidate_id == Candidate.id)
            .where(Entry.series_id == series.id, Entry.status == EntryStatus.BARRED)
        )
    )
    for entry, candidate, path, paper in rows:
        counted = courses.get(entry.id, [])
        yield (
            entry,
            EligibilityFacts(
                unit_takes_part=path.startswith(runs),
                consented_on=candidate.consented_on,
                has_scheme=paper.id in with_scheme,
                is_sat=paper.mode in SEATED,
                minutes=paper.minutes,
                foreign_courses=tuple(code for code, of in counted if of != paper.id),
                has_courses=bool(counted),
                barred=candidate.person_id in barred,
            ),
        )
