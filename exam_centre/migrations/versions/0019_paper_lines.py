"""0019: what stands on a room's paper list, in the room of admission."""

import sqlalchemy as sa
from alembic import op

from exam_centre.kernel.columns import UtcMoment
from exam_centre.kernel.guards import final_row
from exam_centre.migrations import create_guards, drop_guards

revision = "0019"
down_revision = "0018"

GUARDS = (final_row("paper_lines", "paper_line_is_final"),)


def upgrade() -> None:
    """Make the table, its keys and its guard."""
    op.create_table(
        "paper_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("says", sa.String(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "present",
                "absent",
                "refused",
                name="paperoutcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", UtcMoment(), nullable=True),
        sa.Column(
            "identity",
            sa.Enum(
                "match",
                "unsure",
                "mismatch",
                "not_checked",
                name="identity",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "recorded",
                "agrees",
                "conflict",
                name="paperverdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "register_said",
            sa.Enum(
                "expected",
                "present",
                "absent",
                "refused",
                "removed",
                "voided",
                name="attendancestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("keyed_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=False),
        sa.Column("keyed_at", UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'present') = (at IS NOT NULL)",
            name=op.f("ck_paper_lines_who_came_has_a_minute"),
        ),
        sa.CheckConstraint(
            "keyed_by_id <> confirmed_by_id", name=op.f("ck_paper_lines_two_people")
        ),
        sa.CheckConstraint(
            "verdict <> 'conflict' OR incident_id IS NOT NULL",
            name=op.f("ck_paper_lines_a_conflict_is_an_incident"),
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["people.id"], name=op.f("fk_paper_lines_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_paper_lines_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["keyed_by_id"], ["people.id"], name=op.f("fk_paper_lines_keyed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_paper_lines_placement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_lines")),
        sa.UniqueConstraint("placement_id", "says", name=op.f("uq_paper_lines_placement_id_says")),
    )
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take the table away."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("paper_lines")
