"""Draws a province by a seed: its parks, venues, shift workers, papers and staff, all as arrays.

Nothing is read from files, so that the size can be measured anywhere. Proportions follow what
the centre plans for: two of four periods a day begin after the early shift and after the rest of
the night shift, so that a morning and a late period together reach every team.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.series_arrays import NEVER, travel_minutes
from exam_centre.solver.park import (
    Candidates,
    DutyRules,
    Entries,
    Papers,
    ParkProblem,
    Periods,
    Rooms,
    Rules,
    Seats,
    Staff,
    Venues,
)

PEOPLE, PARKS, VENUES, PAPERS = 26_600, 60, 95, 900
COMMON = 20  # of the papers are sat by people of every programme
ENTRIES, SEATED = 286_174, 110_000  # the others are assignments, theses and the like
USED = 0.88  # of the seats open in all periods, before whole rooms are counted
DAYS, STARTS, PERIOD_MINUTES = 10, (510, 640, 980, 1120), 100
WEEKEND = (0, 1, 7, 8)  # the first day is a Saturday
STANDARD, COMPUTER, WORKSHOP = 0, 1, 2
WRITTEN = 0b011  # standard rooms, and computer rooms where the others are full
KINDS = np.array([WRITTEN, 0b010, 0b100])
LAYOUTS = (
    ((4, 4), (5, 4), (5, 5), (6, 5), (8, 5)),
    ((4, 3), (4, 5), (6, 4), (6, 6)),
    ((2, 2), (2, 3), (2, 4), (2, 6)),
)
OF_KIND = (0.62, 0.26, 0.08)  # of the seats
BUSY = ((480, 960), (960, 1440), (0, 960))  # early, late; night with the rest after it
TURNS = ((0, 1, 2, 3), (0, 0, 1, 1, 2, 2, 3, 3))  # early, late, night, off: a day each, or two
OFFICE, OFFICE_HOURS = 8, (510, 1050)


@dataclass(frozen=True)
class Province:
    """A planning problem, its staff, and how many entries need no seat."""

    problem: ParkProblem
    staff: Staff
    duty_rules: DutyRules
    without_seat: int


def draw_province(seed: int, *, share: float = 1.0) -> Province:
    """Return a province; a share below 1 is as much smaller, in people, parks and papers."""
    random = np.random.default_rng(seed)
    parks, papers = max(3, round(PARKS * share)), max(12, round(PAPERS * share))
    weight = random.lognormal(0, 0.5, parks)
    venues = _venues(random, weight, max(parks, round(VENUES * share)))
    park_of = random.choice(parks, round(PEOPLE * share), p=weight / weight.sum())
    periods = Periods(
        start=[1440 * day + start for day in range(DAYS) for start in STARTS],
        minutes=[PERIOD_MINUTES] * (DAYS * len(STARTS)),
        day=np.repeat(np.arange(DAYS), len(STARTS)),
    )
    table, number = _papers(random, papers, periods)
    who, what = _who_sits_what(random, len(park_of), round(SEATED * share), number)
    rooms = _rooms(random, venues, np.bincount(park_of[who], minlength=parks))
    entries = Entries(
        candidate=who,
        paper=what,
        compulsory=random.random(len(who)) < 0.7,
        preferred_venue=_wishes(random, venues, park_of[who]),
        through_shift=random.random(len(who)) < 0.01,
    )
    problem = ParkProblem(
        periods=periods,
        venues=venues,
        rooms=rooms,
        seats=_seats(random, rooms),
        papers=table,
        candidates=_candidates(random, venues, park_of, periods),
        entries=entries,
        rules=Rules(10, 15, travel_minutes(venues), 3, 0, 3, 10),
    )
    staff, duty_rules = _staff(random, problem)
    return Province(problem, staff, duty_rules, round(ENTRIES * share) - len(entries))


def with_wished(problem: ParkProblem, sittings: int) -> ParkProblem:
    """Return the same problem with other wishes for the sittings of written papers."""
    papers = problem.papers
    wished = np.where(papers.kinds == WRITTEN, sittings, papers.wished_sittings)
    return replace(problem, papers=replace(papers, wished_sittings=wished))


def _venues(random: np.random.Generator, weight: NDArray[np.float64], count: int) -> Venues:
    """Five parks a city; one venue a park, and the others where most people are."""
    parks = len(weight)
    further = np.argsort(-weight / random.uniform(0.7, 1.3, parks))[: count - parks]
    park = np.sort(np.concatenate([np.arange(parks), np.resize(further, count - parks)]))
    cities = -(-parks // 5)
    city = np.stack([random.uniform(31.2, 34.4, cities), random.uniform(118.6, 121.2, cities)])
    centre = city[:, np.arange(parks) % cities] + random.normal(0, 0.07, (2, parks))
    at = centre[:, park] + random.normal(0, 0.02, (2, count))
    return Venues(latitude=at[0], longitude=at[1], park=park)


def _papers(
    random: np.random.Generator, count: int, periods: Periods
) -> tuple[Papers, NDArray[np.int64]]:
    """Return the papers, and for each the programme it belongs to (-1: all)."""
    common = min(COMMON, count // 4)
    programme = np.concatenate([np.full(common, -1), np.arange(count - common) // 15])
    mode = random.choice(3, count, p=(0.62, 0.29, 0.09))
    mode[:common] = 0
    allowed = np.ones((count, len(periods)), dtype=np.bool_)
    for paper in np.flatnonzero(mode == COMPUTER):
        first = random.integers(0, 4)
        allowed[paper] = (periods.day >= first) & (periods.day < first + 7)
    for paper in range(common // 4):  # national dates: a morning and a late period of one day
        dates = 8 * (paper % 5) + np.array([0, 3])
        allowed[paper] = np.isin(np.arange(len(periods)), dates)
    wished = np.array([2, 4, 4])[mode]
    return (
        Papers(
            minutes=random.choice([60, 90], count, p=(0.3, 0.7)),
            kinds=KINDS[mode],
            periods=allowed,
            shares=(mode != 0) | (random.random(count) < 0.97),  # listening needs the room
            max_sittings=np.full(count, len(periods)),
            wished_sittings=wished,
        ),
        programme,
    )


def _who_sits_what(
    random: np.random.Generator, people: int, entries: int, programme: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Everybody sits papers of one programme, and a quarter of the entries are common papers."""
    programmes = int(programme.max()) + 1
    size = random.lognormal(0, 0.6, programmes)
    theirs = random.choice(programmes, people, p=size / size.sum())
    worth = random.lognormal(0, 0.5, len(programme))
    common = np.flatnonzero(programme < 0)
    own = [np.flatnonzero(programme == n) for n in range(programmes)]
    how_many = np.minimum(1 + random.binomial(9, (entries / people - 1) / 9, people), 9)
    pairs: list[tuple[int, int]] = []
    for person in range(people):
        pool = np.concatenate([own[theirs[person]], common])
        chance = worth[pool].copy()
        chance[-len(common) :] *= chance[: -len(common)].sum() / chance[-len(common) :].sum() / 3
        count = min(int(how_many[person]), len(pool))
        drawn = random.choice(pool, count, replace=False, p=chance / chance.sum())
        pairs += [(person, int(paper)) for paper in sorted(drawn)]
    table = np.array(pairs)
    return table[:, 0], table[:, 1]


def _rooms(
    random: np.random.Generator, venues: Venues, entries_of_park: NDArray[np.int64]
) -> Rooms:
    """Rooms of each kind until a park has seats for its people, in turn over its venues."""
    rows: list[tuple[int, int, int, int]] = []
    opened: list[NDArray[np.bool_]] = []
    always = [_opening(random) for _ in range(len(venues))]
    for park, entries in enumerate(entries_of_park):
        here = np.flatnonzero(venues.park == park)
        for kind, share in enumerate(OF_KIND):
            wanted, turn = entries * share / USED, 0
            while turn < (len(here) if kind == STANDARD else 1) or wanted > 0:
                venue = int(here[turn % len(here)])
                own_use = np.repeat(random.random(DAYS) < 0.08, len(STARTS))
                is_open = always[venue] & ~own_use
                down, across = _layout(random, kind, wanted / int(is_open.sum()))
                rows.append((venue, kind, down, across))
                opened.append(is_open)
                wanted -= down * across * int(is_open.sum())
                turn += 1
    venue_of, kinds, down_of, across_of = np.array(rows).T
    return Rooms(venue_of, kinds, down_of, across_of, np.array(opened))


def _layout(random: np.random.Generator, kind: int, seats: float) -> tuple[int, int]:
    """A room of not many more seats than are still wanted, the smallest where few are."""
    small = [at for at in LAYOUTS[kind] if at[0] * at[1] <= 1.2 * seats] or LAYOUTS[kind][:1]
    down, across = small[random.integers(len(small))]
    return down, across


def _opening(random: np.random.Generator) -> NDArray[np.bool_]:
    """A training centre is open throughout, a school and a works at hours of their own."""
    table = np.ones((DAYS, len(STARTS)), dtype=np.bool_)
    weekday = ~np.isin(np.arange(DAYS), WEEKEND)
    kind = random.random()
    if kind < 0.15:
        table[weekday, 0] = False
    elif kind < 0.3:
        table[weekday, random.integers(4)] = False
    return table.reshape(-1)


def _seats(random: np.random.Generator, rooms: Rooms) -> Seats:
    """A full grid, here and there a desk missing; most rooms have a place for a wheelchair."""
    desks: list[tuple[int, int, int, int, bool, bool]] = []
    for room in range(len(rooms)):
        wheel, left, number = random.random() < 0.7, random.random() < 0.8, 0
        for column in range(1, int(rooms.columns[room]) + 1):
            for row in range(1, int(rooms.rows[room]) + 1):
                if random.random() < 0.01 and number:
                    continue
                number += 1
                fit = left and (column == 1 or rooms.kind[room] != STANDARD)
                desks.append((room, row, column, number, row == 1 and wheel, fit))
    return Seats(*(np.array(column) for column in zip(*desks, strict=True)))


def _candidates(
    random: np.random.Generator, venues: Venues, park_of: NDArray[np.int64], periods: Periods
) -> Candidates:
    """Seven works a park; half of the people work in shifts and a fifth in offices."""
    people = len(park_of)
    works = park_of * 7 + random.integers(0, 7, people)
    count = int(works.max()) + 1
    centre = np.array([np.flatnonzero(venues.park == park)[0] for park in np.arange(count) // 7])
    at = np.stack([venues.latitude[centre], venues.longitude[centre]])
    at += random.normal(0, 0.025, at.shape)
    turn, offset = random.integers(0, len(TURNS), count), random.integers(0, 4, count)
    rank = random.choice(6, people, p=(0.13, 0.13, 0.13, 0.13, 0.2, 0.28))  # 4: office, 5: free
    free = {
        (kind, day): _free_minutes(TURNS[kind], day, periods)
        for kind in range(len(TURNS))
        for day in range(OFFICE)
    }
    office, always = _office_free(periods), [NEVER] * len(periods)
    theirs = []
    for work, team in zip(works, rank, strict=True):
        if team < 4:
            pattern = TURNS[turn[work]]
            shift = (int(offset[work]) + int(team) * len(pattern) // 4) % len(pattern)
            theirs.append(free[int(turn[work]), shift])
        else:
            theirs.append(office if team == 4 else always)
    return Candidates(
        latitude=at[0, works],
        longitude=at[1, works],
        free_minutes=np.array(theirs),
        extra_points=random.choice([0, 2500, 5000], people, p=(0.98, 0.017, 0.003)),
        wheelchair=random.random(people) < 0.007,
        left_handed=random.random(people) < 0.03,
        alone=random.random(people) < 0.004,
        team=np.where(rank < 4, works * 4 + rank, -1),
    )


def _free_minutes(turns: tuple[int, ...], offset: int, periods: Periods) -> list[int]:
    """Minutes a team is free from the start of each period."""
    blocks = []
    for day in range(DAYS + 2):
        turn = turns[(day + offset) % len(turns)]
        if turn < len(BUSY):
            blocks.append((1440 * day + BUSY[turn][0], 1440 * day + BUSY[turn][1]))
    return _free(blocks, periods)


def _office_free(periods: Periods) -> list[int]:
    first, last = OFFICE_HOURS
    days = [day for day in range(DAYS + 1) if day not in WEEKEND]
    return _free([(1440 * day + first, 1440 * day + last) for day in days], periods)


def _free(blocks: list[tuple[int, int]], periods: Periods) -> list[int]:
    return [
        0
        if any(a <= start < b for a, b in blocks)
        else min([NEVER, *(a - start for a, _ in blocks if a > start)])
        for start in periods.start.tolist()
    ]


def _wishes(
    random: np.random.Generator, venues: Venues, park: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Four in a hundred entries name a venue, of their own park."""
    first = np.searchsorted(venues.park, np.arange(park.max() + 2))
    drawn = first[park] + random.integers(0, 99, len(park)) % (first[park + 1] - first[park])
    return np.where(random.random(len(park)) < 0.04, drawn, -1)


def _staff(random: np.random.Generator, problem: ParkProblem) -> tuple[Staff, DutyRules]:
    """Five staff for each two rooms, a fifth of whom may lead; some are related to candidates."""
    venue = np.sort(np.resize(problem.rooms.venue, len(problem.rooms) * 5 // 2))
    count, periods = len(venue), len(problem.periods)
    ties = np.stack(
        [
            random.integers(0, count, count // 10),
            random.integers(0, len(problem.candidates), count // 10),
        ],
        axis=1,
    )
    lead = np.arange(count) % 5 == 0
    staff = Staff(
        latitude=problem.venues.latitude[venue],
        longitude=problem.venues.longitude[venue],
        available=random.random((count, periods)) < 0.9,
        may_invigilate=np.ones(count),
        may_lead=lead,
        quota=np.full(count, periods),
        team=np.full(count, -1),
    )
    return staff, DutyRules(30, 2, ties.astype(np.int32))
