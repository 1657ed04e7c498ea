"""How hot the search begins and how cold it ends, by what moves cost in the instance itself.

One rule for all instances: every figure is a share of a cost measured on the first plan, so that
multiplying all weights of an instance changes nothing.

Source  The thought that the features of an instance should choose the temperatures: M. Battistutta,
        A. Schaerf, T. Urli, "Feature-based tuning of single-stage simulated annealing for
        examination timetabling", Ann. Oper. Res. 252, 2017, 239-254. The rule is our own.
"""

import math
from dataclasses import dataclass

import numpy as np

from exam_centre.solver.engine.arrays import Longs
from exam_centre.solver.examination.board import Board

FINE = 64  # temperatures are told in so many parts of a cost
WHOLE_SHARE = 1_000
# Of all moves: changes of period, swaps of two units, changes of room; the rest swap two rooms.
SHARES: Longs = np.cumsum(np.array([700, 150, 100], dtype=np.int64))

HOT = 0.13  # of the typical rise, were every period free; half as many free, four times as hot
COLD = 1 / 60  # of the typical rise
SEAT = 0.3  # what a lacking seat costs at first, of the typical rise
LENIENT = 0.1  # so much of the effort passes before it costs more
RISE = 20.0  # then the price grows e times in 1/RISE of the effort, while seats lack
CLOSING = 0.97  # from then on no seat is given up again
DEAREST = 2**24  # what a seat costs at most, far more than a plan differs from another


@dataclass(frozen=True)
class Tuning:
    """Temperatures in 1/FINE of a cost, and what a lacking seat costs at first."""

    hot: int
    cold: int
    seat: float


@dataclass
class SeatPrice:
    """What a lacking seat costs: it rises while seats lack, and falls again when all sit."""

    least: float
    price: float = 0.0
    _before: float = 0.0

    def at(self, part: float, lacking: int) -> int:
        """Return the price, at least 1, after a part (0..1) of the effort with so many lacking."""
        passed = max(0.0, part - max(self._before, LENIENT))
        self._before = part
        if part >= CLOSING and lacking == 0:
            return DEAREST
        swing = RISE * passed if lacking > 0 else -RISE * passed
        self.price = min(max(self.price * math.exp(swing), self.least), DEAREST)
        return max(1, round(self.price))


def tuned(b: Board) -> Tuning:
    """Return the tuning for an instance whose first plan is on the board."""
    typical, free = _typical_rise(b), float((b.against == 0).mean())
    hot = max(FINE, round(FINE * HOT * typical / max(free, 0.01) ** 2))
    return Tuning(
        hot=hot,
        cold=min(hot, max(FINE // 8, round(FINE * COLD * typical))),
        seat=SEAT * typical,
    )


def _typical_rise(b: Board) -> float:
    """Return the median cost of a unit's change to a period where nothing stands against it.

    Only changes for the worse count; rooms are left out.
    """
    settled = np.flatnonzero(b.period >= 0)
    cost, against = b.cost[settled], b.against[settled]
    at = np.arange(len(settled)), b.period[settled]
    dearer = (cost - cost[at][:, None])[against == 0]
    rises = dearer[dearer > 0]
    return float(np.median(rises)) if len(rises) else 1.0
