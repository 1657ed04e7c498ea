"""What happens to whom: drawn from the seed and the person, whatever the order of the work."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

ABSENT = 0.06
LATE = 0.05
REFUSED = 0.003
DOUBTFUL = 0.01
EARLIEST = 25  # minutes before the start
LATEST = 29  # minutes after it
MARKERS_DIFFER = 3.0  # standard deviation of one marker's reading
ABILITY_MEAN, ABILITY_SPREAD = 71, 13


def drawn(seed: int, *about: object) -> Random:
    """Return the chance of one thing, the same in every run with this seed."""
    return Random(f"{seed}:{':'.join(str(part) for part in about)}")  # noqa: S311 - no secret


@dataclass(frozen=True)
class Arrival:
    """How one person comes to one paper: at a moment (None: not at all), and how they look."""

    at: datetime | None
    looks: str = "match"  # "match", "unsure" or "mismatch"


def arrival(seed: int, entry_id: int, starts_at: datetime, late_entry: bool) -> Arrival:
    """Draw how a person comes."""
    chance = drawn(seed, "arrival", entry_id)
    kind = chance.random()
    if kind < ABSENT:
        return Arrival(None)
    early = starts_at - timedelta(minutes=1 + chance.random() * (EARLIEST - 1))
    if kind < ABSENT + REFUSED:
        return Arrival(early, "mismatch")
    if kind < ABSENT + REFUSED + DOUBTFUL:
        return Arrival(early, "unsure")
    if kind < ABSENT + REFUSED + DOUBTFUL + LATE and late_entry:
        return Arrival(starts_at + timedelta(minutes=1 + chance.random() * (LATEST - 1)))
    return Arrival(early)


def true_score(seed: int, entry_id: int) -> float:
    """Draw what somebody can do in a paper, 0 to 100."""
    able = drawn(seed, "score", entry_id).gauss(ABILITY_MEAN, ABILITY_SPREAD)
    return min(100.0, max(0.0, able))


def read_score(seed: int, entry_id: int, reader: object) -> Decimal:
    """Draw what one reader gives for it: a whole mark of 100."""
    read = drawn(seed, "reading", entry_id, reader).gauss(
        true_score(seed, entry_id), MARKERS_DIFFER
    )
    return Decimal(round(min(100.0, max(0.0, read))))
