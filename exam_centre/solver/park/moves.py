"""Finding a place for one entry, at need by moving others out of the way."""

from exam_centre.solver.engine.compiled import below, compiled, inner
from exam_centre.solver.park.board import (
    ALL,
    FIXED,
    FREE,
    PERIOD,
    ROOM,
    SITS,
    WRITTEN,
    Board,
    fits,
    journey,
    person_can,
    put,
    take,
    undo,
)
from exam_centre.solver.park.tables import (
    BIT,
    KIN_FROM,
    KIN_TO,
    PAPER,
    PLACE,
    VENUE,
    WISH,
    Tables,
)

NO_COST = 2**40
OPENING_METRES = 500  # what a new room session is worth while a place is looked for


@inner
def room_at(t: Tables, b: Board, entry: int, period: int, venue: int) -> int:
    """Return the venue's best room with a seat for the entry then, or -1.

    Lower kinds first, as a paper that has the choice must leave rooms to those that have not;
    among them rooms in use, the fullest.
    """
    best, best_rank = -1, -1
    for room in t.venue_rooms[venue]:
        if room < 0 or (best >= 0 and t.room[room, BIT] != t.room[best, BIT]):
            break
        if fits(t, b, entry, room, period):
            rank = b.taken[room, period, ALL]
            if rank > best_rank:
                best, best_rank = room, rank
    return best


@inner
def place_in(t: Tables, b: Board, entry: int, period: int) -> tuple[int, int]:
    """Return the best room for the entry in a period and its metres, (-1, NO_COST) for none."""
    best, best_cost = -1, NO_COST
    if not t.may[entry, period] or not person_can(t, b, entry, period, -1):
        return best, best_cost
    wish = t.entry[entry, WISH]
    near = t.near[t.entry[entry, PLACE], 0]
    for k in range(-1, len(near)):
        venue = wish if k < 0 else near[k]
        if venue < 0 or (k >= 0 and venue == wish):
            continue
        metres = journey(t, entry, venue)
        if k >= 0 and metres >= best_cost:
            break
        room = room_at(t, b, entry, period, venue)
        if room < 0 or not person_can(t, b, entry, period, venue):
            continue
        if b.taken[room, period, ALL] == 0:
            metres += OPENING_METRES
        if metres < best_cost:
            best, best_cost = room, metres
    return best, best_cost


@compiled
def put_in_period(t: Tables, b: Board, entry: int, period: int) -> bool:
    """Put a waiting entry at its best place of one period, if there is one."""
    room, _ = place_in(t, b, entry, period)
    if room >= 0:
        put(t, b, entry, room, period)
    return room >= 0


@inner
def best_place(t: Tables, b: Board, entry: int) -> tuple[int, int]:
    """Return the entry's best room and period in the sittings of its paper, (-1, -1) for none."""
    room, period, least = -1, -1, NO_COST
    paper = t.entry[entry, PAPER]
    for p in range(t.may.shape[1]):
        if b.paper[paper, p, SITS]:
            r, metres = place_in(t, b, entry, p)
            if r >= 0 and metres < least:
                room, period, least = r, p, metres
    return room, period


@inner
def place_best(t: Tables, b: Board, entry: int) -> bool:
    """Put a waiting entry at its best place in the sittings of its paper, if there is one."""
    room, period = best_place(t, b, entry)
    if room >= 0:
        put(t, b, entry, room, period)
    return room >= 0


@inner
def only_obstacle(t: Tables, b: Board, entry: int, period: int, fixed: int) -> int:
    """Return the one other entry of the person that stands against a period, -1: none or several.

    Entries more than `fixed` are not looked at. The board is left as it was.
    """
    for other in range(t.entry[entry, KIN_FROM], t.entry[entry, KIN_TO]):
        if other == entry or b.entry[other, PERIOD] < 0 or b.entry[other, FIXED] > fixed:
            continue
        mark = b.totals[WRITTEN]
        take(t, b, other)
        free = person_can(t, b, entry, period, -1)
        undo(t, b, mark)
        if free:
            return other
    return -1


@inner
def place_by_shifting(t: Tables, b: Board, entry: int) -> bool:
    """Place a waiting entry by moving another paper of the same person to its other sitting."""
    paper = t.entry[entry, PAPER]
    for p in range(t.may.shape[1]):
        if not b.paper[paper, p, SITS] or not t.may[entry, p] or person_can(t, b, entry, p, -1):
            continue
        other = only_obstacle(t, b, entry, p, FREE)
        if other < 0:
            continue
        mark = b.totals[WRITTEN]
        take(t, b, other)
        room, _ = place_in(t, b, entry, p)
        if room >= 0:
            put(t, b, entry, room, p)
            if place_best(t, b, other):
                return True
        undo(t, b, mark)
    return False


@compiled
def take_place_of(t: Tables, b: Board, entry: int, other: int) -> bool:
    """Take a placed entry of the same person off, and put a waiting one in its period and venue.

    The board is left as it was where that fails.
    """
    mark = b.totals[WRITTEN]
    period, venue = b.entry[other, PERIOD], t.room[b.entry[other, ROOM], VENUE]
    take(t, b, other)
    if t.may[entry, period] and person_can(t, b, entry, period, venue):
        room = room_at(t, b, entry, period, venue)
        if room >= 0:
            put(t, b, entry, room, period)
            return True
    undo(t, b, mark)
    return False


@inner
def push_in(t: Tables, b: Board, entry: int, room: int, period: int) -> bool:
    """Place a waiting entry in a full room session; somebody there finds another place.

    The board is left as it was where that fails.
    """
    there = b.taken[room, period, ALL]
    if there == 0:
        return False
    victim = b.people[room, period, below(b.random, there)]
    if b.entry[victim, FIXED] or t.entry[victim, KIN_FROM] == t.entry[entry, KIN_FROM]:
        return False
    mark = b.totals[WRITTEN]
    take(t, b, victim)
    if fits(t, b, entry, room, period):
        put(t, b, entry, room, period)
        if place_best(t, b, victim):
            return True
    undo(t, b, mark)
    return False
