"""Venues, rooms and desks that a series may use, as the planner takes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Period, Series
from exam_centre.calendar.queries import place_of_series
from exam_centre.kernel import clock
from exam_centre.organisation.models import Unit
from exam_centre.solver.park import Rooms, Seats, Venues, kilometres
from exam_centre.timetable.queries.columns import degrees, flags, ints
from exam_centre.timetable.rules import CHANGE_MINUTES, KIND_NUMBERS, ROAD_KM_AN_HOUR
from exam_centre.venues.models import Layout, Room, RoomBooking, Seat, Venue
from exam_centre.venues.rules import RoomKind, VenueStatus


class VenueLine(NamedTuple):
    """One approved venue of the series' unit."""

    id: int
    code: str
    unit_id: int
    park_id: int
    latitude: float
    longitude: float
    approved_until: date | None
    time_zone: str


class RoomLine(NamedTuple):
    """One room with its newest layout."""

    id: int
    code: str
    venue_id: int
    kind: RoomKind
    layout_id: int
    rows: int
    columns: int


class SeatLine(NamedTuple):
    """One desk of such a layout."""

    id: int
    room_id: int
    row: int
    column: int
    number: int
    wheelchair: bool
    left_handed: bool


@dataclass(frozen=True)
class Desks:
    """The rows behind the planner's venues, rooms and seats, in the order of their indices."""

    venues: list[VenueLine]
    rooms: list[RoomLine]
    seats: list[SeatLine]
    venue_table: Venues
    room_table: Rooms
    seat_table: Seats
    travel_minutes: NDArray[np.int32]
    bookings: dict[int, list[tuple[datetime, datetime]]]  # of a room, by its id

    @cached_property
    def seat_index(self) -> dict[int, int]:
        """Return {seat id: its index}."""
        return {seat.id: n for n, seat in enumerate(self.seats)}


def read_desks(
    session: Session, series: Series, periods: Sequence[Period], longest: timedelta
) -> Desks:
    """Return every desk of approved venues of the series' unit, four statements for all.

    longest  how long after a period's start a room may still be in use.
    """
    venues = _venues(session, series)
    rooms = _rooms(session, venues)
    seats = _seats(session, rooms)
    bookings = _bookings(session, rooms)
    venue = {line.id: n for n, line in enumerate(venues)}
    room = {line.id: n for n, line in enumerate(rooms)}
    parks = {park_id: n for n, park_id in enumerate(dict.fromkeys(v.park_id for v in venues))}
    venue_table = Venues(
        latitude=degrees([v.latitude for v in venues]),
        longitude=degrees([v.longitude for v in venues]),
        park=ints([parks[v.park_id] for v in venues]),
    )
    return Desks(
        venues=venues,
        rooms=rooms,
        seats=seats,
        venue_table=venue_table,
        room_table=Rooms(
            venue=ints([venue[r.venue_id] for r in rooms]),
            kind=ints([KIND_NUMBERS[r.kind] for r in rooms]),
            rows=ints([r.rows for r in rooms]),
            columns=ints([r.columns for r in rooms]),
            open=_open(venues, rooms, venue, bookings, periods, longest),
        ),
        seat_table=Seats(
            room=ints([room[s.room_id] for s in seats]),
            row=ints([s.row for s in seats]),
            column=ints([s.column for s in seats]),
            number=ints([s.number for s in seats]),
            wheelchair=flags([s.wheelchair for s in seats]),
            left_handed=flags([s.left_handed for s in seats]),
        ),
        travel_minutes=_travel(venue_table),
        bookings=bookings,
    )


def _venues(session: Session, series: Series) -> list[VenueLine]:
    below = place_of_series(session, series.id).unit_path
    rows = session.execute(
        select(
            Venue.id,
            Venue.code,
            Venue.unit_id,
            Venue.park_id,
            Venue.latitude,
            Venue.longitude,
            Venue.approved_until,
            Venue.time_zone,
        )
        .join(Unit, Unit.id == Venue.unit_id)
        .where(Unit.path.startswith(below, autoescape=True), Venue.status == VenueStatus.APPROVED)
    )
    known = [VenueLine(*row[:4], float(row[4]), float(row[5]), *row[6:]) for row in rows]
    return sorted(known, key=lambda venue: venue.code)


def _rooms(session: Session, venues: Sequence[VenueLine]) -> list[RoomLine]:
    newest = (
        select(func.max(Layout.version))
        .where(Layout.room_id == Room.id)
        .correlate(Room)
        .scalar_subquery()
    )
    order = {line.id: n for n, line in enumerate(venues)}
    rows = session.execute(
        select(
            Room.id,
            Room.code,
            Room.venue_id,
            Room.kind,
            Layout.id,
            Layout.grid_rows,
            Layout.grid_columns,
        )
        .join(Layout, Layout.room_id == Room.id)
        .where(Layout.version == newest)
    )
    known = [RoomLine(*row) for row in rows if row[2] in order]
    return sorted(known, key=lambda room: (order[room.venue_id], room.code))


def _seats(session: Session, rooms: Sequence[RoomLine]) -> list[SeatLine]:
    of_layout = {room.layout_id: (n, room.id) for n, room in enumerate(rooms)}
    rows = session.execute(
        select(
            Seat.id,
            Seat.layout_id,
            Seat.grid_row,
            Seat.grid_column,
            Seat.number,
            Seat.wheelchair,
            Seat.left_handed,
        )
    )
    known = [row for row in rows if row[1] in of_layout]
    known.sort(key=lambda row: (of_layout[row[1]][0], row[4]))
    return [SeatLine(row[0], of_layout[row[1]][1], *row[2:]) for row in known]


def _bookings(
    session: Session, rooms: Sequence[RoomLine]
) -> dict[int, list[tuple[datetime, datetime]]]:
    wanted = {room.id for room in rooms}
    bookings: dict[int, list[tuple[datetime, datetime]]] = {}
    for room_id, starts_at, ends_at in session.execute(
        select(RoomBooking.room_id, RoomBooking.starts_at, RoomBooking.ends_at)
    ):
        if room_id in wanted:
            bookings.setdefault(room_id, []).append((starts_at, ends_at))
    return bookings


def _open(
    venues: Sequence[VenueLine],
    rooms: Sequence[RoomLine],
    venue: dict[int, int],
    bookings: dict[int, list[tuple[datetime, datetime]]],
    periods: Sequence[Period],
    longest: timedelta,
) -> NDArray[np.bool_]:
    """Return (R, P) whether a room is for exams: its venue approved that day, and not booked.

    A room booked before the longest paper of the period could be over is closed in it.
    """
    spans = [(p.starts_at, max(p.ends_at, p.starts_at + longest)) for p in periods]
    table = np.ones((len(rooms), len(periods)), dtype=np.bool_)
    for r, room in enumerate(rooms):
        line = venues[venue[room.venue_id]]
        for p, (starts_at, ends_at) in enumerate(spans):
            day = clock.at_venue(starts_at, line.time_zone).date()
            lapsed = line.approved_until is not None and line.approved_until < day
            taken = any(a < ends_at and starts_at < b for a, b in bookings.get(room.id, ()))
            table[r, p] = not (lapsed or taken)
    return table


def _travel(venues: Venues) -> NDArray[np.int32]:
    apart = kilometres(
        venues.latitude[:, None],
        venues.longitude[:, None],
        venues.latitude[None, :],
        venues.longitude[None, :],
    )
    minutes = np.ceil(CHANGE_MINUTES + apart * 60 / ROAD_KM_AN_HOUR).astype(np.int32)
    np.fill_diagonal(minutes, 0)
    return np.maximum(minutes, minutes.T)
