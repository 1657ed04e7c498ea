"""0010: the tables of custody."""

import sqlalchemy as sa
from alembic import op

from exam_centre.kernel.columns import UtcMoment
from exam_centre.kernel.guards import Guard, flow_guard
from exam_centre.migrations import create_guards, drop_guards

revision = "0010"
down_revision = "0009"

GUARDS = (
    flow_guard(
        "bags",
        {
            "sealed": ["destroyed", "in_transit", "opened"],
            "in_transit": ["disputed", "received"],
            "received": ["destroyed", "in_transit", "opened"],
            "disputed": ["received"],
            "opened": ["destroyed", "sealed"],
            "destroyed": [],
        },
    ),
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
        when=(
            "(OLD.day_closed_at IS NOT NULL AND (NEW.status = 'opened' OR NEW.day_closed_at "
            "IS DISTINCT FROM OLD.day_closed_at))"
        ),
    ),
    Guard(
        name="papers_of_a_closed_day_are_counted",
        table="paper_counts",
        on=("INSERT", "UPDATE"),
        when=(
            "(EXISTS (SELECT 1 FROM bags b WHERE b.id = NEW.bag_id AND b.day_closed_at IS NOT "
            "NULL))"
        ),
    ),
)


def upgrade() -> None:
    """Make the tables, their keys and their guards."""
    op.create_table(
        "bags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "papers",
                "scripts",
                name="bagkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("room_session_id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "sealed",
                "in_transit",
                "received",
                "disputed",
                "opened",
                "destroyed",
                name="bagstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("seal_no", sa.String(), nullable=False),
        sa.Column("declared", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("opening_witness_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", UtcMoment(), nullable=True),
        sa.Column("day_closed_at", UtcMoment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status <> 'opened' OR (opened_by_id IS NOT NULL AND opening_witness_id IS NOT NULL)",
            name=op.f("ck_bags_an_opening_has_two_people"),
        ),
        sa.CheckConstraint("declared >= 0", name=op.f("ck_bags_counts_are_not_negative")),
        sa.CheckConstraint(
            "opened_by_id <> opening_witness_id", name=op.f("ck_bags_two_people_open")
        ),
        sa.ForeignKeyConstraint(["holder_id"], ["people.id"], name=op.f("fk_bags_holder_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["people.id"], name=op.f("fk_bags_opened_by_id")),
        sa.ForeignKeyConstraint(
            ["opening_witness_id"], ["people.id"], name=op.f("fk_bags_opening_witness_id")
        ),
        sa.ForeignKeyConstraint(
            ["room_session_id"], ["room_sessions.id"], name=op.f("fk_bags_room_session_id")
        ),
        sa.ForeignKeyConstraint(["sitting_id"], ["sittings.id"], name=op.f("fk_bags_sitting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bags")),
        sa.UniqueConstraint(
            "room_session_id",
            "sitting_id",
            "kind",
            name=op.f("uq_bags_room_session_id_sitting_id_kind"),
        ),
        sa.UniqueConstraint("token", name=op.f("uq_bags_token")),
    )
    op.create_table(
        "hand_overs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bag_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.Integer(), nullable=False),
        sa.Column("sender_count", sa.Integer(), nullable=False),
        sa.Column("seal_no", sa.String(), nullable=False),
        sa.Column("sent_at", UtcMoment(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=True),
        sa.Column("receiver_count", sa.Integer(), nullable=True),
        sa.Column("receiver_seal_no", sa.String(), nullable=False),
        sa.Column("received_at", UtcMoment(), nullable=True),
        sa.CheckConstraint(
            "(receiver_id IS NULL) = (received_at IS NULL) AND (receiver_id IS NULL) = "
            "(receiver_count IS NULL)",
            name=op.f("ck_hand_overs_a_receiver_types_a_count"),
        ),
        sa.CheckConstraint(
            "sender_count >= 0 AND receiver_count >= 0", name=op.f("ck_hand_overs_counts")
        ),
        sa.CheckConstraint("sender_id <> receiver_id", name=op.f("ck_hand_overs_two_people")),
        sa.ForeignKeyConstraint(["bag_id"], ["bags.id"], name=op.f("fk_hand_overs_bag_id")),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["people.id"], name=op.f("fk_hand_overs_receiver_id")
        ),
        sa.ForeignKeyConstraint(["sender_id"], ["people.id"], name=op.f("fk_hand_overs_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_overs")),
        sa.UniqueConstraint("bag_id", "seq", name=op.f("uq_hand_overs_bag_id_seq")),
    )
    op.create_index(
        "uq_hand_overs_open",
        "hand_overs",
        ["bag_id"],
        unique=True,
        sqlite_where=sa.text("received_at IS NULL"),
        postgresql_where=sa.text("received_at IS NULL"),
    )
    op.create_table(
        "paper_counts",
        sa.Column("bag_id", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("spare", sa.Integer(), nullable=False),
        sa.Column("damaged", sa.Integer(), nullable=False),
        sa.Column("counted_by_id", sa.Integer(), nullable=False),
        sa.Column("counted_at", UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "used >= 0 AND spare >= 0 AND damaged >= 0", name=op.f("ck_paper_counts_counts")
        ),
        sa.ForeignKeyConstraint(["bag_id"], ["bags.id"], name=op.f("fk_paper_counts_bag_id")),
        sa.ForeignKeyConstraint(
            ["counted_by_id"], ["people.id"], name=op.f("fk_paper_counts_counted_by_id")
        ),
        sa.PrimaryKeyConstraint("bag_id", name=op.f("pk_paper_counts")),
    )
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("paper_counts")
    op.drop_table("hand_overs")
    op.drop_table("bags")
