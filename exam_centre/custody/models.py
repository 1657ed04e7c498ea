"""Bags of papers and scripts, and each time one changed hands."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_centre.custody.rules import BAG_FLOW, BagKind, BagStatus
from exam_centre.kernel.columns import Id, Token, unique_while
from exam_centre.kernel.database import Base, Lifecycle
from exam_centre.kernel.guards import Guard, as_rows, flow_guard, keep


class Bag(Lifecycle, Base):
    """A sealed bag of one room session's papers or scripts of one paper."""

    __tablename__ = "bags"
    __table_args__ = (
        UniqueConstraint("room_session_id", "sitting_id", "kind"),
        CheckConstraint("declared >= 0", name="counts_are_not_negative"),
        CheckConstraint("opened_by_id <> opening_witness_id", name="two_people_open"),
        CheckConstraint(
            "status <> 'opened' OR (opened_by_id IS NOT NULL AND opening_witness_id IS NOT NULL)",
            name="an_opening_has_two_people",
        ),
    )
    flow = BAG_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    kind: Mapped[BagKind]
    room_session_id: Mapped[int] = mapped_column(ForeignKey("room_sessions.id"))
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings.id"))
    status: Mapped[BagStatus] = mapped_column(default=BagStatus.SEALED)
    seal_no: Mapped[str]
    declared: Mapped[int]  # papers or scripts inside, as the packer counted
    holder_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    opening_witness_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    opened_at: Mapped[datetime | None]
    day_closed_at: Mapped[datetime | None]  # None: the venue's day is still open


class HandOver(Base):
    """A bag given and taken: each side types its own count, and sees the other's only after."""

    __tablename__ = "hand_overs"
    __table_args__ = (
        UniqueConstraint("bag_id", "seq"),
        unique_while("uq_hand_overs_open", "bag_id", condition="received_at IS NULL"),
        CheckConstraint("sender_id <> receiver_id", name="two_people"),
        CheckConstraint(
            "(receiver_id IS NULL) = (received_at IS NULL) "
            "AND (receiver_id IS NULL) = (receiver_count IS NULL)",
            name="a_receiver_types_a_count",
        ),
        CheckConstraint("sender_count >= 0 AND receiver_count >= 0", name="counts"),
    )

    id: Mapped[Id]
    bag_id: Mapped[int] = mapped_column(ForeignKey("bags.id"))
    seq: Mapped[int]  # from 1
    sender_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    sender_count: Mapped[int]
    seal_no: Mapped[str]
    sent_at: Mapped[datetime]
    receiver_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    receiver_count: Mapped[int | None]  # None: not taken yet; 0 is a count
    receiver_seal_no: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime | None]


class PaperCount(Base):
    """What became of the papers of one bag: used, spare, damaged."""

    __tablename__ = "paper_counts"
    __table_args__ = (CheckConstraint("used >= 0 AND spare >= 0 AND damaged >= 0", name="counts"),)

    bag_id: Mapped[int] = mapped_column(ForeignKey("bags.id"), primary_key=True)
    used: Mapped[int]
    spare: Mapped[int]
    damaged: Mapped[int]
    counted_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    counted_at: Mapped[datetime]


keep(
    Base.metadata,
    flow_guard("bags", as_rows(BAG_FLOW)),
    Guard(
        name="received_hand_over_is_final",
        table="hand_overs",
        on=("UPDATE",),
        when="(OLD.received_at IS NOT NULL)",
    ),
    Guard(name="hand_over_is_kept", table="hand_overs", on=("DELETE",), when="(1 = 1)"),
    Guard(
        name="bag_of_a_closed_day_stays_sealed",
        table="bags",
        on=("UPDATE",),
        when="(OLD.day_closed_at IS NOT NULL "
        "AND (NEW.status = 'opened' OR NEW.day_closed_at IS DISTINCT FROM OLD.day_closed_at))",
    ),
    Guard(
        name="papers_of_a_closed_day_are_counted",
        table="paper_counts",
        on=("INSERT", "UPDATE"),
        when="(EXISTS (SELECT 1 FROM bags b WHERE b.id = NEW.bag_id "
        "AND b.day_closed_at IS NOT NULL))",
    ),
)
