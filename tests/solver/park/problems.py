"""Small planning problems: one made by hand to be varied, and random ones."""

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from exam_centre.solver.park import (
    Candidates,
    Entries,
    Papers,
    ParkProblem,
    Periods,
    Rooms,
    Rules,
    Seats,
    Venues,
)

STANDARD, COMPUTER = 0, 1
NEVER = 30_000


def seats_of(rooms: int, rows: int, columns: int) -> Seats:
    """A full grid in every room: the front row takes wheelchairs, the first column left hands."""
    desks = [
        (room, row, column, (row - 1) * columns + column, row == 1, column == 1)
        for room in range(rooms)
        for row in range(1, rows + 1)
        for column in range(1, columns + 1)
    ]
    return Seats(*(np.array(column) for column in zip(*desks, strict=True)))


def people(count: int, periods: int, /, **columns: Any) -> Candidates:
    """People who work beside the first venue, are always free and need nothing."""
    given: dict[str, Any] = {
        "latitude": np.full(count, 31.3),
        "longitude": np.full(count, 120.7),
        "free_minutes": np.full((count, periods), NEVER),
        "extra_points": np.zeros(count),
        "wheelchair": np.zeros(count),
        "left_handed": np.zeros(count),
        "alone": np.zeros(count),
        "team": np.full(count, -1),
    }
    return Candidates(**given | columns)


def entries(pairs: list[tuple[int, int]], **columns: Any) -> Entries:
    """Entries of (candidate, paper), all compulsory, no venue preferred."""
    given: dict[str, Any] = {
        "candidate": np.array([c for c, _ in pairs]),
        "paper": np.array([p for _, p in pairs]),
        "compulsory": np.ones(len(pairs)),
        "preferred_venue": np.full(len(pairs), -1),
        "through_shift": np.zeros(len(pairs)),
    }
    return Entries(**given | columns)


def papers(count: int, periods: int, /, **columns: Any) -> Papers:
    """Papers of an hour that suit standard rooms in any period."""
    given: dict[str, Any] = {
        "minutes": np.full(count, 60),
        "kinds": np.full(count, 1 << STANDARD),
        "periods": np.ones((count, periods)),
        "shares": np.ones(count),
        "max_sittings": np.full(count, periods),
        "wished_sittings": np.full(count, 2),
    }
    return Papers(**given | columns)


def problem(pairs: list[tuple[int, int]], **tables: Any) -> ParkProblem:
    """Two venues twenty kilometres apart with two rooms of six, four periods on two days."""
    count = max(c for c, _ in pairs) + 1
    made = ParkProblem(
        periods=Periods(np.array([510, 640, 1950, 2080]), np.full(4, 90), np.array([0, 0, 1, 1])),
        venues=Venues(np.array([31.3, 31.3]), np.array([120.7, 120.91]), np.array([0, 1])),
        rooms=Rooms(
            np.array([0, 0, 1, 1]),
            np.zeros(4, dtype=np.int32),
            np.full(4, 2),
            np.full(4, 3),
            np.ones((4, 4), dtype=np.bool_),
        ),
        seats=seats_of(4, 2, 3),
        papers=papers(max(p for _, p in pairs) + 1, 4),
        candidates=people(count, 4),
        entries=entries(pairs),
        rules=Rules(10, 15, np.array([[0, 45], [45, 0]]), 3, 0, 3, 10),
    )
    return replace(made, **tables)


@st.composite
def problems(draw: st.DrawFn) -> ParkProblem:
    """Random problems, tight enough that not everybody finds a seat, and rich in special cases."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(1, 25))
    number = draw(st.integers(1, 5))
    pairs = [
        (c, p)
        for c in range(count)
        for p in sorted(random.choice(number, random.integers(1, number + 1), replace=False))
    ]
    periods = random.random((number, 4)) < 0.7
    periods[~periods.any(axis=1), 0] = True
    kind = np.array([STANDARD, COMPUTER, STANDARD, COMPUTER])
    base = problem(pairs)
    return replace(
        base,
        rooms=replace(base.rooms, kind=kind, open=random.random((4, 4)) < 0.9),
        papers=papers(
            number,
            4,
            minutes=random.choice([45, 60, 90], number),
            kinds=random.choice([0b01, 0b10, 0b11], number),
            periods=periods,
            shares=random.random(number) < 0.7,
            max_sittings=random.integers(1, 4, number),
        ),
        candidates=people(
            count,
            4,
            longitude=random.choice([120.7, 120.8, 120.91], count),
            free_minutes=random.choice([0, 70, NEVER], (count, 4), p=[0.2, 0.1, 0.7]),
            extra_points=random.choice([0, 2500, 5000], count, p=[0.8, 0.1, 0.1]),
            wheelchair=random.random(count) < 0.15,
            left_handed=random.random(count) < 0.15,
            alone=random.random(count) < 0.1,
            team=random.integers(-1, 3, count),
        ),
        entries=entries(
            pairs,
            compulsory=random.random(len(pairs)) < 0.5,
            preferred_venue=random.integers(-1, 2, len(pairs)),
            through_shift=random.random(len(pairs)) < 0.1,
        ),
        rules=replace(
            base.rules,
            papers_a_day=int(random.integers(1, 4)),
            spare_per_cent=int(random.choice([0, 10])),
        ),
    )
