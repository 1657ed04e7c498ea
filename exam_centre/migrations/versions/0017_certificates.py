"""0017: the tables of certificates."""

import sqlalchemy as sa
from alembic import op

from exam_centre.kernel.columns import UtcMoment
from exam_centre.kernel.guards import Guard, final_row, flow_guard
from exam_centre.migrations import create_guards, drop_guards

revision = "0017"
down_revision = "0016"

GUARDS = (
    flow_guard(
        "credentials",
        {
            "active": ["replaced", "revoked", "suspended"],
            "suspended": ["active", "replaced", "revoked"],
            "replaced": [],
            "revoked": [],
        },
    ),
    Guard(
        name="credential_facts_are_final",
        table="credentials",
        on=("UPDATE",),
        when=(
            "(NEW.outcome_id IS DISTINCT FROM OLD.outcome_id OR NEW.entry_course_id IS "
            "DISTINCT FROM OLD.entry_course_id OR NEW.stable_id IS DISTINCT FROM "
            "OLD.stable_id OR NEW.number IS DISTINCT FROM OLD.number OR NEW.jwt IS DISTINCT "
            "FROM OLD.jwt OR NEW.sha256 IS DISTINCT FROM OLD.sha256 OR NEW.status_bit_id IS "
            "DISTINCT FROM OLD.status_bit_id OR NEW.awarded_at IS DISTINCT FROM "
            "OLD.awarded_at OR NEW.valid_from IS DISTINCT FROM OLD.valid_from OR "
            "NEW.valid_until IS DISTINCT FROM OLD.valid_until)"
        ),
    ),
    Guard(name="credential_is_kept", table="credentials", on=("DELETE",), when="(1 = 1)"),
    Guard(
        name="credential_needs_a_released_outcome",
        table="credentials",
        on=("INSERT",),
        when=(
            "(NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.id = NEW.outcome_id AND o.status ="
            " 'released'))"
        ),
    ),
    Guard(
        name="revocation_is_final",
        table="status_bits",
        on=("UPDATE",),
        when="(OLD.revoked AND NOT NEW.revoked)",
    ),
    final_row("certificates", "certificate_is_final"),
    final_row("certificate_notices", "certificate_notice_is_final"),
)


def upgrade() -> None:
    """Make the tables, their keys and their guards."""
    op.create_table(
        "status_bits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_no", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "position >= 0 AND position < 131072", name=op.f("ck_status_bits_within_the_list")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_bits")),
        sa.UniqueConstraint("list_no", "position", name=op.f("uq_status_bits_list_no_position")),
    )
    op.create_table(
        "credentials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("entry_course_id", sa.Integer(), nullable=False),
        sa.Column("stable_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "suspended",
                "replaced",
                "revoked",
                name="credentialstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("jwt", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("status_bit_id", sa.Integer(), nullable=False),
        sa.Column("awarded_at", UtcMoment(), nullable=False),
        sa.Column("valid_from", UtcMoment(), nullable=False),
        sa.Column("valid_until", UtcMoment(), nullable=False),
        sa.Column(
            "revocation_reason",
            sa.Enum(
                "corrected",
                "recalled",
                "offence",
                "issued_in_error",
                name="revocationreason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'revoked') = (revocation_reason IS NOT NULL)",
            name=op.f("ck_credentials_revoked_with_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_course_id"], ["entry_courses.id"], name=op.f("fk_credentials_entry_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcomes.id"], name=op.f("fk_credentials_outcome_id")
        ),
        sa.ForeignKeyConstraint(
            ["status_bit_id"], ["status_bits.id"], name=op.f("fk_credentials_status_bit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
        sa.UniqueConstraint("outcome_id", name=op.f("uq_credentials_outcome_id")),
        sa.UniqueConstraint("stable_id", "number", name=op.f("uq_credentials_stable_id_number")),
        sa.UniqueConstraint("status_bit_id", name=op.f("uq_credentials_status_bit_id")),
        sa.UniqueConstraint("token", name=op.f("uq_credentials_token")),
    )
    op.create_index(
        "uq_credentials_active",
        "credentials",
        ["entry_course_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('active', 'suspended')"),
        postgresql_where=sa.text("status IN ('active', 'suspended')"),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("verify_code", sa.String(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("issued_at", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credentials.id"], name=op.f("fk_certificates_credential_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint(
            "credential_id", "template", name=op.f("uq_certificates_credential_id_template")
        ),
        sa.UniqueConstraint("serial", name=op.f("uq_certificates_serial")),
        sa.UniqueConstraint("token", name=op.f("uq_certificates_token")),
        sa.UniqueConstraint("verify_code", name=op.f("uq_certificates_verify_code")),
    )
    op.create_table(
        "certificate_notices",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("told_at", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["release_batches.id"], name=op.f("fk_certificate_notices_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_certificate_notices_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "batch_id", name=op.f("pk_certificate_notices")),
    )
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("certificate_notices")
    op.drop_table("certificates")
    op.drop_table("credentials")
    op.drop_table("status_bits")
