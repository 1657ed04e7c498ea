"""How a series is opened and closed, and given its periods, deadlines and rules."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Deadline, Period, RuleProfile, Series
from exam_centre.calendar.queries import place_of_series, rules_in
from exam_centre.calendar.rules import (
    FIRST_RULES,
    DeadlineKind,
    SeriesNotOpen,
    SeriesStatus,
    StartTaken,
    check_rules,
)
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import CodeTaken, check_span


def open_series(
    session: Session, actor: Actor, unit: Unit, *, code: str, name: str, now: datetime
) -> Series:
    """Open a series that `unit` runs, for entries to come in. Raises CodeTaken."""
    actor.require(Permission.RUN_SERIES, Place(unit.path))
    if session.scalar(select(exists().where(Series.code == code))):
        raise CodeTaken(code)
    series = Series(code=code, name=name, unit_id=unit.id, status=SeriesStatus.DRAFT)
    series.move_to(SeriesStatus.OPEN)
    session.add(series)
    audit.record(session, actor, "calendar.series_opened", series, now)
    return series


def close_series(session: Session, actor: Actor, series: Series, *, now: datetime) -> None:
    """Close a series: nothing more is entered, planned or asked for. Raises IllegalMove."""
    actor.require(Permission.RUN_SERIES, place_of_series(session, series.id))
    series.move_to(SeriesStatus.CLOSED)
    audit.record(session, actor, "calendar.series_closed", series, now)


def reopen_series(
    session: Session, actor: Actor, series: Series, *, reason: str, now: datetime
) -> None:
    """Open a closed series again. Raises IllegalMove."""
    actor.require(Permission.RUN_SERIES, place_of_series(session, series.id))
    series.move_to(SeriesStatus.OPEN)
    audit.record(session, actor, "calendar.series_reopened", series, now, reason=reason)


def add_period(
    session: Session,
    actor: Actor,
    series: Series,
    *,
    code: str,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> Period:
    """Add a period. Raises SeriesNotOpen, EndsTooEarly, CodeTaken, StartTaken."""
    _require_open(session, actor, series)
    check_span(starts_at, ends_at)
    known = session.scalars(select(Period).where(Period.series_id == series.id)).all()
    if any(period.code == code for period in known):
        raise CodeTaken(code)
    for period in known:
        if period.starts_at == starts_at:
            raise StartTaken(period.code)
    period = Period(series_id=series.id, code=code, starts_at=starts_at, ends_at=ends_at)
    session.add(period)
    audit.record(session, actor, "calendar.period_added", period, now)
    return period


def correct_period(
    session: Session,
    actor: Actor,
    period: Period,
    *,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> None:
    """Move a period. Raises SeriesNotOpen, EndsTooEarly, StartTaken."""
    _require_open(session, actor, session.get_one(Series, period.series_id))
    check_span(starts_at, ends_at)
    other = session.scalar(
        select(Period).where(
            Period.series_id == period.series_id,
            Period.starts_at == starts_at,
            Period.id != period.id,
        )
    )
    if other is not None:
        raise StartTaken(other.code)
    period.starts_at, period.ends_at = starts_at, ends_at
    audit.record(session, actor, "calendar.period_corrected", period, now)


def take_back_periods(
    session: Session, actor: Actor, periods: Sequence[Period], *, reason: str, now: datetime
) -> None:
    """Take back periods that were added by mistake. Raises SeriesNotOpen.

    A period in which anything is planned is refused by the database, as PromiseBroken.
    """
    for series_id in {period.series_id for period in periods}:
        _require_open(session, actor, session.get_one(Series, series_id))
    audit.record_all(session, actor, "calendar.period_taken_back", periods, now, reason=reason)
    for period in periods:
        session.delete(period)
    session.flush()


def set_deadline(
    session: Session,
    actor: Actor,
    series: Series,
    kind: DeadlineKind,
    *,
    at: datetime,
    reason: str = "",
    now: datetime,
) -> Deadline:
    """Set, or move, the last moment for something. Raises SeriesNotOpen."""
    _require_open(session, actor, series)
    deadline = session.scalar(
        select(Deadline).where(Deadline.series_id == series.id, Deadline.kind == kind)
    )
    if deadline is None:
        deadline = Deadline(series_id=series.id, kind=kind)
        session.add(deadline)
    deadline.at = at
    audit.record(session, actor, "calendar.deadline_set", deadline, now, reason=reason)
    return deadline


def set_rules(
    session: Session,
    actor: Actor,
    series: Series,
    *,
    source: str,
    effective_from: date,
    now: datetime,
    **rules: object,
) -> RuleProfile:
    """Write the next version of a series' rules; a rule not given stays as it was before.

    source  the regulation or decision the numbers come from.
    Raises  WrongRule, SeriesNotOpen.
    """
    _require_open(session, actor, series)
    check_rules(rules)
    before = session.scalar(
        select(RuleProfile)
        .where(RuleProfile.series_id == series.id)
        .order_by(RuleProfile.version.desc())
        .limit(1)
    )
    kept = rules_in(before) if before else FIRST_RULES
    profile = RuleProfile(
        series_id=series.id,
        version=before.version + 1 if before else 1,
        effective_from=effective_from,
        source=source,
        **kept | rules,
    )
    session.add(profile)
    audit.record(session, actor, "calendar.rules_set", profile, now, reason=source)
    return profile


def _require_open(session: Session, actor: Actor, series: Series) -> None:
    actor.require(Permission.RUN_SERIES, place_of_series(session, series.id))
    if series.status is not SeriesStatus.OPEN:
        raise SeriesNotOpen(series.code, series.status)
