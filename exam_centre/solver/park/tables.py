"""What the compiled search looks up and never changes, derived once from the problem."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exam_centre.solver.engine.arrays import Flags, Ints
from exam_centre.solver.park.geography import places
from exam_centre.solver.park.problem import ParkProblem, Seats

WHEELCHAIR, LEFT_HANDED, ALONE = 1, 2, 4
FAR_FUTURE = 2**30
NOT_PREFERRED_METRES = 20_000  # a wish for a venue is worth this much of a journey


# Columns of Tables.entry.
PAPER, OWN, PLACE, WISH, NEEDS, KIN_FROM, KIN_TO = range(7)
# Columns of Tables.paper.
FIRST, KINDS, SHARES, MOST, WISHED = range(5)
# Columns of Tables.room; SEATS and the next four: usable; wheelchair; left; both; one or other.
VENUE, BIT, SEATS = range(3)
# Columns of Tables.period.
START, DAY = range(2)


class Tables(NamedTuple):
    """Few and wide arrays: every array more makes every function longer to compile.

    Entries are numbered by candidate here, so that a person's entries stand together: row i is
    entry order[i] of the problem (`entry_order`). P periods, R rooms, V venues, L places.
    """

    entry: Ints  # (E, 7) paper, own minutes, place, wished venue, needs, the person's first..last
    may: Flags  # (E, P) paper allowed, long enough, person free, own end before the next period
    paper: Ints  # (N + 1, 5) first of paper_entries, kinds' bits, shares, most and wished sittings
    paper_entries: Ints  # (E,) by paper: those with needs first
    paper_periods: Flags  # (N, P)
    room: Ints  # (R, 7) venue, bit of its kind, seats by what they offer
    venue_rooms: Ints  # (V, most rooms) lower kinds first, then larger rooms; -1 fills up
    near: Ints  # (L, 2, V) venues by distance; metres by venue
    travel: Ints  # (V, V) minutes
    period: Ints  # (P, 2) start minute, day
    limits: Ints  # (2,) gap minutes, papers a day


def usable_seats(problem: ParkProblem) -> Ints:
    """Return (R,) seats of each room that may be given away, the spare ones kept back."""
    seats = np.bincount(problem.seats.room, minlength=len(problem.rooms)).astype(np.int64)
    spare = -(-seats * problem.rules.spare_per_cent // 100)
    usable: Ints = (seats - spare).astype(np.int32)
    return usable


def next_starts(problem: ParkProblem) -> NDArray[np.int64]:
    """Return (P,) the minute by which rooms used in a period must be empty."""
    start = problem.periods.start.astype(np.int64)
    following = np.append(start[1:], FAR_FUTURE) if len(start) else start
    return following - problem.rules.turnover_minutes


def admissible(problem: ParkProblem) -> Flags:
    """Return (E, P) whether an entry may be sat in a period, seats and other papers aside."""
    entries, periods = problem.entries, problem.periods
    own = problem.own_minutes()
    long_enough = problem.papers.minutes[entries.paper][:, None] <= periods.minutes[None, :]
    in_time = periods.start[None, :] + own[:, None] <= next_starts(problem)[None, :]
    free = problem.candidates.free_minutes[entries.candidate] >= own[:, None]
    free |= entries.through_shift[:, None]
    may: Flags = problem.papers.periods[entries.paper] & long_enough & in_time & free
    return may


def entry_order(problem: ParkProblem) -> Ints:
    """Return (E,) the problem's entries by candidate, as the tables number them."""
    return np.argsort(problem.entries.candidate, kind="stable").astype(np.int32)


def build_tables(problem: ParkProblem) -> Tables:
    """Derive the search's tables; the problem must have no complaints."""
    order = entry_order(problem)
    papers, rooms = problem.papers, problem.rooms
    paper = problem.entries.paper[order]
    place, metres = places(problem)
    entry = _entry_rows(problem, order, place)
    return Tables(
        entry=entry,
        may=admissible(problem)[order],
        paper=_columns(
            _firsts(paper, len(papers)),
            *(
                np.append(column, 0)
                for column in (
                    papers.kinds,
                    papers.shares,
                    papers.max_sittings,
                    papers.wished_sittings,
                )
            ),
        ),
        paper_entries=np.lexsort((-entry[:, NEEDS], paper)).astype(np.int32),
        paper_periods=papers.periods,
        room=_columns(rooms.venue, 1 << rooms.kind, *room_seats(problem).T),
        venue_rooms=_rooms_of_venues(problem),
        near=np.stack([np.argsort(metres, axis=1, kind="stable"), metres], axis=1).astype(np.int32),
        travel=problem.rules.travel_minutes,
        period=_columns(problem.periods.start, problem.periods.day),
        limits=np.array([problem.rules.gap_minutes, problem.rules.papers_a_day], dtype=np.int32),
    )


def _columns(*columns: NDArray[Any]) -> Ints:
    return np.ascontiguousarray(np.stack(columns, axis=1).astype(np.int32))


def _entry_rows(problem: ParkProblem, order: Ints, place: Ints) -> Ints:
    entries, people = problem.entries, problem.candidates
    who = entries.candidate[order]
    needs = people.wheelchair * WHEELCHAIR + people.left_handed * LEFT_HANDED + people.alone * ALONE
    first = _firsts(who, len(people))
    return _columns(
        entries.paper[order],
        problem.own_minutes()[order],
        place[who],
        entries.preferred_venue[order],
        needs[who],
        first[who],
        first[who + 1],
    )


def _rooms_of_venues(problem: ParkProblem) -> Ints:
    rooms = problem.rooms
    by_venue = np.lexsort((-usable_seats(problem), rooms.kind, rooms.venue))
    most = int(np.bincount(rooms.venue, minlength=1).max(initial=1))
    table = np.full((len(problem.venues), max(most, 1)), -1, dtype=np.int32)
    filled = np.zeros(len(problem.venues), dtype=np.int32)
    for room in by_venue:
        venue = rooms.venue[room]
        table[venue, filled[venue]] = room
        filled[venue] += 1
    return table


def room_seats(problem: ParkProblem) -> Ints:
    """Return (R, 5) seats by what they offer; in the order of Tables.room's last five."""
    seats: Seats = problem.seats
    count = len(problem.rooms)
    offers = (
        seats.wheelchair,
        seats.left_handed,
        seats.wheelchair & seats.left_handed,
        seats.wheelchair | seats.left_handed,
    )
    columns = [usable_seats(problem)]
    columns += [np.bincount(seats.room[o], minlength=count).astype(np.int32) for o in offers]
    table: Ints = np.stack(columns, axis=1).astype(np.int32)
    return table


def _firsts(owner: Ints, owners: int) -> Ints:
    first = np.zeros(owners + 1, dtype=np.int32)
    np.cumsum(np.bincount(owner, minlength=owners), out=first[1:])
    return first
