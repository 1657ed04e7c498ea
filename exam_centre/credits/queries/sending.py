"""What is due to be sent, and what we believe to stand at the bank."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from exam_centre.certificates.models import Credential
from exam_centre.credits.models import (
    Claim,
    Difference,
    OutboxRow,
)
from exam_centre.credits.queries.chunks import chunks
from exam_centre.credits.rules import (
    DifferenceStatus,
    SendKind,
    month_bounds,
)
from exam_centre.entries.models import Candidate, Entry, EntryCourse
from exam_centre.kernel.outbox import SendStatus
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.organisation.models import Unit
from exam_centre.results.models import Outcome

OPEN = (SendStatus.PENDING, SendStatus.LEASED, SendStatus.UNKNOWN)  # on its way, or may be


@dataclass(frozen=True)
class Standing:
    """What we believe to stand at the bank about one outcome."""

    number: int
    body_sha256: str
    kind: SendKind


def due(now: datetime, limit: int) -> Select[OutboxRow]:
    """Return the statement for what may go out at `now`, with a lock no two senders share.

    A message waits for every earlier one about the same person and course: a bank that still
    holds the worse attempt would refuse the better one. What waits for a person (parked, dead)
    holds nobody up: a later version overtakes it.
    """
    claim, other, earlier = aliased(Claim), aliased(Claim), aliased(OutboxRow)
    blocked = exists(
        select(earlier.id)
        .join(other, other.id == earlier.claim_id)
        .where(
            other.person_id == claim.person_id,
            other.course_id == claim.course_id,
            earlier.id < OutboxRow.id,
            earlier.status.in_(OPEN),
        )
    )
    waiting = OutboxRow.status.in_((SendStatus.PENDING, SendStatus.UNKNOWN))
    forgotten = (OutboxRow.status == SendStatus.LEASED) & (OutboxRow.lease_until <= now)
    return (
        select(OutboxRow)
        .join(claim, claim.id == OutboxRow.claim_id)
        .where(or_(waiting & (OutboxRow.next_at <= now), forgotten), ~blocked)
        .order_by(OutboxRow.next_at, OutboxRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=OutboxRow)
    )


def last_row(session: Session, claim: Claim) -> OutboxRow:
    """Return the message that speaks for a claim now."""
    return session.scalars(
        select(OutboxRow)
        .where(OutboxRow.claim_id == claim.id)
        .order_by(OutboxRow.id.desc())
        .limit(1)
    ).one()


def last_row_id(session: Session, claim_id: int) -> int | None:
    """Return the id of the message that speaks for a claim now."""
    return session.scalar(_asking_last(), {"claim": claim_id})


@cache
def _asking_last() -> Select[int]:
    """Return the question, built once: it is asked for every message twice."""
    return select(func.max(OutboxRow.id)).where(OutboxRow.claim_id == bindparam("claim"))


def in_hand(session: Session, row_id: int) -> tuple[OutboxRow, Claim]:
    """Return a message and the claim it speaks for, read together."""
    row, claim = session.execute(_asking_in_hand(), {"row": row_id}).one()
    return row, claim


@cache
def _asking_in_hand() -> Select[OutboxRow, Claim]:
    """Return the question, built once: it is asked with every answer of the bank."""
    return (
        select(OutboxRow, Claim)
        .join(Claim, Claim.id == OutboxRow.claim_id)
        .where(OutboxRow.id == bindparam("row"))
    )


def parked(session: Session, actor: Actor) -> list[OutboxRow]:
    """Return what waits for a person within the actor's reach, oldest first."""
    return list(
        session.scalars(
            select(OutboxRow)
            .join(Claim, Claim.id == OutboxRow.claim_id)
            .join(Outcome, Outcome.id == Claim.outcome_id)
            .join(EntryCourse, EntryCourse.id == Outcome.entry_course_id)
            .join(Entry, Entry.id == EntryCourse.entry_id)
            .join(Candidate, Candidate.id == Entry.candidate_id)
            .join(Unit, Unit.id == Candidate.unit_id)
            .where(
                OutboxRow.status.in_((SendStatus.PARKED, SendStatus.DEAD)),
                within(
                    actor,
                    [Permission.RUN_CREDITS],
                    unit_path=Unit.path,
                    series_id=Outcome.series_id,
                ),
            )
            .order_by(OutboxRow.id)
        )
    )


def was_accepted(session: Session, stable_id: str) -> bool:
    """Say whether the bank ever confirmed a credit for this outcome."""
    return bool(
        session.scalar(
            select(func.count()).where(
                OutboxRow.stable_id == stable_id,
                OutboxRow.kind == SendKind.UPSERT,
                OutboxRow.status == SendStatus.DONE,
            )
        )
    )


def standings(session: Session, month: str) -> dict[str, Standing]:
    """Return what we believe to stand at the bank, by its outcome id.

    month  of the award in UTC, e.g. "2026-11"; "" for all.
    """
    statement = (
        select(OutboxRow.stable_id, OutboxRow.number, OutboxRow.body_sha256, OutboxRow.kind)
        .where(OutboxRow.status == SendStatus.DONE)
        .order_by(OutboxRow.stable_id, OutboxRow.number)
    )
    if month:
        first, end = month_bounds(month)
        statement = (
            statement.join(Claim, Claim.id == OutboxRow.claim_id)
            .join(Credential, Credential.outcome_id == Claim.outcome_id)
            .where(Credential.awarded_at >= first, Credential.awarded_at < end)
        )
    return {
        row.stable_id: Standing(row.number, row.body_sha256, row.kind)
        for row in session.execute(statement)
    }


def messages_about(session: Session, stable_ids: Iterable[str]) -> dict[str, list[OutboxRow]]:
    """Return every message about these outcomes, oldest first."""
    found: dict[str, list[OutboxRow]] = {}
    for chunk in chunks(stable_ids):
        rows = select(OutboxRow).where(OutboxRow.stable_id.in_(chunk)).order_by(OutboxRow.number)
        for row in session.scalars(rows):
            found.setdefault(row.stable_id, []).append(row)
    return found


def open_differences(session: Session, reconciliation_id: int | None = None) -> list[Difference]:
    """Return the differences that still need somebody, of one comparison or of all."""
    statement = select(Difference).where(Difference.status == DifferenceStatus.OPEN)
    if reconciliation_id is not None:
        statement = statement.where(Difference.reconciliation_id == reconciliation_id)
    return list(session.scalars(statement.order_by(Difference.id)))
