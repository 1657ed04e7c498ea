"""Builders of units, parks, enterprises, shifts, venues, rooms and seats."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.kernel.sealing import Seal
from exam_centre.organisation.models import Enterprise, Park, Shift, Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.venues.models import Layout, Room, RoomBooking, Seat, Venue
from exam_centre.venues.rules import (
    Door,
    Pattern,
    RoomKind,
    VenueKind,
    VenueStatus,
    desk_numbers,
)
from tests.factories.builder import TEST_SEAL, Builder
from tests.factories.times import HOUR, NINE

SUZHOU = {"latitude": Decimal("31.32420"), "longitude": Decimal("120.71930")}
ABOVE = {
    UnitLevel.PROVINCIAL: UnitLevel.NATIONAL,
    UnitLevel.PREFECTURAL: UnitLevel.PROVINCIAL,
    UnitLevel.COUNTY: UnitLevel.PREFECTURAL,
}


class PlacesMixin(Builder):
    """Where things happen. Without a word on where, all of it is in one county and one park."""

    def __init__(self, session: Session, seal: Seal = TEST_SEAL) -> None:
        super().__init__(session, seal)
        self._homes: dict[UnitLevel, Unit] = {}
        self._home_park: Park | None = None
        self._home_enterprise: Enterprise | None = None
        self._home_venue: Venue | None = None
        self._seats_given: dict[int, int] = {}

    def unit(
        self, level: UnitLevel = UnitLevel.COUNTY, parent: Unit | None = None, **fields: Any
    ) -> Unit:
        """A new unit, under the home unit one level up unless `parent` is given."""
        n = self.number()
        if parent is None and level in ABOVE:
            parent = self.home(ABOVE[level])
        defaults = {
            "code": f"U{n}",
            "name": f"Unit {n}",
            "level": level,
            "parent_id": parent.id if parent else None,
            "path": f"new {n}",  # the path holds the id, which the database gives
        }
        unit = self.save(Unit(**defaults | fields))
        unit.path = f"{parent.path if parent else '/'}{unit.id}/"
        return self.save(unit)

    def home(self, level: UnitLevel = UnitLevel.COUNTY) -> Unit:
        """The one unit of `level` that everything belongs to by default."""
        if level not in self._homes:
            self._homes[level] = self.unit(level)
        return self._homes[level]

    def park(self, unit: Unit | None = None, **fields: Any) -> Park:
        """A new park of `unit`."""
        n = self.number()
        defaults = {
            "code": f"PARK{n}",
            "name": f"Park {n}",
            "unit_id": (unit or self.home()).id,
            **SUZHOU,
        }
        return self.save(Park(**defaults | fields))

    def home_park(self) -> Park:
        """The park that everything is in by default."""
        self._home_park = self._home_park or self.park()
        return self._home_park

    def enterprise(self, park: Park | None = None, **fields: Any) -> Enterprise:
        """A new enterprise in `park`."""
        n = self.number()
        defaults = {
            "code": f"E{n}",
            "name": f"Enterprise {n}",
            "park_id": (park or self.home_park()).id,
            **SUZHOU,
        }
        return self.save(Enterprise(**defaults | fields))

    def home_enterprise(self) -> Enterprise:
        """The enterprise that people work for by default."""
        self._home_enterprise = self._home_enterprise or self.enterprise()
        return self._home_enterprise

    def shift(self, enterprise: Enterprise | None = None, **fields: Any) -> Shift:
        """Eight hours of team C from nine o'clock."""
        starts_at = fields.get("starts_at", NINE)
        defaults = {
            "enterprise_id": (enterprise or self.home_enterprise()).id,
            "team": "" if fields.get("work_no") else "C",
            "work_no": "",
            "starts_at": starts_at,
            "ends_at": starts_at + 8 * HOUR,
        }
        return self.save(Shift(**defaults | fields))

    def venue(self, unit: Unit | None = None, park: Park | None = None, **fields: Any) -> Venue:
        """A new approved, formal venue in a park of `unit`."""
        n = self.number()
        if park is None:
            park = self.park(unit=unit) if unit else self.home_park()
        defaults = {
            "code": f"V{n}",
            "name": f"Venue {n}",
            "unit_id": unit.id if unit else park.unit_id,
            "park_id": park.id,
            "kind": VenueKind.FORMAL,
            "status": VenueStatus.APPROVED,
            **SUZHOU,
        }
        return self.save(Venue(**defaults | fields))

    def home_venue(self) -> Venue:
        """The venue that rooms are in by default."""
        self._home_venue = self._home_venue or self.venue()
        return self._home_venue

    def room(
        self,
        venue: Venue | None = None,
        kind: RoomKind = RoomKind.STANDARD,
        *,
        rows: int = 6,
        columns: int = 5,
        pattern: Pattern = Pattern.S,
        door: Door = Door.FRONT_LEFT,
        missing: Iterable[tuple[int, int]] = (),
        wheelchair: Iterable[tuple[int, int]] = (),
        left_handed: Iterable[tuple[int, int]] = (),
        **fields: Any,
    ) -> Room:
        """A new room with layout version 1 and its seats: 30 desks unless told otherwise.

        missing, wheelchair, left_handed  desks as (row, column), row 1 in front.
        """
        n = self.number()
        defaults = {
            "venue_id": (venue or self.home_venue()).id,
            "code": f"{n}",
            "name": f"Room {n}",
            "floor": "2",
            "kind": kind,
        }
        room = self.save(Room(**defaults | fields))
        layout = self.save(
            Layout(
                room_id=room.id,
                version=1,
                grid_rows=rows,
                grid_columns=columns,
                pattern=pattern,
                door=door,
            )
        )
        wheels, lefts = set(wheelchair), set(left_handed)
        desks = desk_numbers(rows, columns, pattern, door, missing)
        self.session.add_all(
            Seat(
                layout_id=layout.id,
                grid_row=desk[0],
                grid_column=desk[1],
                number=number,
                wheelchair=desk in wheels,
                left_handed=desk in lefts,
            )
            for desk, number in desks.items()
        )
        self.session.flush()
        return room

    def seat(self, room: Room | None = None, number: int | None = None) -> Seat:
        """A desk of the room: the one with `number`, or the next one not given out before."""
        room = room or self.room()
        after = self._seats_given.get(room.id, 0)
        seats = (
            select(Seat).join(Layout, Layout.id == Seat.layout_id).where(Layout.room_id == room.id)
        )
        seats = seats.order_by(Layout.version.desc(), Seat.number)
        wanted = Seat.number > after if number is None else Seat.number == number
        seat = self.session.scalars(seats.where(wanted)).first()
        if seat is None:
            raise ValueError(f"room {room.code} has no further seat")
        if number is None:
            self._seats_given[room.id] = seat.number
        return seat

    def booking(self, room: Room | None = None, **fields: Any) -> RoomBooking:
        """Two hours from nine in which a room is not for exams."""
        starts_at = fields.get("starts_at", NINE)
        defaults = {
            "room_id": (room or self.room()).id,
            "starts_at": starts_at,
            "ends_at": starts_at + 2 * HOUR,
            "reason": "fire drill",
        }
        return self.save(RoomBooking(**defaults | fields))
