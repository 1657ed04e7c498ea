"""The typed bodies that the bank answers with, and their exact bytes."""

import json
from enum import StrEnum
from typing import Literal

from flask import Response
from pydantic import BaseModel, ConfigDict

from reference_bank.faults import FaultKind, FaultPlan


class Reply(BaseModel):
    model_config = ConfigDict(frozen=True)


class PushResult(StrEnum):
    APPLIED = "applied"
    REPLAY = "replay"  # this very version was applied before; nothing happened now
    SUPERSEDED = "superseded"  # a later version stands; nothing happened now


class CreditState(StrEnum):
    CREDITED = "credited"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


class PushEcho(Reply):
    """What was received, in the sender's own terms, and the bank's number for it."""

    id: str
    version: int
    body_sha256: str
    bank_ref: str
    result: PushResult


class KnownOutcome(Reply):
    """The version of an outcome that stands at the bank now."""

    id: str
    version: int
    body_sha256: str
    bank_ref: str
    state: CreditState


class DigestReply(Reply):
    month: str | None  # "2026-11", the month of awarded_at in UTC; None: all months
    outcomes: int
    buckets: list[str]  # 256 digests, by the first byte of sha256(outcome id)


class BucketReply(Reply):
    month: str | None
    bucket: int
    outcomes: list[KnownOutcome]


class AccountReply(Reply):
    account: str


class AccountVerdict(Reply):
    result: Literal["match", "mismatch", "unknown"]
    reason: str  # says nothing about the holder, nor which detail differed


class LedgerEntry(Reply):
    bank_ref: str
    outcome_id: str
    version: int
    kind: str
    amount: str  # credits, "-3.0" takes them away
    at: str


class LedgerReply(Reply):
    account: str
    balance: str  # credits, the sum of the entries
    entries: list[LedgerEntry]


class RegisteredUnit(Reply):
    code: str
    version: str


class RegisteredIssuer(Reply):
    key_id: str
    issuer_id: str


class FaultDone(Reply):
    outcome_id: str
    version: int
    attempt: int  # 1 for the first push of this version
    kind: FaultKind


class FaultReply(Reply):
    plan: FaultPlan
    done: list[FaultDone]


class ProblemMember(Reply):
    member: str
    sentence: str


class Problem(Reply):
    """A refusal as RFC 9457 describes it; `code` is the stable part."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    members: list[ProblemMember] = []


def answer(reply: Reply, status: int = 200, media_type: str = "application/json") -> Response:
    """One reply as JSON; equal replies are equal bytes."""
    text = json.dumps(
        reply.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return Response(text.encode(), status=status, content_type=media_type)
