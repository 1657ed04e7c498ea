"""0004: the tables of calendar."""

import sqlalchemy as sa
from alembic import op

from exam_centre.kernel.columns import Exact, UtcMoment
from exam_centre.kernel.guards import final_row, flow_guard
from exam_centre.migrations import create_guards, drop_guards

revision = "0004"
down_revision = "0003"

GUARDS = (
    flow_guard(
        "series",
        {"draft": ["open"], "open": ["closed"], "closed": ["archived", "open"], "archived": []},
    ),
    final_row("rule_profiles", "rule_profile_is_final"),
)


def upgrade() -> None:
    """Make the tables, their keys and their guards."""
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "open",
                "closed",
                "archived",
                name="seriesstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_series_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("code", name=op.f("uq_series_code")),
        sa.UniqueConstraint("token", name=op.f("uq_series_token")),
    )
    op.create_table(
        "deadlines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "entries",
                "access",
                "deferral",
                "marks",
                "appeals",
                name="deadlinekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_deadlines_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
        sa.UniqueConstraint("series_id", "kind", name=op.f("uq_deadlines_series_id_kind")),
    )
    op.create_table(
        "periods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("starts_at", UtcMoment(), nullable=False),
        sa.Column("ends_at", UtcMoment(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_periods_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_periods_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_periods")),
        sa.UniqueConstraint("series_id", "code", name=op.f("uq_periods_series_id_code")),
        sa.UniqueConstraint("series_id", "starts_at", name=op.f("uq_periods_series_id_starts_at")),
    )
    op.create_table(
        "rule_profiles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("doors_open_minutes", sa.Integer(), nullable=False),
        sa.Column("late_limit_minutes", sa.Integer(), nullable=False),
        sa.Column("minimum_stay_minutes", sa.Integer(), nullable=False),
        sa.Column("documents_needed", sa.Integer(), nullable=False),
        sa.Column("very_late_allowed", sa.Boolean(), nullable=False),
        sa.Column("seat_on_slip", sa.Boolean(), nullable=False),
        sa.Column("candidates_per_invigilator", sa.Integer(), nullable=False),
        sa.Column("rest_after_night_minutes", sa.Integer(), nullable=False),
        sa.Column("second_marking", sa.Boolean(), nullable=False),
        sa.Column("marking_tolerance", Exact(6, 2), nullable=False),
        sa.Column("sample_percent", Exact(5, 2), nullable=False),
        sa.Column("retake_cap", Exact(6, 2), nullable=True),
        sa.Column("absent_counts_as_zero", sa.Boolean(), nullable=False),
        sa.Column("appeals_may_lower", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "candidates_per_invigilator > 0",
            name=op.f("ck_rule_profiles_candidates_per_invigilator"),
        ),
        sa.CheckConstraint(
            "doors_open_minutes >= 0", name=op.f("ck_rule_profiles_doors_open_minutes")
        ),
        sa.CheckConstraint(
            "late_limit_minutes >= 0", name=op.f("ck_rule_profiles_late_limit_minutes")
        ),
        sa.CheckConstraint(
            "sample_percent >= 0 AND sample_percent <= 100",
            name=op.f("ck_rule_profiles_sample_percent"),
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_rule_profiles_series_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_profiles")),
        sa.UniqueConstraint(
            "series_id", "version", name=op.f("uq_rule_profiles_series_id_version")
        ),
    )
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("rule_profiles")
    op.drop_table("periods")
    op.drop_table("deadlines")
    op.drop_table("series")
