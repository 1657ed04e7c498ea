"""Stage 1: the periods of every paper, chosen on rough numbers before anybody is placed.

Rough, because venues of one park count as one and only two things are asked. Can the papers of a
person be given different periods (a matching of papers and periods)? And do a park's people find
seats at home, each standing with an equal share in every period open to them?
"""

from typing import NamedTuple

import numpy as np

from exam_centre.solver.engine.annealing_rule import bears
from exam_centre.solver.engine.arrays import Flags, Ints, Longs
from exam_centre.solver.engine.compiled import Words, below, compiled, inner
from exam_centre.solver.park.geography import places
from exam_centre.solver.park.problem import ParkProblem
from exam_centre.solver.park.tables import (
    FIRST,
    KIN_FROM,
    KIN_TO,
    MOST,
    PAPER,
    PLACE,
    WISHED,
    Tables,
    usable_seats,
)

WHOLE = 840  # shares of one person: divisible by 1 to 8
TAKER, MARK, SEEN, VIA, QUEUE = range(5)
MISSED, BEYOND, EACH, CROWDED = range(4)
PRICES = np.array([200_000, 150_000, 10_000, 1], dtype=np.int64)  # metres


class Agenda(NamedTuple):
    """E entries (as in Tables), N papers, P periods, Z parks, M sets of room kinds."""

    pinned: Flags  # (N, P) a period with somebody locked in it
    slots: Ints  # (N, P) the periods of the paper first, -1 after them
    held: Ints  # (N,) how many
    missed: Ints  # (E,) at a person's first entry: papers without a period of their own
    zone: Ints  # (E,) park of the nearest venue
    detour: Ints  # (Z,) metres to the nearest venue of another park, beyond the nearest of all
    covers: Flags  # (N, M) the paper's kinds are all in the set
    seats: Ints  # (Z, M, P) shares of seats in rooms of the set
    crowd: Ints  # (Z, M, P) shares of people who can sit nowhere but in rooms of the set
    sums: Longs  # (4,) in the order of PRICES; the last in metres
    own: Ints  # (E,) the period found for an entry while its person is counted
    scratch: Longs  # (5, P + 1) rows TAKER .. QUEUE, of the same count
    stamp: Longs  # (1,) the mark in use
    remembered: Ints  # (most entries of a paper,) `missed` before the last change
    random: Words  # (1,)


def empty_agenda(problem: ParkProblem, tables: Tables, random: Words) -> Agenda:
    """Return an agenda of no periods at all."""
    zone_of_place, detour = _zones(problem)
    masks = np.unique(problem.papers.kinds)
    papers, periods = problem.papers.periods.shape
    seats = _zone_seats(problem, masks, len(detour))
    entries = len(tables.entry)
    return Agenda(
        pinned=np.zeros((papers, periods), dtype=np.bool_),
        slots=np.full((papers, periods), -1, dtype=np.int32),
        held=np.zeros(papers, dtype=np.int32),
        missed=_papers_of_people(tables),
        zone=zone_of_place[tables.entry[:, PLACE]],
        detour=detour,
        covers=(problem.papers.kinds[:, None] & ~masks[None, :]) == 0,
        seats=seats,
        crowd=np.zeros_like(seats),
        sums=np.array([entries, 0, 0, 0], dtype=np.int64),
        stamp=np.zeros(1, dtype=np.int64),
        remembered=np.zeros(entries, dtype=np.int32),
        own=np.full(entries, -1, dtype=np.int32),
        scratch=np.full((5, periods + 1), -1, dtype=np.int64),
        random=random,
    )


def _papers_of_people(tables: Tables) -> Ints:
    missed = np.zeros(len(tables.entry), dtype=np.int32)
    firsts = np.unique(tables.entry[:, KIN_FROM])
    missed[firsts] = (tables.entry[:, KIN_TO] - tables.entry[:, KIN_FROM])[firsts]
    return missed


def _zones(problem: ParkProblem) -> tuple[Ints, Ints]:
    _, metres = places(problem)
    parks, park = np.unique(problem.venues.park, return_inverse=True)
    to_park = np.stack([metres[:, park == z].min(axis=1) for z in range(len(parks))], axis=1)
    zone = to_park.argmin(axis=1).astype(np.int32)
    detour = np.full(len(parks), 100_000, dtype=np.int32)
    if len(parks) > 1:
        further = np.sort(to_park, axis=1)[:, 1] - to_park.min(axis=1)
        for z in range(len(parks)):
            if (zone == z).any():
                detour[z] = int(np.median(further[zone == z]))
    return zone, detour


def _zone_seats(problem: ParkProblem, masks: Ints, zones: int) -> Ints:
    park = np.unique(problem.venues.park, return_inverse=True)[1]
    usable = usable_seats(problem)
    seats = np.zeros((zones, len(masks), len(problem.periods)), dtype=np.int32)
    for m, mask in enumerate(masks):
        rooms = np.flatnonzero((mask >> problem.rooms.kind) & 1)
        np.add.at(
            seats[:, m],
            park[problem.rooms.venue[rooms]],
            usable[rooms, None] * WHOLE * problem.rooms.open[rooms],
        )
    return seats


@inner
def _missed(t: Tables, g: Agenda, entry: int) -> int:
    """Return how many papers of the entry's person have no period of their own.

    Source  H. W. Kuhn, "The Hungarian method for the assignment problem", Naval Research
            Logistics Quarterly 2, 1955, 83-97: matching by augmenting paths.
    """
    first, last = t.entry[entry, KIN_FROM], t.entry[entry, KIN_TO]
    stamp = g.stamp[0] + 1
    missed = 0
    for kin in range(first, last):
        g.own[kin] = -1
    for kin in range(first, last):
        g.stamp[0] += 1
        found = _free_period(t, g, kin, stamp)
        if found < 0:
            missed += 1
        while found >= 0:
            mover = g.scratch[VIA, found]
            left = g.own[mover]
            g.own[mover] = found
            g.scratch[TAKER, found] = mover
            g.scratch[MARK, found] = stamp
            found = left
    return missed


@inner
def _free_period(t: Tables, g: Agenda, kin: int, stamp: int) -> int:
    """Return a free period that a chain of moves would open to an entry, -1 if there is none."""
    seen = g.stamp[0]
    queue, head, tail = g.scratch[QUEUE], 0, 1
    queue[0] = kin
    while head < tail:
        entry = queue[head]
        head += 1
        paper = t.entry[entry, PAPER]
        for k in range(g.held[paper]):
            p = g.slots[paper, k]
            if not t.may[entry, p] or g.scratch[SEEN, p] == seen:
                continue
            g.scratch[SEEN, p] = seen
            g.scratch[VIA, p] = entry
            if g.scratch[MARK, p] < stamp:
                return int(p)
            queue[tail] = g.scratch[TAKER, p]
            tail += 1
    return -1


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
def _count_missed(t: Tables, g: Agenda, paper: int, changed: Ints, changes: int) -> None:
    """Count anew the people of a paper to whom the changed periods matter.

    What they were counted before is remembered.
    """
    first = t.paper[paper, FIRST]
    for k in range(first, t.paper[paper + 1, FIRST]):
        entry = t.paper_entries[k]
        kin = t.entry[entry, KIN_FROM]
        g.remembered[k - first] = g.missed[kin]
        for c in range(changes):
            if t.may[entry, changed[c]]:
                missed = _missed(t, g, entry)
                g.sums[MISSED] += missed - g.missed[kin]
                g.missed[kin] = missed
                break


@inner
def _recall_missed(t: Tables, g: Agenda, paper: int) -> None:
    first = t.paper[paper, FIRST]
    for k in range(first, t.paper[paper + 1, FIRST]):
        kin = t.entry[t.paper_entries[k], KIN_FROM]
        g.sums[MISSED] += g.remembered[k - first] - g.missed[kin]
        g.missed[kin] = g.remembered[k - first]


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
    _count_missed(t, g, paper, changed, 1)
    g.pinned[paper, period] = pinned


@compiled
def settle(t: Tables, g: Agenda, prices: Longs, table: Ints, temperature: int, moves: int) -> None:
    """Try to move, add, drop or merge `moves` periods of papers at one temperature (metres)."""
    papers, periods = g.slots.shape
    row, old = np.empty(periods, dtype=np.int32), np.empty(periods, dtype=np.int32)
    changed = np.empty(8, dtype=np.int32)
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
        _count_missed(t, g, paper, changed, changes)
        if not bears(g.random, table, _price(g, prices) - before, temperature):
            _set_slots(t, g, paper, old, held)
            _recall_missed(t, g, paper)


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
        period = below(g.random, len(row))
        if not t.paper_periods[paper, period]:
            return k
        for other in range(held + k):
            if row[other] == period:
                return k
        row[held + k] = period
        changed[k] = period
    return adds
