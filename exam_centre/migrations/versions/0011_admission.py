"""0011: the tables of admission."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from exam_centre.kernel.columns import UtcMoment
from exam_centre.kernel.guards import Guard, final_row, flow_guard
from exam_centre.migrations import create_guards, drop_guards

revision = "0011"
down_revision = "0010"

JSON = sa.JSON().with_variant(JSONB(), "postgresql")

GUARDS = (
    flow_guard("slips", {"valid": ["replaced"], "replaced": []}),
    flow_guard(
        "attendances",
        {
            "expected": ["absent", "present", "refused", "voided"],
            "present": ["absent", "expected", "removed", "voided"],
            "absent": ["expected", "present", "voided"],
            "refused": ["present", "voided"],
            "removed": ["voided"],
            "voided": [],
        },
    ),
    final_row("scans", "scan_is_final"),
    final_row("attendance_corrections", "attendance_correction_is_final"),
    final_row("attendance_undos", "attendance_undo_is_final"),
    final_row("doubt_photos", "doubt_photo_is_final"),
    Guard(
        name="admitted_once",
        table="attendances",
        on=("UPDATE",),
        when=(
            "(OLD.admitted_at IS NOT NULL AND NEW.admitted_at IS NOT NULL AND "
            "(NEW.admitted_at <> OLD.admitted_at OR NEW.admitted_by_id IS DISTINCT FROM "
            "OLD.admitted_by_id OR COALESCE(NEW.admitted_by_scan, 0) <> "
            "COALESCE(OLD.admitted_by_scan, 0)))"
        ),
    ),
    Guard(
        name="closed_attendance_is_corrected",
        table="attendances",
        on=("UPDATE",),
        when=(
            "(OLD.closed_at IS NOT NULL AND (NEW.closed_at IS NULL OR NEW.status <> "
            "OLD.status AND NOT EXISTS (SELECT 1 FROM attendance_corrections c WHERE "
            "c.placement_id = NEW.placement_id AND c.before = OLD.status AND c.after = "
            "NEW.status)))"
        ),
    ),
    Guard(
        name="attendance_keeps_its_placement",
        table="attendances",
        on=("UPDATE",),
        when="(NEW.placement_id IS DISTINCT FROM OLD.placement_id)",
    ),
    Guard(
        name="comparison_of_a_closed_day_is_final",
        table="attendances",
        on=("UPDATE",),
        when=(
            "(OLD.day_closed_at IS NOT NULL AND OLD.recheck <> 'not_checked' AND NEW.status = "
            "OLD.status AND (NEW.recheck IS DISTINCT FROM OLD.recheck OR NEW.rechecked_by_id "
            "IS DISTINCT FROM OLD.rechecked_by_id OR NEW.day_closed_at IS DISTINCT FROM "
            "OLD.day_closed_at))"
        ),
    ),
    Guard(name="attendance_is_kept", table="attendances", on=("DELETE",), when="(1 = 1)"),
    Guard(
        name="slip_facts_are_final",
        table="slips",
        on=("UPDATE",),
        when=(
            "(NEW.candidate_id IS DISTINCT FROM OLD.candidate_id OR NEW.series_id IS DISTINCT"
            " FROM OLD.series_id OR NEW.number IS DISTINCT FROM OLD.number OR NEW.short_code "
            "IS DISTINCT FROM OLD.short_code OR NEW.plan_id IS DISTINCT FROM OLD.plan_id OR "
            "NEW.issued_at IS DISTINCT FROM OLD.issued_at)"
        ),
    ),
    Guard(name="slip_is_kept", table="slips", on=("DELETE",), when="(1 = 1)"),
)


def upgrade() -> None:
    """Make the tables, their keys and their guards."""
    op.create_table(
        "devices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("clock_offset_ms", sa.Integer(), nullable=True),
        sa.Column("expires_at", UtcMoment(), nullable=False),
        sa.Column("revoked_at", UtcMoment(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_devices_user_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_devices_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_devices_secret_hash")),
        sa.UniqueConstraint("token", name=op.f("uq_devices_token")),
    )
    op.create_table(
        "slips",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("short_code", sa.String(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "valid",
                "replaced",
                name="slipstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("issued_at", UtcMoment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_slips_candidate_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_slips_plan_id")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_slips_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slips")),
        sa.UniqueConstraint(
            "candidate_id",
            "series_id",
            "number",
            name=op.f("uq_slips_candidate_id_series_id_number"),
        ),
        sa.UniqueConstraint("short_code", name=op.f("uq_slips_short_code")),
        sa.UniqueConstraint("token", name=op.f("uq_slips_token")),
    )
    op.create_index(
        "uq_slips_valid",
        "slips",
        ["candidate_id", "series_id"],
        unique=True,
        sqlite_where=sa.text("status = 'valid'"),
        postgresql_where=sa.text("status = 'valid'"),
    )
    op.create_table(
        "attendance_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column(
            "before",
            sa.Enum(
                "expected",
                "present",
                "absent",
                "refused",
                "removed",
                "voided",
                name="attendancestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "after",
            sa.Enum(
                "expected",
                "present",
                "absent",
                "refused",
                "removed",
                "voided",
                name="attendancestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "first_id <> second_id", name=op.f("ck_attendance_corrections_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["first_id"], ["people.id"], name=op.f("fk_attendance_corrections_first_id")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_attendance_corrections_placement_id")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["people.id"], name=op.f("fk_attendance_corrections_second_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_corrections")),
    )
    op.create_index(
        op.f("ix_attendance_corrections_placement_id"),
        "attendance_corrections",
        ["placement_id"],
        unique=False,
    )
    op.create_table(
        "attendance_undos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column(
            "undone",
            sa.Enum(
                "expected",
                "present",
                "absent",
                "refused",
                "removed",
                "voided",
                name="attendancestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("said_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("said_at", UtcMoment(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "undone IN ('present', 'absent', 'expected')",
            name=op.f("ck_attendance_undos_what_can_be_undone"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_attendance_undos_somebody_says_why")),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_attendance_undos_by_id")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["people.id"], name=op.f("fk_attendance_undos_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_attendance_undos_placement_id")
        ),
        sa.ForeignKeyConstraint(
            ["said_by_id"], ["people.id"], name=op.f("fk_attendance_undos_said_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_undos")),
    )
    op.create_index(
        op.f("ix_attendance_undos_placement_id"), "attendance_undos", ["placement_id"], unique=False
    )
    op.create_table(
        "doubt_photos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("taken_by_id", sa.Integer(), nullable=False),
        sa.Column("taken_at", UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "agreed = (file_key <> '')", name=op.f("ck_doubt_photos_no_photo_without_consent")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_doubt_photos_placement_id")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["people.id"], name=op.f("fk_doubt_photos_taken_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubt_photos")),
        sa.UniqueConstraint("token", name=op.f("uq_doubt_photos_token")),
    )
    op.create_index(
        op.f("ix_doubt_photos_placement_id"), "doubt_photos", ["placement_id"], unique=False
    )
    op.create_table(
        "scans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("scan_no", sa.String(), nullable=False),
        sa.Column("room_session_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("code_read", sa.String(), nullable=False),
        sa.Column(
            "identity",
            sa.Enum(
                "match",
                "unsure",
                "mismatch",
                "not_checked",
                name="identity",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("device_at", UtcMoment(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.Column("received_at", UtcMoment(), nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_scans_device_id")),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_scans_placement_id")
        ),
        sa.ForeignKeyConstraint(
            ["room_session_id"], ["room_sessions.id"], name=op.f("fk_scans_room_session_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["people.id"], name=op.f("fk_scans_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scans")),
        sa.UniqueConstraint("device_id", "scan_no", name=op.f("uq_scans_device_id_scan_no")),
    )
    op.create_index("ix_scans_placement", "scans", ["placement_id"], unique=False)
    op.create_table(
        "slip_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slip_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_slip_lines_placement_id")
        ),
        sa.ForeignKeyConstraint(["slip_id"], ["slips.id"], name=op.f("fk_slip_lines_slip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_lines")),
        sa.UniqueConstraint(
            "slip_id", "placement_id", name=op.f("uq_slip_lines_slip_id_placement_id")
        ),
    )
    op.create_index(
        op.f("ix_slip_lines_placement_id"), "slip_lines", ["placement_id"], unique=False
    )
    op.create_table(
        "attendances",
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "expected",
                "present",
                "absent",
                "refused",
                "removed",
                "voided",
                name="attendancestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("admitted_by_scan", sa.Integer(), nullable=True),
        sa.Column("admitted_at", UtcMoment(), nullable=True),
        sa.Column("admitted_by_id", sa.Integer(), nullable=True),
        sa.Column("minutes_late", sa.Integer(), nullable=True),
        sa.Column(
            "identity",
            sa.Enum(
                "match",
                "unsure",
                "mismatch",
                "not_checked",
                name="identity",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("absent_noted_by_id", sa.Integer(), nullable=True),
        sa.Column("absent_confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "recheck",
            sa.Enum(
                "match",
                "unsure",
                "mismatch",
                "not_checked",
                name="identity",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("rechecked_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", UtcMoment(), nullable=True),
        sa.Column("day_closed_at", UtcMoment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status IN ('present', 'removed')) = (admitted_at IS NOT NULL) OR status = 'voided'",
            name=op.f("ck_attendances_present_means_admitted"),
        ),
        sa.CheckConstraint(
            "status <> 'absent' OR (absent_noted_by_id IS NOT NULL AND absent_confirmed_by_id IS "
            "NOT NULL)",
            name=op.f("ck_attendances_two_people_say_absent"),
        ),
        sa.CheckConstraint(
            "absent_noted_by_id <> absent_confirmed_by_id", name=op.f("ck_attendances_two_people")
        ),
        sa.CheckConstraint(
            "rechecked_by_id <> admitted_by_id", name=op.f("ck_attendances_another_person_rechecks")
        ),
        sa.ForeignKeyConstraint(
            ["absent_confirmed_by_id"],
            ["people.id"],
            name=op.f("fk_attendances_absent_confirmed_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["absent_noted_by_id"], ["people.id"], name=op.f("fk_attendances_absent_noted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["admitted_by_id"], ["people.id"], name=op.f("fk_attendances_admitted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["admitted_by_scan"], ["scans.id"], name=op.f("fk_attendances_admitted_by_scan")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_attendances_placement_id")
        ),
        sa.ForeignKeyConstraint(
            ["rechecked_by_id"], ["people.id"], name=op.f("fk_attendances_rechecked_by_id")
        ),
        sa.PrimaryKeyConstraint("placement_id", name=op.f("pk_attendances")),
        sa.UniqueConstraint("admitted_by_scan", name=op.f("uq_attendances_admitted_by_scan")),
    )
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("attendances")
    op.drop_table("slip_lines")
    op.drop_table("scans")
    op.drop_table("doubt_photos")
    op.drop_table("attendance_undos")
    op.drop_table("attendance_corrections")
    op.drop_table("slips")
    op.drop_table("devices")
