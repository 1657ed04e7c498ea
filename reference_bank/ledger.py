"""What a push does to an account: at most one ledger row per outcome version."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reference_bank.messages import StateChange, Upsert
from reference_bank.models import Account, LedgerRow, Outcome, Unit
from reference_bank.reconciliation import bucket_of
from reference_bank.refusals import Code, Refusal, wrong_member
from reference_bank.replies import CreditState, PushEcho, PushResult

# From which states each kind may come, and the state it leads to.
STATE_CHANGES: dict[str, tuple[frozenset[str], CreditState]] = {
    "suspend": (frozenset({CreditState.CREDITED}), CreditState.SUSPENDED),
    "resume": (frozenset({CreditState.SUSPENDED}), CreditState.CREDITED),
    "revoke": (frozenset({CreditState.CREDITED, CreditState.SUSPENDED}), CreditState.REVOKED),
}


@dataclass(frozen=True)
class Received:
    """One push after its signature and shape were found right."""

    issuer_id: str  # the one whose key signed
    message: Upsert | StateChange
    body: bytes
    at: datetime

    @property
    def body_sha256(self) -> str:
        """Fingerprint of the bytes as they came, in hex."""
        return hashlib.sha256(self.body).hexdigest()


def receive(session: Session, received: Received) -> PushEcho:
    """Apply a push once and echo it; a repeat or an older version has no effect.

    Needs a transaction that holds the write lock. Raises Refusal with ISSUER_MISMATCH,
    FINGERPRINT_DIFFERS, ACCOUNT_UNKNOWN, UNIT_UNKNOWN, OUTCOME_UNKNOWN, ALREADY_CREDITED,
    STATE_CONFLICT or BODY_INVALID.
    """
    message = received.message
    outcome = session.get(Outcome, message.outcome_id)
    if received.issuer_id != message.issuer.id:
        raise Refusal(Code.ISSUER_MISMATCH, "The key does not speak for the issuer in the body.")
    if outcome is not None and outcome.issuer_id != received.issuer_id:
        raise Refusal(Code.ISSUER_MISMATCH, "The outcome belongs to another issuer.")

    earlier = session.scalar(
        select(LedgerRow).where(
            LedgerRow.outcome_id == message.outcome_id, LedgerRow.version == message.version
        )
    )
    if earlier is not None and earlier.body_sha256 != received.body_sha256:
        raise Refusal(
            Code.FINGERPRINT_DIFFERS, "This version was received before with another body."
        )
    if outcome is not None and message.version < outcome.version:
        ref = earlier.bank_ref if earlier is not None else outcome.bank_ref
        return echo(received, ref, PushResult.SUPERSEDED)
    if earlier is not None:
        return echo(received, earlier.bank_ref, PushResult.REPLAY)

    before = outcome.available if outcome is not None else Decimal(0)
    if isinstance(message, Upsert):
        outcome = _credit(session, outcome, message)
    else:
        outcome = _change_state(outcome, message)
    outcome.version = message.version
    outcome.body_sha256 = received.body_sha256
    outcome.bank_ref = new_bank_ref()
    session.add(outcome)
    session.flush()
    session.add(_ledger_row(received, outcome, outcome.available - before))
    session.flush()
    return echo(received, outcome.bank_ref, PushResult.APPLIED)


def echo(received: Received, bank_ref: str, result: PushResult) -> PushEcho:
    """The push in the sender's own terms, with what became of it."""
    return PushEcho(
        id=received.message.outcome_id,
        version=received.message.version,
        body_sha256=received.body_sha256,
        bank_ref=bank_ref,
        result=result,
    )


def new_bank_ref() -> str:
    """A number for one effect that says nothing about the person or the order of effects."""
    return "RB-" + secrets.token_hex(8).upper()


def balance_of(session: Session, account: str) -> Decimal:
    """Credits of an account: the sum of its ledger rows."""
    total = session.scalar(select(func.sum(LedgerRow.amount)).where(LedgerRow.account == account))
    return total if total is not None else Decimal("0.0")


def entries_of(session: Session, account: str) -> list[LedgerRow]:
    """The ledger rows of an account, oldest first."""
    return list(
        session.scalars(
            select(LedgerRow).where(LedgerRow.account == account).order_by(LedgerRow.id)
        )
    )


def _credit(session: Session, outcome: Outcome | None, message: Upsert) -> Outcome:
    unit = _unit_of(session, message)
    if session.get(Account, message.learner.account) is None:
        raise Refusal(Code.ACCOUNT_UNKNOWN, "The bank holds no such account.")
    if outcome is None:
        _refuse_second_live_credit(session, message)
        outcome = Outcome(
            outcome_id=message.outcome_id,
            issuer_id=message.issuer.id,
            account=message.learner.account,
            unit_code=unit.code,
            unit_kind=unit.kind,
            bucket=bucket_of(message.outcome_id),
            state=CreditState.CREDITED,
        )
    elif outcome.state == CreditState.REVOKED:
        raise Refusal(Code.STATE_CONFLICT, "A revoked outcome stays revoked.")
    elif outcome.account != message.learner.account:
        raise wrong_member("learner.account", "never changes; revoke and send a new outcome")
    elif (outcome.unit_code, outcome.unit_kind) != (unit.code, unit.kind):
        raise wrong_member("unit.code", "never changes; revoke and send a new outcome")
    outcome.unit_version = unit.version
    outcome.credits = unit.credits
    outcome.awarded_month = message.validity.awarded_at.astimezone(UTC).strftime("%Y-%m")
    return outcome


def _unit_of(session: Session, message: Upsert) -> Unit:
    unit = session.get(Unit, (message.unit.code, message.unit.version))
    if unit is None or unit.kind != message.unit.kind:
        raise Refusal(Code.UNIT_UNKNOWN, "The bank holds no such unit, version and kind.")
    if unit.credits != Decimal(message.unit.credits):
        raise wrong_member("unit.credits", f"the unit is worth {unit.credits} credits")
    return unit


def _refuse_second_live_credit(session: Session, message: Upsert) -> None:
    # The partial unique index says the same; asking first makes it a sentence.
    other = session.scalar(
        select(Outcome.outcome_id).where(
            Outcome.account == message.learner.account,
            Outcome.unit_code == message.unit.code,
            Outcome.unit_kind == message.unit.kind,
            Outcome.state != CreditState.REVOKED,
        )
    )
    if other is not None:
        raise Refusal(
            Code.ALREADY_CREDITED, "The account holds a live credit for this unit already."
        )


def _change_state(outcome: Outcome | None, message: StateChange) -> Outcome:
    if outcome is None:
        raise Refusal(Code.OUTCOME_UNKNOWN, "The bank never received this outcome.")
    allowed, new_state = STATE_CHANGES[message.kind]
    if outcome.state not in allowed:
        raise Refusal(
            Code.STATE_CONFLICT, f"A {outcome.state} outcome does not take {message.kind}."
        )
    outcome.state = new_state
    return outcome


def _ledger_row(received: Received, outcome: Outcome, amount: Decimal) -> LedgerRow:
    return LedgerRow(
        bank_ref=outcome.bank_ref,
        account=outcome.account,
        outcome_id=outcome.outcome_id,
        version=outcome.version,
        kind=received.message.kind,
        amount=amount,
        body_sha256=received.body_sha256,
        body=received.body,
        at=received.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
