"""Holding over, the last resort: one paper, then isolation, then the other, at the same venue."""

from dataclasses import dataclass

import numpy as np

from exam_centre.solver.engine.arrays import Ints
from exam_centre.solver.park.board import (
    ALL,
    AT,
    CLOSED,
    COUNT,
    FIXED,
    HELD,
    LOCKED,
    OWNER,
    PERIOD,
    ROOM,
    SITS,
    SITTINGS,
    SPOT,
    UNPLACED,
    Board,
    keep,
    undo,
)
from exam_centre.solver.park.moves import take_place_of
from exam_centre.solver.park.problem import ParkProblem
from exam_centre.solver.park.tables import KIN_FROM, KIN_TO, MOST, OWN, PAPER, Tables


@dataclass(frozen=True)
class Held:
    """Entry `second` sits in `room` after `first`; entries as the tables number them."""

    first: int
    second: int
    period: int
    room: int
    start: int
    end: int


class Holding:
    """Finds held-over sittings beside a finished board, which it changes only to swap an order."""

    def __init__(self, problem: ParkProblem, tables: Tables, board: Board, order: Ints) -> None:
        self._problem = problem
        self._t = tables
        self._b = board
        self._order = order
        self.held: list[Held] = []

    def place_waiting(self) -> None:
        """Hold over every waiting entry that can be, in the order of the entries."""
        waiting = np.flatnonzero(self._b.entry[:, PERIOD] < 0)
        for entry in waiting[np.argsort(self._order[waiting], kind="stable")]:
            self._place(int(entry))

    def add(self, held: Held) -> None:
        """Write a held-over sitting down, and keep person and room from all else on the board."""
        b, i = self._b, held.second
        last = int(b.totals[UNPLACED]) - 1
        moved = int(b.waiting[last])
        b.waiting[b.entry[i, SPOT]] = moved
        b.entry[moved, SPOT] = b.entry[i, SPOT]
        b.totals[UNPLACED] = last
        b.entry[i, (PERIOD, ROOM, AT, FIXED)] = (held.period, held.room, held.start, LOCKED)
        paper = int(self._t.entry[i, PAPER])
        b.paper[paper, held.period, SITS] = 1
        if b.paper[paper, held.period, COUNT] == 0:
            b.sittings[paper, HELD] += 1
            b.totals[SITTINGS] += 1
        b.paper[paper, held.period, COUNT] += 1
        for period in self.touched(held.start, held.end) | {held.period}:
            b.taken[held.room, period, OWNER] = CLOSED
        self.held.append(held)

    def can(self, held: Held) -> bool:
        """Whether a held-over sitting breaks no rule beside what stands on the board."""
        first, second = held.first, held.second
        venue = self._problem.rooms.venue
        return (
            self._t.entry[first, KIN_FROM] == self._t.entry[second, KIN_FROM]
            and venue[self._b.entry[first, ROOM]] == venue[held.room]
            and not self._compulsory(second)
            and not self._is_held(first)
            and self._paper_can(second, held.period)
            and self._person_can(first, second, held.end)
            and self._room_can(held.room, second, held.period, held.start, held.end)
        )

    def _place(self, entry: int) -> None:
        for other in range(self._t.entry[entry, KIN_FROM], self._t.entry[entry, KIN_TO]):
            if other == entry or self._b.entry[other, PERIOD] < 0 or self._is_held(other):
                continue
            if self._compulsory(entry) and self._compulsory(other):
                continue
            if self._compulsory(entry):
                found = self._before(entry, other)
            else:
                found = self._after(other, entry)
            if found is not None:
                self.add(found)
                return

    def _compulsory(self, entry: int) -> bool:
        return bool(self._problem.entries.compulsory[self._order[entry]])

    def _is_held(self, entry: int) -> bool:
        return any(entry in (h.first, h.second) for h in self.held)

    def _before(self, entry: int, other: int) -> Held | None:
        """Let `entry` sit first where `other` sits now, and hold `other` over."""
        period = int(self._b.entry[other, PERIOD])
        if self._b.entry[other, FIXED] or not self._paper_can(entry, period):
            return None
        keep(self._b)
        found = None
        if take_place_of(self._t, self._b, entry, other):
            found = self._after(entry, other)
            if found is None:
                undo(self._t, self._b, 0)
        keep(self._b)
        return found

    def _after(self, first: int, second: int) -> Held | None:
        """Return a place for `second` in isolation after `first`, None where there is none."""
        period = int(self._b.entry[first, PERIOD])
        start = int(
            self._b.entry[first, AT]
            + self._t.entry[first, OWN]
            + self._problem.rules.isolation_minutes
        )
        end = start + int(self._t.entry[second, OWN])
        if not (self._paper_can(second, period) and self._person_can(first, second, end)):
            return None
        venue = self._problem.rooms.venue[self._b.entry[first, ROOM]]
        for room in self._t.venue_rooms[venue]:
            if room >= 0 and self._room_can(int(room), second, period, start, end):
                return Held(first, second, period, int(room), start, end)
        return None

    def _paper_can(self, entry: int, period: int) -> bool:
        paper = self._t.entry[entry, PAPER]
        known = self._b.paper[paper, period, COUNT] > 0
        more = self._b.sittings[paper, HELD] < self._t.paper[paper, MOST]
        long_enough = self._problem.papers.minutes[paper] <= self._problem.periods.minutes[period]
        return bool(self._t.paper_periods[paper, period] and long_enough and (known or more))

    def _person_can(self, first: int, second: int, end: int) -> bool:
        problem, entry, b = self._problem, int(self._order[second]), self._b
        period = int(b.entry[first, PERIOD])
        free = problem.candidates.free_minutes[problem.entries.candidate[entry], period]
        accepts = problem.entries.through_shift[entry]
        if not accepts and end - problem.periods.start[period] > free:
            return False
        venue = problem.rooms.venue[b.entry[first, ROOM]]
        that_day = 1
        for kin in range(self._t.entry[second, KIN_FROM], self._t.entry[second, KIN_TO]):
            at = b.entry[kin, PERIOD]
            if kin == second or at < 0 or problem.periods.day[at] != problem.periods.day[period]:
                continue
            that_day += 1
            there = problem.rooms.venue[b.entry[kin, ROOM]]
            travel = 0 if there == venue else int(problem.rules.travel_minutes[there, venue])
            pause = max(problem.rules.gap_minutes, travel)
            if b.entry[kin, AT] > b.entry[first, AT] and b.entry[kin, AT] - end < pause:
                return False
        return that_day <= problem.rules.papers_a_day

    def _room_can(self, room: int, entry: int, period: int, start: int, end: int) -> bool:
        """Whether the room stands empty of everybody else from `start` until it is rested again.

        Rooms used in the period itself are left out: the isolated meet nobody.
        """
        problem, candidate = self._problem, self._problem.entries.candidate[self._order[entry]]
        paper = self._t.entry[entry, PAPER]
        if not (problem.papers.kinds[paper] >> problem.rooms.kind[room]) & 1:
            return False
        people = problem.candidates
        seats = problem.seats.room == room
        if people.wheelchair[candidate]:
            seats &= problem.seats.wheelchair
        if people.left_handed[candidate]:
            seats &= problem.seats.left_handed
        if not seats.any():
            return False
        for q in self.touched(start, end) | {period}:
            if not problem.rooms.open[room, q] or self._b.taken[room, q, ALL] > 0:
                return False
        rest = problem.rules.turnover_minutes
        return not any(
            h.room == room and h.start < end + rest and start < h.end + rest for h in self.held
        )

    def touched(self, start: int, end: int) -> set[int]:
        """Return the periods in which a room used from `start` to `end` can not be used."""
        periods, rest = self._problem.periods, self._problem.rules.turnover_minutes
        return {
            int(q)
            for q in np.flatnonzero(
                (periods.start < end + rest) & (start < periods.start + periods.minutes + rest)
            )
        }
