"""Theses, their recorded stages, their panels and marks."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_centre.kernel.columns import Id, Percent, Score, Token
from exam_centre.kernel.database import Base, Lifecycle
from exam_centre.kernel.guards import Guard, as_rows, final_row, flow_guard, keep
from exam_centre.theses.rules import THESIS_FLOW, PanelRole, ThesisStatus


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
)
