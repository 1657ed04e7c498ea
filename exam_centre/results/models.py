"""Outcomes as versions, the batches that release them, and their corrections."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_centre.kernel.columns import Id, Score, Token, unique_while
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
from exam_centre.results.rules import (
    BATCH_FLOW,
    CORRECTION_FLOW,
    OUTCOME_FLOW,
    BatchStatus,
    CorrectionStatus,
    OutcomeStatus,
    Verdict,
)


class OutcomeIdentity(Base):
    """The name by which the world knows an entry course's outcome, whatever its version."""

    __tablename__ = "outcome_identities"

    entry_course_id: Mapped[int] = mapped_column(ForeignKey("entry_courses.id"), primary_key=True)
    stable_id: Mapped[str] = mapped_column(unique=True, default=lambda: str(uuid.uuid4()))


class Outcome(Lifecycle, Base):
    """What one entry course came to, a version with its explanation: all else shows this."""

    __tablename__ = "outcomes"
    __table_args__ = (
        UniqueConstraint("entry_course_id", "number"),
        unique_while("uq_outcomes_released", "entry_course_id", condition="status = 'released'"),
        unique_while(
            "uq_outcomes_in_work",
            "entry_course_id",
            condition="status IN ('computed', 'held', 'approved')",
        ),
        Index("ix_outcomes_series_status", "series_id", "status"),
        CheckConstraint(
            "(score IS NOT NULL) = (verdict IN ('passed', 'failed'))", name="a_number_or_a_reason"
        ),
        CheckConstraint("score >= 0 AND score <= 100", name="score_is_within_the_full_mark"),
    )
    flow = OUTCOME_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    entry_course_id: Mapped[int] = mapped_column(ForeignKey("outcome_identities.entry_course_id"))
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    number: Mapped[int]  # the outcome's version, from 1
    status: Mapped[OutcomeStatus] = mapped_column(default=OutcomeStatus.COMPUTED)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("schemes.id"))
    score: Mapped[Score | None]
    verdict: Mapped[Verdict]
    parts: Mapped[dict[str, Any]]  # the numbers that went in, as text
    explanation: Mapped[str]  # an English sentence with named facts
    facts: Mapped[dict[str, Any]]
    computed_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")  # why there is a later version


class ReleaseBatch(Lifecycle, Base):
    """Outcomes released together, by a person who neither prepared nor approved them."""

    __tablename__ = "release_batches"
    __table_args__ = (
        CheckConstraint("prepared_by_id <> approved_by_id", name="another_person_approves"),
        CheckConstraint("approved_by_id <> released_by_id", name="another_person_releases"),
        CheckConstraint("prepared_by_id <> released_by_id", name="three_people"),
        CheckConstraint(
            "status NOT IN ('released', 'recalled') OR (approved_by_id IS NOT NULL "
            "AND released_by_id IS NOT NULL AND released_at IS NOT NULL)",
            name="a_release_is_signed",
        ),
        CheckConstraint(
            "status <> 'approved' OR approved_by_id IS NOT NULL", name="an_approval_is_signed"
        ),
    )
    flow = BATCH_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    status: Mapped[BatchStatus] = mapped_column(default=BatchStatus.PREPARED)
    content_sha256: Mapped[str]  # over the outcomes in it: what was approved is what is released
    embargo_until: Mapped[datetime | None]  # None: at once
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    released_at: Mapped[datetime | None]


class ReleaseLine(Base):
    """One outcome in a batch; an outcome is in one batch only, discarded ones aside."""

    __tablename__ = "release_lines"
    __table_args__ = (UniqueConstraint("batch_id", "outcome_id"),)

    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(ForeignKey("release_batches.id"))
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcomes.id"), index=True)


class Correction(Lifecycle, Base):
    """A change to a released outcome: asked for by one person, decided by another."""

    __tablename__ = "corrections"
    __table_args__ = (
        unique_while(
            "uq_corrections_open", "outcome_id", condition="status IN ('filed', 'decided')"
        ),
        CheckConstraint("asked_by_id <> decided_by_id", name="two_people"),
        CheckConstraint("examined_by_id <> decided_by_id", name="examiner_does_not_decide"),
        CheckConstraint(
            "status IN ('filed') OR decided_by_id IS NOT NULL", name="a_decision_has_a_person"
        ),
        CheckConstraint("final_score >= 0 AND final_score <= 100", name="score"),
    )
    flow = CORRECTION_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcomes.id"))
    status: Mapped[CorrectionStatus] = mapped_column(default=CorrectionStatus.FILED)
    is_appeal: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str]
    evidence: Mapped[str]
    final_score: Mapped[Score | None]  # the final part as it should be; None: nothing to change
    formative_score: Mapped[Score | None]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    examined_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: not yet
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    new_outcome_id: Mapped[int | None] = mapped_column(ForeignKey("outcomes.id"))


class ReviewSample(Base):
    """One outcome drawn for review at one level, and what the reviewer found."""

    __tablename__ = "review_samples"
    __table_args__ = (UniqueConstraint("outcome_id", "tier"),)

    id: Mapped[Id]
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcomes.id"))
    tier: Mapped[str]  # "centre", "branch" or "headquarters"
    seed: Mapped[str]  # public: anyone can draw the same sample again
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: not yet
    agrees: Mapped[bool | None]
    note: Mapped[str] = mapped_column(default="")
    reviewed_at: Mapped[datetime | None]


keep(
    Base.metadata,
    flow_guard("outcomes", as_rows(OUTCOME_FLOW)),
    flow_guard("release_batches", as_rows(BATCH_FLOW)),
    flow_guard("corrections", as_rows(CORRECTION_FLOW)),
    fixed_columns(
        "outcomes",
        "outcome_facts_are_final",
        "entry_course_id",
        "series_id",
        "number",
        "scheme_id",
        "score",
        "verdict",
        "parts",
        "explanation",
        "facts",
        "computed_at",
    ),
    kept_row("outcomes", "outcome_is_kept"),
    final_row("outcome_identities", "outcome_identity_is_final"),
    Guard(
        name="released_only_in_a_released_batch",
        table="outcomes",
        on=("INSERT", "UPDATE"),
        when="(NEW.status = 'released' AND NOT EXISTS (SELECT 1 FROM release_lines l "
        "JOIN release_batches b ON b.id = l.batch_id "
        "WHERE l.outcome_id = NEW.id AND b.status = 'released'))",
    ),
    Guard(
        name="outcome_is_in_one_live_batch",
        table="release_lines",
        on=("INSERT",),
        when="(EXISTS (SELECT 1 FROM release_lines l JOIN release_batches b ON b.id = l.batch_id "
        "WHERE l.outcome_id = NEW.outcome_id AND b.status <> 'discarded'))",
        lock="NEW.outcome_id",
    ),
    final_row("release_lines", "release_line_is_final"),
    Guard(
        name="outcomes_join_a_prepared_batch",
        table="release_lines",
        on=("INSERT",),
        when="(NOT EXISTS (SELECT 1 FROM release_batches b "
        "WHERE b.id = NEW.batch_id AND b.status = 'prepared'))",
    ),
    fixed_columns(
        "release_batches",
        "batch_content_is_final",
        "series_id",
        "content_sha256",
        "embargo_until",
        "prepared_by_id",
    ),
    fixed_columns(
        "release_batches",
        "approval_is_final",
        "approved_by_id",
        when="OLD.approved_by_id IS NOT NULL",
    ),
    fixed_columns(
        "release_batches",
        "release_is_final",
        "released_by_id",
        "released_at",
        when="OLD.released_at IS NOT NULL",
    ),
    kept_row("release_batches", "release_batch_is_kept"),
)
