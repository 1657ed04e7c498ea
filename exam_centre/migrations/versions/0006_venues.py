"""0006: the tables of venues."""

import sqlalchemy as sa
from alembic import op

from exam_centre.kernel.columns import Exact, UtcMoment
from exam_centre.kernel.guards import Guard, final_row, flow_guard
from exam_centre.migrations import create_guards, drop_guards

revision = "0006"
down_revision = "0005"

GUARDS = (
    flow_guard(
        "venues",
        {
            "applied": ["approved", "refused"],
            "approved": ["suspended", "withdrawn"],
            "suspended": ["approved", "withdrawn"],
            "refused": ["applied"],
            "withdrawn": [],
        },
    ),
    flow_guard(
        "venue_applications",
        {
            "applied": ["prefecture_checked", "refused"],
            "prefecture_checked": ["province_checked", "refused"],
            "province_checked": ["approved", "refused"],
            "approved": [],
            "refused": [],
        },
    ),
    final_row("withdrawals", "withdrawal_is_final"),
    Guard(
        name="applicant_does_not_review",
        table="application_steps",
        on=("INSERT",),
        when=(
            "EXISTS (SELECT 1 FROM venue_applications a WHERE a.id = NEW.application_id AND "
            "a.applied_by_id = NEW.person_id)"
        ),
    ),
)


def upgrade() -> None:
    """Make the tables, their keys and their guards."""
    op.create_table(
        "venues",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "formal",
                "temporary",
                name="venuekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "applied",
                "approved",
                "suspended",
                "refused",
                "withdrawn",
                name="venuestatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("approved_until", sa.Date(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("way_there", sa.String(), nullable=False),
        sa.Column("latitude", Exact(8, 5), nullable=False),
        sa.Column("longitude", Exact(8, 5), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["parks.id"], name=op.f("fk_venues_park_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_venues_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venues")),
        sa.UniqueConstraint("code", name=op.f("uq_venues_code")),
        sa.UniqueConstraint("token", name=op.f("uq_venues_token")),
    )
    op.create_table(
        "rooms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("floor", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "standard",
                "computer",
                "workshop",
                name="roomkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_rooms_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("token", name=op.f("uq_rooms_token")),
        sa.UniqueConstraint("venue_id", "code", name=op.f("uq_rooms_venue_id_code")),
    )
    op.create_table(
        "venue_applications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "new",
                "continue",
                "change",
                name="applicationkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "applied",
                "prefecture_checked",
                "province_checked",
                "approved",
                "refused",
                name="applicationstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("applied_by_id", sa.Integer(), nullable=False),
        sa.Column("applied_at", UtcMoment(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["applied_by_id"], ["people.id"], name=op.f("fk_venue_applications_applied_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venues.id"], name=op.f("fk_venue_applications_venue_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_applications")),
        sa.UniqueConstraint("token", name=op.f("uq_venue_applications_token")),
    )
    op.create_index(
        "uq_venue_applications_open",
        "venue_applications",
        ["venue_id"],
        unique=True,
        sqlite_where=sa.text("status NOT IN ('approved', 'refused')"),
        postgresql_where=sa.text("status NOT IN ('approved', 'refused')"),
    )
    op.create_table(
        "suspensions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("suspended_by_id", sa.Integer(), nullable=False),
        sa.Column("suspended_at", UtcMoment(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", UtcMoment(), nullable=True),
        sa.Column("lift_reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "lifted_at IS NULL OR lifted_at >= suspended_at",
            name=op.f("ck_suspensions_lifted_later"),
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"], ["people.id"], name=op.f("fk_suspensions_lifted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["suspended_by_id"], ["people.id"], name=op.f("fk_suspensions_suspended_by_id")
        ),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_suspensions_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspensions")),
    )
    op.create_index(
        "uq_suspensions_open",
        "suspensions",
        ["venue_id"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", UtcMoment(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_withdrawals_somebody_says_why")),
        sa.CheckConstraint("withdrawn_by_id <> second_id", name=op.f("ck_withdrawals_two_people")),
        sa.ForeignKeyConstraint(
            ["second_id"], ["people.id"], name=op.f("fk_withdrawals_second_id")
        ),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_withdrawals_venue_id")),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["people.id"], name=op.f("fk_withdrawals_withdrawn_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawals")),
        sa.UniqueConstraint("venue_id", name=op.f("uq_withdrawals_venue_id")),
    )
    op.create_table(
        "application_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column(
            "reached",
            sa.Enum(
                "applied",
                "prefecture_checked",
                "province_checked",
                "approved",
                "refused",
                name="applicationstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["venue_applications.id"],
            name=op.f("fk_application_steps_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_application_steps_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_steps")),
        sa.UniqueConstraint(
            "application_id",
            "person_id",
            name=op.f("uq_application_steps_application_id_person_id"),
        ),
        sa.UniqueConstraint(
            "application_id", "reached", name=op.f("uq_application_steps_application_id_reached")
        ),
    )
    op.create_table(
        "layouts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("grid_rows", sa.Integer(), nullable=False),
        sa.Column("grid_columns", sa.Integer(), nullable=False),
        sa.Column(
            "pattern",
            sa.Enum(
                "S",
                "N",
                "W",
                "II",
                name="pattern",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "door",
            sa.Enum(
                "front-left",
                "front-right",
                name="door",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "grid_rows > 0 AND grid_columns > 0", name=op.f("ck_layouts_has_a_grid")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_layouts_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layouts")),
        sa.UniqueConstraint("room_id", "version", name=op.f("uq_layouts_room_id_version")),
    )
    op.create_table(
        "room_bookings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcMoment(), nullable=False),
        sa.Column("ends_at", UtcMoment(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "ends_at > starts_at", name=op.f("ck_room_bookings_ends_after_it_starts")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_room_bookings_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_bookings")),
    )
    op.create_index(op.f("ix_room_bookings_room_id"), "room_bookings", ["room_id"], unique=False)
    op.create_table(
        "seats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("layout_id", sa.Integer(), nullable=False),
        sa.Column("grid_row", sa.Integer(), nullable=False),
        sa.Column("grid_column", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("wheelchair", sa.Boolean(), nullable=False),
        sa.Column("left_handed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_seats_numbers_from_one")),
        sa.ForeignKeyConstraint(["layout_id"], ["layouts.id"], name=op.f("fk_seats_layout_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seats")),
        sa.UniqueConstraint(
            "layout_id",
            "grid_row",
            "grid_column",
            name=op.f("uq_seats_layout_id_grid_row_grid_column"),
        ),
        sa.UniqueConstraint("layout_id", "number", name=op.f("uq_seats_layout_id_number")),
    )
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("seats")
    op.drop_table("room_bookings")
    op.drop_table("layouts")
    op.drop_table("application_steps")
    op.drop_table("venue_applications")
    op.drop_table("withdrawals")
    op.drop_table("suspensions")
    op.drop_table("rooms")
    op.drop_table("venues")
