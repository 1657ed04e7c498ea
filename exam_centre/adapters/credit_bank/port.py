"""What we may ask a credit bank, and every kind of answer, as types."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias


@dataclass(frozen=True)
class PushMessage:
    """One version of an outcome on its way to the bank."""

    outcome_id: str  # a UUID in lower case
    version: int  # from 1
    body: bytes  # canonical JSON; every repetition sends these very bytes

    @property
    def body_sha256(self) -> str:
        """Fingerprint of the body in hex, which the bank must echo."""
        return hashlib.sha256(self.body).hexdigest()


class PushResult(StrEnum):
    """What a push did at the bank."""

    APPLIED = "applied"
    REPLAY = "replay"  # the bank had applied this version before
    SUPERSEDED = "superseded"  # a later version stands


@dataclass(frozen=True)
class Accepted:
    """The bank holds what we sent, or something later, and echoed it."""

    bank_ref: str
    version: int
    body_sha256: str
    result: PushResult


@dataclass(frozen=True)
class Refused:
    """The bank wants something mended first; the same request again would be refused again."""

    status: int
    code: str  # the bank's stable word, e.g. "already_credited"
    sentence: str  # the bank's own words, for the log and the operator


@dataclass(frozen=True)
class Busy:
    """Nothing was taken; the same request may come back later."""

    retry_after_seconds: int | None  # None: the bank did not say
    status: int | None  # None: no connection came about


@dataclass(frozen=True)
class Unknown:
    """Nobody can say whether it was taken: send the same again, or look it up."""

    reason: str


@dataclass(frozen=True)
class Mismatch:
    """A success that confirms something else than was sent; believe nothing of it."""

    expected: str
    got: str


PushReply: TypeAlias = Accepted | Refused | Busy | Unknown | Mismatch


class CreditState(StrEnum):
    """Where an outcome stands at the bank."""

    CREDITED = "credited"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Known:
    """The version of an outcome that stands at the bank."""

    outcome_id: str
    version: int
    body_sha256: str
    bank_ref: str
    state: CreditState


@dataclass(frozen=True)
class Unreachable:
    """A question got no usable answer, so nothing may be concluded from it."""

    reason: str
    status: int | None = None  # None: no reply at all
    retry_after_seconds: int | None = None


class AccountResult(StrEnum):
    """Whether a learning account is that of a person."""

    MATCH = "match"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class AccountAnswer:
    """The bank's word on an account."""

    result: AccountResult
    reason: str  # the bank's own words; they say nothing about the holder


class CreditBank(Protocol):
    """What the credits room needs of a bank."""

    def push(self, message: PushMessage) -> PushReply:
        """Send one version; harmless to repeat."""
        ...

    def look_up(self, outcome_id: str) -> Known | Unreachable | None:
        """Say what stands at the bank; None: the bank never took this outcome."""
        ...

    def validate_account(
        self, account: str, name: str, id_tail: str
    ) -> AccountAnswer | Unreachable:
        """Ask whose account it is; id_tail is the identity number's last four places."""
        ...

    def digest(self, month: str | None) -> tuple[str, ...] | Unreachable:
        """Return 256 bucket digests of a month ("2026-11", of awarding, in UTC), or of all."""
        ...

    def bucket(self, month: str | None, number: int) -> tuple[Known, ...] | Unreachable:
        """Return what the bank holds in one bucket, 0..255."""
        ...
