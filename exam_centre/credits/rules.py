"""The life of a claim on the credit bank, and the ways two ledgers can differ."""

from enum import StrEnum

from exam_centre.kernel.flow import Flow


class ClaimKind(StrEnum):
    """What kind of credit is claimed; one live credit a person, course and kind."""

    COURSE = "course"


class ClaimStatus(StrEnum):
    """Where a claim stands, in words its worker can follow."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"  # sent, and no answer came: asked again under the same key
    ACCEPTED = "accepted"
    RETURNED = "returned"  # the bank wants something mended at the source
    REPLACED = "replaced"  # a later version of the outcome is claimed instead
    REVOKING = "revoking"
    REVOKED = "revoked"


CLAIM_FLOW: Flow[ClaimStatus] = Flow(
    {
        ClaimStatus.QUEUED: frozenset(
            {ClaimStatus.SENDING, ClaimStatus.RETURNED, ClaimStatus.REPLACED}
        ),
        ClaimStatus.SENDING: frozenset(
            {
                ClaimStatus.QUEUED,
                ClaimStatus.UNKNOWN,
                ClaimStatus.ACCEPTED,
                ClaimStatus.RETURNED,
                ClaimStatus.REVOKED,
            }
        ),
        ClaimStatus.UNKNOWN: frozenset(
            {ClaimStatus.SENDING, ClaimStatus.ACCEPTED, ClaimStatus.RETURNED, ClaimStatus.REPLACED}
        ),
        ClaimStatus.ACCEPTED: frozenset({ClaimStatus.REPLACED, ClaimStatus.REVOKING}),
        ClaimStatus.RETURNED: frozenset({ClaimStatus.QUEUED, ClaimStatus.REPLACED}),
        ClaimStatus.REPLACED: frozenset(),
        ClaimStatus.REVOKING: frozenset({ClaimStatus.SENDING, ClaimStatus.REVOKED}),
        ClaimStatus.REVOKED: frozenset(),
    }
)


class SendKind(StrEnum):
    """What a row asks the bank to do."""

    UPSERT = "upsert"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"


class DifferenceKind(StrEnum):
    """How the bank's ledger and ours differ about one outcome."""

    MISSING_THERE = "missing_there"
    MISSING_HERE = "missing_here"
    DIFFERS = "differs"
    STATE_DIFFERS = "state_differs"


class DifferenceStatus(StrEnum):
    """Whether a difference still needs somebody."""

    OPEN = "open"
    REPAIRED = "repaired"
    EXPLAINED = "explained"


DIFFERENCE_FLOW: Flow[DifferenceStatus] = Flow(
    {
        DifferenceStatus.OPEN: frozenset({DifferenceStatus.REPAIRED, DifferenceStatus.EXPLAINED}),
        DifferenceStatus.REPAIRED: frozenset(),
        DifferenceStatus.EXPLAINED: frozenset(),
    }
)
