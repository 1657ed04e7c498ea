"""Shift calendars as files."""

from collections.abc import Hashable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from exam_centre.entries.rules import ImportKind, RowVerdict
from exam_centre.entries.service.imports.cells import Line, WrongCell, moments
from exam_centre.entries.service.imports.columns import columns
from exam_centre.entries.service.imports.importers import (
    Judged,
    Progress,
    Restored,
    RowByRow,
    Setting,
    to_do,
)
from exam_centre.entries.service.imports.organisation import look_at_sites
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import say
from exam_centre.organisation import service as organisation
from exam_centre.organisation.models import Enterprise, Shift
from exam_centre.organisation.queries import shifts_between
from exam_centre.organisation.rules import HOME_ZONE, NobodysShift, ShiftOverlaps, overlapping
from exam_centre.organisation.service import PlannedShift

DAY = timedelta(days=1)
Whose = tuple[int, str, str]  # enterprise id, team, work number


@dataclass(frozen=True)
class Shifts:
    """The enterprises shifts may belong to, and the shifts around the file's days."""

    enterprises: dict[str, Enterprise]
    known: dict[tuple[Whose, datetime], Shift]


class ShiftImporter(RowByRow[Shifts, PlannedShift]):
    """When teams, or single workers, are at the machines."""

    kind = ImportKind.SHIFTS
    permission = Permission.RUN_ORGANISATION
    columns = columns("enterprise", "date", "starts", "ends", optional=("team", "work_no"))
    example = ("SIP-E01", "2026-12-16", "20:00", "08:00", "A", "")

    def look(self, setting: Setting, lines: Sequence[Line]) -> Shifts:
        """Fetch the enterprises, and their shifts around the file's days."""
        session = setting.session
        sites = look_at_sites(session, setting.actor)
        mine = {park.id for park, unit in sites.parks.values() if unit.code in sites.units}
        enterprises = {
            code: each for code, each in sites.enterprises.items() if each.park_id in mine
        }
        days = _days(lines)
        known: dict[tuple[Whose, datetime], Shift] = {}
        if days:
            zone = ZoneInfo(HOME_ZONE)
            named = {line.cells["enterprise"].text.strip() for line in lines}
            found = shifts_between(
                session,
                [each.id for code, each in enterprises.items() if code in named],
                datetime.combine(min(days) - DAY, time(), zone),
                datetime.combine(max(days) + 3 * DAY, time(), zone),
            )
            known = {
                ((s.enterprise_id, s.team, s.work_no), s.starts_at.astimezone(UTC)): s
                for s in found
            }
        return Shifts(enterprises, known)

    def read(self, world: Shifts, line: Line) -> PlannedShift:
        """Return the shift a row speaks of; one that ends before it starts ends the next day."""
        enterprise = line.known("enterprise", world.enterprises, say("enterprise"))
        team, work_no = line.text("team", most=40), line.text("work_no", most=40)
        if bool(team) == bool(work_no):
            raise WrongCell("team", NobodysShift().sentence)
        starts_at, ends_at = moments(
            line.day("date"), line.time_of_day("starts"), line.time_of_day("ends"), HOME_ZONE
        )
        return PlannedShift(
            enterprise.id, team, work_no, starts_at.astimezone(UTC), ends_at.astimezone(UTC)
        )

    def keys(self, facts: PlannedShift) -> Iterable[tuple[str, Hashable]]:
        """A team's shift begins once."""
        return [("starts", (_whose(facts), facts.starts_at))]

    def compare(self, world: Shifts, facts: PlannedShift) -> RowVerdict:
        """Return what the row would do."""
        known = world.known.get((_whose(facts), facts.starts_at))
        if known is None:
            return RowVerdict.NEW
        return RowVerdict.SAME if known.ends_at == facts.ends_at else RowVerdict.CHANGED

    def judge(self, setting: Setting, lines: Sequence[Line]) -> list[Judged]:
        """Return one verdict a line; what overlaps, in the file or with the records, is wrong."""
        judged = super().judge(setting, lines)
        right = [row for row in judged if row.verdict is not RowVerdict.WRONG]
        by_whose: dict[Whose, dict[tuple[datetime, datetime], Judged | None]] = {}
        for row in right:
            spans = by_whose.setdefault(_whose(row.facts), {})
            spans[row.facts.starts_at, row.facts.ends_at] = row
        said = {(_whose(row.facts), row.facts.starts_at) for row in right}
        for (whose, starts_at), shift in self.look(setting, lines).known.items():
            if whose in by_whose and (whose, starts_at) not in said:
                by_whose[whose][shift.starts_at, shift.ends_at] = None
        for spans in by_whose.values():
            for earlier, later in overlapping(spans):
                guilty = spans[later] or spans[earlier]
                if guilty is not None:
                    other = earlier if spans[later] else later
                    guilty.verdict, guilty.column = RowVerdict.WRONG, "starts"
                    guilty.sentence = ShiftOverlaps(*other).sentence
        return judged

    def apply(self, setting: Setting, rows: Sequence[Judged], progress: Progress) -> None:
        """Plan new shifts and correct when known ones end."""
        changed, new = to_do(rows, RowVerdict.CHANGED), to_do(rows, RowVerdict.NEW)
        for row in changed:
            facts: PlannedShift = row.facts
            day = facts.starts_at
            [shift] = [
                known
                for known in shifts_between(
                    setting.session, [facts.enterprise_id], day, day + timedelta(minutes=1)
                )
                if (_whose_of(known), known.starts_at) == (_whose(facts), day)
            ]
            row.before = {"id": shift.id, "ends_at": shift.ends_at.isoformat()}
            organisation.correct_shift(
                setting.session, setting.actor, shift, ends_at=facts.ends_at, now=setting.now
            )
        shifts = organisation.plan_shifts(
            setting.session, setting.actor, [row.facts for row in new], now=setting.now
        )
        for row, shift in zip(new, shifts, strict=True):
            row.makes(shift)
        progress(len(rows), len(rows))

    def restore(self, setting: Setting, rows: Sequence[Restored], reason: str) -> None:
        """Let shifts end as before."""
        for row in rows:
            organisation.correct_shift(
                setting.session,
                setting.actor,
                setting.session.get_one(Shift, row.before["id"]),
                ends_at=datetime.fromisoformat(row.before["ends_at"]),
                now=setting.now,
            )


def _whose(facts: PlannedShift) -> Whose:
    return facts.enterprise_id, facts.team, facts.work_no


def _whose_of(shift: Shift) -> Whose:
    return shift.enterprise_id, shift.team, shift.work_no


def _days(lines: Sequence[Line]) -> list[date]:
    days = []
    for line in lines:
        with suppress(WrongCell):
            days.append(line.day("date"))
    return days
