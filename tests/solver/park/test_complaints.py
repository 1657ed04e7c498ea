"""Contradictions are found before any search and name the rows that carry them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from exam_centre.solver.park import Complaint, Contradiction, ParkProblem, check_problem
from tests.solver.park.problems import papers, problem

PAIRS = [(0, 0), (1, 0), (1, 1)]


def changed(table: str, **columns: Any) -> Callable[[ParkProblem], ParkProblem]:
    def change(given: ParkProblem) -> ParkProblem:
        return replace(given, **{table: replace(getattr(given, table), **columns)})

    return change


def with_seat(**columns: int) -> Callable[[ParkProblem], ParkProblem]:
    """Change the last seat."""

    def change(given: ParkProblem) -> ParkProblem:
        seats = given.seats
        for name, value in columns.items():
            column = getattr(seats, name).copy()
            column[-1] = value
            seats = replace(seats, **{name: column})
        return replace(given, seats=seats)

    return change


TABLE = [
    (changed("papers", minutes=[0, 60]), Contradiction.PAPER_WITHOUT_MINUTES, (0,)),
    (changed("papers", minutes=[60, 91]), Contradiction.PAPER_TOO_LONG, (1,)),
    (changed("papers", kinds=[1, 2]), Contradiction.PAPER_WITHOUT_ROOM, (1,)),
    (
        changed("papers", periods=np.array([[1] * 4, [0] * 4])),
        Contradiction.PAPER_WITHOUT_SITTING,
        (1,),
    ),
    (changed("papers", max_sittings=[1, 0]), Contradiction.PAPER_WITHOUT_SITTING, (1,)),
    (changed("papers", periods=np.ones((2, 3))), Contradiction.WRONG_SHAPE, ()),
    (changed("rooms", venue=[0, 0, 1, 2]), Contradiction.UNKNOWN_VENUE, (3,)),
    (with_seat(room=4), Contradiction.UNKNOWN_ROOM, (23,)),
    (changed("entries", candidate=[0, 1, 2]), Contradiction.UNKNOWN_CANDIDATE, (2,)),
    (changed("entries", paper=[0, 0, -1]), Contradiction.UNKNOWN_PAPER, (2,)),
    (changed("entries", preferred_venue=[-1, 2, 0]), Contradiction.UNKNOWN_PREFERENCE, (1,)),
    (changed("entries", paper=[0, 0, 0]), Contradiction.ENTRY_TWICE, (1, 2)),
    (changed("rules", papers_a_day=0), Contradiction.RULE_OUT_OF_RANGE, ()),
    (changed("rules", spare_per_cent=100), Contradiction.RULE_OUT_OF_RANGE, ()),
    (
        changed("rules", travel_minutes=np.array([[0, 1], [2, 0]])),
        Contradiction.RULE_OUT_OF_RANGE,
        (),
    ),
    (changed("periods", minutes=[90, 0, 90, 90]), Contradiction.PERIOD_EMPTY, (1,)),
    (changed("periods", start=[510, 609, 1950, 2080]), Contradiction.PERIODS_OVERLAP, (0, 1)),
    (changed("rooms", rows=[2, 2, 2, 1]), Contradiction.SEAT_OUTSIDE_LAYOUT, (21,)),
    (with_seat(column=4), Contradiction.SEAT_OUTSIDE_LAYOUT, (23,)),
    (with_seat(number=1), Contradiction.SEAT_TWICE, (18, 23)),
    (with_seat(column=2), Contradiction.SEAT_TWICE, (22, 23)),
    (changed("candidates", extra_points=[0, -1]), Contradiction.EXTRA_TIME_NEGATIVE, (1,)),
    (changed("orders", first=[0], second=[0], kind=[2]), Contradiction.UNKNOWN_ORDER, (0,)),
    (
        changed("orders", first=[0, 1], second=[1, 0], kind=[0, 0]),
        Contradiction.ORDERS_IMPOSSIBLE,
        (0, 1),
    ),
]


@pytest.mark.parametrize(("change", "code", "rows"), TABLE)
def test_a_contradiction_is_named_with_its_rows(
    change: Callable[[ParkProblem], ParkProblem], code: Contradiction, rows: tuple[int, ...]
) -> None:
    given = problem(PAIRS)
    assert check_problem(given) == []

    assert Complaint(code, rows) in check_problem(change(given))


def test_a_room_of_capacity_zero_is_named() -> None:
    given = problem(PAIRS)
    rooms = replace(
        given.rooms,
        venue=[0, 0, 1, 1, 1],
        kind=np.zeros(5),
        rows=np.full(5, 2),
        columns=np.full(5, 3),
        open=np.ones((5, 4)),
    )

    found = check_problem(replace(given, rooms=rooms))

    assert found == [Complaint(Contradiction.ROOM_WITHOUT_SEATS, (4,))]


def test_every_contradiction_is_made_by_some_test() -> None:
    assert {code for _, code, _ in TABLE} | {Contradiction.ROOM_WITHOUT_SEATS} == set(Contradiction)


def test_columns_of_unequal_length_make_no_table() -> None:
    with pytest.raises(ValueError, match="kinds has 2 rows, the others 3"):
        replace(papers(2, 4), kinds=np.ones(2), minutes=np.ones(3))
