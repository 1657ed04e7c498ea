"""Secret codes, bundles, marks by round, marks from the exam engine, formative marks."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_centre.kernel.columns import Id, Score, Token, unique_while
from exam_centre.kernel.database import Base, Lifecycle, Versioned
from exam_centre.kernel.guards import (
    Guard,
    as_rows,
    final_row,
    fixed_columns,
    flow_guard,
    keep,
    kept_row,
)
from exam_centre.marking.rules import (
    ALLOCATION_FLOW,
    BUNDLE_FLOW,
    AllocationStatus,
    BundleStatus,
    MarkStatus,
)


class Bundle(Lifecycle, Base):
    """The coded scripts of one paper out of one room session, place-holders included."""

    __tablename__ = "bundles"
    __table_args__ = (
        UniqueConstraint("room_session_id", "sitting_id"),
        CheckConstraint(
            "status <> 'approved' OR approved_by_id IS NOT NULL", name="somebody_approved_it"
        ),
    )
    flow = BUNDLE_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    room_session_id: Mapped[int] = mapped_column(ForeignKey("room_sessions.id"))
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sittings.id"))
    status: Mapped[BundleStatus] = mapped_column(default=BundleStatus.CODED)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class SecretCode(Base):
    """What a marker sees instead of a person: one code a seat used, absentees included."""

    __tablename__ = "secret_codes"
    __table_args__ = (UniqueConstraint("bundle_id", "position"),)

    id: Mapped[Id]
    bundle_id: Mapped[int] = mapped_column(ForeignKey("bundles.id"))
    position: Mapped[int]  # in the bundle, from 1, in seat order
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), unique=True)
    code: Mapped[str] = mapped_column(unique=True)  # 8 digits, the last a check digit


class Allocation(Lifecycle, Base):
    """One bundle given to one marker for one round."""

    __tablename__ = "allocations"
    __table_args__ = (
        unique_while(
            "uq_allocations_round", "bundle_id", "round", condition="status <> 'returned'"
        ),
        UniqueConstraint("bundle_id", "marker_id"),
        CheckConstraint("round IN (1, 2, 3)", name="three_rounds"),
    )
    flow = ALLOCATION_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    bundle_id: Mapped[int] = mapped_column(ForeignKey("bundles.id"))
    round: Mapped[int]
    marker_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    status: Mapped[AllocationStatus] = mapped_column(default=AllocationStatus.ALLOCATED)


class Mark(Versioned, Base):
    """One marker's number, or one status, for one script in one round."""

    __tablename__ = "marks"
    __table_args__ = (
        UniqueConstraint("secret_code_id", "round"),
        UniqueConstraint("secret_code_id", "marker_id"),
        CheckConstraint("(score IS NULL) <> (status IS NULL)", name="a_number_or_a_status"),
        CheckConstraint("score >= 0 AND score <= 100", name="score_is_within_the_full_mark"),
        CheckConstraint("round IN (1, 2, 3)", name="three_rounds"),
        CheckConstraint(
            "marker_id IS NOT NULL OR status IS NOT NULL", name="a_number_has_a_marker"
        ),
    )

    id: Mapped[Id]
    secret_code_id: Mapped[int] = mapped_column(ForeignKey("secret_codes.id"))
    round: Mapped[int]
    marker_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: the register
    score: Mapped[Score | None]
    status: Mapped[MarkStatus | None]
    entered_at: Mapped[datetime]


class EngineMark(Base):
    """What the exam engine reports for one placement of a computer paper."""

    __tablename__ = "engine_marks"
    __table_args__ = (
        CheckConstraint("(score IS NULL) <> (status IS NULL)", name="a_number_or_a_status"),
        CheckConstraint("score >= 0 AND score <= 100", name="score_is_within_the_full_mark"),
        CheckConstraint("imported_by_id <> checked_by_id", name="two_people"),
    )

    id: Mapped[Id]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), unique=True)
    score: Mapped[Score | None]
    status: Mapped[MarkStatus | None]
    imported_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    imported_at: Mapped[datetime]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # totals checked


class AssignmentMark(Versioned, Base):
    """The mark of an assignment: handed in by a deadline, marked by one, checked by another."""

    __tablename__ = "assignment_marks"
    __table_args__ = (
        CheckConstraint("(score IS NULL) <> (status IS NULL)", name="a_number_or_a_status"),
        CheckConstraint("score >= 0 AND score <= 100", name="score_is_within_the_full_mark"),
        CheckConstraint("marker_id <> checked_by_id", name="two_people"),
    )

    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), unique=True)
    score: Mapped[Score | None]
    status: Mapped[MarkStatus | None]
    marker_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    marked_at: Mapped[datetime]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: not yet


class FormativeMark(Base):
    """What a candidate earned during the term for one course."""

    __tablename__ = "formative_marks"
    __table_args__ = (
        UniqueConstraint("candidate_id", "course_id", "series_id"),
        CheckConstraint("(score IS NULL) <> (status IS NULL)", name="a_number_or_a_status"),
        CheckConstraint("score >= 0 AND score <= 100", name="score_is_within_the_full_mark"),
    )

    id: Mapped[Id]
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    score: Mapped[Score | None]
    status: Mapped[MarkStatus | None]
    source: Mapped[str]
    dated: Mapped[date]


class FormativeChange(Base):
    """What a formative mark said until somebody changed it: earlier versions are kept."""

    __tablename__ = "formative_changes"
    __table_args__ = (
        UniqueConstraint("candidate_id", "course_id", "series_id", "number"),
        CheckConstraint("(score IS NULL) <> (status IS NULL)", name="a_number_or_a_status"),
    )

    id: Mapped[Id]
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    number: Mapped[int]  # of the version that was replaced, from 1
    score: Mapped[Score | None]
    status: Mapped[MarkStatus | None]
    source: Mapped[str]
    dated: Mapped[date]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    changed_at: Mapped[datetime]
    reason: Mapped[str]  # "": a later file brought another mark


class Moderation(Base):
    """A moderator's own mark for a sampled script, given before seeing the others."""

    __tablename__ = "moderations"
    __table_args__ = (
        CheckConstraint("score >= 0 AND score <= 100", name="score_is_within_the_full_mark"),
    )

    id: Mapped[Id]
    secret_code_id: Mapped[int] = mapped_column(ForeignKey("secret_codes.id"), unique=True)
    why: Mapped[str]  # "random", "top", "bottom" or "boundary"
    moderator_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    score: Mapped[Score | None]  # None: drawn, not read yet
    verdict: Mapped[str] = mapped_column(default="")  # "", "agrees", "sent_back" or "marked_again"
    given_at: Mapped[datetime | None]


keep(
    Base.metadata,
    flow_guard("bundles", as_rows(BUNDLE_FLOW)),
    flow_guard("allocations", as_rows(ALLOCATION_FLOW)),
    Guard(
        name="no_number_without_attendance",
        table="marks",
        on=("INSERT", "UPDATE"),
        when="(NEW.score IS NOT NULL AND NOT EXISTS (SELECT 1 FROM secret_codes c "
        "JOIN attendances a ON a.placement_id = c.placement_id "
        "WHERE c.id = NEW.secret_code_id AND a.status IN ('present', 'removed')))",
        lock="(SELECT c.placement_id FROM secret_codes c WHERE c.id = NEW.secret_code_id)",
        space="number_or_absence",
    ),
    Guard(
        name="no_engine_number_without_attendance",
        table="engine_marks",
        on=("INSERT", "UPDATE"),
        when="(NEW.score IS NOT NULL AND NOT EXISTS (SELECT 1 FROM attendances a "
        "WHERE a.placement_id = NEW.placement_id AND a.status IN ('present', 'removed')))",
        lock="NEW.placement_id",
        space="number_or_absence",
    ),
    # The same promise from the other side: attendance can not turn away under a number.
    Guard(
        name="no_absence_under_a_number",
        table="attendances",
        on=("UPDATE",),
        when="(NEW.status NOT IN ('present', 'removed') AND (EXISTS (SELECT 1 FROM marks m "
        "JOIN secret_codes c ON c.id = m.secret_code_id "
        "WHERE c.placement_id = NEW.placement_id AND m.score IS NOT NULL) "
        "OR EXISTS (SELECT 1 FROM engine_marks e "
        "WHERE e.placement_id = NEW.placement_id AND e.score IS NOT NULL)))",
        lock="NEW.placement_id",
        space="number_or_absence",
    ),
    Guard(
        name="submitted_marks_are_locked",
        table="marks",
        on=("UPDATE",),
        when="((COALESCE(NEW.score, -1) <> COALESCE(OLD.score, -1) "
        "OR COALESCE(NEW.status, '') <> COALESCE(OLD.status, '')) "
        "AND EXISTS (SELECT 1 FROM allocations l JOIN secret_codes c ON c.bundle_id = l.bundle_id "
        "WHERE c.id = OLD.secret_code_id AND l.round = OLD.round AND l.status = 'submitted'))",
    ),
    fixed_columns("marks", "mark_stays_where_it_is", "secret_code_id", "round"),
    # A status the register gave has no marker; whoever turns out to have sat gets one.
    fixed_columns("marks", "mark_keeps_its_marker", "marker_id", when="OLD.marker_id IS NOT NULL"),
    kept_row("marks", "mark_is_kept"),
    final_row("secret_codes", "secret_code_is_final"),
    fixed_columns(
        "engine_marks",
        "checked_engine_mark_is_final",
        "placement_id",
        "score",
        "status",
        when="OLD.checked_by_id IS NOT NULL",
    ),
    kept_row("engine_marks", "engine_mark_is_kept"),
    final_row("formative_changes", "formative_change_is_final"),
    fixed_columns(
        "assignment_marks",
        "checked_assignment_mark_is_final",
        "entry_id",
        "score",
        "status",
        when="OLD.checked_by_id IS NOT NULL",
    ),
    kept_row("assignment_marks", "assignment_mark_is_kept"),
)
