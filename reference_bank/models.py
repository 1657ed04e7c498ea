"""The bank's tables: whoever may sign, hold and be credited, and a ledger that only grows."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Dialect, ForeignKey, ForeignKeyConstraint, Index, Integer, text
from sqlalchemy import event as events
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from reference_bank.replies import CreditState


class Credits(TypeDecorator[Decimal]):
    """Credits with one decimal place, kept as whole tenths so that the database sums exactly."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        tenths = value * 10
        if tenths != tenths.to_integral_value():
            raise ValueError(f"{value} credits have more than one decimal place")
        return int(tenths)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-1)


class Base(DeclarativeBase):
    pass


class Issuer(Base):
    """A public key and the issuer it speaks for."""

    __tablename__ = "issuers"

    key_id: Mapped[str] = mapped_column(primary_key=True)
    issuer_id: Mapped[str]
    public_key_pem: Mapped[str]


class Account(Base):
    """A learning account and what is needed to recognise its holder."""

    __tablename__ = "accounts"

    account: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    id_tail: Mapped[str]  # the identity number's last four places, never the number


class Unit(Base):
    """An accreditation unit; another value of credits is another version."""

    __tablename__ = "units"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    framework: Mapped[str]
    level: Mapped[int]
    credits: Mapped[Decimal] = mapped_column(Credits)
    kind: Mapped[str]


class Outcome(Base):
    """Where one outcome stands now: its latest version and whether it counts."""

    __tablename__ = "outcomes"
    __table_args__ = (
        ForeignKeyConstraint(["unit_code", "unit_version"], ["units.code", "units.version"]),
        # One live credit per person, unit and kind, whatever the sender believes.
        Index(
            "uq_outcomes_live_credit",
            "account",
            "unit_code",
            "unit_kind",
            unique=True,
            sqlite_where=text("state <> 'revoked'"),
        ),
    )

    outcome_id: Mapped[str] = mapped_column(primary_key=True)
    issuer_id: Mapped[str]
    account: Mapped[str] = mapped_column(ForeignKey("accounts.account"))
    unit_code: Mapped[str]
    unit_version: Mapped[str]
    unit_kind: Mapped[str]
    credits: Mapped[Decimal] = mapped_column(Credits)
    bucket: Mapped[int] = mapped_column(index=True)  # 0..255, for reconciliation
    awarded_month: Mapped[str] = mapped_column(index=True)  # "2026-11", in UTC
    state: Mapped[str]  # a CreditState
    version: Mapped[int]
    body_sha256: Mapped[str]
    bank_ref: Mapped[str]

    @property
    def available(self) -> Decimal:
        """Credits that count towards the account's balance at this moment."""
        return self.credits if self.state == CreditState.CREDITED else Decimal(0)


class LedgerRow(Base):
    """One effect on one account: written once for an outcome's version, never touched again."""

    __tablename__ = "ledger"
    __table_args__ = (Index("uq_ledger_outcome_version", "outcome_id", "version", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_ref: Mapped[str] = mapped_column(unique=True)
    account: Mapped[str] = mapped_column(ForeignKey("accounts.account"), index=True)
    outcome_id: Mapped[str]
    version: Mapped[int]
    kind: Mapped[str]  # upsert, suspend, resume or revoke
    amount: Mapped[Decimal] = mapped_column(Credits)  # what the balance changed by; may be 0
    body_sha256: Mapped[str]
    body: Mapped[bytes]  # exactly as received: the evidence behind the digest
    at: Mapped[str]  # "2026-11-20T08:00:00Z"


@events.listens_for(LedgerRow.__table__, "after_create")
def guard_the_ledger(_table: Any, connection: Connection, **_options: Any) -> None:
    """Make the database itself refuse to change or remove a ledger row."""
    for statement in ("UPDATE", "DELETE"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER ledger_refuses_{statement.lower()} BEFORE {statement} ON ledger "
            "BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END"
        )
