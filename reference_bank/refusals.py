"""Why the bank says no: one code per reason, and the HTTP number of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Stable names of refusals; callers decide by these, never by the sentence."""

    DIGEST_MISMATCH = "digest_mismatch"
    KEY_MISMATCH = "idempotency_key_mismatch"
    SIGNATURE_INVALID = "signature_invalid"
    OPERATOR_ONLY = "operator_only"
    ISSUER_MISMATCH = "issuer_mismatch"
    ACCOUNT_UNKNOWN = "account_unknown"
    UNIT_UNKNOWN = "unit_unknown"
    OUTCOME_UNKNOWN = "outcome_unknown"
    ALREADY_CREDITED = "already_credited"
    STATE_CONFLICT = "state_conflict"
    REGISTERED_OTHERWISE = "registered_otherwise"
    FINGERPRINT_DIFFERS = "fingerprint_differs"
    BODY_INVALID = "body_invalid"
    TOO_MANY = "too_many_requests"
    BROKEN = "internal_error"
    UNAVAILABLE = "unavailable"


STATUS: Mapping[Code, int] = {
    Code.DIGEST_MISMATCH: 400,
    Code.KEY_MISMATCH: 400,
    Code.SIGNATURE_INVALID: 401,
    Code.OPERATOR_ONLY: 401,
    Code.ISSUER_MISMATCH: 403,
    Code.ACCOUNT_UNKNOWN: 404,
    Code.UNIT_UNKNOWN: 404,
    Code.OUTCOME_UNKNOWN: 404,
    Code.ALREADY_CREDITED: 409,
    Code.STATE_CONFLICT: 409,
    Code.REGISTERED_OTHERWISE: 409,
    Code.FINGERPRINT_DIFFERS: 422,
    Code.BODY_INVALID: 422,
    Code.TOO_MANY: 429,
    Code.BROKEN: 500,
    Code.UNAVAILABLE: 503,
}


@dataclass(frozen=True)
class WrongMember:
    """One member of a body that breaks the contract, e.g. `unit.credits`."""

    member: str
    sentence: str


class Refusal(Exception):
    """The bank refuses a request; nothing of it has had any effect, unless a fault was ordered."""

    def __init__(
        self,
        code: Code,
        sentence: str,
        members: Sequence[WrongMember] = (),
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.members = tuple(members)
        self.retry_after_seconds = retry_after_seconds

    @property
    def status(self) -> int:
        """The HTTP number that goes with the code."""
        return STATUS[self.code]


def wrong_member(member: str, sentence: str) -> Refusal:
    """A refusal about exactly one member of the body."""
    return Refusal(Code.BODY_INVALID, f"{member}: {sentence}", [WrongMember(member, sentence)])
