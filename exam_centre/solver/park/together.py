"""Stage 2, the long view: one paper of every person is placed anew, all of them at once.

Of each person only one entry is free, so no two of them can stand in each other's way, and the best
places for all are a minimum-cost flow: exact where moves one by one see only their neighbours.

Source  R. K. Ahuja, O. Ergun, J. B. Orlin, A. P. Punnen, "A survey of very large-scale neighborhood
        search techniques", Discrete Applied Mathematics 123, 2002, 75-102.
"""

from typing import NamedTuple

import numpy as np
from ortools.graph.python import min_cost_flow

from exam_centre.solver.engine.arrays import Flags, Ints, Longs
from exam_centre.solver.engine.compiled import below, compiled, inner
from exam_centre.solver.park.board import (
    ALL,
    COUNT,
    FIXED,
    OWNER,
    PERIOD,
    ROOM,
    SAME_DAY,
    SHARED,
    WEIGHTS,
    Board,
    journey,
    keep,
    person_can,
    put,
    take,
)
from exam_centre.solver.park.moves import place_best, room_at
from exam_centre.solver.park.tables import (
    BIT,
    DAY,
    KIN_FROM,
    KIN_TO,
    KINDS,
    NEEDS,
    PAPER,
    PLACE,
    SEATS,
    SHARES,
    VENUE,
    Tables,
)

NEAR = 8  # venues an entry may go to in each period
DAY_METRES = int(WEIGHTS[SAME_DAY])
LACKING = 10**8  # metres: what an entry left without a place counts


class Places(NamedTuple):
    """A places that n entries may take: columns of one length."""

    row: Ints  # (A,) which of the entries
    period: Ints  # (A,)
    venue: Ints  # (A,)
    metres: Ints  # (A,)


def place_together(tables: Tables, board: Board) -> int:
    """Place one drawn entry of every person where their journeys together are shortest.

    Returns how many were placed anew. Sittings are neither added nor left by force, and entries
    with needs of their own stay where they are.
    """
    entries = one_of_each(tables, board)
    if not len(entries):
        return 0
    sits = board.paper[..., COUNT] > 0
    room, period = lift_all(tables, board, entries)
    masks, group = np.unique(tables.paper[:-1, KINDS], return_inverse=True)
    mask = group.astype(np.int32)
    free = _free_seats(tables, board)
    open_to = np.stack([free[:, _suits(tables, kinds)].sum(axis=1) for kinds in masks], axis=1)
    places = open_places(tables, board, entries, room, period, sits, mask, open_to)
    chosen = _shortest(tables, places, entries, masks, mask, free)
    put_all(tables, board, entries, room, period, places.period, places.venue, chosen)
    return len(entries)


def _bits(tables: Tables) -> Ints:
    bits: Ints = np.unique(tables.room[:, BIT])
    return bits


def _suits(tables: Tables, kinds: int) -> Flags:
    suits: Flags = _bits(tables) & kinds > 0
    return suits


def _free_seats(tables: Tables, board: Board) -> Longs:
    """Return (V, kinds of rooms, P) seats left in rooms that are shared or empty."""
    shared = board.taken[..., OWNER] == SHARED
    left = np.where(shared, tables.room[:, SEATS, None] - board.taken[..., ALL], 0)
    kind = np.searchsorted(_bits(tables), tables.room[:, BIT])
    shape = (len(tables.venue_rooms), len(_bits(tables)), left.shape[1])
    free = np.zeros(shape, dtype=np.int64)
    np.add.at(free, (tables.room[:, VENUE], kind), left)
    return free


def _shortest(
    tables: Tables, places: Places, entries: Ints, masks: Ints, mask: Ints, free: Longs
) -> Ints:
    """Return (n,) the place each entry takes, -1: none.

    An entry's flow runs to a venue, period and set of kinds, on to a kind in the set, and out.
    """
    count, (venues, kinds, periods) = len(entries), free.shape
    group = mask[tables.entry[entries[places.row], PAPER]]
    first_kind = count + venues * len(masks) * periods
    sink = first_kind + free.size
    venue, at = np.divmod(np.arange(venues * periods), periods)
    onward = [
        (
            count + (venue * len(masks) + m) * periods + at,
            first_kind + (venue * kinds + k) * periods + at,
        )
        for m, wanted in enumerate(masks)
        for k in np.flatnonzero(_suits(tables, int(wanted)))
    ]
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        places.row,
        count + (places.venue * len(masks) + group) * periods + places.period,
        np.ones(len(places.row), dtype=np.int64),
        places.metres,
    )
    every = np.arange(count)
    flow.add_arcs_with_capacity_and_unit_cost(
        every, np.full(count, sink), np.ones(count, dtype=np.int64), np.full(count, LACKING)
    )
    for tail, head in onward:
        flow.add_arcs_with_capacity_and_unit_cost(
            tail, head, np.full(len(tail), count), np.zeros(len(tail), dtype=np.int64)
        )
    seats = np.arange(first_kind, sink)
    flow.add_arcs_with_capacity_and_unit_cost(
        seats, np.full(len(seats), sink), free.reshape(-1), np.zeros(len(seats), dtype=np.int64)
    )
    flow.set_nodes_supplies(np.append(every, sink), np.append(np.ones(count, dtype=int), -count))
    if flow.solve() != flow.OPTIMAL:
        raise ArithmeticError("the flow has no solution, though everybody may stay without")
    used = np.flatnonzero(flow.flows(arcs) > 0)
    chosen = np.full(count, -1, dtype=np.int32)
    chosen[places.row[used]] = used
    return chosen


@compiled
def one_of_each(t: Tables, b: Board) -> Ints:
    """Draw an entry of each person that may be moved, rather one away from the nearest venue."""
    entries = np.empty(len(b.entry), dtype=np.int32)
    found, first = 0, 0
    while first < len(b.entry):
        last = t.entry[first, KIN_TO]
        drawn, most = -1, 0
        for entry in range(first, last):
            if b.entry[entry, FIXED] or t.entry[entry, NEEDS]:
                continue
            if not t.paper[t.entry[entry, PAPER], SHARES]:
                continue
            rank = 1 + below(b.random, 1_000) + 500 * _is_away(t, b, entry)
            if rank > most:
                drawn, most = entry, rank
        if drawn >= 0:
            entries[found] = drawn
            found += 1
        first = last
    return entries[:found].copy()


@inner
def _is_away(t: Tables, b: Board, entry: int) -> bool:
    room = b.entry[entry, ROOM]
    return bool(room < 0 or t.room[room, VENUE] != t.near[t.entry[entry, PLACE], 0, 0])


@compiled
def lift_all(t: Tables, b: Board, entries: Ints) -> tuple[Ints, Ints]:
    """Take entries off the board, and return room and period they had."""
    room, period = b.entry[entries, ROOM].copy(), b.entry[entries, PERIOD].copy()
    for k in range(len(entries)):
        if period[k] >= 0:
            take(t, b, entries[k])
            keep(b)
    return room, period


@compiled
def open_places(
    t: Tables,
    b: Board,
    entries: Ints,
    room: Ints,
    period: Ints,
    sits: Flags,
    mask: Ints,
    free: Longs,
) -> Places:
    """Return where each lifted entry might go: near venues with seats, and where it was.

    room, period  (n,) where they were; sits (N, P) sittings; mask (N,) which kinds of rooms a paper
    suits; free (V, masks, P) seats left.
    """
    pairs = 0
    for entry in entries:
        pairs += (sits[t.entry[entry, PAPER]] & t.may[entry]).sum()
    table = np.empty((pairs * (NEAR + 1), 4), dtype=np.int32)
    found = 0
    for k in range(len(entries)):
        entry = entries[k]
        paper = t.entry[entry, PAPER]
        for p in range(len(sits[paper])):
            if not sits[paper, p] or not t.may[entry, p] or not person_can(t, b, entry, p, -1):
                continue
            here = t.room[room[k], VENUE] if p == period[k] else -1
            near = 0
            for venue in t.near[t.entry[entry, PLACE], 0]:
                if (near == NEAR and venue != here) or free[venue, mask[paper], p] == 0:
                    continue
                if person_can(t, b, entry, p, venue):
                    near += near < NEAR
                    row = table[found]
                    row[0], row[1], row[2] = k, p, venue
                    row[3] = journey(t, entry, venue) + _crowded_day(t, b, entry, p)
                    found += 1
    return Places(table[:found, 0], table[:found, 1], table[:found, 2], table[:found, 3])


@inner
def _crowded_day(t: Tables, b: Board, entry: int, period: int) -> int:
    others = 0
    for other in range(t.entry[entry, KIN_FROM], t.entry[entry, KIN_TO]):
        at = b.entry[other, PERIOD]
        others += at >= 0 and t.period[at, DAY] == t.period[period, DAY]
    return others * DAY_METRES


@compiled
def put_all(
    t: Tables,
    b: Board,
    entries: Ints,
    room: Ints,
    period: Ints,
    to_period: Ints,
    to_venue: Ints,
    chosen: Ints,
) -> None:
    """Put lifted entries at the places chosen for them, in the rooms they had where they stay.

    A room of a higher kind than need be is not kept: others may have no choice.
    """
    for stays in (True, False):
        for k in range(len(entries)):
            place = chosen[k]
            if place < 0:
                continue
            p, venue = to_period[place], to_venue[place]
            kinds = t.paper[t.entry[entries[k], PAPER], KINDS]
            at_home = p == period[k] and t.room[room[k], VENUE] == venue
            at_home = at_home and t.room[room[k], BIT] == kinds & -kinds
            if at_home == stays:
                there = room[k] if stays else room_at(t, b, entries[k], p, venue)
                if there >= 0:
                    put(t, b, entries[k], there, p)
                else:
                    place_best(t, b, entries[k])
                keep(b)
