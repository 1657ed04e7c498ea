"""What the bank holds, boiled down so that two parties can compare millions of rows quickly."""

import hashlib

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from reference_bank.models import Outcome
from reference_bank.replies import BucketReply, CreditState, DigestReply, KnownOutcome

BUCKETS = 256


def bucket_of(outcome_id: str) -> int:
    """0..255: the first byte of the SHA-256 of the id's characters."""
    return hashlib.sha256(outcome_id.encode()).digest()[0]


def digest(session: Session, issuer_id: str, month: str | None) -> DigestReply:
    """One digest a bucket over the sorted lines `id|version|body_sha256`, joined by line feeds.

    An empty bucket has the digest of nothing. `month` is that of awarded_at in UTC; None: all.
    """
    lines: list[list[str]] = [[] for _ in range(BUCKETS)]
    outcomes = session.scalars(_held(issuer_id, month)).all()
    for outcome in outcomes:
        line = f"{outcome.outcome_id}|{outcome.version}|{outcome.body_sha256}"
        lines[outcome.bucket].append(line)
    return DigestReply(
        month=month,
        outcomes=len(outcomes),
        buckets=[hashlib.sha256("\n".join(sorted(each)).encode()).hexdigest() for each in lines],
    )


def bucket(session: Session, issuer_id: str, month: str | None, number: int) -> BucketReply:
    """The outcomes of one bucket, sorted by id, with their states."""
    inside = session.scalars(_held(issuer_id, month).where(Outcome.bucket == number))
    return BucketReply(month=month, bucket=number, outcomes=[known(each) for each in inside])


def known(outcome: Outcome) -> KnownOutcome:
    """The standing version of one outcome."""
    return KnownOutcome(
        id=outcome.outcome_id,
        version=outcome.version,
        body_sha256=outcome.body_sha256,
        bank_ref=outcome.bank_ref,
        state=CreditState(outcome.state),
    )


def _held(issuer_id: str, month: str | None) -> Select[Outcome]:
    held = select(Outcome).where(Outcome.issuer_id == issuer_id).order_by(Outcome.outcome_id)
    return held if month is None else held.where(Outcome.awarded_month == month)
