"""Keep what a comparison of the two ledgers found; send again only what the bank lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from exam_centre.adapters.credit_bank import CreditState, Known
from exam_centre.credits import queries
from exam_centre.credits.models import Claim, Difference, OutboxRow, Reconciliation
from exam_centre.credits.queries import Standing
from exam_centre.credits.rules import (
    ClaimStatus,
    DifferenceKind,
    DifferenceStatus,
    SendKind,
)
from exam_centre.kernel import audit
from exam_centre.kernel.outbox import SendStatus
from exam_centre.kernel.permissions import Actor, Permission

EXPECTED_STATES = {
    SendKind.UPSERT: CreditState.CREDITED,
    SendKind.RESUME: CreditState.CREDITED,
    SendKind.SUSPEND: CreditState.SUSPENDED,
    SendKind.REVOKE: CreditState.REVOKED,
}


@dataclass(frozen=True)
class Compared:
    """Both sides of the buckets that were listed; what stood equal is counted, not listed.

    ours    what we believed to stand before the bank was asked.
    theirs  what the bank lists.
    """

    month: str  # "2026-11"; "" for all
    ours_count: int
    theirs_count: int
    ours: Mapping[str, Standing]
    theirs: Mapping[str, Known]


def note_differences(
    session: Session, actor: Actor, compared: Compared, *, now: datetime
) -> Reconciliation:
    """Keep a comparison with every difference; what the bank lost goes out again.

    Messages that moved while the bank was being asked are no difference. The actor may be the
    system on its schedule.
    """
    if actor.person_id is not None:
        actor.require(Permission.RUN_CREDITS, queries.top_place(session))
    found = Reconciliation(
        month=compared.month, at=now, ours=compared.ours_count, theirs=compared.theirs_count
    )
    session.add(found)
    session.flush()
    names = sorted(compared.ours.keys() | compared.theirs.keys())
    messages = queries.messages_about(session, names)
    for name in names:
        kind = _difference(compared, name, messages.get(name, []))
        if kind is None:
            continue
        facts = _facts(compared.ours.get(name), compared.theirs.get(name))
        row = Difference(
            reconciliation_id=found.id,
            stable_id=name,
            kind=kind,
            facts=facts,
            status=DifferenceStatus.OPEN,
        )
        session.add(row)
        if kind is DifferenceKind.MISSING_THERE:
            _send_again(session, messages[name], now)
    audit.record(session, actor, "credits.reconciled", found, now)
    return found


def explain_difference(
    session: Session, actor: Actor, difference: Difference, *, reason: str, now: datetime
) -> Difference:
    """Close a difference that a person has looked into."""
    actor.require(Permission.RUN_CREDITS, queries.top_place(session))
    difference.move_to(DifferenceStatus.EXPLAINED)
    audit.record(session, actor, "credits.difference_explained", difference, now, reason=reason)
    return difference


def _difference(
    compared: Compared, name: str, messages: Sequence[OutboxRow]
) -> DifferenceKind | None:
    ours, theirs = compared.ours.get(name), compared.theirs.get(name)
    if theirs is None:
        is_on_its_way = any(message.status in queries.OPEN for message in messages)
        return None if ours is None or is_on_its_way else DifferenceKind.MISSING_THERE
    known = [m for m in messages if (m.number, m.body_sha256) == _key(theirs)]
    if ours is not None and (ours.number, ours.body_sha256) == _key(theirs):
        agrees = EXPECTED_STATES[ours.kind] is theirs.state
        return None if agrees else DifferenceKind.STATE_DIFFERS
    if any(m.status in queries.OPEN or _moved(m, ours) for m in known):
        return None
    return DifferenceKind.DIFFERS if messages else DifferenceKind.MISSING_HERE


def _moved(message: OutboxRow, ours: Standing | None) -> bool:
    """Say whether a message was confirmed while the bank was being asked."""
    is_later = ours is None or message.number > ours.number
    return is_later and message.status is SendStatus.DONE


def _key(known: Known) -> tuple[int, str]:
    return known.version, known.body_sha256


def _facts(ours: Standing | None, theirs: Known | None) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if ours is not None:
        facts["ours"] = {"version": ours.number, "sha256": ours.body_sha256, "kind": ours.kind}
    if theirs is not None:
        facts["theirs"] = {
            "version": theirs.version,
            "sha256": theirs.body_sha256,
            "state": theirs.state.value,
            "bank_ref": theirs.bank_ref,
        }
    return facts


def _send_again(session: Session, messages: Sequence[OutboxRow], now: datetime) -> None:
    """Queue the latest confirmed credit again; a lost revocation has nothing left to revoke."""
    row = [message for message in messages if message.status is SendStatus.DONE][-1]
    if row.kind is not SendKind.UPSERT:
        return
    row.move_to(SendStatus.PENDING)
    row.attempts, row.first_failed_at, row.next_at = 0, None, now
    claim = session.get_one(Claim, row.claim_id)
    if claim.status is ClaimStatus.ACCEPTED:
        claim.move_to(ClaimStatus.QUEUED)
