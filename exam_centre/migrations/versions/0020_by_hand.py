"""0020: locks and moves by hand in a plan, and its sealed allocation, in the room of timetable."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from exam_centre.kernel.columns import UtcMoment
from exam_centre.kernel.guards import final_row
from exam_centre.migrations import create_guards, drop_guards

revision = "0020"
down_revision = "0019"

JSON = sa.JSON().with_variant(JSONB(), "postgresql")

GUARDS = (final_row("plan_moves", "plan_move_is_final"),)


def upgrade() -> None:
    """Make the tables, their keys and their guard."""
    op.create_table(
        "plan_locks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("paper_id", sa.Integer(), nullable=True),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN entry_id IS NULL THEN 0 ELSE 1 END) "
            "+ (CASE WHEN paper_id IS NULL THEN 0 ELSE 1 END) "
            "+ (CASE WHEN room_id IS NULL THEN 0 ELSE 1 END) "
            "+ (CASE WHEN venue_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_plan_locks_of_one_thing"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_plan_locks_says_why")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_plan_locks_by_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_plan_locks_entry_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_plan_locks_paper_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_locks_plan_id")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_plan_locks_room_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_plan_locks_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_locks")),
        sa.UniqueConstraint("plan_id", "entry_id", name=op.f("uq_plan_locks_plan_id_entry_id")),
        sa.UniqueConstraint("plan_id", "paper_id", name=op.f("uq_plan_locks_plan_id_paper_id")),
        sa.UniqueConstraint("plan_id", "room_id", name=op.f("uq_plan_locks_plan_id_room_id")),
        sa.UniqueConstraint("plan_id", "venue_id", name=op.f("uq_plan_locks_plan_id_venue_id")),
        sa.UniqueConstraint("token", name=op.f("uq_plan_locks_token")),
    )
    op.create_table(
        "plan_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "move",
                "swap",
                "push",
                "vacate",
                "paper",
                "undo",
                name="movekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("from_seat_id", sa.Integer(), nullable=True),
        sa.Column("from_period_id", sa.Integer(), nullable=True),
        sa.Column("from_starts_at", UtcMoment(), nullable=True),
        sa.Column("to_seat_id", sa.Integer(), nullable=True),
        sa.Column("to_period_id", sa.Integer(), nullable=True),
        sa.Column("to_starts_at", UtcMoment(), nullable=True),
        sa.Column("was", JSON, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_plan_moves_numbered_from_one")),
        sa.CheckConstraint(
            "(kind = 'undo') = (undoes IS NOT NULL)", name=op.f("ck_plan_moves_undo_names_an_act")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_plan_moves_by_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_plan_moves_entry_id")),
        sa.ForeignKeyConstraint(
            ["from_period_id"], ["periods.id"], name=op.f("fk_plan_moves_from_period_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_seat_id"], ["seats.id"], name=op.f("fk_plan_moves_from_seat_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_plan_moves_plan_id")),
        sa.ForeignKeyConstraint(
            ["to_period_id"], ["periods.id"], name=op.f("fk_plan_moves_to_period_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_seat_id"], ["seats.id"], name=op.f("fk_plan_moves_to_seat_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_moves")),
        sa.UniqueConstraint(
            "plan_id",
            "number",
            "entry_id",
            name=op.f("uq_plan_moves_plan_id_number_entry_id"),
        ),
    )
    op.create_table(
        "sealed_allocations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("result_sha256", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "length(result_sha256) = 64", name=op.f("ck_sealed_allocations_result_is_sealed")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_sealed_allocations_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_allocations")),
        sa.UniqueConstraint("plan_id", name=op.f("uq_sealed_allocations_plan_id")),
    )
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("sealed_allocations")
    op.drop_table("plan_moves")
    op.drop_table("plan_locks")
