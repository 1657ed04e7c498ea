"""0022: questions of the staff to swap two duties, in the room of timetable."""

import sqlalchemy as sa
from alembic import op

from exam_centre.kernel.columns import UtcMoment
from exam_centre.kernel.guards import flow_guard
from exam_centre.migrations import create_guards, drop_guards

revision = "0022"
down_revision = "0021"

GUARDS = (
    flow_guard(
        "swap_requests",
        {
            "asked": ["agreed", "declined", "withdrawn"],
            "agreed": [],
            "declined": [],
            "withdrawn": [],
        },
    ),
)


def upgrade() -> None:
    """Make the table, its keys and its guard."""
    op.create_table(
        "swap_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("asked_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "asked",
                "agreed",
                "declined",
                "withdrawn",
                name="swapstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", UtcMoment(), nullable=False),
        sa.Column("answered_at", UtcMoment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("duty_id <> other_id", name=op.f("ck_swap_requests_of_two_duties")),
        sa.CheckConstraint(
            "asker_id <> asked_id", name=op.f("ck_swap_requests_between_two_people")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_swap_requests_says_why")),
        sa.CheckConstraint(
            "(status = 'asked') = (answered_at IS NULL)",
            name=op.f("ck_swap_requests_answered_once"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_id"], ["people.id"], name=op.f("fk_swap_requests_asked_id")
        ),
        sa.ForeignKeyConstraint(
            ["asker_id"], ["people.id"], name=op.f("fk_swap_requests_asker_id")
        ),
        sa.ForeignKeyConstraint(["duty_id"], ["duties.id"], name=op.f("fk_swap_requests_duty_id")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["duties.id"], name=op.f("fk_swap_requests_other_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swap_requests")),
        sa.UniqueConstraint("token", name=op.f("uq_swap_requests_token")),
    )
    op.create_index("ix_swap_requests_asked", "swap_requests", ["asked_id", "status"])
    op.create_index(
        "uq_swap_requests_duty",
        "swap_requests",
        ["duty_id"],
        unique=True,
        sqlite_where=sa.text("status = 'asked'"),
        postgresql_where=sa.text("status = 'asked'"),
    )
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take it away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("swap_requests")
