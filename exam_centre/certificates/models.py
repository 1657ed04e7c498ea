"""Credentials, the certificates that show them, and their bits in the status list."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_centre.certificates.rules import CREDENTIAL_FLOW, CredentialStatus, RevocationReason
from exam_centre.kernel.audit import PRIVATE
from exam_centre.kernel.columns import Id, Token, unique_while
from exam_centre.kernel.database import Base, Lifecycle
from exam_centre.kernel.guards import (
    Guard,
    as_rows,
    final_row,
    fixed_columns,
    flow_guard,
    keep,
    kept_row,
)


class StatusBit(Base):
    """A random place in a status list, and what stands there."""

    __tablename__ = "status_bits"
    __table_args__ = (
        UniqueConstraint("list_no", "position"),
        CheckConstraint("position >= 0 AND position < 131072", name="within_the_list"),
    )

    id: Mapped[Id]
    list_no: Mapped[int]
    position: Mapped[int]
    revoked: Mapped[bool] = mapped_column(default=False)
    suspended: Mapped[bool] = mapped_column(default=False)


class Credential(Lifecycle, Base):
    """One signed credential: a projection of one outcome version, kept as it was issued."""

    __tablename__ = "credentials"
    __table_args__ = (
        UniqueConstraint("stable_id", "number"),
        unique_while(
            "uq_credentials_active",
            "entry_course_id",
            condition="status IN ('active', 'suspended')",
        ),
        CheckConstraint(
            "(status = 'revoked') = (revocation_reason IS NOT NULL)", name="revoked_with_a_reason"
        ),
    )
    flow = CREDENTIAL_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcomes.id"), unique=True)
    entry_course_id: Mapped[int] = mapped_column(ForeignKey("entry_courses.id"))
    stable_id: Mapped[str]  # the outcome's own: verifiers let a newer version replace this one
    number: Mapped[int]  # the outcome version it shows
    status: Mapped[CredentialStatus] = mapped_column(default=CredentialStatus.ACTIVE)
    # As issued, signed. The salts in it would let a reader of the trail test names.
    jwt: Mapped[str] = mapped_column(info=PRIVATE)
    sha256: Mapped[str]  # of the JWT
    status_bit_id: Mapped[int] = mapped_column(ForeignKey("status_bits.id"), unique=True)
    awarded_at: Mapped[datetime]  # when the outcome was first earned: kept by later versions
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    revocation_reason: Mapped[RevocationReason | None]


class Certificate(Base):
    """A printed form of a credential. Its facts are the credential's; it has none of its own."""

    __tablename__ = "certificates"
    __table_args__ = (UniqueConstraint("credential_id", "template"),)

    id: Mapped[Id]
    token: Mapped[Token]
    credential_id: Mapped[int] = mapped_column(ForeignKey("credentials.id"))
    template: Mapped[str]  # name and version of the drawing, e.g. "course/1"
    serial: Mapped[str] = mapped_column(unique=True)
    verify_code: Mapped[str] = mapped_column(unique=True)  # typed by hand: no O, 0, I or 1
    file_key: Mapped[str]
    file_sha256: Mapped[str]
    issued_at: Mapped[datetime]


class CertificateNotice(Base):
    """A person was told that the certificates of a release are ready: once."""

    __tablename__ = "certificate_notices"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("release_batches.id"), primary_key=True)
    told_at: Mapped[datetime]


keep(
    Base.metadata,
    final_row("certificate_notices", "certificate_notice_is_final"),
    flow_guard("credentials", as_rows(CREDENTIAL_FLOW)),
    fixed_columns(
        "credentials",
        "credential_facts_are_final",
        "outcome_id",
        "entry_course_id",
        "stable_id",
        "number",
        "jwt",
        "sha256",
        "status_bit_id",
        "awarded_at",
        "valid_from",
        "valid_until",
    ),
    kept_row("credentials", "credential_is_kept"),
    Guard(
        name="credential_needs_a_released_outcome",
        table="credentials",
        on=("INSERT",),
        when="(NOT EXISTS (SELECT 1 FROM outcomes o "
        "WHERE o.id = NEW.outcome_id AND o.status = 'released'))",
    ),
    Guard(
        name="revocation_is_final",
        table="status_bits",
        on=("UPDATE",),
        when="(OLD.revoked AND NOT NEW.revoked)",
    ),
    final_row("certificates", "certificate_is_final"),
)
