"""The life of a credential, how long it holds, and what a verifier is told."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.flow import Flow
from exam_centre.kernel.sentences import say


class CredentialStatus(StrEnum):
    """What a verifier is told."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REPLACED = "replaced"
    REVOKED = "revoked"


CREDENTIAL_FLOW: Flow[CredentialStatus] = Flow(
    {
        CredentialStatus.ACTIVE: frozenset(
            {CredentialStatus.SUSPENDED, CredentialStatus.REPLACED, CredentialStatus.REVOKED}
        ),
        CredentialStatus.SUSPENDED: frozenset(
            {CredentialStatus.ACTIVE, CredentialStatus.REPLACED, CredentialStatus.REVOKED}
        ),
        CredentialStatus.REPLACED: frozenset(),
        CredentialStatus.REVOKED: frozenset(),
    }
)
LIVE = (CredentialStatus.ACTIVE, CredentialStatus.SUSPENDED)


class RevocationReason(StrEnum):
    """Why a credential is taken back, from a closed list."""

    CORRECTED = "corrected"  # below the pass mark
    RECALLED = "recalled"
    OFFENCE = "offence"
    ISSUED_IN_ERROR = "issued_in_error"


class Purpose(StrEnum):
    """What a bit in a status list says; each purpose has a list of its own, places are shared."""

    REVOCATION = "revocation"  # final
    SUSPENSION = "suspension"  # may end


class Word(StrEnum):
    """The one word a verifier is told, beside all the certified facts."""

    VALID = "valid"
    REPLACED = "replaced"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


STATUS_LIST_LENGTH = (
    131_072  # bits of one status list: a place in it says nothing about whose it is
)
# Random places are found at the first or second try as long as every other one is free.
FULL_AT = STATUS_LIST_LENGTH // 2
LIST_LIFE = timedelta(hours=36)  # lists are signed daily; an old copy can not be shown for longer
SHELF_LIFE_YEARS = 7  # how long credits may be redeemed, as academic credit banks have it
VERIFY_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no O, 0, I or 1: it is typed by hand
VERIFY_CODE_LENGTH = 12  # 60 bits


class NotReleased(Refusal):
    """A credential shows a released outcome; this one is not."""

    kind = "conflict"
    code = "not_released"

    def __init__(self, status: str) -> None:
        super().__init__(
            say("This outcome is {status}. A credential needs a released one.", status=status)
        )


class NotPassed(Refusal):
    """Only a pass is certified."""

    kind = "conflict"
    code = "not_passed"

    def __init__(self, verdict: str) -> None:
        super().__init__(
            say("This outcome is {verdict}. A credential needs a pass.", verdict=verdict)
        )


@dataclass(frozen=True)
class Validity:
    """From when to when a credential holds, and when its outcome was first earned."""

    awarded_at: datetime
    valid_from: datetime
    valid_until: datetime


@dataclass(frozen=True)
class Verification:
    """What a verifier is told: one word, every certified fact, and the newer version's number."""

    word: Word
    stable_id: str
    number: int | None  # None: unknown
    newer: int | None  # None: nothing newer
    reason: str  # of a revocation, from the closed list; "" otherwise
    sha256: str  # of the credential as issued; "" where unknown
    facts: dict[str, Any]  # as `certified_facts` gives them; empty where unknown


def validity_of(
    now: datetime, first_earned: datetime, earlier_valid_from: datetime | None
) -> Validity:
    """Return the validity of a version issued at `now`: newer than the one before, same award.

    Whole seconds, since a token's times have no fraction. A correction does not lengthen the
    shelf life, which counts from the award.
    """
    valid_from = now.astimezone(UTC).replace(microsecond=0)
    if earlier_valid_from is not None:
        valid_from = max(valid_from, earlier_valid_from + timedelta(seconds=1))
    awarded_at = min(first_earned.astimezone(UTC).replace(microsecond=0), valid_from)
    return Validity(awarded_at, valid_from, years_later(awarded_at, SHELF_LIFE_YEARS))


def years_later(moment: datetime, years: int) -> datetime:
    """Return the same day and time `years` later; 29 February becomes the 28th."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, day=28)


def word_for(status: CredentialStatus, valid_until: datetime, now: datetime) -> Word:
    """Return what a verifier is told at `now`; the moment `valid_until` itself is too late."""
    if status is CredentialStatus.ACTIVE:
        return Word.EXPIRED if now >= valid_until else Word.VALID
    return Word(status.value)
