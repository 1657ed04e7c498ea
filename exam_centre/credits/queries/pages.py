"""What the pages of credits list: queue, messages and receipts, accounts, comparisons, codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Series
from exam_centre.credits.models import (
    Claim,
    CodeMap,
    Difference,
    LearningAccount,
    OutboxRow,
    Receipt,
    Reconciliation,
)
from exam_centre.credits.queries.claims import SEE_CLAIMS
from exam_centre.credits.rules import ClaimStatus, DifferenceStatus
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Course
from exam_centre.results.models import Outcome

MOST_RECONCILIATIONS = 60  # months of them; older ones are reached by their address


@dataclass(frozen=True)
class ClaimRow:
    """One claim with whose it is and for what."""

    claim: Claim
    person_no: str
    name: str
    course_code: str
    course_name: str
    series_code: str


@dataclass(frozen=True)
class MessageRow:
    """One message to the bank with every answer to it, oldest first."""

    message: OutboxRow
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True)
class AccountRow:
    """One person's learning account."""

    account: LearningAccount
    person_no: str
    name: str


@dataclass(frozen=True)
class ReconciliationRow:
    """One comparison with how many differences it found and how many are open."""

    reconciliation: Reconciliation
    found: int
    still_open: int


def counts_of_claims(session: Session, actor: Actor) -> dict[ClaimStatus, int]:
    """Return status -> how many claims within the actor's reach stand there."""
    statement = _reached(select(Claim.status, func.count(Claim.id).label("many")), actor)
    return {row.status: row.many for row in session.execute(statement.group_by(Claim.status))}


def claims_in_reach(
    session: Session,
    actor: Actor,
    status: ClaimStatus | None,
    text: str,
    *,
    limit: int,
    offset: int = 0,
) -> tuple[list[ClaimRow], int]:
    """Return a page of claims in reach, newest first, and how many there are in all."""
    conditions: list[ColumnElement[bool]] = []
    if status is not None:
        conditions.append(Claim.status == status)
    if text:
        conditions.append(
            or_(
                Candidate.person_no.contains(text, autoescape=True),
                Person.name.contains(text, autoescape=True),
                Course.name.contains(text, autoescape=True),
                Course.code.contains(text, autoescape=True),
                Claim.bank_ref == text,
            )
        )
    counted = _reached(select(func.count(Claim.id)), actor).where(*conditions)
    total = session.scalar(counted) or 0
    rows = (
        _reached(_columns(), actor)
        .where(*conditions)
        .order_by(Claim.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [_row(row) for row in session.execute(rows)], total


def row_of_claim(session: Session, claim: Claim) -> ClaimRow:
    """Return whose a claim is; whoever holds the claim may know."""
    return _row(session.execute(_joined(_columns()).where(Claim.id == claim.id)).one())


def messages_of(session: Session, claim: Claim) -> list[MessageRow]:
    """Return every message of a claim with its receipts, the newest message first."""
    messages = session.scalars(
        select(OutboxRow).where(OutboxRow.claim_id == claim.id).order_by(OutboxRow.id.desc())
    ).all()
    receipts: dict[int, list[Receipt]] = {}
    keys = [message.id for message in messages]
    for receipt in session.scalars(
        select(Receipt).where(Receipt.outbox_row_id.in_(keys)).order_by(Receipt.id)
    ):
        receipts.setdefault(receipt.outbox_row_id, []).append(receipt)
    return [MessageRow(message, tuple(receipts.get(message.id, ()))) for message in messages]


def account_of(session: Session, person_id: int) -> LearningAccount | None:
    """Return a person's learning account, or None while none is known."""
    return session.get(LearningAccount, person_id)


def accounts_in_reach(
    session: Session, actor: Actor, text: str, *, limit: int, offset: int = 0
) -> tuple[list[AccountRow], int]:
    """Return a page of learning accounts in reach, unconfirmed ones first, and how many."""
    conditions = [within(actor, [Permission.RUN_CREDITS], unit_path=Unit.path)]
    if text:
        conditions.append(
            or_(
                Candidate.person_no.contains(text, autoescape=True),
                Person.name.contains(text, autoescape=True),
                LearningAccount.account_no.contains(text, autoescape=True),
            )
        )
    newest = (
        select(func.max(Candidate.id).label("id")).group_by(Candidate.person_id).subquery("newest")
    )

    def joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        return (
            statement.select_from(LearningAccount)
            .join(Candidate, Candidate.person_id == LearningAccount.person_id)
            .join(newest, newest.c.id == Candidate.id)
            .join(Person, Person.id == LearningAccount.person_id)
            .join(Unit, Unit.id == Candidate.unit_id)
            .where(*conditions)
        )

    total = session.scalar(joined(select(func.count(LearningAccount.person_id)))) or 0
    rows = session.execute(
        joined(select(LearningAccount, Candidate.person_no, Person.name))
        .order_by(LearningAccount.answer == "match", Candidate.person_no)
        .limit(limit)
        .offset(offset)
    )
    return [AccountRow(row.LearningAccount, row.person_no, row.name) for row in rows], total


def person_with_number(session: Session, actor: Actor, person_no: str) -> Person:
    """Return the person behind a student number within the actor's reach, or raise NotFound."""
    found = session.scalar(
        select(Person)
        .join(Candidate, Candidate.person_id == Person.id)
        .join(Unit, Unit.id == Candidate.unit_id)
        .where(
            Candidate.person_no == person_no,
            within(actor, [Permission.RUN_CREDITS], unit_path=Unit.path),
        )
    )
    if found is None:
        raise NotFound(say("student number"))
    return found


def reconciliations(session: Session, actor: Actor) -> list[ReconciliationRow]:
    """Return the newest comparisons, counted, to who sees the whole university's claims."""
    counted = (
        select(
            Difference.reconciliation_id,
            func.count(Difference.id).label("found"),
            func.count(Difference.id)
            .filter(Difference.status == DifferenceStatus.OPEN)
            .label("still_open"),
        )
        .group_by(Difference.reconciliation_id)
        .subquery()
    )
    rows = session.execute(
        select(Reconciliation, counted.c.found, counted.c.still_open)
        .outerjoin(counted, counted.c.reconciliation_id == Reconciliation.id)
        .where(_sees_everything(actor))
        .order_by(Reconciliation.id.desc())
        .limit(MOST_RECONCILIATIONS)
    )
    return [
        ReconciliationRow(row.Reconciliation, row.found or 0, row.still_open or 0) for row in rows
    ]


def access_reconciliation(session: Session, actor: Actor, token: str) -> Reconciliation:
    """Return a comparison; only who sees the whole university's claims sees one."""
    found = session.scalar(
        select(Reconciliation).where(Reconciliation.token == token, _sees_everything(actor))
    )
    if found is None:
        raise NotFound(say("comparison"))
    return found


def differences_of(session: Session, reconciliation: Reconciliation) -> list[Difference]:
    """Return what a comparison found, open ones first."""
    rows = select(Difference).where(Difference.reconciliation_id == reconciliation.id)
    return list(
        session.scalars(
            rows.order_by(
                Difference.status != DifferenceStatus.OPEN, Difference.kind, Difference.id
            )
        )
    )


def find_difference(session: Session, reconciliation: Reconciliation, stable_id: str) -> Difference:
    """Return one difference of a comparison, or raise NotFound."""
    found = session.scalar(
        select(Difference).where(
            Difference.reconciliation_id == reconciliation.id, Difference.stable_id == stable_id
        )
    )
    if found is None:
        raise NotFound(say("difference"))
    return found


def claims_behind(session: Session, actor: Actor, stable_ids: Sequence[str]) -> dict[str, ClaimRow]:
    """Return the bank's outcome id -> the claim in reach whose messages are about it."""
    named = session.execute(
        select(OutboxRow.stable_id, OutboxRow.claim_id)
        .where(OutboxRow.stable_id.in_(stable_ids))
        .order_by(OutboxRow.id)
    )
    claim_of = {row.stable_id: row.claim_id for row in named}
    rows = session.execute(_reached(_columns(), actor).where(Claim.id.in_(claim_of.values())))
    known = {line.claim.id: line for line in map(_row, rows)}
    return {key: known[claim_id] for key, claim_id in claim_of.items() if claim_id in known}


def code_maps(session: Session) -> list[CodeMap]:
    """Return every code of every destination, the latest of each word first."""
    order = (CodeMap.destination, CodeMap.topic, CodeMap.ours, CodeMap.valid_from.desc())
    return list(session.scalars(select(CodeMap).order_by(*order)))


def _sees_everything(actor: Actor) -> ColumnElement[bool]:
    top = select(Unit.id).where(
        Unit.parent_id.is_(None), within(actor, SEE_CLAIMS, unit_path=Unit.path)
    )
    return top.exists()


def _columns() -> Select[*tuple[Any, ...]]:
    return select(
        Claim,
        Candidate.person_no,
        Person.name,
        Course.code.label("course_code"),
        Course.name.label("course_name"),
        Series.code.label("series_code"),
    )


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        statement.select_from(Claim)
        .join(Outcome, Outcome.id == Claim.outcome_id)
        .join(EntryCourse, EntryCourse.id == Outcome.entry_course_id)
        .join(Entry, Entry.id == EntryCourse.entry_id)
        .join(Series, Series.id == Outcome.series_id)
        .join(Course, Course.id == Claim.course_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Claim.person_id)
        .join(Unit, Unit.id == Candidate.unit_id)
    )


def _reached(statement: Select[*tuple[Any, ...]], actor: Actor) -> Select[*tuple[Any, ...]]:
    scope = within(actor, SEE_CLAIMS, unit_path=Unit.path, series_id=Outcome.series_id)
    return _joined(statement).where(scope)


def _row(row: Any) -> ClaimRow:
    return ClaimRow(
        row.Claim, row.person_no, row.name, row.course_code, row.course_name, row.series_code
    )
