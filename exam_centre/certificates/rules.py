"""The life of a credential, and why one is taken back."""

from enum import StrEnum

from exam_centre.kernel.flow import Flow


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


class RevocationReason(StrEnum):
    """Why a credential is taken back, from a closed list."""

    CORRECTED = "corrected"  # below the pass mark
    RECALLED = "recalled"
    OFFENCE = "offence"
    ISSUED_IN_ERROR = "issued_in_error"


STATUS_LIST_LENGTH = (
    131_072  # bits of one status list: a place in it says nothing about whose it is
)
