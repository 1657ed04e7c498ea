"""Candidates, entries and what they need, read only."""

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from exam_centre.entries.models import (
    AccessArrangement,
    Candidate,
    Deferral,
    EligibilityFinding,
    Entry,
    EntryCourse,
)
from exam_centre.entries.rules import NOT_LIVE, AccessKind, EntryStatus, RequestStatus
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, Place, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit

OFFICE = (Permission.APPROVE_ENTRIES, Permission.PLAN_TIMETABLE, Permission.ISSUE_SLIPS)


def access_candidate(session: Session, actor: Actor, person_no: str) -> Candidate:
    """Return the candidate: oneself, or one within the actor's reach. Raises NotFound."""
    found = session.scalar(
        select(Candidate)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(Candidate.person_no == person_no, visible(actor))
    )
    if found is None:
        raise NotFound(say("candidate"))
    return found


def access_entry(session: Session, actor: Actor, token: str) -> Entry:
    """Return the entry: one's own, or one within the actor's reach. Raises NotFound."""
    found = session.scalar(
        select(Entry)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(Entry.token == token, visible(actor, Entry.series_id))
    )
    if found is None:
        raise NotFound(say("entry"))
    return found


def access_arrangement(session: Session, actor: Actor, token: str) -> AccessArrangement:
    """Return the arrangement: one's own, or one within the actor's reach. Raises NotFound."""
    found = session.scalar(
        select(AccessArrangement)
        .join(Candidate, Candidate.id == AccessArrangement.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(AccessArrangement.token == token, visible(actor, AccessArrangement.series_id))
    )
    if found is None:
        raise NotFound(say("access arrangement"))
    return found


def access_deferral(session: Session, actor: Actor, token: str) -> Deferral:
    """Return the request to defer: one's own, or one within the actor's reach. Raises NotFound."""
    found = session.scalar(
        select(Deferral)
        .join(Entry, Entry.id == Deferral.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(Deferral.token == token, visible(actor, Entry.series_id))
    )
    if found is None:
        raise NotFound(say("request to defer"))
    return found


def place_of_candidate(session: Session, candidate_id: int, series_id: int | None = None) -> Place:
    """Return the candidate's unit as a place, narrowed to a series where one is given."""
    path = session.scalars(
        select(Unit.path)
        .join(Candidate, Candidate.unit_id == Unit.id)
        .where(Candidate.id == candidate_id)
    ).one()
    return Place(path, series_id=series_id)


def person_of_candidate(session: Session, candidate_id: int) -> int:
    """Return the human a student number belongs to."""
    return session.scalars(select(Candidate.person_id).where(Candidate.id == candidate_id)).one()


def person_of_entry(session: Session, entry_id: int) -> int:
    """Return the human an entry is about."""
    return session.scalars(
        select(Candidate.person_id)
        .join(Entry, Entry.candidate_id == Candidate.id)
        .where(Entry.id == entry_id)
    ).one()


def people_of_entries(session: Session, entry_ids: Iterable[int]) -> dict[int, int]:
    """Return {entry id: the human it is about}."""
    rows = session.execute(
        select(Entry.id, Candidate.person_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .where(Entry.id.in_(set(entry_ids)))
    )
    return dict(rows.all())


def lines_of(session: Session, entry_ids: Iterable[int]) -> dict[int, list[EntryCourse]]:
    """Return {entry id: its lines, oldest first}."""
    rows = session.scalars(
        select(EntryCourse).where(EntryCourse.entry_id.in_(set(entry_ids))).order_by(EntryCourse.id)
    )
    lines: dict[int, list[EntryCourse]] = {}
    for row in rows:
        lines.setdefault(row.entry_id, []).append(row)
    return lines


def live_entry(session: Session, candidate_id: int, paper_id: int, series_id: int) -> Entry | None:
    """Return the one entry that counts for a candidate, paper and series, or None."""
    return session.scalar(
        select(Entry).where(
            Entry.candidate_id == candidate_id,
            Entry.paper_id == paper_id,
            Entry.series_id == series_id,
            Entry.status.not_in(NOT_LIVE),
        )
    )


def courses_entered(session: Session, person_id: int, series_id: int) -> set[int]:
    """Return the courses a human is entered for in a series, under any student number."""
    return set(
        session.scalars(
            select(EntryCourse.course_id)
            .join(Entry, Entry.id == EntryCourse.entry_id)
            .join(Candidate, Candidate.id == Entry.candidate_id)
            .where(
                Candidate.person_id == person_id,
                Entry.series_id == series_id,
                Entry.status.not_in(NOT_LIVE),
            )
        )
    )


def is_barred(session: Session, person_id: int, series_id: int) -> bool:
    """Say whether an entry of this human stands barred in the series, under any number."""
    barred = (
        select(Entry.id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .where(
            Candidate.person_id == person_id,
            Entry.series_id == series_id,
            Entry.status == EntryStatus.BARRED,
        )
    )
    return bool(session.scalar(select(barred.exists())))


def findings_of(session: Session, entry_id: int) -> list[EligibilityFinding]:
    """Return what the last assessment found, in the order of the rules."""
    wanted = EligibilityFinding.entry_id == entry_id
    return list(
        session.scalars(select(EligibilityFinding).where(wanted).order_by(EligibilityFinding.id))
    )


def extra_percent_of(session: Session, candidate_id: int, series_id: int) -> Decimal:
    """Return the approved extra time in percent of a paper's minutes; 0 where none is."""
    return extra_percents(session, series_id).get(candidate_id, Decimal(0))


def extra_percents(session: Session, series_id: int) -> dict[int, Decimal]:
    """Return {candidate id: approved extra time in percent} of all who have some in a series."""
    rows = session.execute(
        select(AccessArrangement.candidate_id, AccessArrangement.extra_percent).where(
            AccessArrangement.series_id == series_id,
            AccessArrangement.kind == AccessKind.EXTRA_TIME,
            AccessArrangement.status == RequestStatus.APPROVED,
        )
    )
    return {row.candidate_id: row.extra_percent for row in rows}


def needs_of(
    session: Session, candidate_ids: Iterable[int], series_id: int
) -> dict[int, set[AccessKind]]:
    """Return {candidate id: approved needs} of those asked about who have some."""
    wanted = set(candidate_ids)
    # Few candidates have needs, so the series' needs are fetched, not tens of thousands of ids.
    rows = session.execute(
        select(AccessArrangement.candidate_id, AccessArrangement.kind).where(
            AccessArrangement.series_id == series_id,
            AccessArrangement.status == RequestStatus.APPROVED,
        )
    )
    needs: dict[int, set[AccessKind]] = {}
    for candidate_id, kind in rows:
        if candidate_id in wanted:
            needs.setdefault(candidate_id, set()).add(kind)
    return needs


def visible(
    actor: Actor, series_id: InstrumentedAttribute[int] | None = None
) -> ColumnElement[bool]:
    """Return the condition over Candidate and Unit that keeps a query to whom the actor may see.

    A candidate sees their own; the exam office those of its units; who only enters candidates
    sees them once they agreed to the use of their data.
    """
    own = false() if actor.person_id is None else Candidate.person_id == actor.person_id
    office = within(actor, OFFICE, unit_path=Unit.path, series_id=series_id)
    liaison = within(actor, [Permission.ENTER_CANDIDATES], unit_path=Unit.path, series_id=series_id)
    return or_(own, office, and_(liaison, Candidate.consented_on.is_not(None)))
