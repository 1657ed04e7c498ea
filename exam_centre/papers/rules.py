"""How a paper is sat, and how its parts become a composite."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import StrEnum


class Mode(StrEnum):
    """How a paper is sat. The first four need a seat."""

    PAPER = "paper"
    LISTENING = "listening"
    COMPUTER = "computer"
    PRACTICAL = "practical"
    ORAL = "oral"
    ASSIGNMENT = "assignment"
    THESIS = "thesis"


SEATED = frozenset({Mode.PAPER, Mode.LISTENING, Mode.COMPUTER, Mode.PRACTICAL, Mode.ORAL})
SCRIPT_MARKED = frozenset({Mode.PAPER, Mode.LISTENING})  # marked from coded scripts, twice


class BookRule(StrEnum):
    """What may lie on the desk."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"  # one sheet


class Rounding(StrEnum):
    """How a composite is rounded, once, at the end."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"


ROUNDING_MODES = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.DOWN: ROUND_DOWN,
}


@dataclass(frozen=True)
class SchemeFacts:
    """A composite scheme as plain facts: percents of 100, marks of 100, decimals kept."""

    version: int
    formative_percent: Decimal  # 0 to 100; the final part has the rest
    double_pass: bool  # both parts must reach the pass mark
    formative_gate: bool  # without a formative mark the outcome is invalid
    pass_mark: Decimal
    precision: int  # decimals of the composite
    rounding: Rounding


def round_composite(value: Decimal, precision: int, rounding: Rounding) -> Decimal:
    """Return `value` with `precision` decimals, rounded the declared way."""
    return value.quantize(Decimal(1).scaleb(-precision), ROUNDING_MODES[rounding])
