"""What people ask for: access arrangements and deferrals, as lists and one by one."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Series
from exam_centre.entries.models import AccessArrangement, Candidate, Deferral, Entry
from exam_centre.entries.queries.candidates import visible
from exam_centre.entries.rules import NOT_LIVE, RequestStatus
from exam_centre.kernel.permissions import Actor
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Paper


@dataclass(frozen=True)
class ArrangementLine:
    """One access arrangement of a list."""

    arrangement: AccessArrangement
    candidate: Candidate
    name: str
    series: Series
    asked_by: str


@dataclass(frozen=True)
class DeferralLine:
    """One request to defer an entry."""

    deferral: Deferral
    entry: Entry
    candidate: Candidate
    name: str
    paper: Paper
    series: Series
    asked_by: str


def list_arrangements(
    session: Session,
    actor: Actor,
    *,
    status: RequestStatus | None = None,
    text: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[ArrangementLine], int]:
    """Return arrangements the actor may see, oldest first, and how many were found.

    text  how a student number begins, or part of a name; "" for all.
    """
    asker = aliased(Person)
    found = (
        select(AccessArrangement, Candidate, Person.name, Series, asker.name)
        .join(Candidate, Candidate.id == AccessArrangement.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .join(Series, Series.id == AccessArrangement.series_id)
        .join(asker, asker.id == AccessArrangement.requested_by_id)
        .where(visible(actor, AccessArrangement.series_id), _like(text))
    )
    if status is not None:
        found = found.where(AccessArrangement.status == status)
    rows, total = _part(session, found, AccessArrangement.id, offset, limit)
    return [ArrangementLine(*row) for row in rows], total


def list_deferrals(
    session: Session,
    actor: Actor,
    *,
    status: RequestStatus | None = None,
    text: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[DeferralLine], int]:
    """Return requests to defer that the actor may see, oldest first, and how many were found.

    text  how a student number or a paper's code begins, or part of a name; "" for all.
    """
    found = _deferrals(actor).where(or_(_like(text), Paper.code.startswith(text, autoescape=True)))
    if status is not None:
        found = found.where(Deferral.status == status)
    rows, total = _part(session, found, Deferral.id, offset, limit)
    return [DeferralLine(*row) for row in rows], total


def deferrals_named(session: Session, actor: Actor, tokens: list[str]) -> list[DeferralLine]:
    """Return the requests of these tokens that the actor may see, oldest first."""
    found = _deferrals(actor).where(Deferral.token.in_(tokens)).order_by(Deferral.id)
    return [DeferralLine(*row) for row in session.execute(found)]


def deferrals_of(session: Session, entry_id: int) -> list[Deferral]:
    """Return what was asked for an entry, newest first."""
    wanted = select(Deferral).where(Deferral.entry_id == entry_id)
    return list(session.scalars(wanted.order_by(Deferral.id.desc())))


def count_waiting(session: Session, actor: Actor) -> tuple[int, int]:
    """Return how many (arrangements, deferrals) wait for a decision, of those one may see."""
    waiting = RequestStatus.REQUESTED
    arrangements = (
        select(func.count(AccessArrangement.id))
        .join(Candidate, Candidate.id == AccessArrangement.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(AccessArrangement.status == waiting, visible(actor, AccessArrangement.series_id))
    )
    deferrals = (
        select(func.count(Deferral.id))
        .join(Entry, Entry.id == Deferral.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(Deferral.status == waiting, visible(actor, Entry.series_id))
    )
    return session.scalar(arrangements) or 0, session.scalar(deferrals) or 0


def papers_entered(session: Session, candidate_id: int, series_id: int) -> list[Paper]:
    """Return the papers a candidate is entered for in a series, by code."""
    return list(
        session.scalars(
            select(Paper)
            .join(Entry, Entry.paper_id == Paper.id)
            .where(
                Entry.candidate_id == candidate_id,
                Entry.series_id == series_id,
                Entry.status.not_in(NOT_LIVE),
            )
            .order_by(Paper.code)
        )
    )


def candidate_of(session: Session, arrangement: AccessArrangement) -> Candidate:
    """Return the student number an arrangement is for."""
    return session.get_one(Candidate, arrangement.candidate_id)


def _deferrals(actor: Actor) -> Any:
    asker = aliased(Person)
    return (
        select(Deferral, Entry, Candidate, Person.name, Paper, Series, asker.name)
        .join(Entry, Entry.id == Deferral.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(Series, Series.id == Entry.series_id)
        .join(asker, asker.id == Deferral.requested_by_id)
        .where(visible(actor, Entry.series_id))
    )


def _part(session: Session, found: Any, order: Any, offset: int, limit: int) -> tuple[Any, int]:
    total = session.scalar(found.with_only_columns(func.count(order))) or 0
    return session.execute(found.order_by(order).offset(offset).limit(limit)), total


def _like(text: str) -> ColumnElement[bool]:
    return or_(
        Candidate.person_no.startswith(text.upper(), autoescape=True),
        Person.name.contains(text, autoescape=True),
    )
