"""What a planner looks for in a finished plan: bounds of the pictures, and kinds of clashes."""

from enum import StrEnum

NEAR_MINUTES = 60  # a shorter pause between two papers of one person is worth a look
FULL_DAY = 3  # so many papers of one person on one day are worth a look
KILOMETRE_STEPS = (2, 5, 10, 20, 40, 80)  # where one column of the journeys ends, the next begins
FILL_STEPS = (20, 40, 60, 80, 99)  # the same for how full rooms are, in per cent


class ClashKind(StrEnum):
    """Why somebody's papers are worth a look, the worst first."""

    VIOLATION = "violation"  # the independent check objects
    HELD_OVER = "held_over"  # two papers of one period, one after the other
    NEAR = "near"  # a pause under NEAR_MINUTES
    VENUES = "venues"  # two venues on one day
    FULL_DAY = "full_day"


class GridBy(StrEnum):
    """What stands down the side of a plan's grid."""

    VENUE = "venue"
    ROOM = "room"
    PAPER = "paper"
    STAFF = "staff"


class GridColour(StrEnum):
    """What the cells of a plan's grid are coloured by."""

    FILL = "fill"
    CLASH = "clash"


def step_of(value: float, steps: tuple[int, ...]) -> int:
    """Return in which column of a picture a value stands: 0 up to the first step, and so on."""
    return sum(value > step for step in steps)
