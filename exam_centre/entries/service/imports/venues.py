"""Venues that headquarters approved, as files."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from exam_centre.entries.rules import ImportKind, RowVerdict
from exam_centre.entries.service.imports.cells import Line, WrongCell
from exam_centre.entries.service.imports.columns import columns
from exam_centre.entries.service.imports.importers import (
    Judged,
    Progress,
    Restored,
    RowByRow,
    Setting,
)
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Park, Unit
from exam_centre.organisation.rules import CodeTaken, check_position
from exam_centre.venues import service as venues
from exam_centre.venues.models import Venue
from exam_centre.venues.rules import VenueKind

KINDS = {
    "formal": VenueKind.FORMAL,
    "temporary": VenueKind.TEMPORARY,
    "正式": VenueKind.FORMAL,
    "正式考点": VenueKind.FORMAL,
    "临时": VenueKind.TEMPORARY,
    "临时考点": VenueKind.TEMPORARY,
}


@dataclass(frozen=True)
class VenueLine:
    """What a row says of a venue."""

    code: str
    park: Park
    name: str
    kind: VenueKind
    latitude: Decimal
    longitude: Decimal


@dataclass(frozen=True)
class Venues:
    """All parks, and the known venues that the file names."""

    parks: dict[str, Park]
    known: dict[str, Venue]


class VenueImporter(RowByRow[Venues, VenueLine]):
    """Venues on headquarters' list of approved ones; each is recorded by an act of its own."""

    kind = ImportKind.VENUES
    permission = Permission.REVIEW_VENUE
    columns = columns("venue_code", "park_code", "name", "kind", "lat", "lon")
    example = ("SIP-V1", "SIP", "苏州工业园区考点", "formal", "31.33657", "120.69307")

    def look(self, setting: Setting, lines: Sequence[Line]) -> Venues:
        """Fetch parks and the named venues."""
        named = {line.cells["venue_code"].text.strip() for line in lines}
        found = setting.session.scalars(select(Venue).where(Venue.code.in_(named)))
        return Venues(
            {park.code: park for park in setting.session.scalars(select(Park))},
            {venue.code: venue for venue in found},
        )

    def read(self, world: Venues, line: Line) -> VenueLine:
        """Return the venue a row speaks of."""
        latitude, longitude = line.decimal("lat"), line.decimal("lon")
        try:
            check_position(latitude, longitude)
        except Refusal as refusal:
            raise WrongCell("lat", refusal.sentence) from refusal
        return VenueLine(
            line.needed("venue_code", most=40),
            line.known("park_code", world.parks, say("park")),
            line.needed("name"),
            line.chosen("kind", KINDS),
            latitude,
            longitude,
        )

    def keys(self, facts: VenueLine) -> Iterable[tuple[str, Hashable]]:
        """A code stands once in a file."""
        return [("venue_code", facts.code)]

    def compare(self, world: Venues, facts: VenueLine) -> RowVerdict:
        """Return what the row would do; a venue keeps its park."""
        known = world.known.get(facts.code)
        if known is None:
            return RowVerdict.NEW
        if known.park_id != facts.park.id:
            raise WrongCell("venue_code", CodeTaken(facts.code).sentence)
        same = (known.name, known.kind, known.latitude, known.longitude) == (
            facts.name,
            facts.kind,
            facts.latitude,
            facts.longitude,
        )
        return RowVerdict.SAME if same else RowVerdict.CHANGED

    def apply(self, setting: Setting, rows: Sequence[Judged], progress: Progress) -> None:
        """Record new venues as approved, and correct known ones."""
        session, actor, now = setting.session, setting.actor, setting.now
        for done, row in enumerate(rows, 1):
            facts: VenueLine = row.facts
            described: dict[str, Any] = {
                "name": facts.name,
                "kind": facts.kind,
                "latitude": facts.latitude,
                "longitude": facts.longitude,
            }
            if row.verdict is RowVerdict.NEW:
                unit = session.get_one(Unit, facts.park.unit_id)
                venue = venues.record_approved(
                    session,
                    actor,
                    unit,
                    facts.park,
                    code=facts.code,
                    reason=setting.file_name,
                    now=now,
                    **described,
                )
                row.makes(venue)
            else:
                venue = session.scalars(select(Venue).where(Venue.code == facts.code)).one()
                row.before = {
                    "id": venue.id,
                    "name": venue.name,
                    "kind": venue.kind.value,
                    "latitude": str(venue.latitude),
                    "longitude": str(venue.longitude),
                }
                venues.correct_venue(session, actor, venue, now=now, **described)
            progress(done, len(rows))

    def restore(self, setting: Setting, rows: Sequence[Restored], reason: str) -> None:
        """Keep about venues what was kept before."""
        for row in rows:
            venues.correct_venue(
                setting.session,
                setting.actor,
                setting.session.get_one(Venue, row.before["id"]),
                name=row.before["name"],
                kind=VenueKind(row.before["kind"]),
                latitude=Decimal(row.before["latitude"]),
                longitude=Decimal(row.before["longitude"]),
                now=setting.now,
            )
