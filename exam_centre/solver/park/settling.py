"""Stage 1, the search: papers move, add, drop and merge their periods."""

import numpy as np

from exam_centre.solver.engine.annealing_rule import bears
from exam_centre.solver.engine.arrays import Ints, Longs
from exam_centre.solver.engine.compiled import Words, below, compiled, inner
from exam_centre.solver.park.agenda import BEYOND, CROWDED, EACH, WHOLE, Agenda
from exam_centre.solver.park.matching import recall, rematch
from exam_centre.solver.park.tables import FIRST, MOST, WISHED, Tables

DRAWN = 64  # choices among which a paper takes its first periods


@inner
def _spread(t: Tables, g: Agenda, paper: int, sign: int) -> None:
    """Add (sign 1) or remove (-1) the shares of a paper's people in its periods."""
    for k in range(t.paper[paper, FIRST], t.paper[paper + 1, FIRST]):
        entry = t.paper_entries[k]
        ways = 0
        for j in range(g.held[paper]):
            ways += t.may[entry, g.slots[paper, j]]
        if ways == 0:
            continue
        share = sign * (WHOLE // ways)
        zone = g.zone[entry]
        for j in range(g.held[paper]):
            p = g.slots[paper, j]
            if t.may[entry, p]:
                _crowd(g, zone, p, paper, share)


@inner
def _crowd(g: Agenda, zone: int, period: int, paper: int, share: int) -> None:
    for m in range(g.covers.shape[1]):
        if g.covers[paper, m]:
            over = g.crowd[zone, m, period] - g.seats[zone, m, period]
            g.crowd[zone, m, period] += share
            more = max(0, over + share) - max(0, over)
            g.sums[CROWDED] += more * np.int64(g.detour[zone])


@inner
def _set_slots(t: Tables, g: Agenda, paper: int, row: Ints, held: int) -> None:
    """Give a paper the first `held` periods of a row instead of its own."""
    _spread(t, g, paper, -1)
    wished, before = t.paper[paper, WISHED], g.held[paper]
    g.sums[EACH] += held - before
    g.sums[BEYOND] += max(0, held - wished) - max(0, before - wished)
    g.slots[paper] = row
    g.held[paper] = held
    _spread(t, g, paper, 1)


@inner
def _price(g: Agenda, prices: Longs) -> int:
    total = int(g.sums[CROWDED] // WHOLE)
    for k in range(CROWDED):
        total += g.sums[k] * prices[k]
    return total


@compiled
def give(t: Tables, g: Agenda, paper: int, period: int, pinned: bool) -> None:
    """Give a paper one more period, for good where it is pinned."""
    row, changed = g.slots[paper].copy(), np.full(1, period, dtype=np.int32)
    row[g.held[paper]] = period
    _set_slots(t, g, paper, row, g.held[paper] + 1)
    rematch(t, g, paper, changed, 1)
    g.pinned[paper, period] = pinned


@compiled
def begin(t: Tables, g: Agenda, prices: Longs, papers: Ints) -> None:
    """Give papers without a period their first, two where two are wished for.

    In the order given each takes the best of some drawn; whoever comes late finds a way round the
    early more easily than many people find one round the few.
    """
    periods = g.slots.shape[1]
    changed = np.empty(2 * periods, dtype=np.int32)
    for paper in papers:
        if g.held[paper] > 0:
            continue
        bare, best = g.slots[paper].copy(), g.slots[paper].copy()
        least, most, row = 2**62, 0, bare.copy()
        for _ in range(DRAWN):
            row[:] = bare
            adds = min(2, t.paper[paper, WISHED], t.paper[paper, MOST])
            found = _add(t, g, paper, row, 0, adds, changed)
            if found == 0:
                continue
            _set_slots(t, g, paper, row, found)
            rematch(t, g, paper, changed, found)
            price = _price(g, prices)
            if price < least:
                least, most = price, found
                best[:] = row
            _set_slots(t, g, paper, bare, 0)
            recall(t, g)
        if most > 0:
            _set_slots(t, g, paper, best, most)
            changed[:most] = best[:most]
            rematch(t, g, paper, changed, most)


@compiled
def settle(t: Tables, g: Agenda, prices: Longs, table: Ints, temperature: int, moves: int) -> None:
    """Try to move, add, drop or merge `moves` periods of papers at one temperature (metres)."""
    papers, periods = g.slots.shape
    row, old = np.empty(periods, dtype=np.int32), np.empty(periods, dtype=np.int32)
    changed = np.empty(2 * periods, dtype=np.int32)
    for _ in range(moves):
        paper = below(g.random, papers)
        held = g.held[paper]
        old[:] = g.slots[paper]
        row[:] = old
        drops, adds = _drawn_kind(g.random, held)
        if held + adds - drops > max(held, t.paper[paper, MOST]):
            continue
        changes = _drop(g, paper, row, held, drops, changed)
        changes += _add(t, g, paper, row, held - changes, adds, changed[changes:])
        if changes < drops + adds:
            continue
        before = _price(g, prices)
        _set_slots(t, g, paper, row, held + adds - drops)
        rematch(t, g, paper, changed, changes)
        if not bears(g.random, table, _price(g, prices) - before, temperature):
            _set_slots(t, g, paper, old, held)
            recall(t, g)


@inner
def _drawn_kind(random: Words, held: int) -> tuple[int, int]:
    """Draw how many periods a paper loses and how many new ones it gets."""
    kind = below(random, 16)
    if kind == 0 or held == 0:
        return 0, 1
    if kind == 1:
        return 1, 0
    if kind == 2 and held > 2:
        return 2, 1
    if kind == 4 and held > 2:
        return held, 2
    if kind == 3 and held > 1:
        return 2, 2
    return 1, 1


@inner
def _drop(g: Agenda, paper: int, row: Ints, held: int, drops: int, changed: Ints) -> int:
    """Take drawn periods out of a row, unless pinned; return how many went."""
    for k in range(drops):
        place = below(g.random, held - k)
        if g.pinned[paper, row[place]]:
            return k
        changed[k] = row[place]
        row[place] = row[held - k - 1]
        row[held - k - 1] = -1
    return drops


@inner
def _add(t: Tables, g: Agenda, paper: int, row: Ints, held: int, adds: int, changed: Ints) -> int:
    """Put drawn periods the paper may have, and has not, at the end of a row; return how many."""
    for k in range(adds):
        if held + k == 1 and below(g.random, 8) > 0:
            period = _partner(g, paper, row[0])
        else:
            period = below(g.random, len(row))
        if not t.paper_periods[paper, period]:
            return k
        for other in range(held + k):
            if row[other] == period:
                return k
        row[held + k] = period
        changed[k] = period
    return adds


@inner
def _partner(g: Agenda, paper: int, period: int) -> int:
    """Draw a period that with the given one reaches as many people of a paper as two can."""
    periods = g.pairs.shape[1]
    drawn = below(g.random, periods)
    for _ in range(periods):
        if g.pairs[paper, period, drawn]:
            break
        drawn = drawn + 1 if drawn + 1 < periods else 0
    return drawn
