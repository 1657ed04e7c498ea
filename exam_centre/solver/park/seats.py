"""Stage 4: a seat for everybody in a room session, drawn by lot: needs first, the like apart."""

import numpy as np

from exam_centre.solver.engine.arrays import Flags, Ints
from exam_centre.solver.engine.compiled import Words, below, compiled, inner, stream
from exam_centre.solver.park.problem import ParkProblem
from exam_centre.solver.park.tables import LEFT_HANDED, WHEELCHAIR

ROUNDS = 40  # exchanges tried for each person
SAME_PAPER, SAME_TEAM = 1, 2  # bits of `beside`
APART = ((-1, 0), (1, 0), (0, -1), (0, 1))


@compiled
def draw_seats(
    desks: Ints, needs: Ints, paper: Ints, team: Ints, given: Ints, random: Words
) -> Ints:
    """Return (n,) the desk of each of n people, -1 for one whose need no desk left meets.

    desks   (k, 3): row and column from 1, what the desk offers (bits as in `needs`).
    needs   (n,) bits WHEELCHAIR and LEFT_HANDED; paper, team (n,), team -1: none.
    given   (n,) a desk that is settled, -1: to be drawn.

    The most constrained are drawn first and take the desks that offer least beyond their need; then
    exchanges that lessen neighbours of one paper (weight 4) and of one team (1) are made.
    """
    grid = np.full((desks[:, 0].max() + 2, desks[:, 1].max() + 2), -1, dtype=np.int32)
    desk = given.copy()
    for i in range(len(needs)):
        if desk[i] >= 0:
            grid[desks[desk[i], 0], desks[desk[i], 1]] = i
    for need in (3, 1, 2, 0):
        for i in range(len(needs)):
            if desk[i] < 0 and needs[i] == need:
                _draw(desks, desk, grid, i, need, random)
    for _ in range(ROUNDS * len(needs)):
        _exchange(desks, needs, paper, team, given, desk, grid, random)
    return desk


@inner
def _draw(desks: Ints, desk: Ints, grid: Ints, person: int, need: int, random: Words) -> None:
    """Take a free desk that meets the need, drawn among those that offer least."""
    least, found, chosen = 99, 0, -1
    for d in range(len(desks)):
        offer = desks[d, 2]
        if need & ~offer or grid[desks[d, 0], desks[d, 1]] >= 0:
            continue
        worth = (offer & 1) + (offer >> 1 & 1)
        if worth > least:
            continue
        found = 1 if worth < least else found + 1
        least = worth
        if below(random, found) == 0:
            chosen = d
    if chosen >= 0:
        desk[person] = chosen
        grid[desks[chosen, 0], desks[chosen, 1]] = person


@inner
def _likeness(desks: Ints, paper: Ints, team: Ints, grid: Ints, person: int, d: int) -> int:
    """Return how alike a person would be to those at the four desks next to desk d."""
    total = 0
    row, column = desks[d, 0], desks[d, 1]
    for side in APART:
        other = grid[row + side[0], column + side[1]]
        if other >= 0 and other != person:
            total += 4 * (paper[other] == paper[person])
            total += team[other] >= 0 and team[other] == team[person]
    return total


@inner
def _exchange(
    desks: Ints,
    needs: Ints,
    paper: Ints,
    team: Ints,
    given: Ints,
    desk: Ints,
    grid: Ints,
    random: Words,
) -> None:
    one, there = below(random, len(needs)), below(random, len(desks))
    here = desk[one]
    other = grid[desks[there, 0], desks[there, 1]]
    if here < 0 or here == there or given[one] >= 0 or needs[one] & ~desks[there, 2]:
        return
    if other >= 0 and (given[other] >= 0 or needs[other] & ~desks[here, 2]):
        return
    before = _likeness(desks, paper, team, grid, one, here)
    if other >= 0:
        before += _likeness(desks, paper, team, grid, other, there)
    grid[desks[here, 0], desks[here, 1]] = other
    grid[desks[there, 0], desks[there, 1]] = one
    after = _likeness(desks, paper, team, grid, one, there)
    if other >= 0:
        after += _likeness(desks, paper, team, grid, other, here)
    if after <= before:
        desk[one] = there
        if other >= 0:
            desk[other] = here
    else:
        grid[desks[here, 0], desks[here, 1]] = one
        grid[desks[there, 0], desks[there, 1]] = other


def seat_people(
    problem: ParkProblem, period: Ints, room: Ints, locked: Ints, who: Flags, seed: int
) -> Ints:
    """Return (E,) the seat of every entry of `who` (E,), -1 for others and where none is left.

    period, room  (E,) where they sit.
    locked        (E,) seats settled beforehand, -1: none.
    Every room session draws from a stream of its own, so that a change in one room leaves the
    seats of all others as they were.
    """
    offers = problem.seats.wheelchair * WHEELCHAIR + problem.seats.left_handed * LEFT_HANDED
    by_room = np.argsort(problem.seats.room, kind="stable")
    ends = np.searchsorted(problem.seats.room[by_room], np.arange(len(problem.rooms) + 1))
    people = problem.candidates
    needs = people.wheelchair * WHEELCHAIR + people.left_handed * LEFT_HANDED
    seat = np.full(len(room), -1, dtype=np.int32)
    periods = len(problem.periods)
    at = np.flatnonzero(who)
    session = room[at].astype(np.int64) * periods + period[at]
    order = np.lexsort((at, session))
    starts = np.flatnonzero(np.diff(session[order], prepend=-1))
    for rows in np.split(order, starts[1:]) if len(order) else []:
        entries = at[rows]
        r = int(room[entries[0]])
        seats = by_room[ends[r] : ends[r + 1]]
        place = {int(s): n for n, s in enumerate(seats)}
        candidate = problem.entries.candidate[entries]
        desks = np.stack(
            [problem.seats.row[seats], problem.seats.column[seats], offers[seats]], axis=1
        ).astype(np.int32)
        given = np.array([place.get(int(s), -1) for s in locked[entries]], dtype=np.int32)
        random = stream(seed * 1_000_003 + int(session[rows[0]]) + 1)
        desk = draw_seats(
            desks,
            needs[candidate].astype(np.int32),
            problem.entries.paper[entries],
            people.team[candidate],
            given,
            random,
        )
        seat[entries] = np.where(desk >= 0, seats[desk], -1)
    return seat


def neighbours(problem: ParkProblem, period: Ints, seat: Ints, who: Flags) -> Ints:
    """Return (E,) bits SAME_PAPER and SAME_TEAM of who sits at one of the four next desks."""
    beside = np.zeros(len(seat), dtype=np.int32)
    entries = np.flatnonzero(who)
    team = problem.candidates.team[problem.entries.candidate]
    seats = problem.seats
    at = {
        (int(seats.room[seat[e]]), int(period[e]), int(seats.row[s]), int(seats.column[s])): int(e)
        for e, s in zip(entries, seat[entries], strict=True)
    }
    for (room, then, row, column), entry in at.items():
        for down, across in APART:
            other = at.get((room, then, row + down, column + across))
            if other is None:
                continue
            if problem.entries.paper[other] == problem.entries.paper[entry]:
                beside[entry] |= SAME_PAPER
            if team[other] >= 0 and team[other] == team[entry]:
                beside[entry] |= SAME_TEAM
    return beside
