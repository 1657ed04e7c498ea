"""Messages on their way to the bank: leased, answered, parked, replayed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from exam_centre.adapters.credit_bank import (
    Accepted,
    Busy,
    Mismatch,
    PushReply,
    Refused,
    Unknown,
)
from exam_centre.certificates.queries import facts_of, place_of
from exam_centre.credits import queries
from exam_centre.credits.models import Claim, Difference, OutboxRow, Receipt
from exam_centre.credits.rules import (
    ClaimStatus,
    DifferenceKind,
    DifferenceStatus,
    SendKind,
)
from exam_centre.credits.service.telling import tell_of_answer
from exam_centre.kernel import audit
from exam_centre.kernel.outbox import LEASE, SendStatus, is_exhausted, pause_after
from exam_centre.kernel.permissions import SYSTEM, Actor, Permission

NOTHING_TO_TAKE_BACK = "outcome_unknown"  # the bank's word for what it never received


def lease_due(session: Session, *, now: datetime, limit: int) -> Sequence[OutboxRow]:
    """Take up to `limit` due messages for a minute; a lease that ran out is taken over."""
    rows = session.scalars(queries.due(now, limit)).all()
    for row in rows:
        if row.status is SendStatus.LEASED:
            # Whoever had it may have sent it before they died.
            row.move_to(SendStatus.UNKNOWN)
        row.move_to(SendStatus.LEASED)
        row.lease_until = now + LEASE
        claim = session.get_one(Claim, row.claim_id)
        waits = claim.status in (ClaimStatus.QUEUED, ClaimStatus.UNKNOWN)
        if waits and row.kind is SendKind.UPSERT and _speaks_for(session, row, claim):
            claim.move_to(ClaimStatus.SENDING)
    session.flush()
    return rows


def note_reply(
    session: Session,
    row: OutboxRow,
    reply: PushReply,
    now: datetime,
    *,
    chance: Random,
    is_probe: bool = False,
) -> Receipt:
    """Keep the bank's answer and let row and claim follow it.

    row       leased by the caller.
    chance    spreads retries; a test gives its own seed.
    is_probe  sent through an open breaker: its failure is the bank's and costs the row nothing.
    """
    claim = session.get_one(Claim, row.claim_id)
    row.lease_until = None
    match reply:
        case Accepted():
            receipt = _receipt(session, row, now, reply.result.value, reply.bank_ref)
            _done(session, row, claim, reply.bank_ref)
        case Refused() if _had_nothing(session, row, reply):
            receipt = _receipt(session, row, now, "refused", "", **_said(reply))
            _done(session, row, claim, "")
        case Refused():
            receipt = _receipt(session, row, now, "refused", "", **_said(reply))
            _park(session, row, claim, f"{reply.status} {reply.code}: {reply.sentence}")
        case Mismatch():
            receipt = _receipt(
                session, row, now, "mismatch", expected=reply.expected, got=reply.got
            )
            _park(session, row, claim, f"confirmed something else: {reply.got}")
        case Busy():
            receipt = _receipt(session, row, now, "busy", status=reply.status)
            pause = reply.retry_after_seconds
            wait = None if pause is None else timedelta(seconds=pause)
            row.last_error = "no connection" if reply.status is None else f"busy ({reply.status})"
            _later(session, row, claim, SendStatus.PENDING, now, chance, wait, is_probe)
        case Unknown():
            receipt = _receipt(session, row, now, "unknown", reason=reply.reason)
            row.last_error = reply.reason
            _later(session, row, claim, SendStatus.UNKNOWN, now, chance, None, is_probe)
    audit.record(session, SYSTEM, f"credits.bank_said_{receipt.answer}", claim, now)
    if claim.status in (ClaimStatus.ACCEPTED, ClaimStatus.RETURNED):
        tell_of_answer(session, claim, now)
    return receipt


def give_back(session: Session, row: OutboxRow, *, now: datetime) -> None:
    """Return a leased message that was never sent: due again at once, and no worse for it."""
    claim = session.get_one(Claim, row.claim_id)
    row.move_to(SendStatus.UNKNOWN if row.attempts else SendStatus.PENDING)
    row.lease_until, row.next_at = None, now
    if claim.status is ClaimStatus.SENDING and _speaks_for(session, row, claim):
        claim.move_to(ClaimStatus.QUEUED)
    session.flush()


def note_late_reply(session: Session, row: OutboxRow, reply: PushReply, now: datetime) -> None:
    """Keep an answer that came after the lease had gone to somebody else, and change nothing."""
    answer = reply.result.value if isinstance(reply, Accepted) else type(reply).__name__.lower()
    _receipt(session, row, now, answer, late=True)
    session.flush()


def bank_is_back(session: Session, *, now: datetime) -> None:
    """Make the backlog due at once after an outage, with its patience as new."""
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.status.in_((SendStatus.PENDING, SendStatus.UNKNOWN)))
        .values(next_at=now, first_failed_at=None, version=OutboxRow.version + 1)
        .execution_options(synchronize_session=False)
    )


def replay(
    session: Session, actor: Actor, row: OutboxRow, *, reason: str, now: datetime
) -> OutboxRow:
    """Send a parked or dead message once more, the same bytes under the same key."""
    claim = session.get_one(Claim, row.claim_id)
    facts = facts_of(session, [claim.outcome_id])[claim.outcome_id]
    actor.require(Permission.RUN_CREDITS, place_of(facts))
    _replay(session, actor, row, claim, reason, now)
    return row


def replay_parked(session: Session, actor: Actor, *, reason: str, now: datetime) -> int:
    """Send everything once more that waits for a person within the actor's reach; how many."""
    rows = queries.parked(session, actor)
    for row in rows:
        _replay(session, actor, row, session.get_one(Claim, row.claim_id), reason, now)
    return len(rows)


def _replay(
    session: Session, actor: Actor, row: OutboxRow, claim: Claim, reason: str, now: datetime
) -> None:
    row.move_to(SendStatus.PENDING)
    row.attempts, row.first_failed_at, row.next_at = 0, None, now
    if claim.status is ClaimStatus.RETURNED and _speaks_for(session, row, claim):
        claim.move_to(ClaimStatus.QUEUED)
    audit.record(session, actor, "credits.replayed", claim, now, reason=reason)


def _speaks_for(session: Session, row: OutboxRow, claim: Claim) -> bool:
    """Say whether the claim's status follows this message: the latest one about it."""
    return queries.last_row_id(session, claim.id) == row.id


def _done(session: Session, row: OutboxRow, claim: Claim, bank_ref: str) -> None:
    row.move_to(SendStatus.DONE)
    row.first_failed_at, row.last_error = None, ""
    if _speaks_for(session, row, claim):
        if row.kind is SendKind.UPSERT and claim.status is ClaimStatus.SENDING:
            claim.move_to(ClaimStatus.ACCEPTED)
            claim.bank_ref = bank_ref
        if row.kind is SendKind.REVOKE and claim.status is ClaimStatus.REVOKING:
            claim.move_to(ClaimStatus.REVOKED)
    mended = session.scalars(
        select(Difference).where(
            Difference.stable_id == row.stable_id,
            Difference.kind == DifferenceKind.MISSING_THERE,
            Difference.status == DifferenceStatus.OPEN,
        )
    )
    for difference in mended:
        difference.move_to(DifferenceStatus.REPAIRED)


def _park(session: Session, row: OutboxRow, claim: Claim, why: str) -> None:
    row.move_to(SendStatus.PARKED)
    row.last_error = why
    if claim.status is ClaimStatus.SENDING and _speaks_for(session, row, claim):
        claim.move_to(ClaimStatus.RETURNED)


def _later(
    session: Session,
    row: OutboxRow,
    claim: Claim,
    status: SendStatus,
    now: datetime,
    chance: Random,
    wait: timedelta | None,
    is_probe: bool,
) -> None:
    if not is_probe:
        row.attempts += 1
        row.first_failed_at = row.first_failed_at or now
    is_dead = row.first_failed_at is not None and is_exhausted(row.first_failed_at, now)
    follows = claim.status is ClaimStatus.SENDING and _speaks_for(session, row, claim)
    if is_dead and not is_probe:
        row.move_to(SendStatus.DEAD)
        if follows:
            claim.move_to(ClaimStatus.RETURNED)
        return
    row.move_to(status)
    row.next_at = now + (pause_after(max(row.attempts, 1), chance) if wait is None else wait)
    if follows:
        lost = status is SendStatus.UNKNOWN
        claim.move_to(ClaimStatus.UNKNOWN if lost else ClaimStatus.QUEUED)


def _had_nothing(session: Session, row: OutboxRow, reply: Refused) -> bool:
    """Say whether a revocation found nothing, because no credit was ever confirmed."""
    return (
        row.kind is SendKind.REVOKE
        and reply.code == NOTHING_TO_TAKE_BACK
        and not queries.was_accepted(session, row.stable_id)
    )


def _said(reply: Refused) -> dict[str, Any]:
    return {"status": reply.status, "code": reply.code, "sentence": reply.sentence}


def _receipt(
    session: Session,
    row: OutboxRow,
    now: datetime,
    answer: str,
    bank_ref: str = "",
    **detail: Any,
) -> Receipt:
    receipt = Receipt(outbox_row_id=row.id, at=now, answer=answer, bank_ref=bank_ref, detail=detail)
    session.add(receipt)
    return receipt
