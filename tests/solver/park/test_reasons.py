"""Why an entry has no place, and what would help."""

from dataclasses import replace

import numpy as np
import pytest

from exam_centre.solver.park import ParkProblem, Reason, Unplaced, solve, validate
from tests.solver.park.problems import NEVER, papers, people, problem

ONE = np.array([[1, 0, 0, 0]])


def only_left(given: ParkProblem) -> Unplaced:
    plan = solve(given, seed=1, iterations=2_000)
    assert validate(given, plan) == []
    [left] = plan.unplaced
    return left


def test_own_time_that_ends_after_the_next_period_begins_is_too_long() -> None:
    slow = problem(
        [(0, 0)],
        papers=papers(1, 4, periods=ONE, minutes=[90]),
        candidates=people(1, 4, extra_points=[3_400]),
    )

    assert only_left(slow).reason is Reason.PAPER_TOO_LONG


def test_a_quarter_more_time_may_run_into_the_gap() -> None:
    slower = problem(
        [(0, 0)],
        papers=papers(1, 4, periods=ONE, minutes=[90]),
        candidates=people(1, 4, extra_points=[2_500]),
    )
    plan = solve(slower, seed=1, iterations=100)

    assert (plan.start[0], plan.end[0]) == (510, 510 + 113)


def test_a_wheelchair_needs_a_room_with_such_a_desk() -> None:
    given = problem([(0, 0)], candidates=people(1, 4, wheelchair=[1]))
    without = replace(given.seats, wheelchair=np.zeros(len(given.seats)))

    assert only_left(replace(given, seats=without)).reason is Reason.NO_FITTING_ROOM


def test_somebody_on_shift_would_be_helped_by_a_release_in_these_periods() -> None:
    given = problem([(0, 0)], candidates=people(1, 4, free_minutes=np.array([[0, 59, 0, 0]])))

    left = only_left(given)

    assert left.reason is Reason.ON_SHIFT
    assert left.periods_on_shift == (0, 1, 2, 3)


def test_who_accepts_to_sit_on_shift_is_placed() -> None:
    given = problem([(0, 0)], candidates=people(1, 4, free_minutes=np.zeros((1, 4))))
    accepts = replace(given, entries=replace(given.entries, through_shift=np.ones(1)))

    assert solve(accepts, seed=1, iterations=100).score.unplaced == 0


def test_a_full_period_names_itself() -> None:
    given = problem([(c, 0) for c in range(25)], papers=papers(1, 4, periods=ONE))

    left = only_left(given)

    assert left.reason is Reason.NO_SEAT
    assert left.periods_full == (0,)


@pytest.mark.parametrize(("a_day", "left_over"), [(1, 1), (2, 0)])
def test_a_person_sits_no_more_papers_a_day_than_allowed(a_day: int, left_over: int) -> None:
    given = problem(
        [(0, 0), (0, 1)],
        papers=papers(2, 4, periods=np.array([[1, 1, 0, 0]] * 2)),
        candidates=people(1, 4, free_minutes=np.full((1, 4), NEVER)),
    )

    plan = solve(
        replace(given, rules=replace(given.rules, papers_a_day=a_day)), seed=1, iterations=2_000
    )

    assert plan.score.unplaced == left_over
