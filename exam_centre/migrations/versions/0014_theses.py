"""0014: the tables of theses."""

import sqlalchemy as sa
from alembic import op

from exam_centre.kernel.columns import Exact, UtcMoment
from exam_centre.kernel.guards import Guard, final_row, fixed_columns, flow_guard, kept_row
from exam_centre.migrations import create_guards, drop_guards

revision = "0014"
down_revision = "0013"

GUARDS = (
    flow_guard(
        "theses",
        {
            "topic": ["proposed"],
            "proposed": ["drafted"],
            "drafted": ["checked", "failed"],
            "checked": ["advised"],
            "advised": ["defended", "failed"],
            "defended": ["final"],
            "failed": ["final"],
            "final": [],
        },
    ),
    final_row("thesis_records", "thesis_record_is_final"),
    final_row("thesis_marks", "thesis_mark_is_final"),
    Guard(
        name="supervisor_is_not_on_the_panel",
        table="panel_members",
        on=("INSERT", "UPDATE"),
        when=(
            "EXISTS (SELECT 1 FROM theses t WHERE t.id = NEW.thesis_id AND t.supervisor_id = "
            "NEW.person_id)"
        ),
    ),
    Guard(
        name="panel_stays_once_its_defence_is_set",
        table="panel_members",
        on=("INSERT", "UPDATE"),
        when="EXISTS (SELECT 1 FROM defence_slots s WHERE s.thesis_id = NEW.thesis_id)",
    ),
    kept_row(
        "panel_members",
        "panel_of_a_set_defence_is_kept",
        "EXISTS (SELECT 1 FROM defence_slots s WHERE s.thesis_id = OLD.thesis_id)",
    ),
    flow_guard(
        "thesis_topics",
        {"proposed": ["approved", "returned"], "approved": [], "returned": []},
    ),
    fixed_columns(
        "thesis_topics",
        "topic_facts_are_final",
        "entry_id",
        "number",
        "title",
        "about",
        "at_work",
        "proposed_by_id",
        "proposed_at",
    ),
    fixed_columns(
        "thesis_topics",
        "decided_topic_is_final",
        "supervisor_id",
        "decided_at",
        "reason",
        when="OLD.status <> 'proposed'",
    ),
    kept_row("thesis_topics", "topic_is_kept"),
    Guard(
        name="topic_is_its_writers_own",
        table="thesis_topics",
        on=("INSERT",),
        when="NOT EXISTS (SELECT 1 FROM entries e JOIN candidates c ON c.id = e.candidate_id "
        "WHERE e.id = NEW.entry_id AND c.person_id = NEW.proposed_by_id)",
    ),
    Guard(
        name="no_topic_once_the_thesis_began",
        table="thesis_topics",
        on=("INSERT",),
        when="EXISTS (SELECT 1 FROM theses t WHERE t.entry_id = NEW.entry_id)",
    ),
    Guard(
        name="no_thesis_past_a_waiting_topic",
        table="theses",
        on=("INSERT",),
        when="EXISTS (SELECT 1 FROM thesis_topics p WHERE p.entry_id = NEW.entry_id "
        "AND p.status = 'proposed')",
    ),
    fixed_columns(
        "defence_slots",
        "defence_slot_is_final",
        "thesis_id",
        "number",
        "starts_at",
        "ends_at",
        "kind",
        "room_id",
        "place",
        "through_shift",
        "set_by_id",
        "set_at",
        "reason",
    ),
    kept_row("defence_slots", "defence_slot_is_kept"),
    Guard(
        name="moved_defence_does_not_come_back",
        table="defence_slots",
        on=("UPDATE",),
        when="(NEW.in_force AND NOT OLD.in_force)",
    ),
    Guard(
        name="defence_has_its_panel",
        table="defence_slots",
        on=("INSERT",),
        when="NOT EXISTS (SELECT 1 FROM panel_members m WHERE m.thesis_id = NEW.thesis_id "
        "AND m.role = 'chair')",
    ),
    Guard(
        name="nobody_is_in_two_defences_at_once",
        table="defence_slots",
        on=("INSERT",),
        when="(NEW.in_force AND EXISTS (SELECT 1 FROM defence_slots s "
        "JOIN panel_members m ON m.thesis_id = s.thesis_id "
        "WHERE s.in_force AND s.starts_at < NEW.ends_at AND NEW.starts_at < s.ends_at "
        "AND m.person_id IN "
        "(SELECT o.person_id FROM panel_members o WHERE o.thesis_id = NEW.thesis_id)))",
        lock="1",
        space="defences",
    ),
    Guard(
        name="one_defence_per_room_and_time",
        table="defence_slots",
        on=("INSERT",),
        when="(NEW.in_force AND NEW.room_id IS NOT NULL AND EXISTS (SELECT 1 FROM defence_slots s "
        "WHERE s.in_force AND s.starts_at < NEW.ends_at AND NEW.starts_at < s.ends_at "
        "AND s.room_id = NEW.room_id))",
        lock="1",
        space="defences",
    ),
    Guard(
        name="nobody_defends_during_their_paper",
        table="defence_slots",
        on=("INSERT",),
        when="(NEW.in_force AND EXISTS (SELECT 1 FROM placements p "
        "JOIN candidates c ON c.person_id = p.person_id JOIN entries e ON e.candidate_id = c.id "
        "JOIN theses t ON t.entry_id = e.id WHERE t.id = NEW.thesis_id AND p.in_force "
        "AND p.starts_at < NEW.ends_at AND NEW.starts_at < p.ends_at))",
    ),
)


def upgrade() -> None:
    """Make the tables, their keys and their guards."""
    op.create_table(
        "theses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("at_work", sa.Boolean(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "topic",
                "proposed",
                "drafted",
                "checked",
                "advised",
                "defended",
                "failed",
                "final",
                name="thesisstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("similarity", Exact(5, 2), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "similarity >= 0 AND similarity <= 100", name=op.f("ck_theses_similarity")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_theses_entry_id")),
        sa.ForeignKeyConstraint(
            ["supervisor_id"], ["people.id"], name=op.f("fk_theses_supervisor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theses")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_theses_entry_id")),
        sa.UniqueConstraint("token", name=op.f("uq_theses_token")),
    )
    op.create_table(
        "panel_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thesis_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "chair",
                "member",
                "secretary",
                name="panelrole",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_panel_members_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["thesis_id"], ["theses.id"], name=op.f("fk_panel_members_thesis_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_members")),
        sa.UniqueConstraint(
            "thesis_id", "person_id", name=op.f("uq_panel_members_thesis_id_person_id")
        ),
    )
    op.create_table(
        "thesis_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thesis_id", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Integer(), nullable=False),
        sa.Column("score", Exact(6, 2), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.CheckConstraint(
            "score >= 0 AND score <= 100",
            name=op.f("ck_thesis_marks_score_is_within_the_full_mark"),
        ),
        sa.ForeignKeyConstraint(
            ["marker_id"], ["people.id"], name=op.f("fk_thesis_marks_marker_id")
        ),
        sa.ForeignKeyConstraint(
            ["thesis_id"], ["theses.id"], name=op.f("fk_thesis_marks_thesis_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thesis_marks")),
        sa.UniqueConstraint(
            "thesis_id", "marker_id", name=op.f("uq_thesis_marks_thesis_id_marker_id")
        ),
    )
    op.create_table(
        "thesis_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thesis_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "topic",
                "proposed",
                "drafted",
                "checked",
                "advised",
                "defended",
                "failed",
                "final",
                name="thesisstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_thesis_records_by_id")),
        sa.ForeignKeyConstraint(
            ["thesis_id"], ["theses.id"], name=op.f("fk_thesis_records_thesis_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thesis_records")),
    )
    op.create_index(
        op.f("ix_thesis_records_thesis_id"), "thesis_records", ["thesis_id"], unique=False
    )
    op.create_table(
        "thesis_topics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("at_work", sa.Boolean(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", UtcMoment(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "approved",
                "returned",
                name="topicstatus",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", UtcMoment(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'proposed') = (decided_at IS NULL)",
            name=op.f("ck_thesis_topics_decided_at_a_moment"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_thesis_topics_versions_count_from_one")),
        sa.CheckConstraint(
            "status <> 'returned' OR reason <> ''",
            name=op.f("ck_thesis_topics_returned_for_a_reason"),
        ),
        sa.CheckConstraint(
            "status = 'proposed' OR supervisor_id IS NOT NULL",
            name=op.f("ck_thesis_topics_decided_by_a_supervisor"),
        ),
        sa.CheckConstraint(
            "supervisor_id <> proposed_by_id", name=op.f("ck_thesis_topics_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_thesis_topics_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["people.id"], name=op.f("fk_thesis_topics_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"], ["people.id"], name=op.f("fk_thesis_topics_supervisor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thesis_topics")),
        sa.UniqueConstraint("entry_id", "number", name=op.f("uq_thesis_topics_entry_id_number")),
        sa.UniqueConstraint("token", name=op.f("uq_thesis_topics_token")),
    )
    op.create_index(
        "uq_thesis_topics_standing",
        "thesis_topics",
        ["entry_id"],
        unique=True,
        sqlite_where=sa.text("status <> 'returned'"),
        postgresql_where=sa.text("status <> 'returned'"),
    )
    op.create_table(
        "defence_slots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("thesis_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcMoment(), nullable=False),
        sa.Column("ends_at", UtcMoment(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "room",
                "video",
                "workplace",
                name="defencekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("through_shift", sa.Boolean(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", UtcMoment(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'room') = (room_id IS NOT NULL)",
            name=op.f("ck_defence_slots_a_room_or_words"),
        ),
        sa.CheckConstraint(
            "ends_at > starts_at", name=op.f("ck_defence_slots_ends_after_it_starts")
        ),
        sa.CheckConstraint("kind = 'room' OR place <> ''", name=op.f("ck_defence_slots_somewhere")),
        sa.CheckConstraint(
            "number = 1 OR reason <> ''", name=op.f("ck_defence_slots_moved_for_a_reason")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_defence_slots_versions_count_from_one")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_defence_slots_room_id")),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["people.id"], name=op.f("fk_defence_slots_set_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["thesis_id"], ["theses.id"], name=op.f("fk_defence_slots_thesis_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defence_slots")),
        sa.UniqueConstraint("thesis_id", "number", name=op.f("uq_defence_slots_thesis_id_number")),
        sa.UniqueConstraint("token", name=op.f("uq_defence_slots_token")),
    )
    op.create_index(op.f("ix_defence_slots_room_id"), "defence_slots", ["room_id"], unique=False)
    op.create_index(
        "uq_defence_slots_in_force",
        "defence_slots",
        ["thesis_id"],
        unique=True,
        sqlite_where=sa.text("in_force"),
        postgresql_where=sa.text("in_force"),
    )
    create_guards(op.get_bind(), GUARDS)


def downgrade() -> None:
    """Take them away again."""
    drop_guards(op.get_bind(), GUARDS)
    op.drop_table("defence_slots")
    op.drop_table("thesis_topics")
    op.drop_table("thesis_records")
    op.drop_table("thesis_marks")
    op.drop_table("panel_members")
    op.drop_table("theses")
