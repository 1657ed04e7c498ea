"""Between stages 1 and 2: which sitting of each paper a person goes to, all papers at once.

Placing paper by paper paints people with many papers into a corner; here every person's papers are
given their periods together, by trying, and only venues and rooms are left to find.
"""

import numpy as np

from exam_centre.solver.engine.arrays import Ints
from exam_centre.solver.engine.compiled import compiled, inner
from exam_centre.solver.park.agenda import WHOLE, Agenda
from exam_centre.solver.park.tables import (
    DAY,
    KIN_FROM,
    KIN_TO,
    OWN,
    PAPER,
    START,
    Tables,
)

PATIENCE = 5_000  # periods tried for one person


@compiled
def choose_periods(t: Tables, g: Agenda, persons: Ints, period: Ints) -> None:
    """Write a period for every entry of the persons into `period` (E,), all or none of a person.

    persons  the first entries of the persons, in the order in which they choose; whoever chooses
             takes, where there is a choice, the period with most seats left in the park.
    period   entries that hold a period already (>= 0) keep it.
    """
    g.crowd[:] = 0
    for first in persons:
        last = t.entry[first, KIN_TO]
        given = period[first:last].copy()
        if not _try_all(t, g, first, period):
            period[first:last] = given
        for entry in range(first, last):
            if period[entry] >= 0:
                _occupy(t, g, entry, period[entry])


@inner
def _occupy(t: Tables, g: Agenda, entry: int, period: int) -> None:
    for m in range(g.covers.shape[1]):
        if g.covers[t.entry[entry, PAPER], m]:
            g.crowd[g.zone[entry], m, period] += WHOLE


@inner
def _try_all(t: Tables, g: Agenda, first: int, period: Ints) -> bool:
    """Find periods for all entries from `first` on that do not stand in each other's way."""
    last = t.entry[first, KIN_TO]
    queue = np.full(last - first, -1, dtype=np.int32)
    free = 0
    for entry in range(first, last):
        if period[entry] < 0:
            queue[free] = entry
            free += 1
    _least_choice_first(t, g, queue, free)
    options = np.full((free, g.slots.shape[1] + 1), -1, dtype=np.int32)
    for k in range(free):
        _sorted_options(t, g, queue[k], options[k])
    at = np.zeros(free + 1, dtype=np.int32)
    depth, tried = 0, 0
    while 0 <= depth < free and tried < PATIENCE:
        entry = queue[depth]
        period[entry] = -1
        p = options[depth, at[depth]]
        if p < 0:
            at[depth] = 0
            depth -= 1
            continue
        at[depth] += 1
        tried += 1
        if _goes_with_rest(t, entry, p, period):
            period[entry] = p
            depth += 1
    return depth == free


@inner
def _least_choice_first(t: Tables, g: Agenda, queue: Ints, free: int) -> None:
    for i in range(1, free):
        entry = queue[i]
        mine = _choices(t, g, entry)
        k = i
        while k > 0 and _choices(t, g, queue[k - 1]) > mine:
            queue[k] = queue[k - 1]
            k -= 1
        queue[k] = entry


@inner
def _choices(t: Tables, g: Agenda, entry: int) -> int:
    paper, choices = t.entry[entry, PAPER], 0
    for k in range(g.held[paper]):
        choices += t.may[entry, g.slots[paper, k]]
    return choices


@inner
def _sorted_options(t: Tables, g: Agenda, entry: int, row: Ints) -> None:
    """Write the periods open to an entry into `row`, most seats left first; -1 ends it."""
    paper, found = t.entry[entry, PAPER], 0
    for k in range(g.held[paper]):
        p = g.slots[paper, k]
        if t.may[entry, p]:
            place = found
            while place > 0 and _left(g, entry, paper, row[place - 1]) < _left(g, entry, paper, p):
                row[place] = row[place - 1]
                place -= 1
            row[place] = p
            found += 1
    row[found] = -1


@inner
def _left(g: Agenda, entry: int, paper: int, period: int) -> int:
    """Return the shares of seats left in the park, of the scarcest kinds the paper counts among."""
    least = 2**40
    for m in range(g.covers.shape[1]):
        if g.covers[paper, m]:
            left = g.seats[g.zone[entry], m, period] - g.crowd[g.zone[entry], m, period]
            least = min(least, left)
    return least


@inner
def _goes_with_rest(t: Tables, entry: int, p: int, period: Ints) -> bool:
    start, that_day = t.period[p, START], 1
    end = start + t.entry[entry, OWN]
    for other in range(t.entry[entry, KIN_FROM], t.entry[entry, KIN_TO]):
        q = period[other]
        if q < 0 or other == entry or t.period[q, DAY] != t.period[p, DAY]:
            continue
        that_day += 1
        there = t.period[q, START]
        pause = there - end if there >= start else start - there - t.entry[other, OWN]
        if pause < t.limits[0] or that_day > t.limits[1]:
            return False
    return True
