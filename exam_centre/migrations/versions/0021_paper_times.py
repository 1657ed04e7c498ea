"""0021: when papers may be sat in a series, in the room of timetable."""

import sqlalchemy as sa
from alembic import op

from exam_centre.kernel.columns import UtcMoment

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Make the tables and their keys."""
    op.create_table(
        "paper_windows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("first_period_id", sa.Integer(), nullable=False),
        sa.Column("last_period_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_paper_windows_says_why")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_paper_windows_by_id")),
        sa.ForeignKeyConstraint(
            ["first_period_id"], ["periods.id"], name=op.f("fk_paper_windows_first_period_id")
        ),
        sa.ForeignKeyConstraint(
            ["last_period_id"], ["periods.id"], name=op.f("fk_paper_windows_last_period_id")
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"], ["papers.id"], name=op.f("fk_paper_windows_paper_id")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_paper_windows_series_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_windows")),
        sa.UniqueConstraint(
            "series_id", "paper_id", name=op.f("uq_paper_windows_series_id_paper_id")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_paper_windows_token")),
    )
    op.create_table(
        "paper_orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("first_paper_id", sa.Integer(), nullable=False),
        sa.Column("second_paper_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "before",
                "together",
                "apart",
                name="paperorderkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "first_paper_id <> second_paper_id", name=op.f("ck_paper_orders_of_two_papers")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_paper_orders_says_why")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_paper_orders_by_id")),
        sa.ForeignKeyConstraint(
            ["first_paper_id"], ["papers.id"], name=op.f("fk_paper_orders_first_paper_id")
        ),
        sa.ForeignKeyConstraint(
            ["second_paper_id"], ["papers.id"], name=op.f("fk_paper_orders_second_paper_id")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_paper_orders_series_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_orders")),
        sa.UniqueConstraint(
            "series_id",
            "first_paper_id",
            "second_paper_id",
            name=op.f("uq_paper_orders_series_id_first_paper_id_second_paper_id"),
        ),
        sa.UniqueConstraint("token", name=op.f("uq_paper_orders_token")),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("paper_orders")
    op.drop_table("paper_windows")
