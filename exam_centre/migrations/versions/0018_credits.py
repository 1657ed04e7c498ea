"""0018: the tables of credits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from exam_centre.kernel.columns import Exact, UtcMoment
from exam_centre.kernel.guards import Guard, final_row, flow_guard
from exam_centre.migrations import create_guards, drop_guards

revision = "0018"
down_revision = "0017"

JSON = sa.JSON().with_variant(JSONB(), "postgresql")

GUARDS = (
    final_row("credit_tellings", "credit_telling_is_final"),
    Guard(name="credit_export_is_kept", table="credit_exports", on=("DELETE",), when="(1 = 1)"),
    flow_guard(
        "claims",
        {
            "queued": ["replaced", "returned", "revoking", "sending"],
            "sending": ["accepted", "queued", "replaced", "returned", "revoking", "unknown"],
            "unknown": ["accepted", "replaced", "returned", "revoking", "sending"],
            "accepted": ["queued", "replaced", "revoking"],
            "returned": ["queued", "replaced", "revoking"],
            "replaced": ["queued"],
            "revoking": ["replaced", "revoked"],
            "revoked": [],
        },
    ),
    flow_guard(
        "outbox_rows",
        {
            "pending": ["leased", "parked"],
            "leased": ["dead", "done", "parked", "pending", "unknown"],
            "unknown": ["dead", "leased", "parked"],
            "done": ["pending"],
            "parked": ["pending"],
            "dead": ["pending"],
        },
    ),
    flow_guard("differences", {"open": ["explained", "repaired"], "repaired": [], "explained": []}),
    final_row("receipts", "receipt_is_final"),
    Guard(
        name="claim_facts_are_final",
        table="claims",
        on=("UPDATE",),
        when=(
            "(NEW.outcome_id IS DISTINCT FROM OLD.outcome_id OR NEW.person_id IS DISTINCT "
            "FROM OLD.person_id OR NEW.course_id IS DISTINCT FROM OLD.course_id OR NEW.kind "
            "IS DISTINCT FROM OLD.kind OR NEW.credits IS DISTINCT FROM OLD.credits)"
        ),
    ),
    Guard(name="claim_is_kept", table="claims", on=("DELETE",), when="(1 = 1)"),
    Guard(name="outbox_row_is_kept", table="outbox_rows", on=("DELETE",), when="(1 = 1)"),
    Guard(
        name="sent_body_is_final",
        table="outbox_rows",
        on=("UPDATE",),
        when=(
            "(NEW.body <> OLD.body OR NEW.stable_id <> OLD.stable_id OR NEW.number <> "
            "OLD.number OR NEW.kind <> OLD.kind)"
        ),
    ),
    Guard(
        name="claim_needs_a_released_pass",
        table="claims",
        on=("INSERT",),
        when=(
            "(NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.id = NEW.outcome_id AND o.status ="
            " 'released' AND o.verdict = 'passed'))"
        ),
    ),
)


def upgrade() -> None:
    """Make the tables, their keys and their guards."""
    op.create_table(
        "code_maps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("ours", sa.String(), nullable=False),
        sa.Column("theirs", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until > valid_from", name=op.f("ck_code_maps_ends_later")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_maps")),
        sa.UniqueConstraint(
            "destination",
            "topic",
            "ours",
            "valid_from",
            name=op.f("uq_code_maps_destination_topic_ours_valid_from"),
        ),
    )
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.Column("ours", sa.Integer(), nullable=False),
        sa.Column("theirs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
        sa.UniqueConstraint("token", name=op.f("uq_reconciliations_token")),
    )
    op.create_table(
        "differences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reconciliation_id", sa.Integer(), nullable=False),
        sa.Column("stable_id", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "missing_there",
                "missing_here",
                "differs",
                "state_differs",
                name="differencekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("facts", JSON, nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "repaired",
                "explained",
                name="differencestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reconciliation_id"],
            ["reconciliations.id"],
            name=op.f("fk_differences_reconciliation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_differences")),
        sa.UniqueConstraint(
            "reconciliation_id",
            "stable_id",
            name=op.f("uq_differences_reconciliation_id_stable_id"),
        ),
    )
    op.create_table(
        "learning_accounts",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("account_no", sa.String(), nullable=False),
        sa.Column("checked_at", UtcMoment(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_learning_accounts_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_learning_accounts")),
        sa.UniqueConstraint("account_no", name=op.f("uq_learning_accounts_account_no")),
    )
    op.create_table(
        "claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "course", name="claimkind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("credits", Exact(5, 1), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "sending",
                "unknown",
                "accepted",
                "returned",
                "replaced",
                "revoking",
                "revoked",
                name="claimstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("bank_ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_claims_course_id")),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcomes.id"], name=op.f("fk_claims_outcome_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_claims_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("outcome_id", name=op.f("uq_claims_outcome_id")),
        sa.UniqueConstraint("token", name=op.f("uq_claims_token")),
    )
    op.create_index("ix_claims_person_course", "claims", ["person_id", "course_id"], unique=False)
    op.create_index("ix_claims_status", "claims", ["status"], unique=False)
    op.create_index(
        "uq_claims_live",
        "claims",
        ["person_id", "course_id", "kind"],
        unique=True,
        sqlite_where=sa.text("status NOT IN ('replaced', 'revoked')"),
        postgresql_where=sa.text("status NOT IN ('replaced', 'revoked')"),
    )
    op.create_table(
        "outbox_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("stable_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "upsert",
                "suspend",
                "resume",
                "revoke",
                name="sendkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("body_sha256", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "leased",
                "unknown",
                "done",
                "parked",
                "dead",
                name="sendstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcMoment(), nullable=False),
        sa.Column("lease_until", UtcMoment(), nullable=True),
        sa.Column("first_failed_at", UtcMoment(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_outbox_rows_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_rows")),
        sa.UniqueConstraint("stable_id", "number", name=op.f("uq_outbox_rows_stable_id_number")),
    )
    op.create_index(op.f("ix_outbox_rows_claim_id"), "outbox_rows", ["claim_id"], unique=False)
    op.create_index("ix_outbox_rows_due", "outbox_rows", ["status", "next_at"], unique=False)
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outbox_row_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("bank_ref", sa.String(), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_row_id"], ["outbox_rows.id"], name=op.f("fk_receipts_outbox_row_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
    )
    op.create_index(op.f("ix_receipts_outbox_row_id"), "receipts", ["outbox_row_id"], unique=False)
    op.create_table(
        "credit_exports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column(
            "destination",
            sa.Enum(
                "credit_bank",
                "course_results",
                "conversion",
                name="destination",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcMoment(), nullable=False),
        sa.Column("looked_at", UtcMoment(), nullable=True),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("obstacles", JSON, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("written_at", UtcMoment(), nullable=True),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.CheckConstraint(
            "destination <> 'credit_bank'", name=op.f("ck_credit_exports_destination_is_a_file")
        ),
        sa.CheckConstraint(
            "(file_key = '') = (written_at IS NULL)",
            name=op.f("ck_credit_exports_a_file_has_a_moment"),
        ),
        sa.CheckConstraint(
            "file_key = '' OR reason <> ''", name=op.f("ck_credit_exports_a_file_has_a_reason")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_credit_exports_by_id")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_credit_exports_series_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_exports")),
        sa.UniqueConstraint("token", name=op.f("uq_credit_exports_token")),
    )
    op.create_table(
        "credit_tellings",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_credit_tellings_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "about", name=op.f("pk_credit_tellings")),
    )
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("credit_tellings")
    op.drop_table("credit_exports")
    op.drop_table("receipts")
    op.drop_table("outbox_rows")
    op.drop_table("claims")
    op.drop_table("learning_accounts")
    op.drop_table("differences")
    op.drop_table("reconciliations")
    op.drop_table("code_maps")
