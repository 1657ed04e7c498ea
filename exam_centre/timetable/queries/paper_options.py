"""To which other period a paper could go, or where it could be sat once more, at what cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exam_centre.kernel.sentences import Sentence, say
from exam_centre.solver.park import kilometres
from exam_centre.timetable.queries.outlook import APART, Desks

Ints = NDArray[np.int64]
MOST_PERIODS = 8  # shown of a sitting
FREE_DESKS_LOOKED_AT = 30  # of a room, for one not beside the same paper


class PaperOption(NamedTuple):
    """What it would mean to let some people sit a paper in a period."""

    period: str
    is_sitting: bool  # others sit the paper then already
    people: int
    too_short: bool  # the period, for the paper
    on_shift: int  # people
    clashes: int  # people with another paper then, too near, or too many that day
    seats_lacking: int  # people who are free and find no desk
    extra_metres: int  # of those who would sit it, against now; journeys of the waiting in full

    @property
    def left_over(self) -> int:
        """Return how many could not sit it then."""
        return self.people if self.too_short else self.on_shift + self.clashes + self.seats_lacking


@dataclass(frozen=True)
class Assignment:
    """Who of some people would sit where in a period, and who could not."""

    seats: dict[int, int]  # entry -> seat, by index
    on_shift: list[int]
    clashes: list[int]
    without: list[int]
    too_short: bool = False

    def why(self) -> Sentence:
        """Return what keeps people away, counted."""
        if self.too_short:
            return say("The period is shorter than the paper.")
        return say(
            "On shift: {shift}; another paper then: {clash}; no desk: {desk}.",
            shift=len(self.on_shift),
            clash=len(self.clashes),
            desk=len(self.without),
        )


class SittingLine(NamedTuple):
    """One sitting of a paper, or whoever waits for a seat, and where else they could sit it."""

    period: str  # "" for those who wait
    people: int
    options: list[PaperOption]


def sittings_of(desks: Desks, paper_id: int) -> list[SittingLine]:
    """Return every sitting of a paper and those who wait, each with its best other periods."""
    periods = desks.planning.periods
    lines: list[SittingLine] = []
    for period in [*periods, None]:
        entries = entries_in(desks, paper_id, period.id if period else None)
        if entries:
            options = paper_options(desks, entries, fewest=True)[:MOST_PERIODS]
            lines.append(SittingLine(period.code if period else "", len(entries), options))
    return lines


def entries_in(desks: Desks, paper_id: int, period_id: int | None) -> list[int]:
    """Return the entries of a paper by index: in a period, or those without a seat.

    Who is held over, and whoever they follow, is left where they are.
    """
    planning, placing = desks.planning, desks.placing
    of_paper = np.array([planning.papers[n].id == paper_id for n in planning.problem.entries.paper])
    if period_id is None:
        wanted = of_paper & ~placing.placed()
    else:
        at = [n for n, period in enumerate(planning.periods) if period.id == period_id]
        wanted = of_paper & np.isin(placing.period, at) & (placing.held_over_after < 0)
        wanted &= ~np.isin(np.arange(len(wanted)), placing.held_over_after)
    return [int(entry) for entry in np.flatnonzero(wanted)]


def paper_options(desks: Desks, entries: Sequence[int], *, fewest: bool) -> list[PaperOption]:
    """Return what every period would mean to some entries of one paper, the best first.

    fewest  periods in which the paper is sat come first, since they cost no further sitting.
    """
    planning, placing = desks.planning, desks.placing
    paper = int(planning.problem.entries.paper[entries[0]])
    mine = np.zeros(len(planning.entries), dtype=np.bool_)
    mine[list(entries)] = True
    others = (planning.problem.entries.paper == paper) & placing.placed() & ~mine
    held = set(placing.period[others].tolist())
    present = set(placing.period[mine].tolist())
    options = [
        _option(desks, entries, period, period in held)
        for period in range(len(planning.periods))
        if period not in present
    ]
    return sorted(
        options,
        key=lambda o: (o.left_over, fewest and not o.is_sitting, o.extra_metres, o.period),
    )


def _option(desks: Desks, entries: Sequence[int], period: int, is_sitting: bool) -> PaperOption:
    found = assign(desks, entries, period)
    metres = _metres(desks, list(found.seats))
    venue = desks.planning.problem.rooms.venue
    room = desks.planning.problem.seats.room
    extra = 0
    for row, (entry, seat) in enumerate(found.seats.items()):
        extra += int(metres[row, venue[room[seat]]])
        if desks.placing.period[entry] >= 0:
            extra -= int(metres[row, venue[desks.placing.room[entry]]])
    return PaperOption(
        period=desks.planning.periods[period].code,
        is_sitting=is_sitting,
        people=len(entries),
        too_short=found.too_short,
        on_shift=len(found.on_shift),
        clashes=len(found.clashes),
        seats_lacking=len(found.without),
        extra_metres=extra,
    )


def assign(desks: Desks, entries: Sequence[int], period: int) -> Assignment:
    """Return a desk for each of some entries of one paper in a period, nobody else moving.

    The people with needs choose first; each takes the nearest venue with a desk. What is shown as
    a cost and what is done are this same choice.
    """
    problem = desks.planning.problem
    paper = int(problem.entries.paper[entries[0]])
    if (
        problem.papers.minutes[paper] > problem.periods.minutes[period]
        or not problem.papers.periods[paper, period]
    ):
        return Assignment({}, [], [], list(entries), too_short=True)
    free, on_shift, clashes = _free_people(desks, entries, period)
    chooser = _Chooser(desks, entries, paper, period)
    people = problem.candidates
    needs = (people.wheelchair | people.left_handed | people.alone)[problem.entries.candidate]
    metres = _metres(desks, free)
    seats: dict[int, int] = {}
    without: list[int] = []
    for row in sorted(range(len(free)), key=lambda n: (not needs[free[n]], free[n])):
        seat = chooser.take(free[row], np.argsort(metres[row], kind="stable").tolist())
        if seat is None:
            without.append(free[row])
        else:
            seats[free[row]] = seat
    return Assignment(seats, on_shift, clashes, without)


def _free_people(
    desks: Desks, entries: Sequence[int], period: int
) -> tuple[list[int], list[int], list[int]]:
    """Return who of some could come in a period, who is on shift, and who sits something else."""
    problem, placing = desks.planning.problem, desks.placing
    own = problem.own_minutes()
    start = int(problem.periods.start[period])
    starts = np.append(problem.periods.start, np.iinfo(np.int32).max)
    room_free_at = int(starts[period + 1]) - problem.rules.turnover_minutes
    gap, day = problem.rules.gap_minutes, problem.periods.day
    moving = set(entries)
    others: dict[int, list[int]] = {}
    people = problem.entries.candidate[list(entries)]
    for other in np.flatnonzero(np.isin(problem.entries.candidate, people) & placing.placed()):
        if int(other) not in moving and day[placing.period[other]] == day[period]:
            others.setdefault(int(problem.entries.candidate[other]), []).append(int(other))
    free: list[int] = []
    on_shift: list[int] = []
    clashes: list[int] = []
    for entry in entries:
        who, minutes = int(problem.entries.candidate[entry]), int(own[entry])
        that_day = others.get(who, [])
        near = any(
            placing.start[other] < start + minutes + gap and start < placing.end[other] + gap
            for other in that_day
        )
        if (
            problem.candidates.free_minutes[who, period] < minutes
            and not problem.entries.through_shift[entry]
        ):
            on_shift.append(entry)
        elif near or len(that_day) >= problem.rules.papers_a_day or start + minutes > room_free_at:
            clashes.append(entry)
        else:
            free.append(entry)
    return free, on_shift, clashes


class _Chooser:
    """The desks left in one period while people of one paper take them one by one."""

    def __init__(self, desks: Desks, entries: Sequence[int], paper: int, period: int) -> None:
        self._desks, self._paper, self._period = desks, paper, period
        self._problem = problem = desks.planning.problem
        placing = desks.placing
        inside = (placing.period == period) & ~np.isin(
            np.arange(len(problem.entries)), np.array(entries)
        )
        self._people = np.bincount(placing.room[inside], minlength=len(problem.rooms))
        self._taken = set(placing.seat[inside].tolist())
        self._open = self._rooms(inside)
        same = inside & (problem.entries.paper == paper)
        self._mine = {self._spot(int(seat)) for seat in placing.seat[same]}
        seats = np.bincount(problem.seats.room, minlength=len(problem.rooms))
        self._usable = seats - desks.spare
        self._others = self._persons_elsewhere(entries)

    def _rooms(self, inside: NDArray[np.bool_]) -> dict[int, list[int]]:
        """Return {venue: its rooms the paper may join, lower kinds and rooms in use first}."""
        problem, placing = self._problem, self._desks.placing
        suits = ((problem.papers.kinds[self._paper] >> problem.rooms.kind) & 1) == 1
        suits &= problem.rooms.open[:, self._period]
        at = np.flatnonzero(inside)
        papers = problem.entries.paper[at]
        foreign = papers != self._paper
        apart = foreign & (~problem.papers.shares[papers] | ~problem.papers.shares[self._paper])
        alone = problem.candidates.alone[problem.entries.candidate[at]]
        suits[placing.room[at[apart | alone]]] = False
        rooms: dict[int, list[int]] = {}
        order = np.lexsort((self._people == 0, problem.rooms.kind))
        for room in order[suits[order]].tolist():
            rooms.setdefault(int(problem.rooms.venue[room]), []).append(room)
        return rooms

    def _persons_elsewhere(self, entries: Sequence[int]) -> dict[int, list[int]]:
        problem, placing = self._problem, self._desks.placing
        day = problem.periods.day
        that_day = placing.placed() & (day[placing.period] == day[self._period])
        that_day[list(entries)] = False
        people = problem.entries.candidate[list(entries)]
        others: dict[int, list[int]] = {}
        for entry in np.flatnonzero(that_day & np.isin(problem.entries.candidate, people)):
            others.setdefault(int(problem.entries.candidate[entry]), []).append(int(entry))
        return others

    def take(self, entry: int, nearest_first: list[int]) -> int | None:
        """Take the best desk left for somebody and return it, None where there is none."""
        for venue in nearest_first:
            if self._is_late(entry, venue):
                continue
            for room in self._open.get(venue, ()):
                seat = self._seat(entry, room)
                if seat is not None:
                    self._people[room] += 1
                    self._taken.add(seat)
                    self._mine.add(self._spot(seat))
                    if self._problem.candidates.alone[self._who(entry)]:
                        self._usable[room] = 0
                    return seat
        return None

    def _seat(self, entry: int, room: int) -> int | None:
        problem, who = self._problem, self._who(entry)
        people = problem.candidates
        if self._people[room] >= self._usable[room]:
            return None
        if people.alone[who] and self._people[room] > 0:
            return None
        wheel, left = bool(people.wheelchair[who]), bool(people.left_handed[who])
        free = [
            seat
            for seat in self._desks.seats_of[room].tolist()
            if seat not in self._taken
            and (problem.seats.wheelchair[seat] or not wheel)
            and (problem.seats.left_handed[seat] or not left)
        ]
        if not free:
            return None
        best: int = min(
            free[:FREE_DESKS_LOOKED_AT],
            key=lambda seat: (
                bool(problem.seats.wheelchair[seat]) and not wheel,
                bool(problem.seats.left_handed[seat]) and not left,
                self._beside(seat),
                int(problem.seats.number[seat]),
            ),
        )
        return best

    def _beside(self, seat: int) -> int:
        room, row, column = self._spot(seat)
        return sum((room, row + down, column + right) in self._mine for down, right in APART)

    def _spot(self, seat: int) -> tuple[int, int, int]:
        seats = self._problem.seats
        return int(seats.room[seat]), int(seats.row[seat]), int(seats.column[seat])

    def _who(self, entry: int) -> int:
        return int(self._problem.entries.candidate[entry])

    def _is_late(self, entry: int, venue: int) -> bool:
        problem, placing = self._problem, self._desks.placing
        start = int(problem.periods.start[self._period])
        end = start + int(problem.own_minutes()[entry])
        for other in self._others.get(self._who(entry), ()):
            there = int(problem.rooms.venue[placing.room[other]])
            way = 0 if there == venue else int(problem.rules.travel_minutes[there, venue])
            need = max(problem.rules.gap_minutes, way)
            if placing.start[other] < end + need and start < placing.end[other] + need:
                return True
        return False


def _metres(desks: Desks, entries: Sequence[int]) -> Ints:
    """Return (n, V) metres from where people work to every venue."""
    problem = desks.planning.problem
    who = problem.entries.candidate[list(entries)]
    apart = kilometres(
        problem.candidates.latitude[who][:, None],
        problem.candidates.longitude[who][:, None],
        problem.venues.latitude[None, :],
        problem.venues.longitude[None, :],
    )
    metres: Ints = np.rint(apart * 1000).astype(np.int64)
    return metres
