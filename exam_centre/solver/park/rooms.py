"""Stage 3: fewer rooms. People of a thin room session join others of the venue and period."""

from exam_centre.solver.engine.compiled import compiled, inner
from exam_centre.solver.park.board import ALL, FIXED, Board, fits, keep, put, take, undo
from exam_centre.solver.park.tables import Tables


@compiled
def merge_rooms(t: Tables, b: Board) -> None:
    """Empty every room session whose people all find seats in others of the venue then.

    The thinnest goes first, so leftovers of a few people are merged wherever they can be. Nobody
    changes venue, period or the kind of time they have.
    """
    periods = b.taken.shape[1]
    for venue in range(len(t.venue_rooms)):
        for period in range(periods):
            least = 0
            while True:
                room = _thinnest(t, b, venue, period, least)
                if room < 0:
                    break
                least = b.taken[room, period, ALL] * len(t.room) + room + 1
                keep(b)
                if not _empty(t, b, venue, room, period):
                    undo(t, b, 0)
    keep(b)


@inner
def _thinnest(t: Tables, b: Board, venue: int, period: int, least: int) -> int:
    """Return the used room that comes next by people and number, from rank `least` on; or -1."""
    best, best_rank = -1, 2**40
    for room in t.venue_rooms[venue]:
        if room >= 0 and b.taken[room, period, ALL] > 0:
            rank = b.taken[room, period, ALL] * len(t.room) + room
            if least <= rank < best_rank:
                best, best_rank = room, rank
    return best


@inner
def _empty(t: Tables, b: Board, venue: int, room: int, period: int) -> bool:
    while b.taken[room, period, ALL] > 0:
        entry = b.people[room, period, 0]
        if b.entry[entry, FIXED]:
            return False
        take(t, b, entry)
        target, most = -1, 0
        for other in t.venue_rooms[venue]:
            if other < 0 or other == room:
                continue
            there = b.taken[other, period, ALL]
            if there > most and fits(t, b, entry, other, period):
                target, most = other, there
        if target < 0:
            return False
        put(t, b, entry, target, period)
    return True
