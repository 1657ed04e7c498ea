"""The state of a search: who sits where and when, with every count kept up to date.

A board never holds a placement that breaks a rule: `fits` and `person_can` are asked before
`put`. What a board costs is therefore only what is left undone and how well the rest lies.
"""

from typing import NamedTuple

import numpy as np

from exam_centre.solver.engine.arrays import Flags, Ints, Longs
from exam_centre.solver.engine.compiled import Words, compiled, inner, stream
from exam_centre.solver.park.tables import (
    ALONE,
    BIT,
    DAY,
    KIN_FROM,
    KIN_TO,
    KINDS,
    LEFT_HANDED,
    MOST,
    NEEDS,
    NOT_PREFERRED_METRES,
    OWN,
    PAPER,
    PLACE,
    SEATS,
    SHARES,
    START,
    VENUE,
    WHEELCHAIR,
    WISH,
    WISHED,
    Tables,
)

UNPLACED, BEYOND_WISH, SITTINGS, METRES, SAME_DAY, ROOMS, WRITTEN = range(7)
WEIGHTS = np.array([10**9, 10**8, 10**7, 1, 300, 500], dtype=np.int64)


# Columns of Board.entry.
PERIOD, ROOM, AT, FIXED, SPOT = range(5)
FREE, AT_HOME, LOCKED = range(3)  # values of FIXED: a repair may ask those at home to give way
# Columns of Board.taken; ALL and the next four count people by need, as Tables.room the seats.
ALL, OWNER = 0, 5
SHARED, SOLITARY, CLOSED = -1, -2, -3  # owners that are not papers
# Columns of Board.paper.
SITS, COUNT = range(2)
# Columns of Board.sittings.
HELD, LIMIT = range(2)


class Board(NamedTuple):
    """E entries (numbered as in Tables), N papers, R rooms, P periods."""

    entry: Ints  # (E, 5) period and room (-1: waits), start minute, fixed or not, place in a list
    people: Ints  # (R, P, most seats) the entries of a room session, taken[..., ALL] of them
    taken: Ints  # (R, P, 6) people; wheelchair; left-handed; both; any; whose the room is
    paper: Ints  # (N, P, 2) may be given out in the period (0, 1); people
    sittings: Ints  # (N, 2) periods with people; as many as there may be for now
    waiting: Ints  # (E,) entries not placed, totals[UNPLACED] of them
    totals: Longs  # (7,) in the order of WEIGHTS; rows of the journal in use
    journal: Ints  # (J, 3) entry put (room, period) or taken (room, -1 - period), to be undone
    random: Words  # (1,)


def empty_board(tables: Tables, room_open: Flags, seed: int) -> Board:
    """Return a board with nobody placed; room_open (R, P)."""
    entries, periods = tables.may.shape
    rooms, papers = len(tables.room), len(tables.paper) - 1
    entry = np.zeros((entries, 5), dtype=np.int32)
    entry[:, (PERIOD, ROOM)] = -1
    entry[:, SPOT] = np.arange(entries)
    taken = np.zeros((rooms, periods, 6), dtype=np.int32)
    taken[..., OWNER] = np.where(room_open, SHARED, CLOSED)
    totals = np.zeros(7, dtype=np.int64)
    totals[UNPLACED] = entries
    most = max(int(tables.room[:, SEATS].max(initial=1)), 1)
    return Board(
        entry=entry,
        people=np.full((rooms, periods, most), -1, dtype=np.int32),
        taken=taken,
        paper=np.zeros((papers, periods, 2), dtype=np.int32),
        sittings=np.stack([np.zeros(papers), tables.paper[:-1, MOST]], axis=1).astype(np.int32),
        waiting=np.arange(entries, dtype=np.int32),
        totals=totals,
        journal=np.zeros((4 * entries + 64, 3), dtype=np.int32),
        random=stream(seed),
    )


@inner
def cost(board: Board, weights: Longs) -> int:
    """Return what the board costs: the weighted sum of its totals, in metres."""
    total = 0
    for k in range(len(weights)):
        total += weights[k] * board.totals[k]
    return total


@inner
def journey(t: Tables, entry: int, venue: int) -> int:
    """Return the metres of an entry's journey, more where another venue was wished for."""
    metres = int(t.near[t.entry[entry, PLACE], 1, venue])
    wish = t.entry[entry, WISH]
    if wish >= 0 and wish != venue:
        metres += NOT_PREFERRED_METRES
    return metres


@inner
def fits(t: Tables, b: Board, entry: int, room: int, period: int) -> bool:
    """Whether the room session has a seat for the entry as it stands; asks nothing of the person.

    The needs are met by Hall's condition over the four kinds of desks.
    """
    paper = t.entry[entry, PAPER]
    if not t.room[room, BIT] & t.paper[paper, KINDS]:
        return False
    needs = t.entry[entry, NEEDS]
    taken = b.taken[room, period]
    if taken[ALL] >= t.room[room, SEATS]:
        return False
    if taken[ALL] > 0:
        if needs & ALONE or taken[OWNER] != (SHARED if t.paper[paper, SHARES] else paper):
            return False
    elif taken[OWNER] == CLOSED:
        return False
    return not needs & (WHEELCHAIR | LEFT_HANDED) or _desk_left(t, taken, needs, room)


@inner
def _desk_left(t: Tables, taken: Ints, needs: int, room: int) -> bool:
    wheel = (needs & WHEELCHAIR) != 0
    left = (needs & LEFT_HANDED) != 0
    seats = t.room[room, SEATS:]
    return bool(
        taken[1] + wheel <= seats[1]
        and taken[2] + left <= seats[2]
        and taken[3] + (wheel and left) <= seats[3]
        and taken[4] + 1 <= seats[4]
    )


@inner
def person_can(t: Tables, b: Board, entry: int, period: int, venue: int) -> bool:
    """Whether the person's other papers leave time for this one (venue -1: journeys aside)."""
    own_start = t.period[period, START]
    own_end = own_start + t.entry[entry, OWN]
    that_day = 1
    for other in range(t.entry[entry, KIN_FROM], t.entry[entry, KIN_TO]):
        at = b.entry[other, PERIOD]
        if at < 0 or other == entry or t.period[at, DAY] != t.period[period, DAY]:
            continue
        that_day += 1
        if b.entry[other, AT] >= own_start:
            pause = b.entry[other, AT] - own_end
        else:
            pause = own_start - (b.entry[other, AT] + t.entry[other, OWN])
        need = t.limits[0]
        if venue >= 0:
            there = t.room[b.entry[other, ROOM], VENUE]
            if there != venue and t.travel[there, venue] > need:
                need = t.travel[there, venue]
        if pause < need or that_day > t.limits[1]:
            return False
    return True


@compiled
def may_put(t: Tables, b: Board, entry: int, room: int, period: int) -> bool:
    """Whether an entry may be placed: admissible, a seat for it, and time left by other papers."""
    return (
        t.may[entry, period]
        and fits(t, b, entry, room, period)
        and person_can(t, b, entry, period, t.room[room, VENUE])
    )


@compiled
def put(t: Tables, b: Board, entry: int, room: int, period: int) -> None:
    """Place an entry that waits; `fits` and `person_can` have said yes."""
    _write(b, entry, room, period)
    place = b.entry[entry, SPOT]
    last = b.totals[UNPLACED] - 1
    moved = b.waiting[last]
    b.waiting[place] = moved
    b.entry[moved, SPOT] = place
    b.totals[UNPLACED] = last
    b.totals[SAME_DAY] += _others_that_day(t, b, entry, period)
    b.entry[entry, PERIOD] = period
    b.entry[entry, ROOM] = room
    b.entry[entry, AT] = t.period[period, START]
    taken = b.taken[room, period]
    b.people[room, period, taken[ALL]] = entry
    b.entry[entry, SPOT] = taken[ALL]
    if taken[ALL] == 0:
        b.totals[ROOMS] += 1
        paper = t.entry[entry, PAPER]
        if t.entry[entry, NEEDS] & ALONE:
            b.taken[room, period, OWNER] = SOLITARY
        elif not t.paper[paper, SHARES]:
            b.taken[room, period, OWNER] = paper
    _count(t, b, entry, room, period, 1)
    b.totals[METRES] += journey(t, entry, t.room[room, VENUE])


@inner
def take(t: Tables, b: Board, entry: int) -> None:
    """Take a placed entry off the board; it waits again."""
    room, period = b.entry[entry, ROOM], b.entry[entry, PERIOD]
    _write(b, entry, room, -1 - period)
    _count(t, b, entry, room, period, -1)
    taken = b.taken[room, period]
    moved = b.people[room, period, taken[ALL]]
    b.people[room, period, b.entry[entry, SPOT]] = moved
    b.entry[moved, SPOT] = b.entry[entry, SPOT]
    if taken[ALL] == 0:
        b.totals[ROOMS] -= 1
        b.taken[room, period, OWNER] = SHARED
    b.totals[METRES] -= journey(t, entry, t.room[room, VENUE])
    b.entry[entry, PERIOD] = -1
    b.entry[entry, ROOM] = -1
    b.totals[SAME_DAY] -= _others_that_day(t, b, entry, period)
    last = b.totals[UNPLACED]
    b.waiting[last] = entry
    b.entry[entry, SPOT] = last
    b.totals[UNPLACED] = last + 1


@compiled
def keep(b: Board) -> None:
    """Let everything done so far stand."""
    b.totals[WRITTEN] = 0


@compiled
def undo(t: Tables, b: Board, back_to: int) -> None:
    """Take back, latest first, what was done since the journal had `back_to` rows."""
    while b.totals[WRITTEN] > back_to:
        row = b.journal[b.totals[WRITTEN] - 1]
        entry, room, period = row[0], row[1], row[2]
        if period >= 0:
            take(t, b, entry)
        else:
            put(t, b, entry, room, -1 - period)
        b.totals[WRITTEN] -= 2  # the row undone and the row its undoing wrote


@inner
def _write(b: Board, entry: int, room: int, period: int) -> None:
    row = b.journal[b.totals[WRITTEN]]
    row[0], row[1], row[2] = entry, room, period
    b.totals[WRITTEN] += 1


@inner
def _count(t: Tables, b: Board, entry: int, room: int, period: int, step: int) -> None:
    taken = b.taken[room, period]
    taken[ALL] += step
    needs = t.entry[entry, NEEDS]
    if needs & (WHEELCHAIR | LEFT_HANDED):
        wheel = (needs & WHEELCHAIR) != 0
        left = (needs & LEFT_HANDED) != 0
        taken[1] += step * wheel
        taken[2] += step * left
        taken[3] += step * (wheel and left)
        taken[4] += step
    paper = t.entry[entry, PAPER]
    before = b.paper[paper, period, COUNT]
    b.paper[paper, period, COUNT] = before + step
    if before == 0 or before + step == 0:
        sittings = b.sittings[paper, HELD]
        b.sittings[paper, HELD] = sittings + step
        b.totals[SITTINGS] += step
        if max(sittings, sittings + step) > t.paper[paper, WISHED]:
            b.totals[BEYOND_WISH] += step


@inner
def _others_that_day(t: Tables, b: Board, entry: int, period: int) -> int:
    others = 0
    for other in range(t.entry[entry, KIN_FROM], t.entry[entry, KIN_TO]):
        at = b.entry[other, PERIOD]
        others += at >= 0 and t.period[at, DAY] == t.period[period, DAY]
    return others
