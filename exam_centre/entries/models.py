"""Candidates, what they are entered for, what they need, and the files they came in."""

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_centre.adapters.paperwork import DocumentKind
from exam_centre.entries.rules import (
    ENTRY_FLOW,
    IMPORT_FLOW,
    REQUEST_FLOW,
    AccessKind,
    EntryStatus,
    ImportKind,
    ImportStatus,
    RequestStatus,
    RowVerdict,
    TakeType,
)
from exam_centre.kernel.audit import PRIVATE
from exam_centre.kernel.columns import Id, Percent, Token, unique_while
from exam_centre.kernel.database import Base, Lifecycle
from exam_centre.kernel.guards import as_rows, final_row, flow_guard, keep


class Candidate(Base):
    """A person as a student of the university, under one student number."""

    __tablename__ = "candidates"

    id: Mapped[Id]
    slip_bytes: Mapped[bytes] = mapped_column(  # 16 random bytes: what a slip's QR calls them
        unique=True, default=lambda: secrets.token_bytes(16)
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    person_no: Mapped[str] = mapped_column(unique=True)  # student number, leading zeros kept
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    photo_key: Mapped[str] = mapped_column(default="")  # "": no photo yet
    consented_on: Mapped[date | None]  # None: no consent, so no photo and no liaison's view


class Entry(Lifecycle, Base):
    """One candidate entered for one paper in one series, whatever courses it counts for."""

    __tablename__ = "entries"
    __table_args__ = (
        unique_while(
            "uq_entries_live",
            "candidate_id",
            "paper_id",
            "series_id",
            condition="status NOT IN ('deferred', 'withdrawn')",
        ),
        Index("ix_entries_candidate", "candidate_id", "series_id"),  # the door asks by candidate
        Index("ix_entries_series_paper", "series_id", "paper_id"),
    )
    flow = ENTRY_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id"))
    paper_id: Mapped[int] = mapped_column(ForeignKey("papers.id"))
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    status: Mapped[EntryStatus] = mapped_column(default=EntryStatus.REQUESTED)
    preferred_venue_id: Mapped[int | None] = mapped_column(ForeignKey("venues.id"))
    works_through_shift: Mapped[bool] = mapped_column(default=False)  # the person accepts a clash


class EntryCourse(Base):
    """One course an entry counts for: one outcome will come of it."""

    __tablename__ = "entry_courses"
    __table_args__ = (
        UniqueConstraint("entry_id", "course_id"),
        CheckConstraint("attempt >= 1", name="attempts_count_from_one"),
    )

    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    attempt: Mapped[int] = mapped_column(default=1)
    take_type: Mapped[TakeType] = mapped_column(default=TakeType.FIRST)


class EligibilityFinding(Base):
    """One reason why an entry may, or may not, be confirmed, and what the person can do."""

    __tablename__ = "eligibility_findings"
    __table_args__ = (UniqueConstraint("entry_id", "rule"),)

    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    rule: Mapped[str]  # stable code, e.g. "passed_before"
    passes: Mapped[bool]
    text: Mapped[str]  # an English sentence with named facts
    facts: Mapped[dict[str, Any]]
    found_at: Mapped[datetime]


class AccessArrangement(Lifecycle, Base):
    """What a candidate needs in a series; a second person approves it."""

    __tablename__ = "access_arrangements"
    __table_args__ = (
        unique_while(
            "uq_access_arrangements_live",
            "candidate_id",
            "series_id",
            "kind",
            condition="status IN ('requested', 'approved')",
        ),
        CheckConstraint("decided_by_id <> requested_by_id", name="two_people"),
        CheckConstraint(
            "status NOT IN ('approved', 'refused') OR decided_by_id IS NOT NULL",
            name="a_decision_has_a_person",
        ),
        CheckConstraint(
            "(kind = 'extra_time') = (extra_percent IS NOT NULL)", name="only_time_is_a_percentage"
        ),
        CheckConstraint("extra_percent > 0 AND extra_percent <= 100", name="extra_percent"),
    )
    flow = REQUEST_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id"))
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    kind: Mapped[AccessKind]
    extra_percent: Mapped[Percent | None]  # of the paper's minutes
    evidence: Mapped[str]
    status: Mapped[RequestStatus] = mapped_column(default=RequestStatus.REQUESTED)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(default="")


class EvidenceFile(Base):
    """A file that proves a need, sealed where it lies; opened by who decides and by the person."""

    __tablename__ = "evidence_files"
    __table_args__ = (
        UniqueConstraint("arrangement_id", "file_sha256"),
        CheckConstraint("size > 0", name="is_not_empty"),
    )

    id: Mapped[Id]
    token: Mapped[Token]
    arrangement_id: Mapped[int] = mapped_column(ForeignKey("access_arrangements.id"))
    kind: Mapped[DocumentKind]
    file_name: Mapped[str] = mapped_column(info=PRIVATE)  # as the person called it
    file_key: Mapped[str] = mapped_column(info=PRIVATE)
    file_sha256: Mapped[str]  # of the content before it was sealed
    size: Mapped[int]  # bytes, as kept
    added_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime]


class Deferral(Lifecycle, Base):
    """A request to sit later, decided by a second person."""

    __tablename__ = "deferrals"
    __table_args__ = (
        unique_while(
            "uq_deferrals_live", "entry_id", condition="status IN ('requested', 'approved')"
        ),
        CheckConstraint("decided_by_id <> requested_by_id", name="two_people"),
        CheckConstraint(
            "status NOT IN ('approved', 'refused') OR decided_by_id IS NOT NULL",
            name="a_decision_has_a_person",
        ),
    )
    flow = REQUEST_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    reason: Mapped[str]
    status: Mapped[RequestStatus] = mapped_column(default=RequestStatus.REQUESTED)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class ImportBatch(Lifecycle, Base):
    """A file as it came in: its rows with verdicts, applied as a whole and undone as a whole."""

    __tablename__ = "import_batches"
    flow = IMPORT_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    kind: Mapped[ImportKind]
    file_name: Mapped[str]  # as the person called it
    file_sha256: Mapped[str]
    status: Mapped[ImportStatus] = mapped_column(default=ImportStatus.PREVIEWED)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))  # whose import it is
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    notes: Mapped[list[Any]]  # what a reader should know of the file: [sentence, facts] each


class ImportRow(Base):
    """One row of a file: what it says, what applying it would do, and what to undo."""

    __tablename__ = "import_rows"
    __table_args__ = (UniqueConstraint("batch_id", "row_no"),)

    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id"))
    row_no: Mapped[int]  # as the spreadsheet numbers it: the header is row 1
    verdict: Mapped[RowVerdict]
    column: Mapped[str] = mapped_column(default="")  # the cell that is wrong
    text: Mapped[str] = mapped_column(default="")  # why, an English sentence with named facts
    facts: Mapped[dict[str, Any]]
    cells: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any]]  # what undo puts back; empty where the row made something new
    made: Mapped[str] = mapped_column(default="")  # "people:8 candidates:3", in the order made


keep(
    Base.metadata,
    flow_guard("entries", as_rows(ENTRY_FLOW)),
    flow_guard("access_arrangements", as_rows(REQUEST_FLOW)),
    flow_guard("deferrals", as_rows(REQUEST_FLOW)),
    final_row("evidence_files", "evidence_file_is_final"),
    flow_guard("import_batches", as_rows(IMPORT_FLOW)),
)
