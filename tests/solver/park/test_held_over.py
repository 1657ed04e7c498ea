"""Two papers of one person that can only be sat in one period: one, isolation, the other."""

from dataclasses import replace

import numpy as np
import pytest

from exam_centre.solver.park import (
    LockBroken,
    Locks,
    ParkPlan,
    ParkProblem,
    Reason,
    solve,
    validate,
)
from tests.solver.park.problems import NEVER, entries, papers, people, problem

FIRST_PERIOD_ONLY = np.array([[1, 0, 0, 0], [1, 0, 0, 0]])


def clash(compulsory: tuple[int, int], **tables: object) -> ParkProblem:
    """One person, two papers, one national date for both."""
    pairs = [(0, 0), (0, 1)]
    return problem(
        pairs,
        papers=papers(2, 4, periods=FIRST_PERIOD_ONLY),
        entries=entries(pairs, compulsory=np.array(compulsory)),
        **tables,
    )


def solved(given: ParkProblem) -> ParkPlan:
    plan = solve(given, seed=1, iterations=1_000)
    assert validate(given, plan) == []
    return plan


@pytest.mark.parametrize(
    ("compulsory", "first", "second"), [((1, 0), 0, 1), ((0, 1), 1, 0), ((0, 0), None, None)]
)
def test_the_elective_waits_in_isolation_for_the_compulsory(
    compulsory: tuple[int, int], first: int | None, second: int | None
) -> None:
    plan = solved(clash(compulsory))

    assert plan.score.held_over == 1
    assert plan.score.unplaced == 0
    if first is not None and second is not None:
        assert plan.held_over_after[second] == first
        assert (plan.start[first], plan.start[second]) == (510, 510 + 60 + 10)
        assert plan.room[first] != plan.room[second]


def test_of_two_compulsory_papers_one_stays_without_a_place() -> None:
    plan = solved(clash((1, 1)))

    assert plan.score.held_over == 0
    [left] = plan.unplaced
    assert left.reason is Reason.CLASH_NOT_HOLDABLE
    assert left.clashes == ((0, 1 - left.entry),)


def test_of_three_papers_in_one_period_only_two_are_sat() -> None:
    pairs = [(0, 0), (0, 1), (0, 2)]
    three = problem(
        pairs,
        papers=papers(3, 4, periods=np.array([[1, 0, 0, 0]] * 3)),
        entries=entries(pairs, compulsory=np.zeros(3)),
    )

    plan = solved(three)

    assert (plan.score.held_over, plan.score.unplaced) == (1, 1)


def test_nobody_is_held_over_into_a_shift() -> None:
    free = np.array([[129, NEVER, NEVER, NEVER]])

    assert solved(clash((1, 0), candidates=people(1, 4, free_minutes=free))).score.held_over == 0
    free = np.array([[130, NEVER, NEVER, NEVER]])
    assert solved(clash((1, 0), candidates=people(1, 4, free_minutes=free))).score.held_over == 1


def test_another_period_is_preferred_to_holding_over() -> None:
    given = clash((1, 0))
    later = replace(given.papers, periods=np.array([[1, 0, 0, 0], [1, 0, 1, 0]]))

    assert solved(replace(given, papers=later)).score.held_over == 0


def test_a_locked_held_over_place_stays_and_a_wrong_one_is_refused() -> None:
    given = clash((1, 0))
    plan = solved(given)
    locks = Locks.of(plan, plan.placed())

    again = solve(given, seed=9, iterations=1_000, locked=locks)
    assert again.fingerprint() == plan.fingerprint()

    elsewhere = np.where(plan.held_over_after >= 0, 3, plan.room).astype(np.int32)
    seat = np.where(plan.held_over_after >= 0, 18, plan.seat).astype(np.int32)
    with pytest.raises(LockBroken):
        solve(given, seed=9, locked=replace(locks, room=elsewhere, seat=seat))
