"""0005: the tables of papers."""

import sqlalchemy as sa
from alembic import op

from exam_centre.kernel.columns import Exact
from exam_centre.kernel.guards import final_row
from exam_centre.migrations import create_guards, drop_guards

revision = "0005"
down_revision = "0004"

GUARDS = (final_row("schemes", "scheme_is_final"),)


def upgrade() -> None:
    """Make the tables, their keys and their guards."""
    op.create_table(
        "papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "paper",
                "listening",
                "computer",
                "practical",
                "oral",
                "assignment",
                "thesis",
                name="mode",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column(
            "book_rule",
            sa.Enum(
                "closed",
                "open",
                "half_open",
                name="bookrule",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("material", sa.String(), nullable=False),
        sa.CheckConstraint(
            "minutes IS NOT NULL OR mode IN ('assignment', 'thesis')",
            name=op.f("ck_papers_a_sat_paper_has_minutes"),
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_papers_minutes_are_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
        sa.UniqueConstraint("code", name=op.f("uq_papers_code")),
        sa.UniqueConstraint("token", name=op.f("uq_papers_token")),
    )
    op.create_table(
        "courses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("learning_area", sa.String(), nullable=False),
        sa.Column("credits", Exact(5, 1), nullable=False),
        sa.Column("compulsory", sa.Boolean(), nullable=False),
        sa.CheckConstraint("credits > 0", name=op.f("ck_courses_credits_are_positive")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_courses_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
        sa.UniqueConstraint("code", name=op.f("uq_courses_code")),
    )
    op.create_index(op.f("ix_courses_paper_id"), "courses", ["paper_id"], unique=False)
    op.create_table(
        "schemes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("formative_percent", Exact(5, 2), nullable=False),
        sa.Column("double_pass", sa.Boolean(), nullable=False),
        sa.Column("formative_gate", sa.Boolean(), nullable=False),
        sa.Column("pass_mark", Exact(6, 2), nullable=False),
        sa.Column("precision", sa.Integer(), nullable=False),
        sa.Column(
            "rounding",
            sa.Enum(
                "half_up",
                "half_even",
                "down",
                name="rounding",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "formative_percent >= 0 AND formative_percent <= 100",
            name=op.f("ck_schemes_formative_percent"),
        ),
        sa.CheckConstraint(
            "pass_mark >= 0 AND pass_mark <= 100", name=op.f("ck_schemes_pass_mark")
        ),
        sa.CheckConstraint("precision >= 0 AND precision <= 2", name=op.f("ck_schemes_precision")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_schemes_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schemes")),
        sa.UniqueConstraint("paper_id", "version", name=op.f("uq_schemes_paper_id_version")),
    )
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("schemes")
    op.drop_table("courses")
    op.drop_table("papers")
