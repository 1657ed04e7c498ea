"""The periods of a series as a file."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from exam_centre.calendar import service as calendar
from exam_centre.calendar.models import Period, Series
from exam_centre.calendar.rules import SeriesNotOpen, SeriesStatus, StartTaken
from exam_centre.entries.rules import ImportKind, RowVerdict
from exam_centre.entries.service.imports.cells import Line, WrongCell, moments
from exam_centre.entries.service.imports.columns import columns
from exam_centre.entries.service.imports.importers import (
    Judged,
    Progress,
    Restored,
    RowByRow,
    Setting,
)
from exam_centre.kernel.permissions import Permission, Place
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit


@dataclass(frozen=True)
class PeriodLine:
    """What a row says of a period."""

    series: Series
    code: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Periods:
    """The series that the actor runs, and their periods."""

    series: dict[str, Series]
    known: dict[tuple[int, str], Period]
    starts: dict[tuple[int, datetime], Period]


class PeriodImporter(RowByRow[Periods, PeriodLine]):
    """When papers of a series can be sat."""

    kind = ImportKind.PERIODS
    permission = Permission.RUN_SERIES
    columns = columns("series", "period", "date", "starts", "ends")
    example = ("2026AUT", "P01", "2026-12-12", "08:30", "10:00")

    def look(self, setting: Setting, lines: Sequence[Line]) -> Periods:
        """Fetch the named series and all their periods."""
        session = setting.session
        named = {line.cells["series"].text.strip() for line in lines}
        rows = session.execute(
            select(Series, Unit.path)
            .join(Unit, Unit.id == Series.unit_id)
            .where(Series.code.in_(named))
        )
        series = {
            each.code: each
            for each, path in rows
            if setting.actor.may(Permission.RUN_SERIES, Place(path, series_id=each.id))
        }
        periods = session.scalars(
            select(Period).where(Period.series_id.in_({each.id for each in series.values()}))
        ).all()
        return Periods(
            series,
            {(period.series_id, period.code): period for period in periods},
            {(period.series_id, period.starts_at): period for period in periods},
        )

    def read(self, world: Periods, line: Line) -> PeriodLine:
        """Return the period a row speaks of; the clock is the series' own."""
        series = line.known("series", world.series, say("series"))
        if series.status is not SeriesStatus.OPEN:
            raise WrongCell("series", SeriesNotOpen(series.code, series.status).sentence)
        starts_at, ends_at = moments(
            line.day("date"), line.time_of_day("starts"), line.time_of_day("ends"), series.time_zone
        )
        return PeriodLine(
            series,
            line.needed("period", most=20),
            starts_at.astimezone(UTC),
            ends_at.astimezone(UTC),
        )

    def keys(self, facts: PeriodLine) -> Iterable[tuple[str, Hashable]]:
        """A series has a code once, and a start once."""
        yield "period", (facts.series.id, facts.code)
        yield "starts", (facts.series.id, facts.starts_at)

    def compare(self, world: Periods, facts: PeriodLine) -> RowVerdict:
        """Return what the row would do."""
        other = world.starts.get((facts.series.id, facts.starts_at))
        if other is not None and other.code != facts.code:
            raise WrongCell("starts", StartTaken(other.code).sentence)
        known = world.known.get((facts.series.id, facts.code))
        if known is None:
            return RowVerdict.NEW
        same = (known.starts_at, known.ends_at) == (facts.starts_at, facts.ends_at)
        return RowVerdict.SAME if same else RowVerdict.CHANGED

    def apply(self, setting: Setting, rows: Sequence[Judged], progress: Progress) -> None:
        """Add new periods and move known ones."""
        for done, row in enumerate(rows, 1):
            facts: PeriodLine = row.facts
            span = {"starts_at": facts.starts_at, "ends_at": facts.ends_at}
            if row.verdict is RowVerdict.NEW:
                row.makes(
                    calendar.add_period(
                        setting.session,
                        setting.actor,
                        facts.series,
                        code=facts.code,
                        now=setting.now,
                        **span,
                    )
                )
            else:
                period = setting.session.scalars(
                    select(Period).filter_by(series_id=facts.series.id, code=facts.code)
                ).one()
                row.before = {
                    "id": period.id,
                    "starts_at": period.starts_at.isoformat(),
                    "ends_at": period.ends_at.isoformat(),
                }
                calendar.correct_period(
                    setting.session, setting.actor, period, now=setting.now, **span
                )
            progress(done, len(rows))

    def restore(self, setting: Setting, rows: Sequence[Restored], reason: str) -> None:
        """Move periods to where they were."""
        for row in rows:
            calendar.correct_period(
                setting.session,
                setting.actor,
                setting.session.get_one(Period, row.before["id"]),
                starts_at=datetime.fromisoformat(row.before["starts_at"]),
                ends_at=datetime.fromisoformat(row.before["ends_at"]),
                now=setting.now,
            )
