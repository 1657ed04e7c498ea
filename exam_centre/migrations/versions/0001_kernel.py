"""0001: the tables of kernel."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from exam_centre.kernel.columns import UtcMoment
from exam_centre.kernel.guards import final_row, flow_guard
from exam_centre.migrations import create_guards, drop_guards

revision = "0001"
down_revision = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")

GUARDS = (
    final_row("audit_rows", "audit_row_is_final"),
    final_row("audit_daily_heads", "daily_head_is_final"),
    flow_guard(
        "jobs",
        {
            "waiting": ["cancelled", "running"],
            "running": ["cancelled", "done", "failed", "waiting"],
            "done": [],
            "failed": ["waiting"],
            "cancelled": [],
        },
    ),
)


def upgrade() -> None:
    """Make the tables, their keys and their guards."""
    op.create_table(
        "audit_daily_heads",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("heads", JSON, nullable=False),
        sa.Column("previous_root", sa.String(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_audit_daily_heads")),
    )
    op.create_table(
        "audit_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("changes", JSON, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_rows")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_rows_hash")),
        sa.UniqueConstraint("stream", "seq", name=op.f("uq_audit_rows_stream_seq")),
    )
    op.create_index(op.f("ix_audit_rows_subject"), "audit_rows", ["subject"], unique=False)
    op.create_table(
        "audit_streams",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_audit_streams")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("arguments", JSON, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "failed",
                "cancelled",
                name="jobstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", UtcMoment(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcMoment(), nullable=True),
        sa.Column("ended_at", UtcMoment(), nullable=True),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("token", name=op.f("uq_jobs_token")),
    )
    op.create_index(op.f("ix_jobs_status"), "jobs", ["status"], unique=False)
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("jobs")
    op.drop_table("audit_streams")
    op.drop_table("audit_rows")
    op.drop_table("audit_daily_heads")
