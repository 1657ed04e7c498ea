"""Rooms are picked by a seed that anybody can type again, and the pick stays in the trail."""

import hashlib

import pytest
from sqlalchemy import select

from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.permissions import Role
from exam_centre.overview.queries import names_to_pick, picks_of
from exam_centre.overview.rules import (
    ROOM_PICKED,
    NoRoomsHere,
    SeedTooShort,
    WrongNumberOfRooms,
    pick,
)
from exam_centre.overview.service import pick_rooms
from tests.factories.times import MINUTE, NINE

ROOMS = [f"2026AUT|SIP-V1|{number}|P01" for number in range(101, 131)]


def rooms(make, count: int):
    """Put one person into each of `count` rooms of the home series."""
    for _ in range(count):
        make.placement(room=make.room())


def test_the_same_seed_picks_the_same_rooms_however_they_are_listed():
    assert pick(ROOMS, 5, "642153") == pick(reversed(ROOMS), 5, "642153")
    assert pick(ROOMS, 5, "642153") != pick(ROOMS, 5, "642154")
    assert pick(ROOMS, 3, "642153") == pick(ROOMS, 5, "642153")[:3]


def test_an_auditor_with_a_hash_program_comes_to_the_same_room():
    def lot(name: str) -> str:
        return hashlib.sha256(b"642153|" + name.encode()).hexdigest()

    assert pick(ROOMS, 1, "642153") == [min(ROOMS, key=lot)]


def test_a_pick_stands_in_the_trail_at_each_room(session, make):
    rooms(make, 4)
    auditor, series = make.actor(Role.AUDITOR), make.home_series()

    picked = pick_rooms(session, auditor, series, seed="642153", count=2, now=NINE)
    pick_rooms(session, auditor, series, seed="111111", count=1, now=NINE + MINUTE)

    rows = session.scalars(select(AuditRow).where(AuditRow.act == ROOM_PICKED)).all()
    assert [row.reason for row in rows] == ["642153", "642153", "111111"]
    newest, first = picks_of(session, auditor, series.id)
    assert (newest.seed, first.seed, first.name) == ("111111", "642153", auditor.name)
    assert [spot.room_session_id for spot in first.rooms] == [row.id for row in picked]
    names = names_to_pick(session, auditor, series.id)
    assert [names[name] for name in pick(names, 2, "642153")] == [row.id for row in picked]


def test_only_rooms_in_reach_are_picked(session, make):
    rooms(make, 3)
    venue = make.venue()
    mine = make.placement(room=make.room(venue))
    auditor = make.actor(Role.AUDITOR, venue=venue)

    picked = pick_rooms(session, auditor, make.home_series(), seed="642153", count=4, now=NINE)

    assert [row.id for row in picked] == [mine.room_session_id]
    assert picks_of(session, make.actor(Role.AUDITOR, venue=make.home_venue()), 1) == []


def test_a_seed_of_a_few_characters_and_too_many_rooms_are_refused(session, make):
    auditor, series = make.actor(Role.AUDITOR), make.home_series()

    with pytest.raises(NoRoomsHere):
        pick_rooms(session, auditor, series, seed="642153", count=1, now=NINE)
    with pytest.raises(SeedTooShort):
        pick_rooms(session, auditor, series, seed="64215", count=1, now=NINE)
    for count in (0, 51):
        with pytest.raises(WrongNumberOfRooms):
            pick_rooms(session, auditor, series, seed="642153", count=count, now=NINE)
    with pytest.raises(Forbidden):
        pick_rooms(session, make.actor(Role.CHIEF), series, seed="642153", count=1, now=NINE)
