"""Choosing the periods a paper is sat in: a first choice, and changing one's mind."""

import numpy as np

from exam_centre.solver.engine.arrays import Flags, Ints
from exam_centre.solver.engine.compiled import below, compiled, inner
from exam_centre.solver.park.board import (
    ALL,
    CLOSED,
    COUNT,
    FIXED,
    HELD,
    LIMIT,
    OWNER,
    PERIOD,
    SHARED,
    SITS,
    UNPLACED,
    Board,
    keep,
    person_can,
    take,
)
from exam_centre.solver.park.moves import place_best, place_by_shifting, place_in, put_in_period
from exam_centre.solver.park.tables import (
    ALONE,
    BIT,
    FIRST,
    KINDS,
    MOST,
    NEEDS,
    PAPER,
    SEATS,
    SHARES,
    Tables,
)

FEW = 200


@inner
def open_seats(t: Tables, b: Board, paper: int) -> Ints:
    """Return (P,) seats of suitable rooms that are still free for the paper in each period."""
    rooms, periods = b.taken.shape[0], b.taken.shape[1]
    free = np.zeros(periods, dtype=np.int32)
    for room in range(rooms):
        if not t.room[room, BIT] & t.paper[paper, KINDS]:
            continue
        for p in range(periods):
            taken = b.taken[room, p, ALL]
            mine = SHARED if t.paper[paper, SHARES] else paper
            owner = b.taken[room, p, OWNER]
            if (taken == 0 and owner != CLOSED) or owner == mine:
                free[p] += t.room[room, SEATS] - taken
    return free


@inner
def can_sit(t: Tables, b: Board, paper: int) -> Flags:
    """Return (people waiting for the paper, P) whether each could sit in each period.

    Where few wait in all, and for those who need a room alone, a seat is looked for as well.
    """
    periods = t.may.shape[1]
    first, last = t.paper[paper, FIRST], t.paper[paper + 1, FIRST]
    can = np.zeros((last - first, periods), dtype=np.bool_)
    few = b.totals[UNPLACED] <= FEW
    rows = 0
    for k in range(first, last):
        entry = t.paper_entries[k]
        if b.entry[entry, PERIOD] >= 0:
            continue
        for p in range(periods):
            can[rows, p] = t.may[entry, p] and person_can(t, b, entry, p, -1)
            if can[rows, p] and (few or t.entry[entry, NEEDS] & ALONE):
                can[rows, p] = place_in(t, b, entry, p)[0] >= 0
        rows += 1
    return can[:rows]


@inner
def seated_by_two(can: Flags, free: Ints, p: int, q: int) -> int:
    """Return how many could be seated in periods p and q together, venues aside (p = q: in one)."""
    only_p, only_q, both = 0, 0, 0
    for row in range(len(can)):
        if can[row, p]:
            if can[row, q]:
                both += 1
            else:
                only_p += 1
        elif can[row, q]:
            only_q += 1
    if p == q:
        return min(both, int(free[p]))
    seats_p, seats_q = int(free[p]), int(free[q])
    left = max(0, seats_p - only_p) + max(0, seats_q - only_q)
    return min(only_p, seats_p) + min(only_q, seats_q) + min(both, left)


@inner
def choose_two(t: Tables, b: Board, paper: int) -> tuple[int, int]:
    """Return the periods that seat most of those waiting, one (p, p) where one seats as many.

    Equals are settled by the seats left over. (-1, -1) where nobody could sit.
    """
    can, free = can_sit(t, b, paper), open_seats(t, b, paper)
    best_p, best_q, most, slack = -1, -1, 0, -1
    periods = len(free)
    two = b.sittings[paper, HELD] + 2 <= b.sittings[paper, LIMIT]
    for p in range(periods):
        if not t.paper_periods[paper, p] or b.paper[paper, p, SITS]:
            continue
        for q in range(p, periods if two else p + 1):
            if not t.paper_periods[paper, q] or b.paper[paper, q, SITS]:
                continue
            seated = seated_by_two(can, free, p, q)
            room = 2**30 if p == q else min(free[p], free[q])
            if seated > most or (seated == most and seated > 0 and room > slack):
                best_p, best_q, most, slack = p, q, seated, room
    return best_p, best_q


@inner
def seat_waiting(t: Tables, b: Board, paper: int) -> int:
    """Place those who wait for the paper in its sittings: needs and least choice first.

    Returns how many still wait.
    """
    first, last = t.paper[paper, FIRST], t.paper[paper + 1, FIRST]
    for choice in range(2):
        for k in range(first, last):
            entry = t.paper_entries[k]
            if b.entry[entry, PERIOD] < 0 and (choice or _choices(t, b, entry) == 1):
                place_best(t, b, entry)
    waiting = 0
    for k in range(first, last):
        entry = t.paper_entries[k]
        if b.entry[entry, PERIOD] < 0 and not place_by_shifting(t, b, entry):
            waiting += 1
    return waiting


@compiled
def seat_as_chosen(t: Tables, b: Board, paper: int, period: Ints) -> None:
    """Place those who wait for the paper in the periods (E,) chosen for them, -1: none was."""
    for k in range(t.paper[paper, FIRST], t.paper[paper + 1, FIRST]):
        entry = t.paper_entries[k]
        if b.entry[entry, PERIOD] < 0 and period[entry] >= 0:
            put_in_period(t, b, entry, period[entry])


@inner
def _choices(t: Tables, b: Board, entry: int) -> int:
    choices = 0
    paper = t.entry[entry, PAPER]
    for p in range(t.may.shape[1]):
        choices += b.paper[paper, p, SITS] and t.may[entry, p]
    return choices


@compiled
def open_paper(t: Tables, b: Board, paper: int) -> None:
    """Give a paper its first sittings: as few as seat everybody who can be seated."""
    waiting = seat_waiting(t, b, paper)
    while waiting > 0 and b.sittings[paper, HELD] < b.sittings[paper, LIMIT]:
        p, q = choose_two(t, b, paper)
        if p < 0:
            break
        b.paper[paper, p, SITS] = True
        b.paper[paper, q, SITS] = True
        still = seat_waiting(t, b, paper)
        drop_empty(b, paper)
        if still == waiting:
            break
        waiting = still


@inner
def drop_empty(b: Board, paper: int) -> None:
    """Forget sittings nobody is in."""
    for p in range(b.paper.shape[1]):
        b.paper[paper, p, SITS] = b.paper[paper, p, COUNT] > 0


@inner
def lift(t: Tables, b: Board, paper: int, period: int) -> bool:
    """Take off everybody of a paper's sitting (period -1: of all); False if someone is fixed."""
    for k in range(t.paper[paper, FIRST], t.paper[paper + 1, FIRST]):
        entry = t.paper_entries[k]
        at = b.entry[entry, PERIOD]
        if at >= 0 and (period < 0 or at == period):
            if b.entry[entry, FIXED]:
                return False
            take(t, b, entry)
    return True


@inner
def drawn_period(b: Board, allowed: Flags, sits: Ints, wanted: bool) -> int:
    """Draw an allowed period in which the paper sits (wanted) or does not, -1 if there is none."""
    periods = len(sits)
    p = below(b.random, periods)
    for _ in range(periods):
        if sits[p] == wanted and allowed[p]:
            return p
        p = p + 1 if p + 1 < periods else 0
    return -1


@inner
def resit(t: Tables, b: Board, paper: int) -> bool:
    """Move one sitting of a paper to another period, drop it, or add one, and seat its people anew.

    Which of these is drawn; one is added only where somebody waits. The caller judges the result
    and undoes it by the journal, and `sits` by its own copy. False: not possible.
    """
    sits, allowed = b.paper[paper, :, SITS], t.paper_periods[paper]
    kind = below(b.random, 8)
    drop = drawn_period(b, allowed, sits, True)
    add = -1 if kind == 0 else drawn_period(b, allowed, sits, False)
    if kind == 1 and b.totals[UNPLACED] > 0 and b.sittings[paper, HELD] < b.sittings[paper, LIMIT]:
        drop = -1
    if drop < 0 and add < 0:
        return False
    if drop >= 0:
        if not lift(t, b, paper, drop if kind & 1 else -1):
            return False
        sits[drop] = False
    if add >= 0:
        sits[add] = True
    seat_waiting(t, b, paper)
    return True


def hardest_first(tables: Tables) -> Ints:
    """Return the papers by how many people there are for a seat, those that share no room first."""
    people = np.diff(tables.paper[:, FIRST])
    seats = np.array(
        [tables.room[tables.room[:, 1] & kinds > 0, 2].sum() for kinds in tables.paper[:-1, 1]]
    )
    alone_first = tables.paper[:-1, SHARES] > 0
    order: Ints = np.lexsort((-people / np.maximum(seats, 1), alone_first)).astype(np.int32)
    return order


def allow_one_more(tables: Tables, board: Board) -> None:
    """Let every paper somebody waits for sit in one period more, if that seats them."""
    waiting = board.waiting[: board.totals[UNPLACED]]
    for paper in np.unique(tables.entry[waiting, PAPER]):
        most = tables.paper[paper, MOST]
        board.sittings[paper, LIMIT] = min(board.sittings[paper, HELD] + 1, most)
        open_paper(tables, board, int(paper))
        keep(board)
