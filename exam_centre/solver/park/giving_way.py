"""Repair, the search: who stays, and the fewest who give way to somebody without a place.

A chain is a row of people each of whom takes the place of the next; the last finds a free one.
Chains are looked for breadth first, those in which fewest leave home before all others.

Source  L. R. Ford, D. R. Fulkerson, "Flows in Networks", 1962: augmenting paths.
"""

import numpy as np

from exam_centre.solver.engine.arrays import Flags, Ints
from exam_centre.solver.engine.compiled import compiled, inner
from exam_centre.solver.park.board import (
    ALL,
    AT_HOME,
    CLOSED,
    FIXED,
    FREE,
    LOCKED,
    OWNER,
    PERIOD,
    ROOM,
    SITS,
    WRITTEN,
    Board,
    fits,
    keep,
    may_put,
    person_can,
    put,
    take,
    undo,
)
from exam_centre.solver.park.moves import best_place, only_obstacle, place_best, place_in
from exam_centre.solver.park.tables import (
    BIT,
    KIN_FROM,
    KINDS,
    LEFT_HANDED,
    NEEDS,
    PAPER,
    PLACE,
    WHEELCHAIR,
    Tables,
)

ASKED = 4_000  # people at most who are asked to give way to one
REACH = 12  # nearest venues at which those asked ask others
ENTRY, PARENT, AWAY, WAS_ROOM, WAS_PERIOD, WAS_NEEDS = range(6)  # columns of a chain's table


@compiled
def put_back(t: Tables, b: Board, entries: Ints, room: Ints, period: Ints) -> None:
    """Put entries where they were, in their order and as far as all rules are kept."""
    for k in range(len(entries)):
        if may_put(t, b, entries[k], room[k], period[k]):
            b.paper[t.entry[entries[k], PAPER], period[k], SITS] = 1
            put(t, b, entries[k], room[k], period[k])
            b.entry[entries[k], FIXED] = AT_HOME
        keep(b)


@compiled
def go_home(t: Tables, b: Board, entries: Ints, room: Ints, period: Ints, needs: Ints) -> bool:
    """Send entries that gave way back to where they were, as far as there is room again.

    needs  what their old desks offer, kept free for them. Returns whether anybody went.
    """
    went = False
    for k in range(len(entries)):
        entry = entries[k]
        now_room, now_period, now_needs = _lifted(t, b, entry, needs[k])
        sits = b.paper[t.entry[entry, PAPER], period[k], SITS]
        if sits and may_put(t, b, entry, room[k], period[k]):
            put(t, b, entry, room[k], period[k])
            b.entry[entry, FIXED] = AT_HOME
            went = True
        else:
            t.entry[entry, NEEDS] = now_needs
            if now_period >= 0:
                put(t, b, entry, now_room, now_period)
        keep(b)
    return went


@compiled
def make_way(t: Tables, b: Board, entry: int, own_needs: Ints, most: int) -> bool:
    """Place a waiting entry so that at most `most` people at home give way, if that can be.

    own_needs  (E,) what each entry needs, whatever its desk offers. Whoever gives way is free
               afterwards and counts by that.
    """
    keep(b)
    if most > 0 and _by_another_desk(t, b, entry, own_needs):
        return True
    return _chain(t, b, entry, own_needs, most) or _by_own_paper(t, b, entry, own_needs, most)


@inner
def _by_own_paper(t: Tables, b: Board, entry: int, own_needs: Ints, most: int) -> bool:
    """Place a waiting entry near another paper of the person, which begins a chain instead."""
    paper = t.entry[entry, PAPER]
    for p in range(t.may.shape[1]):
        if not b.paper[paper, p, SITS] or not t.may[entry, p] or person_can(t, b, entry, p, -1):
            continue
        other = only_obstacle(t, b, entry, p, AT_HOME)
        if other < 0:
            continue
        fixed = b.entry[other, FIXED]
        room_left, period_left, needs = _lifted(t, b, other, own_needs[other])
        room, _ = place_in(t, b, entry, p)
        if room >= 0:
            put(t, b, entry, room, p)
            b.entry[other, FIXED] = FREE
            keep(b)
            if _chain(t, b, other, own_needs, most - fixed):
                return True
            take(t, b, entry)
        b.entry[other, FIXED] = fixed
        t.entry[other, NEEDS] = needs
        put(t, b, other, room_left, period_left)
        keep(b)
    return False


@inner
def _by_another_desk(t: Tables, b: Board, entry: int, own_needs: Ints) -> bool:
    """Give a waiting entry a desk it needs, whose taker finds another one in the same room."""
    if not t.entry[entry, NEEDS] & (WHEELCHAIR | LEFT_HANDED):
        return False
    for venue in t.near[t.entry[entry, PLACE], 0]:
        for p in range(t.may.shape[1]):
            if not _open_to(t, b, entry, p, venue):
                continue
            for room in t.venue_rooms[venue]:
                if room < 0:
                    break
                for other in b.people[room, p, : b.taken[room, p, ALL]].copy():
                    if b.entry[other, FIXED] == AT_HOME and _change_desk(
                        t, b, entry, other, own_needs[other], room, p
                    ):
                        return True
    return False


@inner
def _change_desk(
    t: Tables, b: Board, entry: int, other: int, needs: int, room: int, period: int
) -> bool:
    _, _, before = _lifted(t, b, other, needs)
    done = False
    if fits(t, b, entry, room, period):
        put(t, b, entry, room, period)
        done = fits(t, b, other, room, period)
        if not done:
            take(t, b, entry)
    if done:
        b.entry[other, FIXED] = FREE
    else:
        t.entry[other, NEEDS] = before
    put(t, b, other, room, period)
    keep(b)
    return done


@inner
def _chain(t: Tables, b: Board, entry: int, own_needs: Ints, most: int) -> bool:
    """Place a waiting entry by a chain in which at most `most` leave home."""
    nodes = np.empty((ASKED, 6), dtype=np.int32)
    seen = np.zeros(len(b.entry), dtype=np.bool_)
    seen[entry] = True
    nodes[0, ENTRY], nodes[0, PARENT], nodes[0, AWAY] = entry, -1, 0
    known = 1
    for away in range(most + 1):
        at = 0
        while at < known:
            if nodes[at, AWAY] == away:
                if _ends(t, b, nodes, at, own_needs):
                    return True
                known = _ask(t, b, nodes, at, known, seen, own_needs, most)
            at += 1
    return False


@inner
def _ask(
    t: Tables,
    b: Board,
    nodes: Ints,
    at: int,
    known: int,
    seen: Flags,
    own_needs: Ints,
    most: int,
) -> int:
    """Write down who could give way to a node of a chain; return how many nodes there are."""
    entry = nodes[at, ENTRY]
    near = t.near[t.entry[entry, PLACE], 0]
    needs = t.entry[entry, NEEDS]
    t.entry[entry, NEEDS] = own_needs[entry]
    for venue in near if at == 0 else near[:REACH]:
        for p in range(t.may.shape[1]):
            if not _open_to(t, b, entry, p, venue):
                continue
            for room in t.venue_rooms[venue]:
                if room < 0:
                    break
                if not t.room[room, BIT] & t.paper[t.entry[entry, PAPER], KINDS]:
                    continue
                for other in b.people[room, p, : b.taken[room, p, ALL]].copy():
                    away = nodes[at, AWAY] + (b.entry[other, FIXED] == AT_HOME)
                    if seen[other] or away > most or known == len(nodes):
                        continue
                    if _could_follow(t, b, entry, other, room, p):
                        seen[other] = True
                        nodes[known, ENTRY] = other
                        nodes[known, PARENT] = at
                        nodes[known, AWAY] = away
                        known += 1
    t.entry[entry, NEEDS] = needs
    return known


@inner
def _open_to(t: Tables, b: Board, entry: int, period: int, venue: int) -> bool:
    """Whether an entry's paper sits in a period, and its person could at a venue."""
    return bool(
        b.paper[t.entry[entry, PAPER], period, SITS]
        and t.may[entry, period]
        and person_can(t, b, entry, period, venue)
    )


@inner
def _could_follow(t: Tables, b: Board, entry: int, other: int, room: int, period: int) -> bool:
    """Whether an entry would find a seat where another sits, were that one gone."""
    if b.entry[other, FIXED] == LOCKED or t.entry[other, KIN_FROM] == t.entry[entry, KIN_FROM]:
        return False
    mark = b.totals[WRITTEN]
    take(t, b, other)
    could = fits(t, b, entry, room, period)
    undo(t, b, mark)
    return could


@inner
def _ends(t: Tables, b: Board, nodes: Ints, at: int, own_needs: Ints) -> bool:
    """Let a chain end at a node whose entry finds a free place, and move all that are in it."""
    entry = nodes[at, ENTRY]
    if at == 0:
        return place_best(t, b, entry)
    room_left, period_left, needs = _lifted(t, b, entry, own_needs[entry])
    owner = b.taken[room_left, period_left, OWNER]
    b.taken[room_left, period_left, OWNER] = CLOSED  # the one before takes that place
    room, period = best_place(t, b, entry)
    b.taken[room_left, period_left, OWNER] = owner
    t.entry[entry, NEEDS] = needs
    put(t, b, entry, room_left, period_left)
    keep(b)
    return room >= 0 and _move_all(t, b, nodes, at, room, period, own_needs)


@inner
def _move_all(
    t: Tables, b: Board, nodes: Ints, last: int, room: int, period: int, own_needs: Ints
) -> bool:
    """Move the last of a chain to a place, and each other one to where the next was.

    The board is left as it was where a rule forbids it.
    """
    node = last
    while node >= 0:
        entry = nodes[node, ENTRY]
        was_room, was_period, was_needs = _lifted(t, b, entry, own_needs[entry])
        nodes[node, WAS_ROOM], nodes[node, WAS_PERIOD] = was_room, was_period
        nodes[node, WAS_NEEDS] = was_needs
        if not may_put(t, b, entry, room, period):
            _go_back(t, b, nodes, last, node)
            return False
        put(t, b, entry, room, period)
        room, period = was_room, was_period
        node = nodes[node, PARENT]
    node = last
    while node >= 0:
        b.entry[nodes[node, ENTRY], FIXED] = FREE
        node = nodes[node, PARENT]
    keep(b)
    return True


@inner
def _go_back(t: Tables, b: Board, nodes: Ints, last: int, until: int) -> None:
    """Undo a chain moved from its last node up to `until`, which is lifted only."""
    behind = np.empty(ASKED, dtype=np.int32)
    count, node = 0, last
    while node >= 0:
        behind[count] = node
        count += 1
        if node == until:
            break
        node = nodes[node, PARENT]
    for k in range(count - 1, -1, -1):
        node = behind[k]
        entry = nodes[node, ENTRY]
        if b.entry[entry, PERIOD] >= 0:
            take(t, b, entry)
        t.entry[entry, NEEDS] = nodes[node, WAS_NEEDS]
        if nodes[node, WAS_PERIOD] >= 0:
            put(t, b, entry, nodes[node, WAS_ROOM], nodes[node, WAS_PERIOD])
    keep(b)


@inner
def _lifted(t: Tables, b: Board, entry: int, needs: int) -> tuple[int, int, int]:
    """Take an entry off and let it need something else; return room and period left, and needs."""
    room, period, before = b.entry[entry, ROOM], b.entry[entry, PERIOD], t.entry[entry, NEEDS]
    if period >= 0:
        take(t, b, entry)
    t.entry[entry, NEEDS] = needs
    return int(room), int(period), int(before)
