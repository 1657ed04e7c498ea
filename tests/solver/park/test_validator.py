"""Every rule broken on purpose in a good plan is found by the validator, and no other."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from exam_centre.solver.park import Broken, OrderKind, ParkProblem, Placing, validate
from tests.solver.park.problems import entries, papers, people, problem

Change = Callable[["Good"], None]


@dataclass
class Good:
    """Three people in one room and period; person 0 sits another paper the day after.

    Entries: 0 (person 0, paper 0), 1 (person 0, paper 1), 2 (person 1, paper 0), 3 (person 2,
    paper 1). Seats 0-5 are room 0, 6-11 room 1, 12-17 and 18-23 the other venue's.
    """

    problem: ParkProblem
    period: Any
    room: Any
    seat: Any
    start: Any
    end: Any
    after: Any

    def placing(self) -> Placing:
        columns = (self.period, self.room, self.seat, self.start, self.end, self.after)
        return Placing(*(np.array(column, dtype=np.int32) for column in columns))

    def move(self, entry: int, period: int, room: int, seat: int) -> None:
        self.period[entry], self.room[entry], self.seat[entry] = period, room, seat
        self.start[entry] = int(self.problem.periods.start[period])
        self.end[entry] = self.start[entry] + int(self.problem.own_minutes()[entry])

    def hold(self, second: int, first: int, room: int, seat: int, pause: int = 10) -> None:
        self.move(second, self.period[first], room, seat)
        self.start[second] = self.end[first] + pause
        self.end[second] = self.start[second] + 60
        self.after[second] = first

    def change(self, table: str, **columns: Any) -> None:
        changed = replace(getattr(self.problem, table), **columns)
        self.problem = replace(self.problem, **{table: changed})


def good() -> Good:
    pairs = [(0, 0), (0, 1), (1, 0), (2, 1)]
    given = problem(
        pairs,
        papers=papers(2, 4),
        candidates=people(3, 4),
        entries=entries(pairs, compulsory=np.array([1, 0, 1, 1])),
    )
    start = [510, 1950, 510, 510]
    return Good(
        given,
        [0, 2, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 1, 2],
        start,
        [minute + 60 for minute in start],
        [-1, -1, -1, -1],
    )


def half(g: Good) -> None:
    g.seat[0] = -1


def unknown(g: Good) -> None:
    g.seat[0] = 99


def elsewhere(g: Good) -> None:
    g.seat[0] = 6


def not_allowed(g: Good) -> None:
    g.change("papers", periods=np.array([[1, 1, 1, 1], [1, 1, 0, 1]]))


def too_long(g: Good) -> None:
    g.change("periods", minutes=np.array([90, 90, 59, 90]))


def wrong_times(g: Good) -> None:
    g.end[1] += 1


def closed(g: Good) -> None:
    g.change("rooms", open=np.array([[1, 1, 0, 1]] * 4))


def wrong_kind(g: Good) -> None:
    g.change("papers", kinds=np.array([1, 3]))
    g.change("rooms", kind=np.array([0, 2, 0, 0]))
    g.move(1, 2, 1, 6)


def next_too_soon(g: Good) -> None:
    g.change("rules", turnover_minutes=71)
    g.move(3, 1, 0, 2)


def twice(g: Good) -> None:
    g.seat[3] = 1


def overfull(g: Good) -> None:
    g.change("rules", spare_per_cent=51)


def not_shared(g: Good) -> None:
    g.change("papers", shares=np.array([1, 0]))
    g.seat[2], g.room[2] = 6, 1


def wheelchair(g: Good) -> None:
    g.change("candidates", wheelchair=np.array([0, 1, 0]))
    g.seat[2] = 4


def left_handed(g: Good) -> None:
    g.change("candidates", left_handed=np.array([0, 1, 0]))


def alone(g: Good) -> None:
    g.change("candidates", alone=np.array([0, 0, 1]))
    g.seat[2], g.room[2] = 6, 1


def overlap(g: Good) -> None:
    g.move(1, 0, 1, 6)


def clash(g: Good) -> None:
    g.hold(1, 0, 1, 6)
    g.after[1] = -1


def no_gap(g: Good) -> None:
    g.change("rules", gap_minutes=71)
    g.move(1, 1, 0, 0)


def no_time_to_travel(g: Good) -> None:
    g.change("rules", travel_minutes=np.array([[0, 71], [71, 0]]))
    g.move(1, 1, 2, 12)


def too_many(g: Good) -> None:
    g.change("rules", papers_a_day=1)
    g.move(1, 1, 0, 0)


def on_shift(g: Good) -> None:
    g.change("candidates", free_minutes=np.array([[60, 60, 59, 60], [60] * 4, [60] * 4]))


def too_many_sittings(g: Good) -> None:
    g.change("papers", max_sittings=np.array([1, 1]))


def out_of_order(g: Good) -> None:
    g.change("orders", first=[0], second=[1], kind=[OrderKind.TOGETHER])


def held_after_nobody(g: Good) -> None:
    g.after[1] = 2


def compulsory_last(g: Good) -> None:
    g.change("entries", compulsory=np.array([0, 1, 1, 1]))
    g.hold(1, 0, 1, 6)


def both_compulsory(g: Good) -> None:
    g.change("entries", compulsory=np.ones(4))
    g.hold(1, 0, 1, 6)


def too_short_alone(g: Good) -> None:
    g.hold(1, 0, 1, 6, pause=9)


def not_alone(g: Good) -> None:
    g.change("rules", isolation_minutes=15)
    g.hold(1, 0, 0, 3, pause=15)


@pytest.mark.parametrize(
    ("change", "code", "rows"),
    [
        (half, Broken.HALF_PLACED, (0,)),
        (unknown, Broken.UNKNOWN_PLACE, (0,)),
        (elsewhere, Broken.SEAT_ELSEWHERE, (0, 6)),
        (not_allowed, Broken.PERIOD_NOT_ALLOWED, (1, 2)),
        (too_long, Broken.PAPER_TOO_LONG, (1, 2)),
        (wrong_times, Broken.WRONG_TIMES, (1,)),
        (closed, Broken.ROOM_CLOSED, (1, 0, 2)),
        (wrong_kind, Broken.WRONG_KIND, (1, 1)),
        (next_too_soon, Broken.TOO_LATE_FOR_NEXT, (0, 3)),
        (twice, Broken.SEAT_TAKEN_TWICE, (2, 3)),
        (overfull, Broken.ROOM_OVERFULL, (0, 0)),
        (not_shared, Broken.NOT_SHARED, (0, 3)),
        (wheelchair, Broken.WHEELCHAIR, (2, 4)),
        (left_handed, Broken.LEFT_HANDED, (2, 1)),
        (alone, Broken.ALONE, (3, 0)),
        (overlap, Broken.OVERLAP, (0, 1)),
        (clash, Broken.CLASH, (0, 1)),
        (no_gap, Broken.TOO_LITTLE_GAP, (0, 1)),
        (no_time_to_travel, Broken.TOO_LITTLE_GAP, (0, 1)),
        (too_many, Broken.TOO_MANY_A_DAY, (0, 0)),
        (on_shift, Broken.ON_SHIFT, (1, 2)),
        (too_many_sittings, Broken.TOO_MANY_SITTINGS, (1,)),
        (out_of_order, Broken.OUT_OF_ORDER, (0, 1)),
        (held_after_nobody, Broken.HELD_OVER_WRONG, (1, 2)),
        (compulsory_last, Broken.HELD_OVER_WRONG, (1, 0)),
        (both_compulsory, Broken.NOT_HOLDABLE, (1, 0)),
        (too_short_alone, Broken.ISOLATION, (1, 0)),
        (not_alone, Broken.ISOLATION, (1, 0)),
    ],
)
def test_a_rule_broken_on_purpose_is_found(
    change: Change, code: Broken, rows: tuple[int, ...]
) -> None:
    plan = good()
    assert validate(plan.problem, plan.placing()) == []

    change(plan)

    found = validate(plan.problem, plan.placing())
    assert (code, rows) in [(v.code, v.rows) for v in found]
    # Times that are wrong, or people who move in while others sit, break a second rule as well.
    assert {v.code for v in found} <= {code, Broken.TOO_LATE_FOR_NEXT, Broken.WRONG_TIMES}


def test_every_rule_is_broken_by_some_test() -> None:
    broken = test_a_rule_broken_on_purpose_is_found.pytestmark[0].args[1]  # type: ignore[attr-defined]

    assert {code for _, code, _ in broken} == set(Broken)
