"""Rooms, how their desks stand, and when they are not for exams."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.organisation.rules import CodeTaken, check_span
from exam_centre.venues.models import Layout, Room, RoomBooking, Seat, Venue
from exam_centre.venues.queries import place_of_room, place_of_venue
from exam_centre.venues.rules import Door, Pattern, RoomKind, check_desks, desk_numbers

Desk = tuple[int, int]  # row from the front, column from the candidates' left, both from 1


def add_room(
    session: Session,
    actor: Actor,
    venue: Venue,
    *,
    code: str,
    kind: RoomKind,
    rows: int,
    columns: int,
    pattern: Pattern,
    door: Door,
    missing: Iterable[Desk] = (),
    wheelchair: Iterable[Desk] = (),
    left_handed: Iterable[Desk] = (),
    name: str = "",
    floor: str = "",
    now: datetime,
) -> Room:
    """Add a room with the first drawing of its desks. Raises CodeTaken, WrongGrid, NoSuchDesk."""
    actor.require(Permission.RUN_VENUE, place_of_venue(session, venue.id))
    if session.scalar(select(exists().where(Room.venue_id == venue.id, Room.code == code))):
        raise CodeTaken(code)
    room = Room(venue_id=venue.id, code=code, name=name or code, floor=floor, kind=kind)
    session.add(room)
    audit.record(session, actor, "venues.room_added", room, now)
    draw_layout(
        session,
        actor,
        room,
        rows=rows,
        columns=columns,
        pattern=pattern,
        door=door,
        missing=missing,
        wheelchair=wheelchair,
        left_handed=left_handed,
        now=now,
    )
    return room


def draw_layout(
    session: Session,
    actor: Actor,
    room: Room,
    *,
    rows: int,
    columns: int,
    pattern: Pattern,
    door: Door,
    missing: Iterable[Desk] = (),
    wheelchair: Iterable[Desk] = (),
    left_handed: Iterable[Desk] = (),
    now: datetime,
) -> Layout:
    """Draw a room's desks anew; who was seated by an earlier drawing keeps that drawing's desk.

    Raises WrongGrid, NoSuchDesk.
    """
    actor.require(Permission.RUN_VENUE, place_of_room(session, room.id))
    gone, wheels, lefts = set(missing), set(wheelchair), set(left_handed)
    check_desks(rows, columns, gone, wheels | lefts)
    newest = select(func.max(Layout.version)).where(Layout.room_id == room.id)
    layout = Layout(
        room_id=room.id,
        version=(session.scalar(newest) or 0) + 1,
        grid_rows=rows,
        grid_columns=columns,
        pattern=pattern,
        door=door,
    )
    session.add(layout)
    session.flush()
    session.add_all(
        Seat(
            layout_id=layout.id,
            grid_row=desk[0],
            grid_column=desk[1],
            number=number,
            wheelchair=desk in wheels,
            left_handed=desk in lefts,
        )
        for desk, number in desk_numbers(rows, columns, pattern, door, gone).items()
    )
    audit.record(session, actor, "venues.layout_drawn", layout, now)
    return layout


def book_room(
    session: Session,
    actor: Actor,
    room: Room,
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    now: datetime,
) -> RoomBooking:
    """Keep a room free of exams for a time, as for a factory meeting. Raises EndsTooEarly."""
    actor.require(Permission.RUN_VENUE, place_of_room(session, room.id))
    check_span(starts_at, ends_at)
    booking = RoomBooking(room_id=room.id, starts_at=starts_at, ends_at=ends_at, reason=reason)
    session.add(booking)
    audit.record(session, actor, "venues.room_booked", booking, now, reason=reason)
    return booking
