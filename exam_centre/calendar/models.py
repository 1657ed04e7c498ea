"""Series, their periods and deadlines, and the rules they are run by."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam_centre.calendar.rules import SERIES_FLOW, DeadlineKind, SeriesStatus
from exam_centre.kernel.columns import Id, Percent, Score, Token
from exam_centre.kernel.database import Base, Lifecycle
from exam_centre.kernel.guards import as_rows, final_row, flow_guard, keep


class Series(Lifecycle, Base):
    """One exam season of the network, e.g. "2026AUT"."""

    __tablename__ = "series"
    flow = SERIES_FLOW

    id: Mapped[Id]
    token: Mapped[Token]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))  # who runs it
    time_zone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    status: Mapped[SeriesStatus] = mapped_column(default=SeriesStatus.DRAFT)


class Period(Base):
    """A time slot of a series, the same clock everywhere."""

    __tablename__ = "periods"
    __table_args__ = (
        UniqueConstraint("series_id", "code"),
        UniqueConstraint("series_id", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
    )

    id: Mapped[Id]
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    code: Mapped[str]  # e.g. "P07"
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class Deadline(Base):
    """The moment after which something needs an override."""

    __tablename__ = "deadlines"
    __table_args__ = (UniqueConstraint("series_id", "kind"),)

    id: Mapped[Id]
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    kind: Mapped[DeadlineKind]
    at: Mapped[datetime]


class RuleProfile(Base):
    """The rules of a series, as a version with a date and a source; never edited, only followed."""

    __tablename__ = "rule_profiles"
    __table_args__ = (
        UniqueConstraint("series_id", "version"),
        CheckConstraint("doors_open_minutes >= 0", name="doors_open_minutes"),
        CheckConstraint("late_limit_minutes >= 0", name="late_limit_minutes"),
        CheckConstraint("candidates_per_invigilator > 0", name="candidates_per_invigilator"),
        CheckConstraint("sample_percent >= 0 AND sample_percent <= 100", name="sample_percent"),
    )

    id: Mapped[Id]
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    version: Mapped[int]  # from 1
    effective_from: Mapped[date]
    source: Mapped[str]  # the regulation or decision the numbers come from
    doors_open_minutes: Mapped[int] = mapped_column(default=30)  # before the start
    late_limit_minutes: Mapped[int] = mapped_column(default=30)  # after the start, inclusive
    minimum_stay_minutes: Mapped[int] = mapped_column(default=30)
    documents_needed: Mapped[int] = mapped_column(default=2)
    very_late_allowed: Mapped[bool] = mapped_column(default=False)
    seat_on_slip: Mapped[bool] = mapped_column(default=True)
    candidates_per_invigilator: Mapped[int] = mapped_column(default=30)
    rest_after_night_minutes: Mapped[int] = mapped_column(default=480)
    second_marking: Mapped[bool] = mapped_column(default=True)
    marking_tolerance: Mapped[Score]  # marks may differ by this much without a third marker
    sample_percent: Mapped[Percent]  # of bundles, for moderation
    retake_cap: Mapped[Score | None]  # None: a retake counts in full
    absent_counts_as_zero: Mapped[bool] = mapped_column(default=False)
    appeals_may_lower: Mapped[bool] = mapped_column(default=False)


keep(
    Base.metadata,
    flow_guard("series", as_rows(SERIES_FLOW)),
    final_row("rule_profiles", "rule_profile_is_final"),
)
