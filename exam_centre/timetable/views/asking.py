"""What pictures of a plan are asked for by their address, and the words of the choices."""

from enum import StrEnum
from typing import TypeVar

from flask import request

from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.rules import ClashKind, GridBy, GridColour

Choice = TypeVar("Choice", bound=StrEnum)

GRID_BY_WORDS: dict[GridBy, Sentence] = {
    GridBy.VENUE: say("Venues"),
    GridBy.ROOM: say("Rooms"),
    GridBy.PAPER: say("Papers"),
    GridBy.STAFF: say("Staff"),
}
GRID_COLOUR_WORDS: dict[GridColour, Sentence] = {
    GridColour.FILL: say("How full it is"),
    GridColour.CLASH: say("Whose papers are worth a look"),
}
CLASH_WORDS: dict[ClashKind, Sentence] = {
    ClashKind.VIOLATION: say("Breaks a rule"),
    ClashKind.HELD_OVER: say("Held over"),
    ClashKind.NEAR: say("Too near"),
    ClashKind.VENUES: say("Two venues on a day"),
    ClashKind.FULL_DAY: say("Three papers or more on a day"),
}


def asked_of(kind: type[Choice], name: str, otherwise: Choice) -> Choice:
    """Return the choice the address names, `otherwise` where it names none that there is."""
    try:
        return kind(request.args.get(name, otherwise))
    except ValueError:
        return otherwise
