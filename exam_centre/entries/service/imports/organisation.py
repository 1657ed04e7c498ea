"""Units, parks, enterprises and shifts as files."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.entries.rules import ImportKind, RowVerdict
from exam_centre.entries.service.imports.cells import Line, WrongCell
from exam_centre.entries.service.imports.columns import columns
from exam_centre.entries.service.imports.importers import (
    Judged,
    Progress,
    Restored,
    RowByRow,
    Setting,
    to_do,
)
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.kernel.sentences import say
from exam_centre.organisation import service as organisation
from exam_centre.organisation.models import Enterprise, Park, Unit
from exam_centre.organisation.rules import (
    CodeTaken,
    UnitLevel,
    check_parent,
    check_position,
)

LEVELS = {level.value: level for level in UnitLevel} | {
    "总部": UnitLevel.NATIONAL,
    "分部": UnitLevel.PROVINCIAL,
    "省": UnitLevel.PROVINCIAL,
    "市": UnitLevel.PREFECTURAL,
    "县": UnitLevel.COUNTY,
    "学习中心": UnitLevel.COUNTY,
}
RUN = Permission.RUN_ORGANISATION


def elsewhere(column: str, code: str) -> WrongCell:
    """Return why a code can not be used that somebody beyond the actor's reach has."""
    return WrongCell(column, CodeTaken(code).sentence)


@dataclass(frozen=True)
class UnitLine:
    """What a row says of a unit."""

    code: str
    parent: str
    level: UnitLevel
    name: str


@dataclass(frozen=True)
class Units:
    """All units there are, and the levels of those the file adds."""

    known: dict[str, Unit]
    codes: dict[int, str]
    in_file: dict[str, UnitLevel]
    actor: Actor


class UnitImporter(RowByRow[Units, UnitLine]):
    """The tree of units."""

    kind = ImportKind.UNITS
    permission = RUN
    columns = columns("org_code", "parent_code", "level", "name")
    example = ("32-04-SIP", "32-04", "county", "苏州工业园区学习中心")

    def look(self, setting: Setting, lines: Sequence[Line]) -> Units:
        """Fetch every unit: there are a few thousand in a nation."""
        known = {unit.code: unit for unit in setting.session.scalars(select(Unit))}
        in_file = {}
        for line in lines:
            level = LEVELS.get(line.cells["level"].text.strip().casefold())
            if level is not None:
                in_file[line.cells["org_code"].text.strip()] = level
        return Units(known, {u.id: u.code for u in known.values()}, in_file, setting.actor)

    def read(self, world: Units, line: Line) -> UnitLine:
        """Return the unit a row speaks of."""
        code, parent = line.needed("org_code", most=40), line.text("parent_code")
        level = line.chosen("level", LEVELS)
        above = world.known.get(parent)
        found = above.level if above is not None else world.in_file.get(parent)
        if parent and found is None:
            line.known("parent_code", {}, say("unit"))
        try:
            check_parent(level, found)
        except Refusal as refusal:
            raise WrongCell("parent_code", refusal.sentence) from refusal
        return UnitLine(code, parent, level, line.needed("name"))

    def keys(self, facts: UnitLine) -> Iterable[tuple[str, Hashable]]:
        """A code stands once in a file."""
        return [("org_code", facts.code)]

    def compare(self, world: Units, facts: UnitLine) -> RowVerdict:
        """Return what the row would do; a unit keeps its level and its parent."""
        known = world.known.get(facts.code)
        if known is None:
            above = world.known.get(facts.parent)
            if above is not None and not world.actor.may(RUN, Place(above.path)):
                raise elsewhere("parent_code", facts.parent)
            return RowVerdict.NEW
        if not world.actor.may(RUN, Place(known.path)):
            raise elsewhere("org_code", facts.code)
        parent = world.codes.get(known.parent_id or 0, "")
        if (known.level, parent) != (facts.level, facts.parent):
            raise WrongCell(
                "parent_code", say("The unit has another level or parent here. Found a new one.")
            )
        return RowVerdict.SAME if known.name == facts.name else RowVerdict.CHANGED

    def apply(self, setting: Setting, rows: Sequence[Judged], progress: Progress) -> None:
        """Found new units from the top down, and rename known ones."""
        session, now = setting.session, setting.now
        known = {unit.code: unit for unit in session.scalars(select(Unit))}
        new = to_do(rows, RowVerdict.NEW)
        order = list(UnitLevel)
        for done, row in enumerate(sorted(new, key=lambda r: order.index(r.facts.level)), 1):
            facts: UnitLine = row.facts
            unit = organisation.found_unit(
                session,
                setting.actor,
                code=facts.code,
                name=facts.name,
                level=facts.level,
                parent=known.get(facts.parent),
                now=now,
            )
            known[facts.code] = unit
            row.makes(unit)
            progress(done, len(rows))
        for row in to_do(rows, RowVerdict.CHANGED):
            unit = known[row.facts.code]
            row.before = {"id": unit.id, "name": unit.name}
            organisation.correct_unit(session, setting.actor, unit, name=row.facts.name, now=now)

    def restore(self, setting: Setting, rows: Sequence[Restored], reason: str) -> None:
        """Give units their names of before."""
        for row in rows:
            unit = setting.session.get_one(Unit, row.before["id"])
            organisation.correct_unit(
                setting.session, setting.actor, unit, name=row.before["name"], now=setting.now
            )


@dataclass(frozen=True)
class SiteLine:
    """What a row says of a park or an enterprise; `above` is its unit's or park's code."""

    code: str
    above: str
    name: str
    latitude: Decimal
    longitude: Decimal


def _site(line: Line, code: str, above: str) -> SiteLine:
    latitude, longitude = line.decimal("lat"), line.decimal("lon")
    try:
        check_position(latitude, longitude)
    except Refusal as refusal:
        raise WrongCell("lat", refusal.sentence) from refusal
    return SiteLine(
        line.needed(code, most=40), line.needed(above), line.needed("name"), latitude, longitude
    )


def _is_same_site(site: Park | Enterprise, facts: SiteLine) -> bool:
    return (site.name, site.latitude, site.longitude) == (
        facts.name,
        facts.latitude,
        facts.longitude,
    )


def _correct(setting: Setting, row: Judged, site: Park | Enterprise) -> None:
    row.before = {
        "id": site.id,
        "name": site.name,
        "latitude": str(site.latitude),
        "longitude": str(site.longitude),
    }
    organisation.correct_site(
        setting.session,
        setting.actor,
        site,
        name=row.facts.name,
        latitude=row.facts.latitude,
        longitude=row.facts.longitude,
        now=setting.now,
    )


def _put_back(setting: Setting, row: Restored, site: Park | Enterprise) -> None:
    organisation.correct_site(
        setting.session,
        setting.actor,
        site,
        name=row.before["name"],
        latitude=Decimal(row.before["latitude"]),
        longitude=Decimal(row.before["longitude"]),
        now=setting.now,
    )


@dataclass(frozen=True)
class Sites:
    """Known parks or enterprises, and what they may stand in."""

    units: dict[str, Unit]
    parks: dict[str, tuple[Park, Unit]]
    enterprises: dict[str, Enterprise]
    actor: Actor


def look_at_sites(session: Session, actor: Actor) -> Sites:
    """Fetch units, parks and enterprises: a few thousand in a nation."""
    units = {unit.id: unit for unit in session.scalars(select(Unit))}
    return Sites(
        {unit.code: unit for unit in units.values() if actor.may(RUN, Place(unit.path))},
        {park.code: (park, units[park.unit_id]) for park in session.scalars(select(Park))},
        {each.code: each for each in session.scalars(select(Enterprise))},
        actor,
    )


class ParkImporter(RowByRow[Sites, SiteLine]):
    """Industrial parks."""

    kind = ImportKind.PARKS
    permission = RUN
    columns = columns("park_code", "org_code", "name", "lat", "lon")
    example = ("SIP", "32-04-SIP", "苏州工业园区", "31.324", "120.724")

    def look(self, setting: Setting, lines: Sequence[Line]) -> Sites:
        """Fetch what parks stand in."""
        return look_at_sites(setting.session, setting.actor)

    def read(self, world: Sites, line: Line) -> SiteLine:
        """Return the park a row speaks of."""
        line.known("org_code", world.units, say("unit"))
        return _site(line, "park_code", "org_code")

    def keys(self, facts: SiteLine) -> Iterable[tuple[str, Hashable]]:
        """A code stands once in a file."""
        return [("park_code", facts.code)]

    def compare(self, world: Sites, facts: SiteLine) -> RowVerdict:
        """Return what the row would do; a park keeps its unit."""
        known = world.parks.get(facts.code)
        if known is None:
            return RowVerdict.NEW
        park, unit = known
        if unit.code != facts.above:
            raise elsewhere("park_code", facts.code)
        return RowVerdict.SAME if _is_same_site(park, facts) else RowVerdict.CHANGED

    def apply(self, setting: Setting, rows: Sequence[Judged], progress: Progress) -> None:
        """Add new parks and correct known ones."""
        world = look_at_sites(setting.session, setting.actor)
        for done, row in enumerate(rows, 1):
            facts: SiteLine = row.facts
            if row.verdict is RowVerdict.NEW:
                park = organisation.add_park(
                    setting.session,
                    setting.actor,
                    world.units[facts.above],
                    code=facts.code,
                    name=facts.name,
                    latitude=facts.latitude,
                    longitude=facts.longitude,
                    now=setting.now,
                )
                row.makes(park)
            else:
                _correct(setting, row, world.parks[facts.code][0])
            progress(done, len(rows))

    def restore(self, setting: Setting, rows: Sequence[Restored], reason: str) -> None:
        """Give parks their names and places of before."""
        for row in rows:
            _put_back(setting, row, setting.session.get_one(Park, row.before["id"]))


class EnterpriseImporter(RowByRow[Sites, SiteLine]):
    """Employers in parks."""

    kind = ImportKind.ENTERPRISES
    permission = RUN
    columns = columns("enterprise_code", "park_code", "name", "lat", "lon")
    example = ("SIP-E01", "SIP", "苏州精密机械有限公司", "31.29414", "120.73589")

    def look(self, setting: Setting, lines: Sequence[Line]) -> Sites:
        """Fetch what enterprises stand in."""
        return look_at_sites(setting.session, setting.actor)

    def read(self, world: Sites, line: Line) -> SiteLine:
        """Return the enterprise a row speaks of."""
        mine = {
            code: park for code, (park, unit) in world.parks.items() if unit.code in world.units
        }
        line.known("park_code", mine, say("park"))
        return _site(line, "enterprise_code", "park_code")

    def keys(self, facts: SiteLine) -> Iterable[tuple[str, Hashable]]:
        """A code stands once in a file."""
        return [("enterprise_code", facts.code)]

    def compare(self, world: Sites, facts: SiteLine) -> RowVerdict:
        """Return what the row would do; an enterprise keeps its park."""
        known = world.enterprises.get(facts.code)
        if known is None:
            return RowVerdict.NEW
        if known.park_id != world.parks[facts.above][0].id:
            raise elsewhere("enterprise_code", facts.code)
        return RowVerdict.SAME if _is_same_site(known, facts) else RowVerdict.CHANGED

    def apply(self, setting: Setting, rows: Sequence[Judged], progress: Progress) -> None:
        """Add new enterprises and correct known ones."""
        world = look_at_sites(setting.session, setting.actor)
        for done, row in enumerate(rows, 1):
            facts: SiteLine = row.facts
            if row.verdict is RowVerdict.NEW:
                enterprise = organisation.add_enterprise(
                    setting.session,
                    setting.actor,
                    world.parks[facts.above][0],
                    code=facts.code,
                    name=facts.name,
                    latitude=facts.latitude,
                    longitude=facts.longitude,
                    now=setting.now,
                )
                row.makes(enterprise)
            else:
                _correct(setting, row, world.enterprises[facts.code])
            progress(done, len(rows))

    def restore(self, setting: Setting, rows: Sequence[Restored], reason: str) -> None:
        """Give enterprises their names and places of before."""
        for row in rows:
            _put_back(setting, row, setting.session.get_one(Enterprise, row.before["id"]))
