"""0009: the tables of conduct."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from exam_centre.kernel.columns import UtcMoment
from exam_centre.kernel.guards import Guard, final_row, flow_guard
from exam_centre.migrations import create_guards, drop_guards

revision = "0009"
down_revision = "0008"

JSON = sa.JSON().with_variant(JSONB(), "postgresql")

GUARDS = (
    flow_guard("incidents", {"open": ["resolved"], "resolved": ["open"]}),
    flow_guard(
        "offence_cases",
        {
            "recorded": ["dropped", "told"],
            "told": ["venue_signed"],
            "venue_signed": ["under_review"],
            "under_review": ["decided", "dropped"],
            "decided": ["served"],
            "served": ["appealed", "final"],
            "appealed": ["dropped", "final"],
            "final": [],
            "dropped": [],
        },
    ),
    final_row("case_steps", "case_step_is_final"),
    Guard(name="incident_is_kept", table="incidents", on=("DELETE",), when="(1 = 1)"),
    Guard(name="offence_case_is_kept", table="offence_cases", on=("DELETE",), when="(1 = 1)"),
    Guard(
        name="offence_case_keeps_its_person",
        table="offence_cases",
        on=("UPDATE",),
        when=(
            "(NEW.placement_id IS DISTINCT FROM OLD.placement_id OR NEW.reported_by_id IS "
            "DISTINCT FROM OLD.reported_by_id)"
        ),
    ),
    Guard(
        name="reporter_does_not_decide",
        table="case_steps",
        on=("INSERT",),
        when=(
            "(NEW.reached = 'decided' AND EXISTS (SELECT 1 FROM offence_cases c WHERE c.id = "
            "NEW.case_id AND c.reported_by_id = NEW.person_id))"
        ),
    ),
)


def upgrade() -> None:
    """Make the tables, their keys and their guards."""
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "double_admission",
                "identity_doubt",
                "count_differs",
                "seal_differs",
                "clock_doubt",
                "illness",
                "evacuation",
                "paper_fault",
                "power",
                "staff",
                "offence",
                "other",
                name="incidentkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "resolved",
                name="incidentstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("room_session_id", sa.Integer(), nullable=True),
        sa.Column("placement_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("happened_at", UtcMoment(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.Column("resolved_at", UtcMoment(), nullable=True),
        sa.Column("resolution", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status <> 'resolved' OR resolved_by_id IS NOT NULL",
            name=op.f("ck_incidents_somebody_resolved_it"),
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_incidents_owner_id")),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_incidents_placement_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["people.id"], name=op.f("fk_incidents_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["people.id"], name=op.f("fk_incidents_resolved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["room_session_id"], ["room_sessions.id"], name=op.f("fk_incidents_room_session_id")
        ),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_incidents_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("token", name=op.f("uq_incidents_token")),
        sa.UniqueConstraint("venue_id", "number", name=op.f("uq_incidents_venue_id_number")),
    )
    op.create_index(op.f("ix_incidents_placement_id"), "incidents", ["placement_id"], unique=False)
    op.create_index(
        "ix_incidents_room_session", "incidents", ["room_session_id", "status"], unique=False
    )
    op.create_table(
        "offence_cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column(
            "offence",
            sa.Enum(
                "breach",
                "cheating",
                "impersonation",
                "disorder",
                name="offenceclass",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "recorded",
                "told",
                "venue_signed",
                "under_review",
                "decided",
                "served",
                "appealed",
                "final",
                "dropped",
                name="casestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reported_by_id", sa.Integer(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("sanction", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_offence_cases_incident_id")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_offence_cases_placement_id")
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["people.id"], name=op.f("fk_offence_cases_reported_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offence_cases")),
        sa.UniqueConstraint("token", name=op.f("uq_offence_cases_token")),
    )
    op.create_index(
        op.f("ix_offence_cases_placement_id"), "offence_cases", ["placement_id"], unique=False
    )
    op.create_index(
        "uq_offence_cases_open",
        "offence_cases",
        ["placement_id"],
        unique=True,
        sqlite_where=sa.text("status NOT IN ('final', 'dropped')"),
        postgresql_where=sa.text("status NOT IN ('final', 'dropped')"),
    )
    op.create_table(
        "case_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "reached",
            sa.Enum(
                "recorded",
                "told",
                "venue_signed",
                "under_review",
                "decided",
                "served",
                "appealed",
                "final",
                "dropped",
                name="casestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("witness_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["offence_cases.id"], name=op.f("fk_case_steps_case_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_case_steps_person_id")),
        sa.ForeignKeyConstraint(
            ["witness_id"], ["people.id"], name=op.f("fk_case_steps_witness_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_steps")),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_case_steps_case_id_seq")),
    )
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("case_steps")
    op.drop_table("offence_cases")
    op.drop_table("incidents")
