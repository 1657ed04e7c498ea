"""The credit bank: what we may ask it, and a client that asks over signed HTTP."""

from exam_centre.adapters.credit_bank.client import HttpCreditBank
from exam_centre.adapters.credit_bank.port import (
    Accepted,
    AccountAnswer,
    AccountResult,
    Busy,
    CreditBank,
    CreditState,
    Known,
    Mismatch,
    PushMessage,
    PushReply,
    PushResult,
    Refused,
    Unknown,
    Unreachable,
)
from exam_centre.adapters.credit_bank.spelling import bucket_digests, bucket_of, canonical_json

__all__ = [
    "Accepted",
    "AccountAnswer",
    "AccountResult",
    "Busy",
    "CreditBank",
    "CreditState",
    "HttpCreditBank",
    "Known",
    "Mismatch",
    "PushMessage",
    "PushReply",
    "PushResult",
    "Refused",
    "Unknown",
    "Unreachable",
    "bucket_digests",
    "bucket_of",
    "canonical_json",
]
