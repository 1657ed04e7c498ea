"""0002: the tables of organisation."""

import sqlalchemy as sa
from alembic import op

from exam_centre.kernel.columns import Exact, UtcMoment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables, their keys and their guards."""
    op.create_table(
        "units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "national",
                "provincial",
                "prefectural",
                "county",
                name="unitlevel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(parent_id IS NULL) = (level = 'national')",
            name=op.f("ck_units_only_the_top_has_none"),
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_units_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("code", name=op.f("uq_units_code")),
        sa.UniqueConstraint("path", name=op.f("uq_units_path")),
    )
    op.create_table(
        "parks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("latitude", Exact(8, 5), nullable=False),
        sa.Column("longitude", Exact(8, 5), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_parks_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parks")),
        sa.UniqueConstraint("code", name=op.f("uq_parks_code")),
    )
    op.create_table(
        "enterprises",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=False),
        sa.Column("latitude", Exact(8, 5), nullable=False),
        sa.Column("longitude", Exact(8, 5), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["parks.id"], name=op.f("fk_enterprises_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprises")),
        sa.UniqueConstraint("code", name=op.f("uq_enterprises_code")),
    )
    op.create_table(
        "shifts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("work_no", sa.String(), nullable=False),
        sa.Column("starts_at", UtcMoment(), nullable=False),
        sa.Column("ends_at", UtcMoment(), nullable=False),
        sa.CheckConstraint("team <> '' OR work_no <> ''", name=op.f("ck_shifts_is_somebodys")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shifts_ends_after_it_starts")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprises.id"], name=op.f("fk_shifts_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
        sa.UniqueConstraint(
            "enterprise_id",
            "team",
            "work_no",
            "starts_at",
            name=op.f("uq_shifts_enterprise_id_team_work_no_starts_at"),
        ),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("shifts")
    op.drop_table("enterprises")
    op.drop_table("parks")
    op.drop_table("units")
