"""Incidents with an owner, and offence cases step by step."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_centre.conduct.rules import (
    CASE_FLOW,
    INCIDENT_FLOW,
    CaseStatus,
    IncidentKind,
    IncidentStatus,
    OffenceClass,
)
from exam_centre.kernel.columns import Id, Token, unique_while
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


class Incident(Lifecycle, Base):
    """Something that happened at a venue and that a named person closes."""

    __tablename__ = "incidents"
    __table_args__ = (
        UniqueConstraint("venue_id", "number"),
        Index("ix_incidents_room_session", "room_session_id", "status"),
        CheckConstraint(
            "status <> 'resolved' OR resolved_by_id IS NOT NULL", name="somebody_resolved_it"
        ),
    )
    flow = INCIDENT_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    venue_id: Mapped[int] = mapped_column(ForeignKey("venues.id"))
    number: Mapped[int]  # from 1 at each venue: people quote it
    kind: Mapped[IncidentKind]
    status: Mapped[IncidentStatus] = mapped_column(default=IncidentStatus.OPEN)
    room_session_id: Mapped[int | None] = mapped_column(ForeignKey("room_sessions.id"))
    placement_id: Mapped[int | None] = mapped_column(ForeignKey("placements.id"), index=True)
    text: Mapped[str]  # what happened, in the words of who saw it or a sentence with facts
    facts: Mapped[dict[str, Any]]
    happened_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: the system
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))  # None: the venue's chief
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    resolved_at: Mapped[datetime | None]
    resolution: Mapped[str] = mapped_column(default="")


class OffenceCase(Lifecycle, Base):
    """An offence from what was seen to what is final. While it is open, no outcome is released."""

    __tablename__ = "offence_cases"
    __table_args__ = (
        unique_while(
            "uq_offence_cases_open",
            "placement_id",
            condition="status NOT IN ('final', 'dropped')",
        ),
    )
    flow = CASE_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"))
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), index=True)
    offence: Mapped[OffenceClass]
    status: Mapped[CaseStatus] = mapped_column(default=CaseStatus.RECORDED)
    reported_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    article: Mapped[str] = mapped_column(default="")  # of the regulation the decision rests on
    sanction: Mapped[str] = mapped_column(default="")


class CaseStep(Base):
    """One step of a case: who did it, when, and what was said or signed."""

    __tablename__ = "case_steps"
    __table_args__ = (UniqueConstraint("case_id", "seq"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("offence_cases.id"))
    seq: Mapped[int]
    reached: Mapped[CaseStatus]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    witness_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    text: Mapped[str]


keep(
    Base.metadata,
    flow_guard("incidents", as_rows(INCIDENT_FLOW)),
    flow_guard("offence_cases", as_rows(CASE_FLOW)),
    final_row("case_steps", "case_step_is_final"),
    kept_row("incidents", "incident_is_kept"),
    kept_row("offence_cases", "offence_case_is_kept"),
    fixed_columns(
        "offence_cases", "offence_case_keeps_its_person", "placement_id", "reported_by_id"
    ),
    Guard(
        name="reporter_does_not_decide",
        table="case_steps",
        on=("INSERT",),
        when="(NEW.reached = 'decided' AND EXISTS (SELECT 1 FROM offence_cases c "
        "WHERE c.id = NEW.case_id AND c.reported_by_id = NEW.person_id))",
    ),
)
