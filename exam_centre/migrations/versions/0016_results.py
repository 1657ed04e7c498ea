"""0016: the tables of results."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from exam_centre.kernel.columns import Exact, UtcMoment
from exam_centre.kernel.guards import Guard, final_row, flow_guard
from exam_centre.migrations import create_guards, drop_guards

revision = "0016"
down_revision = "0015"

JSON = sa.JSON().with_variant(JSONB(), "postgresql")

GUARDS = (
    flow_guard(
        "outcomes",
        {
            "computed": ["approved", "held", "superseded"],
            "held": ["computed", "superseded"],
            "approved": ["computed", "held", "released", "superseded"],
            "released": ["corrected", "recalled"],
            "corrected": [],
            "recalled": [],
            "superseded": [],
        },
    ),
    flow_guard(
        "release_batches",
        {
            "prepared": ["approved", "discarded"],
            "approved": ["discarded", "released"],
            "released": ["recalled"],
            "recalled": [],
            "discarded": [],
        },
    ),
    flow_guard(
        "corrections",
        {"filed": ["decided", "rejected"], "rejected": [], "decided": ["applied"], "applied": []},
    ),
    Guard(
        name="outcome_facts_are_final",
        table="outcomes",
        on=("UPDATE",),
        when=(
            "(NEW.entry_course_id IS DISTINCT FROM OLD.entry_course_id OR NEW.series_id IS "
            "DISTINCT FROM OLD.series_id OR NEW.number IS DISTINCT FROM OLD.number OR "
            "NEW.scheme_id IS DISTINCT FROM OLD.scheme_id OR NEW.score IS DISTINCT FROM "
            "OLD.score OR NEW.verdict IS DISTINCT FROM OLD.verdict OR NEW.parts IS DISTINCT "
            "FROM OLD.parts OR NEW.explanation IS DISTINCT FROM OLD.explanation OR NEW.facts "
            "IS DISTINCT FROM OLD.facts OR NEW.computed_at IS DISTINCT FROM OLD.computed_at)"
        ),
    ),
    Guard(name="outcome_is_kept", table="outcomes", on=("DELETE",), when="(1 = 1)"),
    final_row("outcome_identities", "outcome_identity_is_final"),
    Guard(
        name="released_only_in_a_released_batch",
        table="outcomes",
        on=("INSERT", "UPDATE"),
        when=(
            "(NEW.status = 'released' AND NOT EXISTS (SELECT 1 FROM release_lines l JOIN "
            "release_batches b ON b.id = l.batch_id WHERE l.outcome_id = NEW.id AND b.status "
            "= 'released'))"
        ),
    ),
    Guard(
        name="outcome_is_in_one_live_batch",
        table="release_lines",
        on=("INSERT",),
        when=(
            "(EXISTS (SELECT 1 FROM release_lines l JOIN release_batches b ON b.id = "
            "l.batch_id WHERE l.outcome_id = NEW.outcome_id AND b.status <> 'discarded'))"
        ),
        lock="NEW.outcome_id",
    ),
    final_row("release_lines", "release_line_is_final"),
    Guard(
        name="outcomes_join_a_prepared_batch",
        table="release_lines",
        on=("INSERT",),
        when=(
            "(NOT EXISTS (SELECT 1 FROM release_batches b WHERE b.id = NEW.batch_id AND "
            "b.status = 'prepared'))"
        ),
    ),
    Guard(
        name="batch_content_is_final",
        table="release_batches",
        on=("UPDATE",),
        when=(
            "(NEW.series_id IS DISTINCT FROM OLD.series_id OR NEW.content_sha256 IS DISTINCT "
            "FROM OLD.content_sha256 OR NEW.embargo_until IS DISTINCT FROM OLD.embargo_until "
            "OR NEW.prepared_by_id IS DISTINCT FROM OLD.prepared_by_id)"
        ),
    ),
    Guard(
        name="approval_is_final",
        table="release_batches",
        on=("UPDATE",),
        when=(
            "(OLD.approved_by_id IS NOT NULL AND (NEW.approved_by_id IS DISTINCT FROM "
            "OLD.approved_by_id))"
        ),
    ),
    Guard(
        name="release_is_final",
        table="release_batches",
        on=("UPDATE",),
        when=(
            "(OLD.released_at IS NOT NULL AND (NEW.released_by_id IS DISTINCT FROM "
            "OLD.released_by_id OR NEW.released_at IS DISTINCT FROM OLD.released_at))"
        ),
    ),
    Guard(name="release_batch_is_kept", table="release_batches", on=("DELETE",), when="(1 = 1)"),
)


def upgrade() -> None:
    """Make the tables, their keys and their guards."""
    op.create_table(
        "release_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "prepared",
                "approved",
                "released",
                "recalled",
                "discarded",
                name="batchstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("content_sha256", sa.String(), nullable=False),
        sa.Column("embargo_until", UtcMoment(), nullable=True),
        sa.Column("prepared_by_id", sa.Integer(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("released_at", UtcMoment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status <> 'approved' OR approved_by_id IS NOT NULL",
            name=op.f("ck_release_batches_an_approval_is_signed"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('released', 'recalled') OR (approved_by_id IS NOT NULL AND "
            "released_by_id IS NOT NULL AND released_at IS NOT NULL)",
            name=op.f("ck_release_batches_a_release_is_signed"),
        ),
        sa.CheckConstraint(
            "approved_by_id <> released_by_id",
            name=op.f("ck_release_batches_another_person_releases"),
        ),
        sa.CheckConstraint(
            "prepared_by_id <> approved_by_id",
            name=op.f("ck_release_batches_another_person_approves"),
        ),
        sa.CheckConstraint(
            "prepared_by_id <> released_by_id", name=op.f("ck_release_batches_three_people")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["people.id"], name=op.f("fk_release_batches_approved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"], ["people.id"], name=op.f("fk_release_batches_prepared_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["people.id"], name=op.f("fk_release_batches_released_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_release_batches_series_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_batches")),
        sa.UniqueConstraint("token", name=op.f("uq_release_batches_token")),
    )
    op.create_table(
        "outcome_identities",
        sa.Column("entry_course_id", sa.Integer(), nullable=False),
        sa.Column("stable_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_course_id"],
            ["entry_courses.id"],
            name=op.f("fk_outcome_identities_entry_course_id"),
        ),
        sa.PrimaryKeyConstraint("entry_course_id", name=op.f("pk_outcome_identities")),
        sa.UniqueConstraint("stable_id", name=op.f("uq_outcome_identities_stable_id")),
    )
    op.create_table(
        "outcomes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("entry_course_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "computed",
                "held",
                "approved",
                "released",
                "corrected",
                "recalled",
                "superseded",
                name="outcomestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("score", Exact(6, 2), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "passed",
                "failed",
                "invalid",
                "absent",
                "refused",
                "removed",
                "cheated",
                "void",
                "deferred",
                "missing",
                "exempt",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("parts", JSON, nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("computed_at", UtcMoment(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(score IS NOT NULL) = (verdict IN ('passed', 'failed'))",
            name=op.f("ck_outcomes_a_number_or_a_reason"),
        ),
        sa.CheckConstraint(
            "score >= 0 AND score <= 100", name=op.f("ck_outcomes_score_is_within_the_full_mark")
        ),
        sa.ForeignKeyConstraint(
            ["entry_course_id"],
            ["outcome_identities.entry_course_id"],
            name=op.f("fk_outcomes_entry_course_id"),
        ),
        sa.ForeignKeyConstraint(["scheme_id"], ["schemes.id"], name=op.f("fk_outcomes_scheme_id")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_outcomes_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
        sa.UniqueConstraint(
            "entry_course_id", "number", name=op.f("uq_outcomes_entry_course_id_number")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_outcomes_token")),
    )
    op.create_index("ix_outcomes_series_status", "outcomes", ["series_id", "status"], unique=False)
    op.create_index(
        "uq_outcomes_in_work",
        "outcomes",
        ["entry_course_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('computed', 'held', 'approved')"),
        postgresql_where=sa.text("status IN ('computed', 'held', 'approved')"),
    )
    op.create_index(
        "uq_outcomes_released",
        "outcomes",
        ["entry_course_id"],
        unique=True,
        sqlite_where=sa.text("status = 'released'"),
        postgresql_where=sa.text("status = 'released'"),
    )
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "filed",
                "rejected",
                "decided",
                "applied",
                name="correctionstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_appeal", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("final_score", Exact(6, 2), nullable=True),
        sa.Column("formative_score", Exact(6, 2), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("examined_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("new_outcome_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('filed') OR decided_by_id IS NOT NULL",
            name=op.f("ck_corrections_a_decision_has_a_person"),
        ),
        sa.CheckConstraint("asked_by_id <> decided_by_id", name=op.f("ck_corrections_two_people")),
        sa.CheckConstraint(
            "examined_by_id <> decided_by_id", name=op.f("ck_corrections_examiner_does_not_decide")
        ),
        sa.CheckConstraint(
            "final_score >= 0 AND final_score <= 100", name=op.f("ck_corrections_score")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["people.id"], name=op.f("fk_corrections_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_corrections_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["examined_by_id"], ["people.id"], name=op.f("fk_corrections_examined_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["new_outcome_id"], ["outcomes.id"], name=op.f("fk_corrections_new_outcome_id")
        ),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcomes.id"], name=op.f("fk_corrections_outcome_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("token", name=op.f("uq_corrections_token")),
    )
    op.create_index(
        "uq_corrections_open",
        "corrections",
        ["outcome_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('filed', 'decided')"),
        postgresql_where=sa.text("status IN ('filed', 'decided')"),
    )
    op.create_table(
        "release_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["release_batches.id"], name=op.f("fk_release_lines_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcomes.id"], name=op.f("fk_release_lines_outcome_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_lines")),
        sa.UniqueConstraint(
            "batch_id", "outcome_id", name=op.f("uq_release_lines_batch_id_outcome_id")
        ),
    )
    op.create_index(
        op.f("ix_release_lines_outcome_id"), "release_lines", ["outcome_id"], unique=False
    )
    op.create_table(
        "review_samples",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("reviewed_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcomes.id"], name=op.f("fk_review_samples_outcome_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["people.id"], name=op.f("fk_review_samples_reviewer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_samples")),
        sa.UniqueConstraint("outcome_id", "tier", name=op.f("uq_review_samples_outcome_id_tier")),
    )
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("review_samples")
    op.drop_table("release_lines")
    op.drop_table("corrections")
    op.drop_table("outcomes")
    op.drop_table("outcome_identities")
    op.drop_table("release_batches")
