"""Theses: topics proposed, recorded stages, panels, marks, and when a defence is held."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_centre.kernel.columns import Id, Percent, Score, Token, unique_while
from exam_centre.kernel.database import Base, Lifecycle
from exam_centre.kernel.guards import (
    Guard,
    as_rows,
    final_row,
    fixed_columns,
    flow_guard,
    keep,
    kept_row,
)
from exam_centre.theses.rules import (
    THESIS_FLOW,
    TOPIC_FLOW,
    DefenceKind,
    PanelRole,
    ThesisStatus,
    TopicStatus,
)


class ThesisTopic(Lifecycle, Base):
    """One version of a topic that a worker proposed, and what the supervisor said of it."""

    __tablename__ = "thesis_topics"
    __table_args__ = (
        UniqueConstraint("entry_id", "number"),
        unique_while("uq_thesis_topics_standing", "entry_id", condition="status <> 'returned'"),
        CheckConstraint("number >= 1", name="versions_count_from_one"),
        CheckConstraint("(status = 'proposed') = (decided_at IS NULL)", name="decided_at_a_moment"),
        CheckConstraint(
            "status = 'proposed' OR supervisor_id IS NOT NULL", name="decided_by_a_supervisor"
        ),
        CheckConstraint("status <> 'returned' OR reason <> ''", name="returned_for_a_reason"),
        CheckConstraint("supervisor_id <> proposed_by_id", name="two_people"),
    )
    flow = TOPIC_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    number: Mapped[int]  # of the version, from 1
    title: Mapped[str]
    about: Mapped[str]  # what at the workplace it is about
    at_work: Mapped[bool] = mapped_column(default=True)  # about the person's own workplace
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    proposed_at: Mapped[datetime]
    supervisor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: not named
    status: Mapped[TopicStatus] = mapped_column(default=TopicStatus.PROPOSED)
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")  # why it is returned


class Thesis(Lifecycle, Base):
    """A thesis written on the job, for one entry."""

    __tablename__ = "theses"
    __table_args__ = (CheckConstraint("similarity >= 0 AND similarity <= 100", name="similarity"),)
    flow = THESIS_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), unique=True)
    title: Mapped[str]
    at_work: Mapped[bool] = mapped_column(default=True)  # about the person's own workplace
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    status: Mapped[ThesisStatus] = mapped_column(default=ThesisStatus.TOPIC)
    similarity: Mapped[Percent | None]  # None: not checked yet


class ThesisRecord(Base):
    """One recorded step: a guidance, a draft, a check, with who and when."""

    __tablename__ = "thesis_records"

    id: Mapped[Id]
    thesis_id: Mapped[int] = mapped_column(ForeignKey("theses.id"), index=True)
    stage: Mapped[ThesisStatus]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    text: Mapped[str]


class PanelMember(Base):
    """One seat on a defence panel; the supervisor has none."""

    __tablename__ = "panel_members"
    __table_args__ = (UniqueConstraint("thesis_id", "person_id"),)

    id: Mapped[Id]
    thesis_id: Mapped[int] = mapped_column(ForeignKey("theses.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    role: Mapped[PanelRole]


class ThesisMark(Base):
    """One person's mark for one thesis: the supervisor's, or a panel member's."""

    __tablename__ = "thesis_marks"
    __table_args__ = (
        UniqueConstraint("thesis_id", "marker_id"),
        CheckConstraint("score >= 0 AND score <= 100", name="score_is_within_the_full_mark"),
    )

    id: Mapped[Id]
    thesis_id: Mapped[int] = mapped_column(ForeignKey("theses.id"))
    marker_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    score: Mapped[Score]
    at: Mapped[datetime]


class DefenceSlot(Base):
    """When and where a thesis is defended; a defence moves by a new row with the reason."""

    __tablename__ = "defence_slots"
    __table_args__ = (
        UniqueConstraint("thesis_id", "number"),
        unique_while("uq_defence_slots_in_force", "thesis_id", condition="in_force"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("(kind = 'room') = (room_id IS NOT NULL)", name="a_room_or_words"),
        CheckConstraint("kind = 'room' OR place <> ''", name="somewhere"),
        CheckConstraint("number >= 1", name="versions_count_from_one"),
        CheckConstraint("number = 1 OR reason <> ''", name="moved_for_a_reason"),
    )

    id: Mapped[Id]
    token: Mapped[Token]
    thesis_id: Mapped[int] = mapped_column(ForeignKey("theses.id"))
    number: Mapped[int]  # of the version, from 1
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    kind: Mapped[DefenceKind]
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"), index=True)
    place: Mapped[str] = mapped_column(default="")  # in words, where it is no room of a venue
    through_shift: Mapped[bool] = mapped_column(default=False)  # the worker accepts the clash
    set_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")  # why it was moved; "" for the first
    in_force: Mapped[bool] = mapped_column(default=True)  # false once a later one replaces it


keep(
    Base.metadata,
    flow_guard("theses", as_rows(THESIS_FLOW)),
    final_row("thesis_records", "thesis_record_is_final"),
    final_row("thesis_marks", "thesis_mark_is_final"),
    Guard(
        name="supervisor_is_not_on_the_panel",
        table="panel_members",
        on=("INSERT", "UPDATE"),
        when="EXISTS (SELECT 1 FROM theses t WHERE t.id = NEW.thesis_id "
        "AND t.supervisor_id = NEW.person_id)",
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
    flow_guard("thesis_topics", as_rows(TOPIC_FLOW)),
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
