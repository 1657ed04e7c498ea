"""The words of the audit trail, what is wrong where it is not whole, and the picking of rooms."""

from exam_centre.overview.rules.acts import ACT_WORDS, KIND_WORDS, act_words, kind_of
from exam_centre.overview.rules.figures import FIGURES
from exam_centre.overview.rules.findings import MEANINGS, Meaning, meaning_of
from exam_centre.overview.rules.picking import (
    MOST_ROOMS,
    SHORTEST_SEED,
    NoRoomsHere,
    SeedTooShort,
    WrongNumberOfRooms,
    check_pick,
    pick,
)

ROOM_PICKED = "overview.room_picked"
TRAIL_BROKEN = "overview.trail_broken"
TRAIL_WHOLE = "overview.trail_whole"

__all__ = [
    "ACT_WORDS",
    "FIGURES",
    "KIND_WORDS",
    "MEANINGS",
    "MOST_ROOMS",
    "ROOM_PICKED",
    "SHORTEST_SEED",
    "TRAIL_BROKEN",
    "TRAIL_WHOLE",
    "Meaning",
    "NoRoomsHere",
    "SeedTooShort",
    "WrongNumberOfRooms",
    "act_words",
    "check_pick",
    "kind_of",
    "meaning_of",
    "pick",
]
