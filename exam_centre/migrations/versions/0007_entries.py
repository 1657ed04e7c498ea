"""0007: the tables of entries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from exam_centre.kernel.columns import Exact, UtcMoment
from exam_centre.kernel.guards import final_row, flow_guard
from exam_centre.migrations import create_guards, drop_guards

revision = "0007"
down_revision = "0006"

JSON = sa.JSON().with_variant(JSONB(), "postgresql")

GUARDS = (
    flow_guard(
        "entries",
        {
            "requested": ["barred", "eligible", "ineligible", "withdrawn"],
            "eligible": ["barred", "confirmed", "ineligible", "withdrawn"],
            "ineligible": ["eligible", "withdrawn"],
            "confirmed": ["barred", "deferred", "withdrawn"],
            "deferred": [],
            "withdrawn": [],
            "barred": ["confirmed"],
        },
    ),
    flow_guard(
        "access_arrangements",
        {
            "requested": ["approved", "refused", "withdrawn"],
            "approved": ["withdrawn"],
            "refused": [],
            "withdrawn": [],
        },
    ),
    flow_guard(
        "deferrals",
        {
            "requested": ["approved", "refused", "withdrawn"],
            "approved": ["withdrawn"],
            "refused": [],
            "withdrawn": [],
        },
    ),
    final_row("evidence_files", "evidence_file_is_final"),
    flow_guard(
        "import_batches",
        {
            "previewed": ["applied", "discarded"],
            "applied": ["undone"],
            "undone": [],
            "discarded": [],
        },
    ),
)


def upgrade() -> None:
    """Make the tables, their keys and their guards."""
    op.create_table(
        "candidates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slip_bytes", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("person_no", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("photo_key", sa.String(), nullable=False),
        sa.Column("consented_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_candidates_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_candidates_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidates")),
        sa.UniqueConstraint("person_no", name=op.f("uq_candidates_person_no")),
        sa.UniqueConstraint("slip_bytes", name=op.f("uq_candidates_slip_bytes")),
    )
    op.create_index(op.f("ix_candidates_person_id"), "candidates", ["person_id"], unique=False)
    op.create_index(op.f("ix_candidates_unit_id"), "candidates", ["unit_id"], unique=False)
    op.create_table(
        "access_arrangements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "extra_time",
                "wheelchair",
                "left_handed",
                "alone",
                "reader",
                "scribe",
                "rest_breaks",
                name="accesskind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("extra_percent", Exact(5, 2), nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "approved",
                "refused",
                "withdrawn",
                name="requeststatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'extra_time') = (extra_percent IS NOT NULL)",
            name=op.f("ck_access_arrangements_only_time_is_a_percentage"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('approved', 'refused') OR decided_by_id IS NOT NULL",
            name=op.f("ck_access_arrangements_a_decision_has_a_person"),
        ),
        sa.CheckConstraint(
            "decided_by_id <> requested_by_id", name=op.f("ck_access_arrangements_two_people")
        ),
        sa.CheckConstraint(
            "extra_percent > 0 AND extra_percent <= 100",
            name=op.f("ck_access_arrangements_extra_percent"),
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_access_arrangements_candidate_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_access_arrangements_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["people.id"], name=op.f("fk_access_arrangements_requested_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_access_arrangements_series_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_arrangements")),
        sa.UniqueConstraint("token", name=op.f("uq_access_arrangements_token")),
    )
    op.create_index(
        "uq_access_arrangements_live",
        "access_arrangements",
        ["candidate_id", "series_id", "kind"],
        unique=True,
        sqlite_where=sa.text("status IN ('requested', 'approved')"),
        postgresql_where=sa.text("status IN ('requested', 'approved')"),
    )
    op.create_table(
        "evidence_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("arrangement_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "pdf",
                "jpeg",
                "png",
                name="documentkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcMoment(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_evidence_files_is_not_empty")),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["people.id"], name=op.f("fk_evidence_files_added_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["arrangement_id"],
            ["access_arrangements.id"],
            name=op.f("fk_evidence_files_arrangement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_files")),
        sa.UniqueConstraint(
            "arrangement_id",
            "file_sha256",
            name=op.f("uq_evidence_files_arrangement_id_file_sha256"),
        ),
        sa.UniqueConstraint("token", name=op.f("uq_evidence_files_token")),
    )
    op.create_table(
        "import_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "units",
                "parks",
                "enterprises",
                "shifts",
                "periods",
                "papers",
                "courses",
                "venues",
                "rooms",
                "staff",
                "people",
                "entries",
                "formative_marks",
                name="importkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "previewed",
                "applied",
                "undone",
                "discarded",
                name="importstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.Column("notes", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_import_batches_by_id")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_import_batches_series_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_import_batches_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batches")),
        sa.UniqueConstraint("token", name=op.f("uq_import_batches_token")),
    )
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "eligible",
                "ineligible",
                "confirmed",
                "deferred",
                "withdrawn",
                "barred",
                name="entrystatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("preferred_venue_id", sa.Integer(), nullable=True),
        sa.Column("works_through_shift", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_entries_candidate_id")
        ),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_entries_paper_id")),
        sa.ForeignKeyConstraint(
            ["preferred_venue_id"], ["venues.id"], name=op.f("fk_entries_preferred_venue_id")
        ),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_entries_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("token", name=op.f("uq_entries_token")),
    )
    op.create_index("ix_entries_series_paper", "entries", ["series_id", "paper_id"], unique=False)
    op.create_index(
        "uq_entries_live",
        "entries",
        ["candidate_id", "paper_id", "series_id"],
        unique=True,
        sqlite_where=sa.text("status NOT IN ('deferred', 'withdrawn')"),
        postgresql_where=sa.text("status NOT IN ('deferred', 'withdrawn')"),
    )
    op.create_table(
        "import_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "new",
                "changed",
                "same",
                "wrong",
                name="rowverdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("cells", JSON, nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("made", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batches.id"], name=op.f("fk_import_rows_batch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rows")),
        sa.UniqueConstraint("batch_id", "row_no", name=op.f("uq_import_rows_batch_id_row_no")),
    )
    op.create_table(
        "deferrals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "approved",
                "refused",
                "withdrawn",
                name="requeststatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status NOT IN ('approved', 'refused') OR decided_by_id IS NOT NULL",
            name=op.f("ck_deferrals_a_decision_has_a_person"),
        ),
        sa.CheckConstraint(
            "decided_by_id <> requested_by_id", name=op.f("ck_deferrals_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_deferrals_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_deferrals_entry_id")),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["people.id"], name=op.f("fk_deferrals_requested_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deferrals")),
        sa.UniqueConstraint("token", name=op.f("uq_deferrals_token")),
    )
    op.create_index(
        "uq_deferrals_live",
        "deferrals",
        ["entry_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('requested', 'approved')"),
        postgresql_where=sa.text("status IN ('requested', 'approved')"),
    )
    op.create_table(
        "eligibility_findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("passes", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("found_at", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_eligibility_findings_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_findings")),
        sa.UniqueConstraint("entry_id", "rule", name=op.f("uq_eligibility_findings_entry_id_rule")),
    )
    op.create_table(
        "entry_courses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column(
            "take_type",
            sa.Enum(
                "first",
                "retake",
                "exempt",
                name="taketype",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_entry_courses_attempts_count_from_one")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_entry_courses_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_entry_courses_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_courses")),
        sa.UniqueConstraint(
            "entry_id", "course_id", name=op.f("uq_entry_courses_entry_id_course_id")
        ),
    )
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("entry_courses")
    op.drop_table("eligibility_findings")
    op.drop_table("deferrals")
    op.drop_table("import_rows")
    op.drop_table("entries")
    op.drop_table("import_batches")
    op.drop_table("evidence_files")
    op.drop_table("access_arrangements")
    op.drop_table("candidates")
