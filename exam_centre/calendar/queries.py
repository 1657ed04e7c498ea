"""Series, periods, deadlines and rules, read only."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Deadline, Period, RuleProfile, Series
from exam_centre.calendar.rules import (
    RULES,
    DeadlineKind,
    DeadlinePassed,
    SeriesNotOpen,
    SeriesStatus,
)
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Place
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit


def access_series(session: Session, actor: Actor, code: str) -> Series:
    """Return the series whose unit stands above or below some role of the actor.

    The calendar is no secret within the network, but another network's series sounds absent.
    """
    found = session.execute(
        select(Series, Unit.path).join(Unit, Unit.id == Series.unit_id).where(Series.code == code)
    ).one_or_none()
    if found is not None:
        series, path = found
        if any(_touches(path, grant.unit_path) for grant in actor.grants):
            return series
    raise NotFound(say("series"))


def list_series(session: Session, actor: Actor) -> list[Series]:
    """Return the series that touch some role of the actor, newest first."""
    rows = session.execute(
        select(Series, Unit.path).join(Unit, Unit.id == Series.unit_id).order_by(Series.id.desc())
    )
    return [
        series
        for series, path in rows
        if any(_touches(path, grant.unit_path) for grant in actor.grants)
    ]


def deadlines_of(session: Session, series_id: int) -> dict[DeadlineKind, datetime]:
    """Return {what: its last moment}; what the series sets none for is absent."""
    rows = session.scalars(select(Deadline).where(Deadline.series_id == series_id))
    return {row.kind: row.at for row in rows}


def profiles_of(session: Session, series_id: int) -> list[RuleProfile]:
    """Return every version of a series' rules, newest first."""
    wanted = select(RuleProfile).where(RuleProfile.series_id == series_id)
    return list(session.scalars(wanted.order_by(RuleProfile.version.desc())))


def rules_in(profile: RuleProfile) -> dict[str, object]:
    """Return {rule: its value} of one version."""
    return {rule: getattr(profile, rule) for rule in RULES}


def place_of_series(session: Session, series_id: int) -> Place:
    """Return the series as a place: its unit, narrowed to the series."""
    path = session.scalars(
        select(Unit.path).join(Series, Series.unit_id == Unit.id).where(Series.id == series_id)
    ).one()
    return Place(path, series_id=series_id)


def rules_of(session: Session, series_id: int) -> RuleProfile:
    """Return the newest version of a series' rules. Raises NotFound where none were set."""
    found = session.scalar(_asking_rules(), {"series": series_id})
    if found is None:
        raise NotFound(say("rules of the series"))
    return found


@cache
def _asking_rules() -> Select[RuleProfile]:
    """Return the question, built once: every mark asks it."""
    return (
        select(RuleProfile)
        .where(RuleProfile.series_id == bindparam("series"))
        .order_by(RuleProfile.version.desc())
        .limit(1)
    )


def periods_of(session: Session, series_ids: Iterable[int]) -> list[Period]:
    """Return the periods of some series, by start."""
    wanted = Period.series_id.in_(set(series_ids))
    return list(session.scalars(select(Period).where(wanted).order_by(Period.starts_at, Period.id)))


def deadline_of(session: Session, series_id: int, kind: DeadlineKind) -> datetime | None:
    """Return the last moment for something, or None where the series sets none."""
    return session.scalar(
        select(Deadline.at).where(Deadline.series_id == series_id, Deadline.kind == kind)
    )


def ensure_open(session: Session, series: Series, kind: DeadlineKind, now: datetime) -> None:
    """Raise SeriesNotOpen or DeadlinePassed; the moment of the deadline itself is in time."""
    if series.status is not SeriesStatus.OPEN:
        raise SeriesNotOpen(series.code, series.status)
    at = deadline_of(session, series.id, kind)
    if at is not None and now > at:
        raise DeadlinePassed(kind, at, series.time_zone)


def _touches(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
