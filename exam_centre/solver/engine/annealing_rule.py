"""When a worse state is borne: annealing's rule in whole numbers, the same on every machine."""

import numpy as np

from exam_centre.solver.engine.arrays import Ints
from exam_centre.solver.engine.compiled import Words, below, inner

QUANTILES = 4096
UNIT = 1024


def patience() -> Ints:
    """Return (QUANTILES,) -ln(u) in 1/UNIT: how many temperatures worse a move may be.

    Source  S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi, "Optimization by simulated annealing",
            Science 220, 1983, 671-680.
    """
    u = (np.arange(QUANTILES) + 0.5) / QUANTILES
    table: Ints = np.rint(-np.log(u) * UNIT).astype(np.int32)
    return table


@inner
def bears(random: Words, table: Ints, worse: int, temperature: int) -> bool:
    """Whether a move that costs `worse` metres more is borne at a temperature in metres."""
    if worse <= 0:
        return True
    return bool(worse * UNIT <= temperature * table[below(random, len(table))])


@inner
def bearable(random: Words, table: Ints, temperature: int) -> int:
    """Draw how much worse a move may be at a temperature, in the temperature's unit.

    Drawn before the move is judged, so that a hopeless one can be given up half-way.
    """
    return int(temperature * table[below(random, len(table))] // UNIT)
