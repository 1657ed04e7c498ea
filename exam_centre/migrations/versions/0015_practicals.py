"""0015: the tables of practicals."""

import sqlalchemy as sa
from alembic import op

from exam_centre.kernel.columns import Exact, UtcMoment
from exam_centre.kernel.guards import Guard, final_row
from exam_centre.migrations import create_guards, drop_guards

revision = "0015"
down_revision = "0014"

GUARDS = (
    final_row("station_draws", "station_draw_is_final"),
    final_row("practical_marks", "practical_mark_is_final"),
    Guard(
        name="no_practical_number_without_attendance",
        table="practical_marks",
        on=("INSERT", "UPDATE"),
        when=(
            "(NOT EXISTS (SELECT 1 FROM attendances a WHERE a.placement_id = NEW.placement_id"
            " AND a.status IN ('present', 'removed')))"
        ),
        lock="NEW.placement_id",
        space="number_or_absence",
    ),
    Guard(
        name="no_absence_under_a_practical_number",
        table="attendances",
        on=("UPDATE",),
        when=(
            "(NEW.status NOT IN ('present', 'removed') AND EXISTS (SELECT 1 FROM "
            "practical_marks m WHERE m.placement_id = NEW.placement_id))"
        ),
        lock="NEW.placement_id",
        space="number_or_absence",
    ),
)


def upgrade() -> None:
    """Make the tables, their keys and their guards."""
    op.create_table(
        "practical_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("assessor_id", sa.Integer(), nullable=False),
        sa.Column("score", Exact(6, 2), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "score >= 0 AND score <= 100",
            name=op.f("ck_practical_marks_score_is_within_the_full_mark"),
        ),
        sa.ForeignKeyConstraint(
            ["assessor_id"], ["people.id"], name=op.f("fk_practical_marks_assessor_id")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_practical_marks_placement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practical_marks")),
        sa.UniqueConstraint(
            "placement_id", "assessor_id", name=op.f("uq_practical_marks_placement_id_assessor_id")
        ),
    )
    op.create_table(
        "station_draws",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("room_session_id", sa.Integer(), nullable=False),
        sa.Column("station", sa.Integer(), nullable=False),
        sa.Column("drawn_by_id", sa.Integer(), nullable=False),
        sa.Column("witness_id", sa.Integer(), nullable=False),
        sa.Column("drawn_at", UtcMoment(), nullable=False),
        sa.CheckConstraint("drawn_by_id <> witness_id", name=op.f("ck_station_draws_two_people")),
        sa.CheckConstraint("station > 0", name=op.f("ck_station_draws_stations_count_from_one")),
        sa.ForeignKeyConstraint(
            ["drawn_by_id"], ["people.id"], name=op.f("fk_station_draws_drawn_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_station_draws_placement_id")
        ),
        sa.ForeignKeyConstraint(
            ["room_session_id"], ["room_sessions.id"], name=op.f("fk_station_draws_room_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["witness_id"], ["people.id"], name=op.f("fk_station_draws_witness_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_draws")),
        sa.UniqueConstraint("placement_id", name=op.f("uq_station_draws_placement_id")),
        sa.UniqueConstraint(
            "room_session_id", "station", name=op.f("uq_station_draws_room_session_id_station")
        ),
    )
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("station_draws")
    op.drop_table("practical_marks")
