"""How many assess a practical, and what their marks come to."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

FEWEST_ASSESSORS = 3  # in a skill room, one of them the head


def practical_mark(scores: Sequence[Decimal]) -> Decimal | None:
    """Return the mean of the assessors' scores to two decimals, or None while some are missing."""
    if len(scores) < FEWEST_ASSESSORS:
        return None
    mean = sum(scores, Decimal(0)) / len(scores)
    return mean.quantize(Decimal("0.01"), ROUND_HALF_UP)
