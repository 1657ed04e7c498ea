"""The rooms of venues, and how their desks stand, as files."""

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

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
)
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.venues import service as venues
from exam_centre.venues.models import Layout, Room, Seat, Venue
from exam_centre.venues.queries import layout_of, rooms_of, seats_of, seats_of_rooms
from exam_centre.venues.rules import Door, Pattern, RoomKind, check_desks

Desk = tuple[int, int]

ROOM_KINDS = {kind.value: kind for kind in RoomKind} | {
    "普通": RoomKind.STANDARD,
    "机房": RoomKind.COMPUTER,
    "实训": RoomKind.WORKSHOP,
}
PATTERNS = {pattern.value.casefold(): pattern for pattern in Pattern}
DOORS = {door.value: door for door in Door} | {
    "左前": Door.FRONT_LEFT,
    "右前": Door.FRONT_RIGHT,
}
FEATURES = {
    "wheelchair": "wheelchair",
    "轮椅": "wheelchair",
    "left-handed": "left_handed",
    "左手": "left_handed",
}
DESK = re.compile(r"([0-9]{1,2})-([0-9]{1,2})")


@dataclass(frozen=True)
class Drawing:
    """How a room's desks stand."""

    rows: int
    columns: int
    pattern: Pattern
    door: Door
    missing: frozenset[Desk]
    wheelchair: frozenset[Desk]
    left_handed: frozenset[Desk]

    def as_words(self) -> dict[str, Any]:
        """Return the drawing as plain words, to be kept with the row."""
        return {
            "rows": self.rows,
            "columns": self.columns,
            "pattern": self.pattern.value,
            "door": self.door.value,
            "missing": sorted(self.missing),
            "wheelchair": sorted(self.wheelchair),
            "left_handed": sorted(self.left_handed),
        }

    def as_facts(self) -> dict[str, Any]:
        """Return the drawing as the services take it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def drawing_of(words: dict[str, Any]) -> Drawing:
    """Return the drawing that was kept as plain words."""
    desks = {
        name: frozenset((desk[0], desk[1]) for desk in words[name])
        for name in ("missing", "wheelchair", "left_handed")
    }
    return Drawing(
        words["rows"], words["columns"], Pattern(words["pattern"]), Door(words["door"]), **desks
    )


def drawn(layout: Layout, seats: Iterable[Seat]) -> Drawing:
    """Return a known layout as a drawing."""
    desks = {(seat.grid_row, seat.grid_column): seat for seat in seats}
    grid = {
        (row, column)
        for row in range(1, layout.grid_rows + 1)
        for column in range(1, layout.grid_columns + 1)
    }
    return Drawing(
        layout.grid_rows,
        layout.grid_columns,
        layout.pattern,
        layout.door,
        frozenset(grid - set(desks)),
        frozenset(desk for desk, seat in desks.items() if seat.wheelchair),
        frozenset(desk for desk, seat in desks.items() if seat.left_handed),
    )


@dataclass(frozen=True)
class RoomLine:
    """What a row says of a room."""

    venue: Venue
    code: str
    floor: str
    kind: RoomKind
    drawing: Drawing


@dataclass(frozen=True)
class Rooms:
    """The venues whose rooms the actor runs, and their rooms as they are drawn now."""

    venues: dict[str, Venue]
    known: dict[tuple[int, str], tuple[Room, Drawing]]


class RoomImporter(RowByRow[Rooms, RoomLine]):
    """Rooms and how their desks stand. The capacity must be the number of desks that results."""

    kind = ImportKind.ROOMS
    permission = Permission.RUN_VENUE
    columns = columns(
        "venue_code", "room_code", "type", "rows", "cols", "pattern", "capacity", "door",
        optional=("floor", "blocked", "attributes"),
    )  # fmt: skip
    example = (
        "SIP-V1", "101", "standard", "6", "5", "S", "29", "front-left", "1", "6-5",
        "wheelchair;left-handed",
    )  # fmt: skip

    def look(self, setting: Setting, lines: Sequence[Line]) -> Rooms:
        """Fetch the named venues and all their rooms."""
        session = setting.session
        found = _venues_run_by(
            session, setting.actor, {line.cells["venue_code"].text.strip() for line in lines}
        )
        rooms = rooms_of(session, [venue.id for venue in found.values()])
        seats = seats_of_rooms(session, [room.id for room in rooms])
        layouts: dict[int, Layout] = {}
        wanted = Layout.room_id.in_([room.id for room in rooms])
        for layout in session.scalars(select(Layout).where(wanted).order_by(Layout.version)):
            layouts[layout.room_id] = layout
        return Rooms(
            found,
            {
                (room.venue_id, room.code): (room, drawn(layouts[room.id], seats.get(room.id, [])))
                for room in rooms
            },
        )

    def read(self, world: Rooms, line: Line) -> RoomLine:
        """Return the room a row speaks of."""
        venue = line.known("venue_code", world.venues, say("venue"))
        kind = line.chosen("type", ROOM_KINDS)
        drawing = _drawing(line, kind)
        capacity = line.whole("capacity")
        desks = drawing.rows * drawing.columns - len(drawing.missing)
        if capacity != desks:
            raise WrongCell(
                "capacity",
                say(
                    "The drawing has {desks} desks, the capacity is {capacity}. "
                    "Correct rows, columns, missing desks or the capacity.",
                    desks=desks,
                    capacity=capacity,
                ),
            )
        return RoomLine(
            venue, line.needed("room_code", most=40), line.text("floor", most=20), kind, drawing
        )

    def keys(self, facts: RoomLine) -> Iterable[tuple[str, Hashable]]:
        """A venue has a code once."""
        return [("room_code", (facts.venue.id, facts.code))]

    def compare(self, world: Rooms, facts: RoomLine) -> RowVerdict:
        """Return what the row would do."""
        known = world.known.get((facts.venue.id, facts.code))
        if known is None:
            return RowVerdict.NEW
        room, drawing = known
        same = (room.kind, room.floor, drawing) == (facts.kind, facts.floor, facts.drawing)
        return RowVerdict.SAME if same else RowVerdict.CHANGED

    def apply(self, setting: Setting, rows: Sequence[Judged], progress: Progress) -> None:
        """Add new rooms; correct known ones and draw their desks anew where they differ."""
        session, actor, now = setting.session, setting.actor, setting.now
        for done, row in enumerate(rows, 1):
            facts: RoomLine = row.facts
            if row.verdict is RowVerdict.NEW:
                room = venues.add_room(
                    session,
                    actor,
                    facts.venue,
                    code=facts.code,
                    kind=facts.kind,
                    floor=facts.floor,
                    now=now,
                    **facts.drawing.as_facts(),
                )
                row.makes(room)
            else:
                found = select(Room).filter_by(venue_id=facts.venue.id, code=facts.code)
                room = session.scalars(found).one()
                old = drawn(layout_of(session, room.id), seats_of(session, room.id))
                row.before = {
                    "id": room.id,
                    "kind": room.kind.value,
                    "floor": room.floor,
                    "drawing": old.as_words(),
                }
                _correct(setting, room, facts.kind, facts.floor, old, facts.drawing)
            progress(done, len(rows))

    def restore(self, setting: Setting, rows: Sequence[Restored], reason: str) -> None:
        """Draw rooms as before, as their next drawing."""
        for row in rows:
            room = setting.session.get_one(Room, row.before["id"])
            now = drawn(layout_of(setting.session, room.id), seats_of(setting.session, room.id))
            _correct(
                setting,
                room,
                RoomKind(row.before["kind"]),
                row.before["floor"],
                now,
                drawing_of(row.before["drawing"]),
            )


def _correct(
    setting: Setting, room: Room, kind: RoomKind, floor: str, old: Drawing, new: Drawing
) -> None:
    session, actor, now = setting.session, setting.actor, setting.now
    if (room.kind, room.floor) != (kind, floor):
        venues.correct_room(session, actor, room, kind=kind, floor=floor, now=now)
    if old != new:
        venues.draw_layout(session, actor, room, now=now, **new.as_facts())


def _venues_run_by(session: Session, actor: Actor, codes: set[str]) -> dict[str, Venue]:
    rows = session.execute(
        select(Venue, Unit.path).join(Unit, Unit.id == Venue.unit_id).where(Venue.code.in_(codes))
    )
    return {
        venue.code: venue
        for venue, path in rows
        if actor.may(Permission.RUN_VENUE, Place(path, venue_id=venue.id))
    }


def _drawing(line: Line, kind: RoomKind) -> Drawing:
    """Read how a room's desks stand.

    A feature without desks of its own, as in "wheelchair", means the desks that such rooms have
    for it: wheelchairs fit the front row, and the left-handed need a desk at the left wall, or a
    table without a side, as computer rooms and workshops have.
    """
    rows, across = line.whole("rows"), line.whole("cols")
    missing = frozenset(_desk("blocked", word) for word in line.several("blocked"))
    special: dict[str, set[Desk]] = {"wheelchair": set(), "left_handed": set()}
    usual = {
        "wheelchair": {(1, column) for column in range(1, across + 1)},
        "left_handed": {(row, 1) for row in range(1, rows + 1)},
    }
    for word in line.several("attributes"):
        name, _, desk = word.partition(":")
        feature = FEATURES.get(name.casefold())
        if feature is None:
            raise WrongCell(
                "attributes",
                say("{text} is not known here. Write one of: {words}.", text=name,
                    words=", ".join(FEATURES)),
            )  # fmt: skip
        special[feature] |= {_desk("attributes", desk)} if desk else usual[feature] - missing
    if kind is not RoomKind.STANDARD:
        special["left_handed"] = {
            (row, column) for row in range(1, rows + 1) for column in range(1, across + 1)
        } - missing
    try:
        check_desks(rows, across, missing, special["wheelchair"] | special["left_handed"])
    except Refusal as refusal:
        raise WrongCell("rows" if refusal.code == "wrong_grid" else "blocked",
                        refusal.sentence) from refusal  # fmt: skip
    return Drawing(
        rows,
        across,
        line.chosen("pattern", PATTERNS),
        line.chosen("door", DOORS),
        missing,
        frozenset(special["wheelchair"]),
        frozenset(special["left_handed"]),
    )


def _desk(column: str, word: str) -> Desk:
    found = DESK.fullmatch(word)
    if found is None:
        raise WrongCell(
            column, say("{text} is no desk. Write row and column, like 3-5.", text=word)
        )
    return int(found[1]), int(found[2])
