"""Stations, the lots drawn for them, and the assessors' marks."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_centre.kernel.columns import Id, Score
from exam_centre.kernel.database import Base
from exam_centre.kernel.guards import Guard, final_row, keep


class StationDraw(Base):
    """The station a candidate drew at the door; there are no swaps."""

    __tablename__ = "station_draws"
    __table_args__ = (
        UniqueConstraint("room_session_id", "station"),
        CheckConstraint("drawn_by_id <> witness_id", name="two_people"),
        CheckConstraint("station > 0", name="stations_count_from_one"),
    )

    id: Mapped[Id]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), unique=True)
    room_session_id: Mapped[int] = mapped_column(ForeignKey("room_sessions.id"))
    station: Mapped[int]
    drawn_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    witness_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    drawn_at: Mapped[datetime]


class PracticalMark(Base):
    """One assessor's mark for one candidate's work at a station."""

    __tablename__ = "practical_marks"
    __table_args__ = (
        UniqueConstraint("placement_id", "assessor_id"),
        CheckConstraint("score >= 0 AND score <= 100", name="score_is_within_the_full_mark"),
    )

    id: Mapped[Id]
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"))
    assessor_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    score: Mapped[Score]
    at: Mapped[datetime]


keep(
    Base.metadata,
    final_row("station_draws", "station_draw_is_final"),
    final_row("practical_marks", "practical_mark_is_final"),
    Guard(
        name="no_practical_number_without_attendance",
        table="practical_marks",
        on=("INSERT", "UPDATE"),
        when="(NOT EXISTS (SELECT 1 FROM attendances a WHERE a.placement_id = NEW.placement_id "
        "AND a.status IN ('present', 'removed')))",
        lock="NEW.placement_id",
        space="number_or_absence",
    ),
    # The same promise from the other side: attendance can not turn away under a number.
    Guard(
        name="no_absence_under_a_practical_number",
        table="attendances",
        on=("UPDATE",),
        when="(NEW.status NOT IN ('present', 'removed') AND EXISTS (SELECT 1 "
        "FROM practical_marks m WHERE m.placement_id = NEW.placement_id))",
        lock="NEW.placement_id",
        space="number_or_absence",
    ),
)
