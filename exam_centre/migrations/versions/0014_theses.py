"""0014: the tables of theses."""

import sqlalchemy as sa
from alembic import op

from exam_centre.kernel.columns import Exact, UtcMoment
from exam_centre.kernel.guards import Guard, final_row, flow_guard
from exam_centre.migrations import create_guards, drop_guards

revision = "0014"
down_revision = "0013"

GUARDS = (
    flow_guard(
        "theses",
        {
            "topic": ["proposed"],
            "proposed": ["drafted"],
            "drafted": ["checked", "failed"],
            "checked": ["advised"],
            "advised": ["defended", "failed"],
            "defended": ["final"],
            "failed": ["final"],
            "final": [],
        },
    ),
    final_row("thesis_records", "thesis_record_is_final"),
    final_row("thesis_marks", "thesis_mark_is_final"),
    Guard(
        name="supervisor_is_not_on_the_panel",
        table="panel_members",
        on=("INSERT", "UPDATE"),
        when=(
            "EXISTS (SELECT 1 FROM theses t WHERE t.id = NEW.thesis_id AND t.supervisor_id = "
            "NEW.person_id)"
        ),
    ),
)


def upgrade() -> None:
    """Make the tables, their keys and their guards."""
    op.create_table(
        "theses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("at_work", sa.Boolean(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "topic",
                "proposed",
                "drafted",
                "checked",
                "advised",
                "defended",
                "failed",
                "final",
                name="thesisstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("similarity", Exact(5, 2), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "similarity >= 0 AND similarity <= 100", name=op.f("ck_theses_similarity")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_theses_entry_id")),
        sa.ForeignKeyConstraint(
            ["supervisor_id"], ["people.id"], name=op.f("fk_theses_supervisor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theses")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_theses_entry_id")),
        sa.UniqueConstraint("token", name=op.f("uq_theses_token")),
    )
    op.create_table(
        "panel_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thesis_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "chair",
                "member",
                "secretary",
                name="panelrole",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_panel_members_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["thesis_id"], ["theses.id"], name=op.f("fk_panel_members_thesis_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_members")),
        sa.UniqueConstraint(
            "thesis_id", "person_id", name=op.f("uq_panel_members_thesis_id_person_id")
        ),
    )
    op.create_table(
        "thesis_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thesis_id", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Integer(), nullable=False),
        sa.Column("score", Exact(6, 2), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "score >= 0 AND score <= 100",
            name=op.f("ck_thesis_marks_score_is_within_the_full_mark"),
        ),
        sa.ForeignKeyConstraint(
            ["marker_id"], ["people.id"], name=op.f("fk_thesis_marks_marker_id")
        ),
        sa.ForeignKeyConstraint(
            ["thesis_id"], ["theses.id"], name=op.f("fk_thesis_marks_thesis_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thesis_marks")),
        sa.UniqueConstraint(
            "thesis_id", "marker_id", name=op.f("uq_thesis_marks_thesis_id_marker_id")
        ),
    )
    op.create_table(
        "thesis_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thesis_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "topic",
                "proposed",
                "drafted",
                "checked",
                "advised",
                "defended",
                "failed",
                "final",
                name="thesisstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_thesis_records_by_id")),
        sa.ForeignKeyConstraint(
            ["thesis_id"], ["theses.id"], name=op.f("fk_thesis_records_thesis_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thesis_records")),
    )
    op.create_index(
        op.f("ix_thesis_records_thesis_id"), "thesis_records", ["thesis_id"], unique=False
    )
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("thesis_records")
    op.drop_table("thesis_marks")
    op.drop_table("panel_members")
    op.drop_table("theses")
