"""Checks a plan against every rule, from the problem alone: it shares nothing with the search."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from exam_centre.solver.park.plan import Placing
from exam_centre.solver.park.problem import OrderKind, ParkProblem


class Broken(StrEnum):
    """Which rule. The comment names the indices a violation carries, in order."""

    HALF_PLACED = "half_placed"  # entry: some of period, room, seat and times, not all
    UNKNOWN_PLACE = "unknown_place"  # entry: no such period, room or seat
    SEAT_ELSEWHERE = "seat_elsewhere"  # entry, seat: the seat stands in another room
    PERIOD_NOT_ALLOWED = "period_not_allowed"  # entry, period
    PAPER_TOO_LONG = "paper_too_long"  # entry, period
    WRONG_TIMES = "wrong_times"  # entry: start or end is not what period and minutes make it
    ROOM_CLOSED = "room_closed"  # entry, room, period
    WRONG_KIND = "wrong_kind"  # entry, room
    TOO_LATE_FOR_NEXT = "too_late_for_next"  # entry, entry: one room, too little time between
    SEAT_TAKEN_TWICE = "seat_taken_twice"  # entry, entry
    ROOM_OVERFULL = "room_overfull"  # room, period: spare seats included
    NOT_SHARED = "not_shared"  # entry, entry: papers that share no room, in one room
    WHEELCHAIR = "wheelchair"  # entry, seat
    LEFT_HANDED = "left_handed"  # entry, seat
    ALONE = "alone"  # entry, entry: the first was to be alone
    OVERLAP = "overlap"  # entry, entry: one person twice at a time
    CLASH = "clash"  # entry, entry: one person twice in a period, neither held over
    TOO_LITTLE_GAP = "too_little_gap"  # entry, entry: between papers, or to travel
    TOO_MANY_A_DAY = "too_many_a_day"  # candidate, day
    ON_SHIFT = "on_shift"  # entry, period
    TOO_MANY_SITTINGS = "too_many_sittings"  # paper
    OUT_OF_ORDER = "out_of_order"  # paper, paper: of an order between them
    HELD_OVER_WRONG = "held_over_wrong"  # entry, entry: person, period, venue or order
    NOT_HOLDABLE = "not_holdable"  # entry, entry: both compulsory
    ISOLATION = "isolation"  # entry, entry: not the minutes between, or not alone between


@dataclass(frozen=True)
class Violation:
    """One rule broken, and the rows that break it."""

    code: Broken
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Person:
    """What the validator knows of one placed entry, in plain numbers."""

    entry: int
    candidate: int
    paper: int
    period: int
    room: int
    venue: int
    seat: int
    start: int
    end: int
    after: int


def validate(problem: ParkProblem, placing: Placing) -> list[Violation]:
    """Return every violation of a hard rule; an empty list means the plan may be published.

    Entries that are badly formed are named and left out of the other checks.
    """
    found: list[Violation] = []
    people: list[Person] = []
    for entry in range(len(problem.entries)):
        wrong = _malformed(problem, placing, entry)
        if wrong is not None:
            found.append(wrong)
        elif placing.period[entry] >= 0:
            people.append(_person(problem, placing, entry))
    for person in people:
        found.extend(_alone_checks(problem, person))
    found.extend(_sittings(problem, people))
    for group in _groups(people, lambda p: p.candidate):
        found.extend(_one_candidate(problem, group))
    for group in _groups(people, lambda p: p.room):
        found.extend(_one_room(problem, group))
    by_entry = {p.entry: p for p in people}
    for person in people:
        if person.after >= 0:
            found.extend(_held_over(problem, person, by_entry.get(person.after)))
    return found


def _groups(people: list[Person], key: Callable[[Person], int]) -> list[list[Person]]:
    groups: dict[int, list[Person]] = defaultdict(list)
    for person in people:
        groups[key(person)].append(person)
    return list(groups.values())


def _malformed(problem: ParkProblem, placing: Placing, entry: int) -> Violation | None:
    place = [
        int(c[entry])
        for c in (placing.period, placing.room, placing.seat, placing.start, placing.end)
    ]
    if all(value == -1 for value in place):
        return None
    if any(value < 0 for value in place):
        return Violation(Broken.HALF_PLACED, (entry,))
    limits = (len(problem.periods), len(problem.rooms), len(problem.seats))
    if any(value >= limit for value, limit in zip(place, limits, strict=False)):
        return Violation(Broken.UNKNOWN_PLACE, (entry,))
    return None


def _person(problem: ParkProblem, placing: Placing, entry: int) -> Person:
    room = int(placing.room[entry])
    return Person(
        entry=entry,
        candidate=int(problem.entries.candidate[entry]),
        paper=int(problem.entries.paper[entry]),
        period=int(placing.period[entry]),
        room=room,
        venue=int(problem.rooms.venue[room]),
        seat=int(placing.seat[entry]),
        start=int(placing.start[entry]),
        end=int(placing.end[entry]),
        after=int(placing.held_over_after[entry]),
    )


def _own_minutes(problem: ParkProblem, person: Person) -> int:
    minutes = int(problem.papers.minutes[person.paper])
    extra = int(problem.candidates.extra_points[person.candidate])
    return minutes + -(-minutes * extra // 10_000)


def _alone_checks(problem: ParkProblem, p: Person) -> Iterator[Violation]:
    """What can be said of one placed entry without looking at any other."""
    minutes = int(problem.papers.minutes[p.paper])
    period_start = int(problem.periods.start[p.period])
    if not problem.papers.periods[p.paper, p.period]:
        yield Violation(Broken.PERIOD_NOT_ALLOWED, (p.entry, p.period))
    if minutes > problem.periods.minutes[p.period]:
        yield Violation(Broken.PAPER_TOO_LONG, (p.entry, p.period))
    if p.end - p.start != _own_minutes(problem, p) or (p.after < 0 and p.start != period_start):
        yield Violation(Broken.WRONG_TIMES, (p.entry,))
    free = int(problem.candidates.free_minutes[p.candidate, p.period])
    if p.end - period_start > free and not problem.entries.through_shift[p.entry]:
        yield Violation(Broken.ON_SHIFT, (p.entry, p.period))
    yield from _place_checks(problem, p)


def _place_checks(problem: ParkProblem, p: Person) -> Iterator[Violation]:
    if problem.seats.room[p.seat] != p.room:
        yield Violation(Broken.SEAT_ELSEWHERE, (p.entry, p.seat))
    if not problem.rooms.open[p.room, p.period]:
        yield Violation(Broken.ROOM_CLOSED, (p.entry, p.room, p.period))
    if not (int(problem.papers.kinds[p.paper]) >> int(problem.rooms.kind[p.room])) & 1:
        yield Violation(Broken.WRONG_KIND, (p.entry, p.room))
    if problem.candidates.wheelchair[p.candidate] and not problem.seats.wheelchair[p.seat]:
        yield Violation(Broken.WHEELCHAIR, (p.entry, p.seat))
    if problem.candidates.left_handed[p.candidate] and not problem.seats.left_handed[p.seat]:
        yield Violation(Broken.LEFT_HANDED, (p.entry, p.seat))


def _sittings(problem: ParkProblem, people: list[Person]) -> Iterator[Violation]:
    periods: dict[int, set[int]] = defaultdict(set)
    for p in people:
        periods[p.paper].add(p.period)
    for paper, held in sorted(periods.items()):
        if len(held) > problem.papers.max_sittings[paper]:
            yield Violation(Broken.TOO_MANY_SITTINGS, (paper,))
    orders = problem.orders
    for row in range(len(orders)):
        pair = (int(orders.first[row]), int(orders.second[row]))
        if not _in_order(OrderKind(int(orders.kind[row])), periods[pair[0]], periods[pair[1]]):
            yield Violation(Broken.OUT_OF_ORDER, pair)


def _in_order(kind: OrderKind, first: set[int], second: set[int]) -> bool:
    """Whether the periods of two papers are as an order asks."""
    if not first or not second:
        return True
    if kind is OrderKind.BEFORE:
        return max(first) < min(second)
    if kind is OrderKind.TOGETHER:
        return first == second and len(first) == 1
    return not first & second


def _one_candidate(problem: ParkProblem, papers: list[Person]) -> Iterator[Violation]:
    for a, b in combinations(sorted(papers, key=lambda p: (p.start, p.entry)), 2):
        held = b.after == a.entry or a.after == b.entry
        if b.start < a.end:
            yield Violation(Broken.OVERLAP, (a.entry, b.entry))
        elif a.period == b.period and not held:
            yield Violation(Broken.CLASH, (a.entry, b.entry))
        elif not held and problem.periods.day[a.period] == problem.periods.day[b.period]:
            travel = int(problem.rules.travel_minutes[a.venue, b.venue])
            need = max(problem.rules.gap_minutes, travel if a.venue != b.venue else 0)
            if b.start - a.end < need:
                yield Violation(Broken.TOO_LITTLE_GAP, (a.entry, b.entry))
    for day in sorted({int(problem.periods.day[p.period]) for p in papers}):
        that_day = [p for p in papers if problem.periods.day[p.period] == day]
        if len(that_day) > problem.rules.papers_a_day:
            yield Violation(Broken.TOO_MANY_A_DAY, (papers[0].candidate, day))


def _one_room(problem: ParkProblem, people: list[Person]) -> Iterator[Violation]:
    in_order = sorted(people, key=lambda p: (p.start, p.entry))
    rest = problem.rules.turnover_minutes
    for n, a in enumerate(in_order):
        for b in in_order[n + 1 :]:
            if b.start >= a.end + rest:
                continue
            yield from _two_in_room(problem, a, b)
    seats = int((problem.seats.room == people[0].room).sum())
    usable = seats - -(-seats * problem.rules.spare_per_cent // 100)
    for group in _groups(people, lambda p: p.start):
        if sum(p.start <= group[0].start < p.end for p in people) > usable:
            yield Violation(Broken.ROOM_OVERFULL, (group[0].room, group[0].period))


def _two_in_room(problem: ParkProblem, a: Person, b: Person) -> Iterator[Violation]:
    """Two people whose times in a room touch; a starts no later than b."""
    if a.start != b.start:
        yield Violation(Broken.TOO_LATE_FOR_NEXT, (a.entry, b.entry))
    if b.start >= a.end:
        return
    if a.seat == b.seat:
        yield Violation(Broken.SEAT_TAKEN_TWICE, (a.entry, b.entry))
    shares = problem.papers.shares
    if a.paper != b.paper and not (shares[a.paper] and shares[b.paper]):
        yield Violation(Broken.NOT_SHARED, (a.entry, b.entry))
    for one, other in ((a, b), (b, a)):
        if problem.candidates.alone[one.candidate]:
            yield Violation(Broken.ALONE, (one.entry, other.entry))


def _held_over(problem: ParkProblem, p: Person, first: Person | None) -> Iterator[Violation]:
    pair = (p.entry, p.after)
    if (
        first is None
        or first.after >= 0
        or (first.candidate, first.period, first.venue) != (p.candidate, p.period, p.venue)
        or (problem.entries.compulsory[p.entry] and not problem.entries.compulsory[p.after])
    ):
        yield Violation(Broken.HELD_OVER_WRONG, pair)
        return
    if problem.entries.compulsory[p.entry] and problem.entries.compulsory[p.after]:
        yield Violation(Broken.NOT_HOLDABLE, pair)
    if p.start - first.end != problem.rules.isolation_minutes or p.room == first.room:
        yield Violation(Broken.ISOLATION, pair)
