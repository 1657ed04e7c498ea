"""Claims, the rows that carry them to the bank, what came back, and where ledgers differ."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_centre.credits.rules import (
    CLAIM_FLOW,
    DIFFERENCE_FLOW,
    ClaimKind,
    ClaimStatus,
    Destination,
    DifferenceKind,
    DifferenceStatus,
    SendKind,
)
from exam_centre.kernel.audit import PRIVATE
from exam_centre.kernel.columns import Credit, Id, Token, unique_while
from exam_centre.kernel.database import Base, Lifecycle
from exam_centre.kernel.flow import Flow
from exam_centre.kernel.guards import (
    Guard,
    as_rows,
    final_row,
    fixed_columns,
    flow_guard,
    keep,
    kept_row,
)
from exam_centre.kernel.outbox import SEND_FLOW, Outgoing, SendStatus

# Where a bank turns out to have lost what it confirmed, the same bytes go out again.
OUTBOX_FLOW: Flow[SendStatus] = Flow(
    SEND_FLOW.moves | {SendStatus.DONE: frozenset({SendStatus.PENDING})}
)


class LearningAccount(Base):
    """A person's account at the credit bank, and whether the bank knows them by that name."""

    __tablename__ = "learning_accounts"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    account_no: Mapped[str] = mapped_column(unique=True)
    checked_at: Mapped[datetime | None]  # None: never asked
    answer: Mapped[str] = mapped_column(default="")  # "match", "mismatch" or "unknown"


class Claim(Lifecycle, Base):
    """One outcome version on its way to the credit bank."""

    __tablename__ = "claims"
    __table_args__ = (
        unique_while(
            "uq_claims_live",
            "person_id",
            "course_id",
            "kind",
            condition="status NOT IN ('replaced', 'revoked')",
        ),
        Index("ix_claims_status", "status"),
        Index("ix_claims_person_course", "person_id", "course_id"),
    )
    flow = CLAIM_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcomes.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    kind: Mapped[ClaimKind] = mapped_column(default=ClaimKind.COURSE)
    credits: Mapped[Credit]
    status: Mapped[ClaimStatus] = mapped_column(default=ClaimStatus.QUEUED)
    bank_ref: Mapped[str] = mapped_column(default="")


class OutboxRow(Outgoing, Base):
    """One message to the bank. Its key, outcome and version, stays when it is sent again."""

    __tablename__ = "outbox_rows"
    __table_args__ = (
        UniqueConstraint("stable_id", "number"),
        Index("ix_outbox_rows_due", "status", "next_at"),
    )
    flow = OUTBOX_FLOW

    id: Mapped[Id]
    claim_id: Mapped[int] = mapped_column(ForeignKey("claims.id"), index=True)
    stable_id: Mapped[str]
    number: Mapped[int]  # version at the bank: grows with each message about one outcome
    kind: Mapped[SendKind]
    body: Mapped[str]  # canonical JSON, byte for byte what is signed
    body_sha256: Mapped[str]
    status: Mapped[SendStatus] = mapped_column(default=SendStatus.PENDING)


class Receipt(Base):
    """One answer of the bank, kept for ever."""

    __tablename__ = "receipts"

    id: Mapped[Id]
    outbox_row_id: Mapped[int] = mapped_column(ForeignKey("outbox_rows.id"), index=True)
    at: Mapped[datetime]
    answer: Mapped[str]  # "applied", "replay", "superseded", "refused", "busy", "unknown"
    bank_ref: Mapped[str] = mapped_column(default="")
    detail: Mapped[dict[str, Any]]


class Reconciliation(Base):
    """One comparison of the bank's ledger with ours."""

    __tablename__ = "reconciliations"

    id: Mapped[Id]
    token: Mapped[Token]
    month: Mapped[str]  # "2026-12"; "" for all
    at: Mapped[datetime]
    ours: Mapped[int]
    theirs: Mapped[int]


class Difference(Lifecycle, Base):
    """One outcome about which the two ledgers differ, until somebody has dealt with it."""

    __tablename__ = "differences"
    __table_args__ = (UniqueConstraint("reconciliation_id", "stable_id"),)
    flow = DIFFERENCE_FLOW

    id: Mapped[Id]
    reconciliation_id: Mapped[int] = mapped_column(ForeignKey("reconciliations.id"))
    stable_id: Mapped[str]
    kind: Mapped[DifferenceKind]
    facts: Mapped[dict[str, Any]]
    status: Mapped[DifferenceStatus] = mapped_column(default=DifferenceStatus.OPEN)


class CodeMap(Base):
    """What one of our words is called at a destination, from one day to another."""

    __tablename__ = "code_maps"
    __table_args__ = (
        UniqueConstraint("destination", "topic", "ours", "valid_from"),
        CheckConstraint("valid_until IS NULL OR valid_until > valid_from", name="ends_later"),
    )

    id: Mapped[Id]
    destination: Mapped[str]  # of Destination, e.g. "course_results"
    topic: Mapped[str]  # of Topic, e.g. "level"
    ours: Mapped[str]
    theirs: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]  # exclusive; None: no end known


class CreditExport(Base):
    """A file for the credit bank: looked at first, then written by whoever signs for a purpose."""

    __tablename__ = "credit_exports"
    __table_args__ = (
        CheckConstraint("destination <> 'credit_bank'", name="destination_is_a_file"),
        CheckConstraint("(file_key = '') = (written_at IS NULL)", name="a_file_has_a_moment"),
        CheckConstraint("file_key = '' OR reason <> ''", name="a_file_has_a_reason"),
    )

    id: Mapped[Id]
    token: Mapped[Token]
    destination: Mapped[Destination]
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    looked_at: Mapped[datetime | None]  # None: nobody counted yet
    lines: Mapped[int] = mapped_column(default=0)
    # [why, topic, word, [[student number, name, course], ...]] each: names, so the trail has none.
    obstacles: Mapped[list[Any]] = mapped_column(info=PRIVATE, default=list)
    reason: Mapped[str] = mapped_column(default="")  # why ID numbers are read; "": not signed
    written_at: Mapped[datetime | None]
    file_key: Mapped[str] = mapped_column(default="")  # of the sealed file
    file_sha256: Mapped[str] = mapped_column(default="")  # of the workbook inside


class CreditTelling(Base):
    """A person was told this once, and is not told it again."""

    __tablename__ = "credit_tellings"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    about: Mapped[str] = mapped_column(primary_key=True)  # e.g. "accepted:7", of release batch 7


keep(
    Base.metadata,
    flow_guard("claims", as_rows(CLAIM_FLOW)),
    flow_guard("outbox_rows", as_rows(OUTBOX_FLOW)),
    flow_guard("differences", as_rows(DIFFERENCE_FLOW)),
    final_row("receipts", "receipt_is_final"),
    fixed_columns(
        "claims",
        "claim_facts_are_final",
        "outcome_id",
        "person_id",
        "course_id",
        "kind",
        "credits",
    ),
    kept_row("claims", "claim_is_kept"),
    kept_row("outbox_rows", "outbox_row_is_kept"),
    kept_row("credit_exports", "credit_export_is_kept"),
    final_row("credit_tellings", "credit_telling_is_final"),
    Guard(
        name="sent_body_is_final",
        table="outbox_rows",
        on=("UPDATE",),
        when="(NEW.body <> OLD.body OR NEW.stable_id <> OLD.stable_id "
        "OR NEW.number <> OLD.number OR NEW.kind <> OLD.kind)",
    ),
    Guard(
        name="claim_needs_a_released_pass",
        table="claims",
        on=("INSERT",),
        when="(NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.id = NEW.outcome_id "
        "AND o.status = 'released' AND o.verdict = 'passed'))",
    ),
)
