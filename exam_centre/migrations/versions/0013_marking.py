"""0013: the tables of marking."""

import sqlalchemy as sa
from alembic import op

from exam_centre.kernel.columns import Exact, UtcMoment
from exam_centre.kernel.guards import Guard, final_row, flow_guard
from exam_centre.migrations import create_guards, drop_guards

revision = "0013"
down_revision = "0012"

GUARDS = (
    flow_guard(
        "bundles",
        {
            "coded": ["marking"],
            "marking": ["compared"],
            "compared": ["final"],
            "final": ["moderated"],
            "moderated": ["approved", "marking"],
            "approved": [],
        },
    ),
    flow_guard(
        "allocations",
        {"allocated": ["returned", "submitted"], "submitted": ["allocated"], "returned": []},
    ),
    Guard(
        name="no_number_without_attendance",
        table="marks",
        on=("INSERT", "UPDATE"),
        when=(
            "(NEW.score IS NOT NULL AND NOT EXISTS (SELECT 1 FROM secret_codes c JOIN "
            "attendances a ON a.placement_id = c.placement_id WHERE c.id = NEW.secret_code_id"
            " AND a.status IN ('present', 'removed')))"
        ),
        lock="(SELECT c.placement_id FROM secret_codes c WHERE c.id = NEW.secret_code_id)",
        space="number_or_absence",
    ),
    Guard(
        name="no_engine_number_without_attendance",
        table="engine_marks",
        on=("INSERT", "UPDATE"),
        when=(
            "(NEW.score IS NOT NULL AND NOT EXISTS (SELECT 1 FROM attendances a WHERE "
            "a.placement_id = NEW.placement_id AND a.status IN ('present', 'removed')))"
        ),
        lock="NEW.placement_id",
        space="number_or_absence",
    ),
    Guard(
        name="no_absence_under_a_number",
        table="attendances",
        on=("UPDATE",),
        when=(
            "(NEW.status NOT IN ('present', 'removed') AND (EXISTS (SELECT 1 FROM marks m "
            "JOIN secret_codes c ON c.id = m.secret_code_id WHERE c.placement_id = "
            "NEW.placement_id AND m.score IS NOT NULL) OR EXISTS (SELECT 1 FROM engine_marks "
            "e WHERE e.placement_id = NEW.placement_id AND e.score IS NOT NULL)))"
        ),
        lock="NEW.placement_id",
        space="number_or_absence",
    ),
    Guard(
        name="submitted_marks_are_locked",
        table="marks",
        on=("UPDATE",),
        when=(
            "((COALESCE(NEW.score, -1) <> COALESCE(OLD.score, -1) OR COALESCE(NEW.status, '')"
            " <> COALESCE(OLD.status, '')) AND EXISTS (SELECT 1 FROM allocations l JOIN "
            "secret_codes c ON c.bundle_id = l.bundle_id WHERE c.id = OLD.secret_code_id AND "
            "l.round = OLD.round AND l.status = 'submitted'))"
        ),
    ),
    Guard(
        name="mark_stays_where_it_is",
        table="marks",
        on=("UPDATE",),
        when=(
            "(NEW.secret_code_id IS DISTINCT FROM OLD.secret_code_id OR NEW.round IS DISTINCT"
            " FROM OLD.round)"
        ),
    ),
    Guard(
        name="mark_keeps_its_marker",
        table="marks",
        on=("UPDATE",),
        when="(OLD.marker_id IS NOT NULL AND (NEW.marker_id IS DISTINCT FROM OLD.marker_id))",
    ),
    Guard(name="mark_is_kept", table="marks", on=("DELETE",), when="(1 = 1)"),
    final_row("secret_codes", "secret_code_is_final"),
    Guard(
        name="checked_engine_mark_is_final",
        table="engine_marks",
        on=("UPDATE",),
        when=(
            "(OLD.checked_by_id IS NOT NULL AND (NEW.placement_id IS DISTINCT FROM "
            "OLD.placement_id OR NEW.score IS DISTINCT FROM OLD.score OR NEW.status IS "
            "DISTINCT FROM OLD.status))"
        ),
    ),
    Guard(name="engine_mark_is_kept", table="engine_marks", on=("DELETE",), when="(1 = 1)"),
    final_row("formative_changes", "formative_change_is_final"),
    Guard(
        name="checked_assignment_mark_is_final",
        table="assignment_marks",
        on=("UPDATE",),
        when=(
            "(OLD.checked_by_id IS NOT NULL AND (NEW.entry_id IS DISTINCT FROM OLD.entry_id "
            "OR NEW.score IS DISTINCT FROM OLD.score OR NEW.status IS DISTINCT FROM "
            "OLD.status))"
        ),
    ),
    Guard(name="assignment_mark_is_kept", table="assignment_marks", on=("DELETE",), when="(1 = 1)"),
)


def _mark_status() -> sa.Enum:
    return sa.Enum(
        "absent",
        "refused",
        "removed",
        "void",
        "missing",
        "cheated",
        name="markstatus",
        native_enum=False,
        create_constraint=True,
        length=32,
    )


def upgrade() -> None:
    """Make the tables, their keys and their guards."""
    op.create_table(
        "formative_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("score", Exact(6, 2), nullable=True),
        sa.Column("status", _mark_status(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "(score IS NULL) <> (status IS NULL)",
            name=op.f("ck_formative_marks_a_number_or_a_status"),
        ),
        sa.CheckConstraint(
            "score >= 0 AND score <= 100",
            name=op.f("ck_formative_marks_score_is_within_the_full_mark"),
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_formative_marks_candidate_id")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_formative_marks_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_formative_marks_series_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_formative_marks")),
        sa.UniqueConstraint(
            "candidate_id",
            "course_id",
            "series_id",
            name=op.f("uq_formative_marks_candidate_id_course_id_series_id"),
        ),
    )
    op.create_table(
        "formative_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("score", Exact(6, 2), nullable=True),
        sa.Column("status", _mark_status(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcMoment(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(score IS NULL) <> (status IS NULL)",
            name=op.f("ck_formative_changes_a_number_or_a_status"),
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_formative_changes_candidate_id")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["people.id"], name=op.f("fk_formative_changes_changed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_formative_changes_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_formative_changes_series_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_formative_changes")),
        sa.UniqueConstraint(
            "candidate_id",
            "course_id",
            "series_id",
            "number",
            name=op.f("uq_formative_changes_candidate_id_course_id_series_id_number"),
        ),
    )
    op.create_table(
        "assignment_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("score", Exact(6, 2), nullable=True),
        sa.Column("status", _mark_status(), nullable=True),
        sa.Column("marker_id", sa.Integer(), nullable=False),
        sa.Column("marked_at", UtcMoment(), nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(score IS NULL) <> (status IS NULL)",
            name=op.f("ck_assignment_marks_a_number_or_a_status"),
        ),
        sa.CheckConstraint(
            "marker_id <> checked_by_id", name=op.f("ck_assignment_marks_two_people")
        ),
        sa.CheckConstraint(
            "score >= 0 AND score <= 100",
            name=op.f("ck_assignment_marks_score_is_within_the_full_mark"),
        ),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["people.id"], name=op.f("fk_assignment_marks_checked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_assignment_marks_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["marker_id"], ["people.id"], name=op.f("fk_assignment_marks_marker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_marks")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_assignment_marks_entry_id")),
    )
    op.create_table(
        "bundles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("room_session_id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "coded",
                "marking",
                "compared",
                "final",
                "moderated",
                "approved",
                name="bundlestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status <> 'approved' OR approved_by_id IS NOT NULL",
            name=op.f("ck_bundles_somebody_approved_it"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["people.id"], name=op.f("fk_bundles_approved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["room_session_id"], ["room_sessions.id"], name=op.f("fk_bundles_room_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings.id"], name=op.f("fk_bundles_sitting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundles")),
        sa.UniqueConstraint(
            "room_session_id", "sitting_id", name=op.f("uq_bundles_room_session_id_sitting_id")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_bundles_token")),
    )
    op.create_table(
        "allocations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("bundle_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "allocated",
                "submitted",
                "returned",
                name="allocationstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("round IN (1, 2, 3)", name=op.f("ck_allocations_three_rounds")),
        sa.ForeignKeyConstraint(
            ["bundle_id"], ["bundles.id"], name=op.f("fk_allocations_bundle_id")
        ),
        sa.ForeignKeyConstraint(
            ["marker_id"], ["people.id"], name=op.f("fk_allocations_marker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
        sa.UniqueConstraint(
            "bundle_id", "marker_id", name=op.f("uq_allocations_bundle_id_marker_id")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_allocations_token")),
    )
    op.create_index(op.f("ix_allocations_marker_id"), "allocations", ["marker_id"], unique=False)
    op.create_index(
        "uq_allocations_round",
        "allocations",
        ["bundle_id", "round"],
        unique=True,
        sqlite_where=sa.text("status <> 'returned'"),
        postgresql_where=sa.text("status <> 'returned'"),
    )
    op.create_table(
        "engine_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("score", Exact(6, 2), nullable=True),
        sa.Column("status", _mark_status(), nullable=True),
        sa.Column("imported_by_id", sa.Integer(), nullable=False),
        sa.Column("imported_at", UtcMoment(), nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(score IS NULL) <> (status IS NULL)", name=op.f("ck_engine_marks_a_number_or_a_status")
        ),
        sa.CheckConstraint(
            "imported_by_id <> checked_by_id", name=op.f("ck_engine_marks_two_people")
        ),
        sa.CheckConstraint(
            "score >= 0 AND score <= 100",
            name=op.f("ck_engine_marks_score_is_within_the_full_mark"),
        ),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["people.id"], name=op.f("fk_engine_marks_checked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["imported_by_id"], ["people.id"], name=op.f("fk_engine_marks_imported_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_engine_marks_placement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engine_marks")),
        sa.UniqueConstraint("placement_id", name=op.f("uq_engine_marks_placement_id")),
    )
    op.create_table(
        "secret_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bundle_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bundle_id"], ["bundles.id"], name=op.f("fk_secret_codes_bundle_id")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_secret_codes_placement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secret_codes")),
        sa.UniqueConstraint(
            "bundle_id", "position", name=op.f("uq_secret_codes_bundle_id_position")
        ),
        sa.UniqueConstraint("code", name=op.f("uq_secret_codes_code")),
        sa.UniqueConstraint("placement_id", name=op.f("uq_secret_codes_placement_id")),
    )
    op.create_table(
        "marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("secret_code_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Integer(), nullable=True),
        sa.Column("score", Exact(6, 2), nullable=True),
        sa.Column("status", _mark_status(), nullable=True),
        sa.Column("entered_at", UtcMoment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(score IS NULL) <> (status IS NULL)", name=op.f("ck_marks_a_number_or_a_status")
        ),
        sa.CheckConstraint(
            "marker_id IS NOT NULL OR status IS NOT NULL",
            name=op.f("ck_marks_a_number_has_a_marker"),
        ),
        sa.CheckConstraint("round IN (1, 2, 3)", name=op.f("ck_marks_three_rounds")),
        sa.CheckConstraint(
            "score >= 0 AND score <= 100", name=op.f("ck_marks_score_is_within_the_full_mark")
        ),
        sa.ForeignKeyConstraint(["marker_id"], ["people.id"], name=op.f("fk_marks_marker_id")),
        sa.ForeignKeyConstraint(
            ["secret_code_id"], ["secret_codes.id"], name=op.f("fk_marks_secret_code_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marks")),
        sa.UniqueConstraint(
            "secret_code_id", "marker_id", name=op.f("uq_marks_secret_code_id_marker_id")
        ),
        sa.UniqueConstraint("secret_code_id", "round", name=op.f("uq_marks_secret_code_id_round")),
    )
    op.create_table(
        "moderations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("secret_code_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=False),
        sa.Column("score", Exact(6, 2), nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("given_at", UtcMoment(), nullable=True),
        sa.CheckConstraint(
            "score >= 0 AND score <= 100", name=op.f("ck_moderations_score_is_within_the_full_mark")
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["people.id"], name=op.f("fk_moderations_moderator_id")
        ),
        sa.ForeignKeyConstraint(
            ["secret_code_id"], ["secret_codes.id"], name=op.f("fk_moderations_secret_code_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderations")),
        sa.UniqueConstraint("secret_code_id", name=op.f("uq_moderations_secret_code_id")),
    )
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("moderations")
    op.drop_table("marks")
    op.drop_table("secret_codes")
    op.drop_table("engine_marks")
    op.drop_table("allocations")
    op.drop_table("bundles")
    op.drop_table("assignment_marks")
    op.drop_table("formative_changes")
    op.drop_table("formative_marks")
