"""Rooms have desks with numbers that stay when a desk goes, and times that are not for exams."""

import pytest

from exam_centre.kernel.errors import Forbidden, NotFound
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import CodeTaken, EndsTooEarly
from exam_centre.venues import queries, service
from exam_centre.venues.rules import Door, NoSuchDesk, Pattern, RoomKind, WrongGrid, check_desks
from tests.factories.times import HOUR, MINUTE, NINE


def drawing(**facts):
    usual = {"rows": 3, "columns": 2, "pattern": Pattern.S, "door": Door.FRONT_LEFT, "now": NINE}
    return usual | facts


def add_room(session, make, code="204", venue=None, **facts):
    venue = venue or make.home_venue()
    manager = make.actor(Role.VENUE_MANAGER, venue=venue)
    wanted = drawing(**facts)
    return service.add_room(session, manager, venue, code=code, kind=RoomKind.STANDARD, **wanted)


def test_a_desk_that_is_missing_leaves_its_number_unused(session, make):
    room = add_room(session, make, missing=[(3, 1)], wheelchair=[(1, 1)], left_handed=[(2, 2)])

    seats = queries.seats_of(session, room.id)

    assert [seat.number for seat in seats] == [1, 2, 4, 5, 6]
    assert [(s.grid_row, s.grid_column) for s in seats][2] == (3, 2)
    assert [seat.number for seat in seats if seat.wheelchair] == [1]
    assert [seat.number for seat in seats if seat.left_handed] == [5]


def test_a_new_drawing_counts_and_the_old_desks_stay_for_who_was_seated_there(session, make):
    room = add_room(session, make)
    old = queries.seats_of(session, room.id)
    manager = make.actor(Role.VENUE_MANAGER, venue=make.home_venue())

    layout = service.draw_layout(session, manager, room, **drawing(rows=1))

    assert layout.version == 2
    assert queries.layout_of(session, room.id) is layout
    assert [seat.number for seat in queries.seats_of(session, room.id)] == [1, 2]
    assert all(make.session.get(type(seat), seat.id) for seat in old)


def test_desks_of_many_rooms_come_in_one_look(session, make):
    rooms = [make.room(rows=2, columns=2), make.room(rows=1, columns=3)]

    seats = queries.seats_of_rooms(session, [room.id for room in rooms])

    assert [len(seats[room.id]) for room in rooms] == [4, 3]
    assert {room.id for room in queries.rooms_of(session, [make.home_venue().id])} == set(seats)


@pytest.mark.parametrize(
    ("rows", "columns", "missing", "special", "refusal"),
    [
        (0, 5, [], [], WrongGrid),
        (41, 5, [], [], WrongGrid),
        (1, 2, [(1, 1), (1, 2)], [], WrongGrid),
        (2, 2, [(3, 1)], [], NoSuchDesk),
        (2, 2, [], [(1, 0)], NoSuchDesk),
        (2, 2, [(1, 1)], [(1, 1)], NoSuchDesk),
    ],
)
def test_a_drawing_that_is_no_room_is_refused(rows, columns, missing, special, refusal):
    check_desks(2, 2, [(1, 1)], [(1, 2)])
    with pytest.raises(refusal):
        check_desks(rows, columns, missing, special)


def test_a_room_code_is_taken_within_its_venue_alone(session, make):
    add_room(session, make)

    with pytest.raises(CodeTaken):
        add_room(session, make)
    assert add_room(session, make, venue=make.venue())


def test_the_manager_of_one_venue_changes_no_other(session, make):
    mine, other = make.venue(), make.venue()
    manager, room = make.actor(Role.VENUE_MANAGER, venue=mine), make.room(other)

    with pytest.raises(Forbidden):
        service.draw_layout(session, manager, room, **drawing())
    with pytest.raises(NotFound):
        queries.access_venue(session, manager, other.token)
    with pytest.raises(NotFound):
        queries.access_room(session, manager, room.token)
    assert queries.access_venue(session, manager, mine.token) is mine


def test_a_role_in_one_room_reaches_that_room_alone(session, make):
    venue = make.venue()
    mine, other = make.room(venue, rows=1, columns=1), make.room(venue, rows=1, columns=1)
    invigilator = make.actor(Role.INVIGILATOR, venue=venue, room=mine)

    assert queries.access_room(session, invigilator, mine.token) is mine
    with pytest.raises(NotFound):
        queries.access_room(session, invigilator, other.token)
    with pytest.raises(NotFound):
        queries.access_venue(session, invigilator, venue.token)
    place = queries.place_of_room(session, mine.id)
    assert (place.venue_id, place.room_id) == (venue.id, mine.id)


def test_a_booking_is_found_where_it_overlaps_and_not_where_it_touches(session, make):
    venue = make.home_venue()
    room, other = make.room(venue, rows=1, columns=1), make.room(venue, rows=1, columns=1)
    manager = make.actor(Role.VENUE_MANAGER, venue=venue)
    span = {"starts_at": NINE, "ends_at": NINE + HOUR, "reason": "union meeting", "now": NINE}
    booking = service.book_room(session, manager, room, **span)

    def found(start, end):
        return queries.bookings_of(session, [room.id, other.id], start, end)

    assert found(NINE + 59 * MINUTE, NINE + 2 * HOUR) == [booking]
    assert found(NINE + HOUR, NINE + 2 * HOUR) == found(NINE - HOUR, NINE) == []
    with pytest.raises(EndsTooEarly):
        service.book_room(session, manager, room, **span | {"ends_at": NINE})
