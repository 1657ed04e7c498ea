"""Stage 2: annealing over entries and papers, in whole numbers so that it repeats to the byte."""

from exam_centre.solver.engine.annealing_rule import bears
from exam_centre.solver.engine.arrays import Ints, Longs
from exam_centre.solver.engine.compiled import below, compiled, inner
from exam_centre.solver.park.board import (
    ALL,
    FIXED,
    PERIOD,
    ROOM,
    SITS,
    UNPLACED,
    Board,
    cost,
    fits,
    keep,
    person_can,
    put,
    take,
    undo,
)
from exam_centre.solver.park.moves import (
    place_best,
    place_by_shifting,
    push_in,
)
from exam_centre.solver.park.sittings import drawn_period, resit
from exam_centre.solver.park.tables import (
    BIT,
    FIRST,
    KIN_FROM,
    KINDS,
    PAPER,
    PLACE,
    VENUE,
    Tables,
)

REDRAWN = 3  # times an entry is drawn again that is as near as it can be
NEAREST = 4  # a journey is drawn among so many nearest venues


@compiled
def anneal(
    t: Tables,
    b: Board,
    weights: Longs,
    table: Ints,
    temperature: int,
    moves: int,
    papers_every: int,
    entries: Ints,
    papers: Ints,
) -> None:
    """Try `moves` moves of the entries at one temperature (metres).

    Every so many, one of the papers is moved as a whole.
    """
    for step in range(moves):
        keep(b)
        before = cost(b, weights)
        if step % papers_every == 0:
            _try_paper(t, b, weights, table, _drawn_paper(t, b, papers), temperature)
            continue
        waiting = b.totals[UNPLACED]
        if waiting > 0 and step % 16 == 1:
            moved = _place_waiting(t, b, b.waiting[below(b.random, waiting)])
        else:
            moved = _move(t, b, _drawn_entry(t, b, entries))
        if moved and not bears(b.random, table, cost(b, weights) - before, temperature):
            undo(t, b, 0)
    keep(b)


@inner
def _drawn_paper(t: Tables, b: Board, papers: Ints) -> int:
    """Draw a paper, every second time one that somebody waits for."""
    waiting = b.totals[UNPLACED]
    if waiting > 0 and below(b.random, 2) == 0:
        return int(t.entry[b.waiting[below(b.random, waiting)], PAPER])
    return int(papers[below(b.random, len(papers))])


@inner
def _drawn_entry(t: Tables, b: Board, entries: Ints) -> int:
    """Draw an entry, rather one that travels further than it would to its nearest venue."""
    entry = entries[below(b.random, len(entries))]
    for _ in range(REDRAWN):
        room = b.entry[entry, ROOM]
        if room >= 0 and t.room[room, VENUE] != t.near[t.entry[entry, PLACE], 0, 0]:
            break
        entry = entries[below(b.random, len(entries))]
    return int(entry)


@inner
def _try_paper(
    t: Tables, b: Board, weights: Longs, table: Ints, paper: int, temperature: int
) -> None:
    before, sits = cost(b, weights), b.paper[paper, :, SITS].copy()
    people = t.paper[paper + 1, FIRST] - t.paper[paper, FIRST]
    hot = temperature * min(8, 1 + people // 16)
    if not resit(t, b, paper) or not bears(b.random, table, cost(b, weights) - before, hot):
        undo(t, b, 0)
        b.paper[paper, :, SITS] = sits


@inner
def _place_waiting(t: Tables, b: Board, entry: int) -> bool:
    if place_best(t, b, entry) or place_by_shifting(t, b, entry):
        return True
    paper = t.entry[entry, PAPER]
    period = drawn_period(b, t.may[entry], b.paper[paper, :, SITS], True)
    if period < 0 or not person_can(t, b, entry, period, -1):
        return False
    room = _drawn_room(t, b, entry)
    if not person_can(t, b, entry, period, t.room[room, VENUE]):
        return False
    return push_in(t, b, entry, room, period)


@inner
def _drawn_room(t: Tables, b: Board, entry: int) -> int:
    """Draw a room of a near venue, now and then of any."""
    near = t.near[t.entry[entry, PLACE], 0]
    reach = len(near) if below(b.random, 16) == 0 else min(NEAREST, len(near))
    venue = near[below(b.random, reach)]
    rooms = t.venue_rooms[venue]
    room = rooms[below(b.random, len(rooms))]
    return room if room >= 0 else below(b.random, len(t.room))


@inner
def _move(t: Tables, b: Board, entry: int) -> bool:
    """Move a placed entry to a drawn place; who sits there moves to the place it leaves."""
    if b.entry[entry, PERIOD] < 0 or b.entry[entry, FIXED]:
        return False
    paper = t.entry[entry, PAPER]
    room, period = b.entry[entry, ROOM], b.entry[entry, PERIOD]
    to_period = drawn_period(b, t.may[entry], b.paper[paper, :, SITS], True)
    to_room = _drawn_room(t, b, entry)
    if to_period < 0 or (to_room == room and to_period == period):
        return False
    if not t.room[to_room, BIT] & t.paper[paper, KINDS]:
        return False
    take(t, b, entry)
    if person_can(t, b, entry, to_period, t.room[to_room, VENUE]):
        if fits(t, b, entry, to_room, to_period):
            put(t, b, entry, to_room, to_period)
            return True
        if _exchange(t, b, entry, to_room, to_period, room, period):
            return True
    undo(t, b, 0)
    return False


@inner
def _exchange(
    t: Tables, b: Board, entry: int, room: int, period: int, left_room: int, left_period: int
) -> bool:
    """Place a lifted entry where another sits, who goes to the place left or to its next best."""
    there = b.taken[room, period, ALL]
    if there == 0:
        return False
    victim = b.people[room, period, below(b.random, there)]
    if b.entry[victim, FIXED] or t.entry[victim, KIN_FROM] == t.entry[entry, KIN_FROM]:
        return False
    take(t, b, victim)
    if not fits(t, b, entry, room, period):
        return False
    put(t, b, entry, room, period)
    if (
        b.paper[t.entry[victim, PAPER], left_period, SITS]
        and t.may[victim, left_period]
        and fits(t, b, victim, left_room, left_period)
        and person_can(t, b, victim, left_period, t.room[left_room, VENUE])
    ):
        put(t, b, victim, left_room, left_period)
        return True
    return place_best(t, b, victim)
