"""0012: the tables of invigilation."""

import sqlalchemy as sa
from alembic import op

from exam_centre.kernel.columns import UtcMoment
from exam_centre.kernel.guards import Guard, final_row, flow_guard
from exam_centre.migrations import create_guards, drop_guards

revision = "0012"
down_revision = "0011"

GUARDS = (
    flow_guard(
        "room_days",
        {
            "ready": ["cancelled", "open"],
            "open": ["cancelled", "running", "suspended"],
            "running": ["closed", "suspended"],
            "suspended": ["open", "running"],
            "closed": ["reconciled"],
            "reconciled": [],
            "cancelled": [],
        },
    ),
    final_row("closed_days", "closed_day_is_final"),
    Guard(
        name="room_of_a_closed_day_is_final",
        table="room_days",
        on=("UPDATE", "DELETE"),
        when="(OLD.closed_day_id IS NOT NULL)",
    ),
    Guard(
        name="a_closed_day_has_finished_rooms",
        table="room_days",
        on=("INSERT", "UPDATE"),
        when="(NEW.closed_day_id IS NOT NULL AND NEW.status NOT IN ('reconciled', 'cancelled'))",
    ),
)


def upgrade() -> None:
    """Make the tables, their keys and their guards."""
    op.create_table(
        "closed_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=False),
        sa.Column("countersigned_by_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcMoment(), nullable=False),
        sa.Column("rooms", sa.Integer(), nullable=False),
        sa.Column("should_sit", sa.Integer(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("scripts", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "closed_by_id <> countersigned_by_id", name=op.f("ck_closed_days_two_people")
        ),
        sa.CheckConstraint(
            "rooms >= 1 AND should_sit >= 0 AND present >= 0 AND scripts >= 0",
            name=op.f("ck_closed_days_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["people.id"], name=op.f("fk_closed_days_closed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["countersigned_by_id"], ["people.id"], name=op.f("fk_closed_days_countersigned_by_id")
        ),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_closed_days_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_days")),
        sa.UniqueConstraint("token", name=op.f("uq_closed_days_token")),
        sa.UniqueConstraint("venue_id", "day", name=op.f("uq_closed_days_venue_id_day")),
    )
    op.create_table(
        "room_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("room_session_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "ready",
                "open",
                "running",
                "suspended",
                "closed",
                "reconciled",
                "cancelled",
                name="roomdaystatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("opening_witness_id", sa.Integer(), nullable=True),
        sa.Column("started_at", UtcMoment(), nullable=True),
        sa.Column("first_count", sa.Integer(), nullable=True),
        sa.Column("first_counter_id", sa.Integer(), nullable=True),
        sa.Column("second_count", sa.Integer(), nullable=True),
        sa.Column("second_counter_id", sa.Integer(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("countersigned_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", UtcMoment(), nullable=True),
        sa.Column("reconciled_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_day_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status <> 'reconciled' OR (first_count IS NOT NULL AND first_count = second_count "
            "AND first_counter_id IS NOT NULL AND second_counter_id IS NOT NULL)",
            name=op.f("ck_room_days_reconciled_means_counted_alike"),
        ),
        sa.CheckConstraint(
            "status IN ('ready', 'cancelled') OR (opened_by_id IS NOT NULL AND opening_witness_id"
            " IS NOT NULL)",
            name=op.f("ck_room_days_opening_has_two_people"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('closed', 'reconciled') OR (closed_by_id IS NOT NULL AND "
            "countersigned_by_id IS NOT NULL)",
            name=op.f("ck_room_days_closing_has_two_signatures"),
        ),
        sa.CheckConstraint(
            "closed_by_id <> countersigned_by_id", name=op.f("ck_room_days_two_people_close")
        ),
        sa.CheckConstraint(
            "first_count >= 0 AND second_count >= 0", name=op.f("ck_room_days_counts")
        ),
        sa.CheckConstraint(
            "first_counter_id <> second_counter_id", name=op.f("ck_room_days_two_people_count")
        ),
        sa.CheckConstraint(
            "opened_by_id <> opening_witness_id", name=op.f("ck_room_days_two_people_open")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["people.id"], name=op.f("fk_room_days_closed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["closed_day_id"], ["closed_days.id"], name=op.f("fk_room_days_closed_day_id")
        ),
        sa.ForeignKeyConstraint(
            ["countersigned_by_id"], ["people.id"], name=op.f("fk_room_days_countersigned_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["first_counter_id"], ["people.id"], name=op.f("fk_room_days_first_counter_id")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["people.id"], name=op.f("fk_room_days_opened_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["opening_witness_id"], ["people.id"], name=op.f("fk_room_days_opening_witness_id")
        ),
        sa.ForeignKeyConstraint(
            ["reconciled_by_id"], ["people.id"], name=op.f("fk_room_days_reconciled_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["room_session_id"], ["room_sessions.id"], name=op.f("fk_room_days_room_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["second_counter_id"], ["people.id"], name=op.f("fk_room_days_second_counter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_days")),
        sa.UniqueConstraint("room_session_id", name=op.f("uq_room_days_room_session_id")),
        sa.UniqueConstraint("token", name=op.f("uq_room_days_token")),
    )
    op.create_index(
        op.f("ix_room_days_closed_day_id"), "room_days", ["closed_day_id"], unique=False
    )
    op.create_table(
        "stoppages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_day_id", sa.Integer(), nullable=False),
        sa.Column("began_at", UtcMoment(), nullable=False),
        sa.Column("ended_at", UtcMoment(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ended_at > began_at", name=op.f("ck_stoppages_ends_after_it_began")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_stoppages_by_id")),
        sa.ForeignKeyConstraint(
            ["room_day_id"], ["room_days.id"], name=op.f("fk_stoppages_room_day_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stoppages")),
    )
    op.create_index(op.f("ix_stoppages_room_day_id"), "stoppages", ["room_day_id"], unique=False)
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("stoppages")
    op.drop_table("room_days")
    op.drop_table("closed_days")
