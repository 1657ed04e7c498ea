"""What stands against one entry in every period and at every venue of a plan, in numbers."""

from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exam_centre.solver.park import Placing, kilometres
from exam_centre.timetable.queries.problem import Planning

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int8]
APART = ((-1, 0), (1, 0), (0, -1), (0, 1))  # the four desks next to one


class Against(IntEnum):
    """What stands against a period at a venue; the higher, the nearer it was to be possible."""

    TOO_SHORT = 0  # the period, for the paper or for the person's own time
    NOT_ALLOWED = 1  # the paper is not sat then
    NO_ROOM = 2  # no room of a kind that suits
    CLOSED = 3  # the rooms that suit are booked, or the venue is not approved then
    ON_SHIFT = 4  # or resting after one
    CLASH = 5  # another paper of the person is sat then, or too near to it
    DAY_FULL = 6  # as many papers that day as one may sit
    TOO_FAR = 7  # from another paper of that day, in the time between
    NO_DESK = 8  # no desk for what the person was granted
    NOT_TOGETHER = 9  # other papers or people are in the rooms that can not be shared
    FULL = 10
    NOTHING = 11


class Obstacle(NamedTuple):
    """What stands against a period, whatever the venue."""

    against: Against
    other: int = -1  # the entry of the person that stands in the way
    papers: int = 0  # of the person that day


class Desks:
    """Which desks of a plan are taken, and what of a room may be shared; made once for many."""

    def __init__(self, planning: Planning, placing: Placing) -> None:
        self.planning, self.placing = planning, placing
        problem = planning.problem
        placed = np.flatnonzero(placing.placed())
        shape = (len(problem.rooms), len(problem.periods))
        self.taken: Flags = np.zeros((len(problem.seats), shape[1]), dtype=np.bool_)
        self.taken[placing.seat[placed], placing.period[placed]] = True
        self.people: Ints = np.zeros(shape, dtype=np.int64)
        np.add.at(self.people, (placing.room[placed], placing.period[placed]), 1)
        seats = np.bincount(problem.seats.room, minlength=shape[0])
        self.spare: Ints = -(-seats * problem.rules.spare_per_cent // 100)

    @cached_property
    def seats_of(self) -> list[Ints]:
        """Return the seats of each room, in the order of their numbers."""
        room = self.planning.problem.seats.room
        order = np.argsort(room, kind="stable")
        return list(np.split(order, np.searchsorted(room[order], np.arange(1, len(self.people)))))


class Outlook:
    """One entry over all periods and venues of a plan."""

    def __init__(self, desks: Desks, entry: int) -> None:
        self._desks, self.planning, self.entry = desks, desks.planning, entry
        self._placing = placing = desks.placing
        self._problem = problem = desks.planning.problem
        self.who = int(problem.entries.candidate[entry])
        self.paper = int(problem.entries.paper[entry])
        self.own = int(problem.own_minutes()[entry])
        self.metres: Ints = np.rint(
            kilometres(
                problem.candidates.latitude[self.who],
                problem.candidates.longitude[self.who],
                problem.venues.latitude,
                problem.venues.longitude,
            )
            * 1000
        ).astype(np.int64)
        mine = (problem.entries.candidate == self.who) & placing.placed()
        self.others = [int(e) for e in np.flatnonzero(mine) if e != entry]
        kinds = problem.papers.kinds[self.paper]
        self.suits: Flags = ((kinds >> problem.rooms.kind) & 1) == 1
        people = problem.candidates
        self.fits: Flags = np.ones(len(problem.seats), dtype=np.bool_)
        if people.wheelchair[self.who]:
            self.fits &= problem.seats.wheelchair
        if people.left_handed[self.who]:
            self.fits &= problem.seats.left_handed

    @property
    def period(self) -> int:
        """Return the period the entry is in now, -1 without one."""
        return int(self._placing.period[self.entry])

    @property
    def venue(self) -> int:
        """Return the venue the entry is at now, -1 without one."""
        room = int(self._placing.room[self.entry])
        return -1 if room < 0 else int(self._problem.rooms.venue[room])

    @cached_property
    def sittings(self) -> Flags:
        """Return (P,) in which periods others sit the paper."""
        same = (self._problem.entries.paper == self.paper) & self._placing.placed()
        same[self.entry] = False
        held: Flags = np.zeros(len(self._problem.periods), dtype=np.bool_)
        held[self._placing.period[same]] = True
        return held

    @cached_property
    def obstacles(self) -> list[Obstacle]:
        """Return (P,) what stands against each period, whatever the venue."""
        return [self._obstacle(period) for period in range(len(self._problem.periods))]

    def _obstacle(self, period: int) -> Obstacle:
        problem, placing = self._problem, self._placing
        start = int(problem.periods.start[period])
        following = np.append(problem.periods.start[1:], np.iinfo(np.int32).max)[period]
        if (
            problem.papers.minutes[self.paper] > problem.periods.minutes[period]
            or start + self.own + problem.rules.turnover_minutes > following
        ):
            return Obstacle(Against.TOO_SHORT)
        if not problem.papers.periods[self.paper, period]:
            return Obstacle(Against.NOT_ALLOWED)
        free = int(problem.candidates.free_minutes[self.who, period])
        if free < self.own and not problem.entries.through_shift[self.entry]:
            return Obstacle(Against.ON_SHIFT)
        gap, day = problem.rules.gap_minutes, problem.periods.day
        that_day = [e for e in self.others if day[placing.period[e]] == day[period]]
        for other in that_day:
            if placing.start[other] < start + self.own + gap and start < placing.end[other] + gap:
                return Obstacle(Against.CLASH, other)
        if len(that_day) >= problem.rules.papers_a_day:
            return Obstacle(Against.DAY_FULL, papers=len(that_day))
        return Obstacle(Against.NOTHING)

    @cached_property
    def rooms(self) -> Codes:
        """Return (R, P) what stands against each room, the person's own time aside."""
        problem, desks = self._problem, self._desks
        codes = np.full(problem.rooms.open.shape, int(Against.NOTHING), dtype=np.int8)
        fit = np.zeros(codes.shape, dtype=np.int64)
        np.add.at(
            fit, problem.seats.room, (self.fits[:, None] & ~self._desks.taken).astype(np.int64)
        )
        seats = np.bincount(problem.seats.room, minlength=len(codes))
        usable = seats - desks.spare
        any_fit = np.bincount(problem.seats.room[self.fits], minlength=len(codes)) > 0
        codes[(fit == 0) | (self._people >= usable[:, None])] = Against.FULL
        codes[~self._together] = Against.NOT_TOGETHER
        codes[~any_fit] = Against.NO_DESK
        codes[~problem.rooms.open] = Against.CLOSED
        codes[~self.suits] = Against.NO_ROOM
        return codes

    @cached_property
    def _people(self) -> Ints:
        people = self._desks.people.copy()
        if self.period >= 0:
            people[self._placing.room[self.entry], self.period] -= 1
        return people

    @cached_property
    def _together(self) -> Flags:
        """Return (R, P) whether the entry may sit beside those who are in a room then."""
        problem, placing = self._problem, self._placing
        placed = placing.placed()
        placed[self.entry] = False
        at = (placing.room[placed], placing.period[placed])
        alone = problem.candidates.alone
        inside = self._people > 0
        may: Flags = ~inside if alone[self.who] else np.ones(inside.shape, dtype=np.bool_)
        if alone.any():
            lonely = np.flatnonzero(placed)[alone[problem.entries.candidate[placed]]]
            may[placing.room[lonely], placing.period[lonely]] = False
        other = np.zeros(inside.shape, dtype=np.bool_)
        apart = np.zeros(inside.shape, dtype=np.bool_)
        papers = problem.entries.paper[placed]
        np.logical_or.at(other, at, papers != self.paper)
        np.logical_or.at(apart, at, (papers != self.paper) & ~problem.papers.shares[papers])
        if not problem.papers.shares[self.paper]:
            may &= ~other
        return may & ~apart

    @cached_property
    def venues(self) -> Codes:
        """Return (V, P) what stands against each venue: of its rooms the one that comes nearest."""
        problem = self._problem
        best = np.full((len(problem.venues), len(problem.periods)), int(Against.NO_ROOM), np.int8)
        np.maximum.at(best, problem.rooms.venue, self.rooms)
        for period, obstacle in enumerate(self.obstacles):
            column = best[:, period]
            if obstacle.against is not Against.NOTHING:
                # What is wrong with a venue at all times is said before what is wrong that time.
                wrong = (
                    column > obstacle.against if obstacle.against > Against.CLOSED else column >= 0
                )
                column[wrong] = obstacle.against
                continue
            column[(column == Against.NOTHING) & self._too_far(period)] = Against.TOO_FAR
        return best

    def _too_far(self, period: int) -> Flags:
        """Return (V,) from which venues the person would be late, or be late for."""
        problem, placing = self._problem, self._placing
        start = int(problem.periods.start[period])
        late: Flags = np.zeros(len(problem.venues), dtype=np.bool_)
        for other in self.others:
            if problem.periods.day[placing.period[other]] != problem.periods.day[period]:
                continue
            there = int(problem.rooms.venue[placing.room[other]])
            way = np.maximum(problem.rules.travel_minutes[there], problem.rules.gap_minutes)
            way[there] = problem.rules.gap_minutes
            late |= (placing.start[other] < start + self.own + way) & (
                start < placing.end[other] + way
            )
        return late

    def desk_at(self, venue: int, period: int) -> int | None:
        """Return the best free desk of a venue then: lower kinds, rooms in use, the like apart."""
        problem = self._problem
        rooms = np.flatnonzero(
            (problem.rooms.venue == venue) & (self.rooms[:, period] == Against.NOTHING)
        )
        if not len(rooms):
            return None
        room = min(
            rooms.tolist(), key=lambda r: (problem.rooms.kind[r], self._people[r, period] == 0, r)
        )
        seats = self._desks.seats_of[room]
        free = seats[self.fits[seats] & ~self._desks.taken[seats, period]]
        near = self.beside_paper(room, period)
        needs = problem.candidates.wheelchair[self.who] or problem.candidates.left_handed[self.who]
        plain = ~(problem.seats.wheelchair[free] | problem.seats.left_handed[free])
        best = np.lexsort((problem.seats.number[free], near[free], ~plain if not needs else plain))
        return int(free[best[0]])

    def beside_paper(self, room: int, period: int) -> Ints:
        """Return (S,) how many of the same paper sit at the four desks next to each."""
        problem, placing = self._problem, self._placing
        inside = np.flatnonzero((placing.room == room) & (placing.period == period))
        same = inside[(problem.entries.paper[inside] == self.paper) & (inside != self.entry)]
        grid = np.zeros((int(problem.rooms.rows[room]) + 2, int(problem.rooms.columns[room]) + 2))
        seat = placing.seat[same]
        for down, right in APART:
            rows, columns = problem.seats.row[seat] + down, problem.seats.column[seat] + right
            np.add.at(grid, (rows, columns), 1)
        near: Ints = np.zeros(len(problem.seats), dtype=np.int64)
        here = self._desks.seats_of[room]
        near[here] = grid[problem.seats.row[here], problem.seats.column[here]]
        return near
