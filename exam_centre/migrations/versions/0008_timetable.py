"""0008: the tables of timetable."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from exam_centre.kernel.columns import UtcMoment
from exam_centre.kernel.guards import Guard, final_row, flow_guard
from exam_centre.migrations import create_guards, drop_guards

revision = "0008"
down_revision = "0007"

JSON = sa.JSON().with_variant(JSONB(), "postgresql")

GUARDS = (
    flow_guard(
        "plans",
        {
            "draft": ["discarded", "proposed"],
            "proposed": ["discarded", "draft", "time_published"],
            "time_published": ["room_published"],
            "room_published": ["frozen"],
            "frozen": [],
            "discarded": [],
        },
    ),
    flow_guard(
        "duties",
        {
            "offered": ["accepted", "declined", "replaced"],
            "accepted": ["on_duty", "replaced"],
            "declined": ["replaced"],
            "on_duty": ["completed", "replaced"],
            "replaced": [],
            "completed": [],
        },
    ),
    final_row("publications", "publication_is_final"),
    final_row("seed_parts", "seed_part_is_final"),
    Guard(
        name="one_place_per_person_and_time",
        table="placements",
        on=("INSERT", "UPDATE"),
        when=(
            "(NEW.in_force AND EXISTS (SELECT 1 FROM placements p WHERE p.in_force AND "
            "p.person_id = NEW.person_id AND p.starts_at < NEW.ends_at AND NEW.starts_at < "
            "p.ends_at AND p.entry_id <> NEW.entry_id))"
        ),
        lock="NEW.person_id",
    ),
    Guard(
        name="one_person_per_seat_and_time",
        table="placements",
        on=("INSERT", "UPDATE"),
        when=(
            "(NEW.in_force AND EXISTS (SELECT 1 FROM placements p WHERE p.in_force AND "
            "p.seat_id = NEW.seat_id AND p.starts_at < NEW.ends_at AND NEW.starts_at < "
            "p.ends_at AND p.entry_id <> NEW.entry_id))"
        ),
        lock="NEW.seat_id",
    ),
    Guard(
        name="placement_in_force_is_kept", table="placements", on=("DELETE",), when="(OLD.in_force)"
    ),
    Guard(
        name="placement_moves_by_a_new_row",
        table="placements",
        on=("UPDATE",),
        when=(
            "(NEW.entry_id <> OLD.entry_id OR NEW.person_id <> OLD.person_id OR NEW.seat_id "
            "<> OLD.seat_id OR NEW.room_session_id <> OLD.room_session_id OR NEW.sitting_id "
            "<> OLD.sitting_id OR NEW.starts_at <> OLD.starts_at OR NEW.ends_at <> "
            "OLD.ends_at OR NEW.plan_id <> OLD.plan_id)"
        ),
    ),
)


def upgrade() -> None:
    """Make the tables, their keys and their guards."""
    op.create_table(
        "plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "proposed",
                "time_published",
                "room_published",
                "frozen",
                "discarded",
                name="planstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcMoment(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("algorithm", sa.String(), nullable=False),
        sa.Column("input_sha256", sa.String(), nullable=False),
        sa.Column("result_sha256", sa.String(), nullable=False),
        sa.Column("summary", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_plans_made_by_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["people.id"], name=op.f("fk_plans_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_plans_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("series_id", "number", name=op.f("uq_plans_series_id_number")),
        sa.UniqueConstraint("token", name=op.f("uq_plans_token")),
    )
    op.create_table(
        "publications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "time",
                "room",
                "slips",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.CheckConstraint("first_id <> second_id", name=op.f("ck_publications_two_people")),
        sa.ForeignKeyConstraint(["first_id"], ["people.id"], name=op.f("fk_publications_first_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_publications_plan_id")),
        sa.ForeignKeyConstraint(
            ["second_id"], ["people.id"], name=op.f("fk_publications_second_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint("plan_id", "stage", name=op.f("uq_publications_plan_id_stage")),
    )
    op.create_table(
        "seed_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.CheckConstraint("place IN (1, 2)", name=op.f("ck_seed_parts_two_parts")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_seed_parts_person_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_seed_parts_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seed_parts")),
        sa.UniqueConstraint("plan_id", "person_id", name=op.f("uq_seed_parts_plan_id_person_id")),
        sa.UniqueConstraint("plan_id", "place", name=op.f("uq_seed_parts_plan_id_place")),
    )
    op.create_table(
        "sittings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_sittings_paper_id")),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_sittings_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sittings")),
        sa.UniqueConstraint("paper_id", "period_id", name=op.f("uq_sittings_paper_id_period_id")),
    )
    op.create_index(op.f("ix_sittings_period_id"), "sittings", ["period_id"], unique=False)
    op.create_table(
        "room_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["period_id"], ["periods.id"], name=op.f("fk_room_sessions_period_id")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_room_sessions_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_sessions")),
        sa.UniqueConstraint(
            "room_id", "period_id", name=op.f("uq_room_sessions_room_id_period_id")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_room_sessions_token")),
    )
    op.create_index(
        op.f("ix_room_sessions_period_id"), "room_sessions", ["period_id"], unique=False
    )
    op.create_table(
        "unplaced_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "clash_not_holdable",
                "on_shift",
                "no_seat",
                "no_fitting_room",
                "paper_too_long",
                name="unplacedreason",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_unplaced_entries_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_unplaced_entries_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unplaced_entries")),
        sa.UniqueConstraint(
            "plan_id", "entry_id", name=op.f("uq_unplaced_entries_plan_id_entry_id")
        ),
    )
    op.create_table(
        "duties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("room_session_id", sa.Integer(), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "chief",
                "first",
                "second",
                "rover",
                "supervisor",
                name="dutyrole",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "offered",
                "accepted",
                "declined",
                "on_duty",
                "replaced",
                "completed",
                name="dutystatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["periods.id"], name=op.f("fk_duties_period_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_duties_person_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_duties_plan_id")),
        sa.ForeignKeyConstraint(
            ["room_session_id"], ["room_sessions.id"], name=op.f("fk_duties_room_session_id")
        ),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_duties_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duties")),
        sa.UniqueConstraint("token", name=op.f("uq_duties_token")),
    )
    op.create_index(
        "uq_duties_person",
        "duties",
        ["person_id", "period_id"],
        unique=True,
        sqlite_where=sa.text("status NOT IN ('declined', 'replaced')"),
        postgresql_where=sa.text("status NOT IN ('declined', 'replaced')"),
    )
    op.create_index(
        "uq_duties_role",
        "duties",
        ["room_session_id", "role"],
        unique=True,
        sqlite_where=sa.text(
            "status NOT IN ('declined', 'replaced') AND role IN ('first', 'second')"
        ),
        postgresql_where=sa.text(
            "status NOT IN ('declined', 'replaced') AND role IN ('first', 'second')"
        ),
    )
    op.create_table(
        "held_overs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("first_entry_id", sa.Integer(), nullable=False),
        sa.Column("second_entry_id", sa.Integer(), nullable=False),
        sa.Column("room_session_id", sa.Integer(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=False),
        sa.Column("isolated_from", UtcMoment(), nullable=False),
        sa.Column("isolated_until", UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "first_entry_id <> second_entry_id", name=op.f("ck_held_overs_two_entries")
        ),
        sa.ForeignKeyConstraint(
            ["first_entry_id"], ["entries.id"], name=op.f("fk_held_overs_first_entry_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_held_overs_plan_id")),
        sa.ForeignKeyConstraint(
            ["room_session_id"], ["room_sessions.id"], name=op.f("fk_held_overs_room_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["second_entry_id"], ["entries.id"], name=op.f("fk_held_overs_second_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"], ["people.id"], name=op.f("fk_held_overs_supervisor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_overs")),
        sa.UniqueConstraint(
            "plan_id", "second_entry_id", name=op.f("uq_held_overs_plan_id_second_entry_id")
        ),
    )
    op.create_table(
        "placements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("room_session_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcMoment(), nullable=False),
        sa.Column("ends_at", UtcMoment(), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_placements_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_placements_entry_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_placements_person_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_placements_plan_id")),
        sa.ForeignKeyConstraint(
            ["room_session_id"], ["room_sessions.id"], name=op.f("fk_placements_room_session_id")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name=op.f("fk_placements_seat_id")),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sittings.id"], name=op.f("fk_placements_sitting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placements")),
        sa.UniqueConstraint("plan_id", "entry_id", name=op.f("uq_placements_plan_id_entry_id")),
        sa.UniqueConstraint(
            "plan_id",
            "person_id",
            "starts_at",
            name=op.f("uq_placements_plan_id_person_id_starts_at"),
        ),
        sa.UniqueConstraint(
            "plan_id", "seat_id", "starts_at", name=op.f("uq_placements_plan_id_seat_id_starts_at")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_placements_token")),
    )
    op.create_index(op.f("ix_placements_entry_id"), "placements", ["entry_id"], unique=False)
    op.create_index(op.f("ix_placements_person_id"), "placements", ["person_id"], unique=False)
    op.create_index("ix_placements_room_session", "placements", ["room_session_id"], unique=False)
    op.create_index(op.f("ix_placements_sitting_id"), "placements", ["sitting_id"], unique=False)
    op.create_index(
        "uq_placements_entry",
        "placements",
        ["entry_id"],
        unique=True,
        sqlite_where=sa.text("in_force"),
        postgresql_where=sa.text("in_force"),
    )
    op.create_index(
        "uq_placements_person",
        "placements",
        ["person_id", "starts_at"],
        unique=True,
        sqlite_where=sa.text("in_force"),
        postgresql_where=sa.text("in_force"),
    )
    op.create_index(
        "uq_placements_seat",
        "placements",
        ["seat_id", "starts_at"],
        unique=True,
        sqlite_where=sa.text("in_force"),
        postgresql_where=sa.text("in_force"),
    )
    op.create_table(
        "vacated_placements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_vacated_placements_placement_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f("fk_vacated_placements_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vacated_placements")),
        sa.UniqueConstraint(
            "plan_id", "placement_id", name=op.f("uq_vacated_placements_plan_id_placement_id")
        ),
    )
    op.create_index(
        op.f("ix_vacated_placements_placement_id"),
        "vacated_placements",
        ["placement_id"],
        unique=False,
    )
    op.create_table(
        "calendar_addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("since", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_calendar_addresses_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_addresses")),
        sa.UniqueConstraint("person_id", name=op.f("uq_calendar_addresses_person_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_addresses_token_hash")),
    )
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("calendar_addresses")
    op.drop_table("vacated_placements")
    op.drop_table("placements")
    op.drop_table("held_overs")
    op.drop_table("duties")
    op.drop_table("unplaced_entries")
    op.drop_table("room_sessions")
    op.drop_table("sittings")
    op.drop_table("seed_parts")
    op.drop_table("publications")
    op.drop_table("plans")
