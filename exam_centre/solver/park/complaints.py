"""Contradictions in a problem, found before any search, each naming the rows that carry it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from exam_centre.solver.park.ordering import impossible_orders
from exam_centre.solver.park.problem import OrderKind, ParkProblem
from exam_centre.solver.park.tables import usable_seats


class Contradiction(StrEnum):
    """What is wrong. The comment names the indices a complaint carries, in order."""

    WRONG_SHAPE = "wrong_shape"  # none: tables do not fit each other; nothing else is looked at
    UNKNOWN_VENUE = "unknown_venue"  # room
    UNKNOWN_ROOM = "unknown_room"  # seat
    UNKNOWN_CANDIDATE = "unknown_candidate"  # entry
    UNKNOWN_PAPER = "unknown_paper"  # entry
    UNKNOWN_PREFERENCE = "unknown_preference"  # entry
    RULE_OUT_OF_RANGE = "rule_out_of_range"  # none
    PERIOD_EMPTY = "period_empty"  # period
    PERIODS_OVERLAP = "periods_overlap"  # period, period: out of order, overlapping or too close
    PAPER_WITHOUT_MINUTES = "paper_without_minutes"  # paper
    PAPER_TOO_LONG = "paper_too_long"  # paper: longer than every period allowed to it
    PAPER_WITHOUT_ROOM = "paper_without_room"  # paper: no room of a kind that suits it
    PAPER_WITHOUT_SITTING = "paper_without_sitting"  # paper: no period, or no sitting, allowed
    ROOM_WITHOUT_SEATS = "room_without_seats"  # room: none to give away
    SEAT_OUTSIDE_LAYOUT = "seat_outside_layout"  # seat
    SEAT_TWICE = "seat_twice"  # seat, seat: one number or one place in a room
    ENTRY_TWICE = "entry_twice"  # entry, entry: one person, one paper
    EXTRA_TIME_NEGATIVE = "extra_time_negative"  # candidate
    UNKNOWN_ORDER = "unknown_order"  # order: no such papers, one paper twice, or no such kind
    ORDERS_IMPOSSIBLE = "orders_impossible"  # orders: not beside each other, none to be spared


@dataclass(frozen=True)
class Complaint:
    """One contradiction and the rows that carry it."""

    code: Contradiction
    rows: tuple[int, ...]


def check_problem(problem: ParkProblem) -> list[Complaint]:
    """Return all contradictions; an empty list means the planner will take the problem."""
    shapes = list(_shapes(problem)) or list(_references(problem))
    if shapes:
        return shapes
    found = [
        *_rules(problem),
        *_periods(problem),
        *_papers(problem),
        *_rooms(problem),
        *_people(problem),
    ]
    return found or list(_orders(problem))


def _orders(problem: ParkProblem) -> Iterator[Complaint]:
    impossible = impossible_orders(problem) if len(problem.orders) else ()
    if impossible:
        yield Complaint(Contradiction.ORDERS_IMPOSSIBLE, impossible)


def _each(code: Contradiction, wrong: NDArray[np.bool_]) -> Iterator[Complaint]:
    for row in np.flatnonzero(wrong):
        yield Complaint(code, (int(row),))


def _shapes(problem: ParkProblem) -> Iterator[Complaint]:
    periods, venues = len(problem.periods), len(problem.venues)
    fits = (
        problem.rooms.open.shape == (len(problem.rooms), periods)
        and problem.papers.periods.shape == (len(problem.papers), periods)
        and problem.candidates.free_minutes.shape == (len(problem.candidates), periods)
        and problem.rules.travel_minutes.shape == (venues, venues)
        and min(periods, venues, len(problem.rooms), len(problem.papers)) > 0
        and len(problem.entries) > 0
    )
    if not fits:
        yield Complaint(Contradiction.WRONG_SHAPE, ())


def _references(problem: ParkProblem) -> Iterator[Complaint]:
    def outside(index: NDArray[np.int32], length: int, least: int = 0) -> NDArray[np.bool_]:
        wrong: NDArray[np.bool_] = (index < least) | (index >= length)
        return wrong

    entries, venues = problem.entries, len(problem.venues)
    yield from _each(Contradiction.UNKNOWN_VENUE, outside(problem.rooms.venue, venues))
    yield from _each(Contradiction.UNKNOWN_ROOM, outside(problem.seats.room, len(problem.rooms)))
    yield from _each(
        Contradiction.UNKNOWN_CANDIDATE, outside(entries.candidate, len(problem.candidates))
    )
    yield from _each(Contradiction.UNKNOWN_PAPER, outside(entries.paper, len(problem.papers)))
    yield from _each(
        Contradiction.UNKNOWN_PREFERENCE, outside(entries.preferred_venue, venues, least=-1)
    )
    orders, papers = problem.orders, len(problem.papers)
    wrong = outside(orders.first, papers) | outside(orders.second, papers)
    wrong |= (orders.first == orders.second) | outside(orders.kind, len(OrderKind))
    yield from _each(Contradiction.UNKNOWN_ORDER, wrong)


def _rules(problem: ParkProblem) -> Iterator[Complaint]:
    rules = problem.rules
    minutes = (rules.turnover_minutes, rules.gap_minutes, rules.isolation_minutes, rules.leftover)
    travel = rules.travel_minutes
    if (
        min(minutes) < 0
        or rules.papers_a_day < 1
        or not 0 <= rules.spare_per_cent < 100
        or bool((travel < 0).any())
        or bool((travel != travel.T).any())
        or bool(((problem.rooms.kind < 0) | (problem.rooms.kind > 30)).any())
    ):
        yield Complaint(Contradiction.RULE_OUT_OF_RANGE, ())


def _periods(problem: ParkProblem) -> Iterator[Complaint]:
    periods = problem.periods
    yield from _each(Contradiction.PERIOD_EMPTY, periods.minutes <= 0)
    free_again = periods.start + periods.minutes + problem.rules.turnover_minutes
    for later in np.flatnonzero(periods.start[1:] < free_again[:-1]) + 1:
        yield Complaint(Contradiction.PERIODS_OVERLAP, (int(later) - 1, int(later)))


def _papers(problem: ParkProblem) -> Iterator[Complaint]:
    papers = problem.papers
    kinds = np.bitwise_or.reduce(1 << problem.rooms.kind)
    longest = np.where(papers.periods, problem.periods.minutes[None, :], 0).max(axis=1)
    none_allowed = ~papers.periods.any(axis=1) | (papers.max_sittings < 1)
    none_allowed |= papers.wished_sittings < 1
    yield from _each(Contradiction.PAPER_WITHOUT_MINUTES, papers.minutes <= 0)
    yield from _each(Contradiction.PAPER_WITHOUT_ROOM, papers.kinds & kinds == 0)
    yield from _each(Contradiction.PAPER_WITHOUT_SITTING, none_allowed)
    yield from _each(Contradiction.PAPER_TOO_LONG, ~none_allowed & (papers.minutes > longest))


def _rooms(problem: ParkProblem) -> Iterator[Complaint]:
    rooms, seats = problem.rooms, problem.seats
    yield from _each(Contradiction.ROOM_WITHOUT_SEATS, usable_seats(problem) <= 0)
    outside = (seats.row < 1) | (seats.row > rooms.rows[seats.room])
    outside |= (seats.column < 1) | (seats.column > rooms.columns[seats.room])
    yield from _each(Contradiction.SEAT_OUTSIDE_LAYOUT, outside)
    numbers: dict[tuple[int, ...], int] = {}
    for seat in range(len(seats)):
        room = int(seats.room[seat])
        place = (room, int(seats.row[seat]), int(seats.column[seat]))
        for key in ((room, int(seats.number[seat])), place):
            first = numbers.setdefault(key, seat)
            if first != seat:
                yield Complaint(Contradiction.SEAT_TWICE, (first, seat))


def _people(problem: ParkProblem) -> Iterator[Complaint]:
    yield from _each(Contradiction.EXTRA_TIME_NEGATIVE, problem.candidates.extra_points < 0)
    seen: dict[tuple[int, int], int] = {}
    pairs = zip(problem.entries.candidate.tolist(), problem.entries.paper.tolist(), strict=True)
    for entry, pair in enumerate(pairs):
        first = seen.setdefault(pair, entry)
        if first != entry:
            yield Complaint(Contradiction.ENTRY_TWICE, (first, entry))
