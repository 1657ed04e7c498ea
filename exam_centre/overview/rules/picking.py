"""Rooms picked at random for an audit: the same seed picks the same rooms, for anybody."""

import hashlib
from collections.abc import Iterable

from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.sentences import say

MOST_ROOMS = 50  # rooms in one pick
SHORTEST_SEED = 6  # characters


class SeedTooShort(BadInput):
    """A seed that somebody could have tried out at a glance."""

    code = "seed_too_short"

    def __init__(self) -> None:
        super().__init__(
            say("Type at least {count} characters: throw dice for them.", count=SHORTEST_SEED)
        )


class WrongNumberOfRooms(BadInput):
    """No room, or more than anybody visits."""

    code = "wrong_number_of_rooms"

    def __init__(self) -> None:
        super().__init__(say("Pick 1 to {most} rooms.", most=MOST_ROOMS))


class NoRoomsHere(BadInput):
    """The series has no room in reach, so there is nothing to pick from."""

    code = "no_rooms_here"

    def __init__(self) -> None:
        super().__init__(say("Nobody is seated in a room of this series within your reach yet."))


def check_pick(seed: str, count: int) -> None:
    """Raise SeedTooShort or WrongNumberOfRooms."""
    if len(seed) < SHORTEST_SEED:
        raise SeedTooShort
    if not 1 <= count <= MOST_ROOMS:
        raise WrongNumberOfRooms


def pick(names: Iterable[str], count: int, seed: str) -> list[str]:
    """Return `count` of the names, those whose SHA-256 of "seed|name" comes first, in that order.

    A name is made of what stands on doors and plans, never of a row's number: an auditor with
    paper and a hash program comes to the same rooms.
    """
    return sorted(set(names), key=lambda name: (_lot(name, seed), name))[:count]


def _lot(name: str, seed: str) -> str:
    return hashlib.sha256(f"{seed}|{name}".encode()).hexdigest()
