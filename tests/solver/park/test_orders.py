"""Orders between papers: kept by every plan and every repair, or named before there is one."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam_centre.solver.park import (
    Broken,
    Contradiction,
    LockBroken,
    Locks,
    OrderKind,
    Orders,
    ParkPlan,
    ParkProblem,
    Placing,
    ProblemHasComplaints,
    check_problem,
    repair,
    solve,
    unmoved,
    validate,
)
from tests.solver.park.problems import papers, problem, problems

MOVES = 4_000
THREE = [(c, p) for c in range(6) for p in range(3)]


def ordered(found: ParkProblem, *rows: tuple[int, int, OrderKind]) -> ParkProblem:
    first, second, kind = np.array(rows).T
    return replace(found, orders=Orders(first, second, kind))


def periods(plan: Placing, found: ParkProblem, paper: int) -> set[int]:
    return set(plan.period[plan.placed() & (found.entries.paper == paper)].tolist())


def solved(found: ParkProblem, **options: object) -> ParkPlan:
    plan = solve(found, seed=1, iterations=MOVES, **options)
    assert validate(found, plan) == []
    return plan


def test_a_paper_before_another_is_over_before_the_other_begins():
    found = ordered(problem(THREE), (2, 0, OrderKind.BEFORE), (0, 1, OrderKind.BEFORE))
    plan = solved(found)

    assert plan.score.unplaced == 0
    assert max(periods(plan, found, 2)) < min(periods(plan, found, 0))
    assert max(periods(plan, found, 0)) < min(periods(plan, found, 1))


def test_papers_apart_share_no_period_and_papers_together_share_their_only_one():
    pairs = [(c, 0) for c in range(5)] + [(c, 1) for c in range(5, 10)] + [(c, 2) for c in range(5)]
    found = ordered(problem(pairs), (0, 1, OrderKind.TOGETHER), (1, 2, OrderKind.APART))
    plan = solved(found)

    assert plan.score.unplaced == 0
    assert periods(plan, found, 0) == periods(plan, found, 1)
    assert len(periods(plan, found, 0)) == 1
    assert not periods(plan, found, 1) & periods(plan, found, 2)


@settings(max_examples=25, deadline=None)
@given(found=problems(), seed=st.integers(0, 2**32 - 1))
def test_no_plan_that_a_search_returns_breaks_an_order(found, seed):
    random = np.random.default_rng(seed)
    number = len(found.papers)
    pairs = [(a, b) for a in range(number) for b in range(number) if a != b]
    rows = [(*pair, OrderKind(int(random.integers(3)))) for pair in pairs if random.random() < 0.3]
    asked = ordered(found, *rows) if rows else found
    if check_problem(asked):
        with pytest.raises(ProblemHasComplaints):
            solve(asked, seed=1, iterations=MOVES)
    else:
        assert validate(asked, solve(asked, seed=1, iterations=MOVES)) == []


def test_orders_in_a_circle_are_named_and_no_others():
    found = ordered(
        problem(THREE),
        (0, 1, OrderKind.APART),
        (0, 1, OrderKind.BEFORE),
        (1, 2, OrderKind.BEFORE),
        (2, 0, OrderKind.BEFORE),
    )
    complaints = check_problem(found)

    assert [(c.code, c.rows) for c in complaints] == [(Contradiction.ORDERS_IMPOSSIBLE, (1, 2, 3))]


def test_an_order_that_fixed_dates_stand_against_is_named():
    fixed = np.zeros((3, 4), dtype=np.bool_)
    fixed[0, 3] = fixed[1, 1] = True
    fixed[2] = True
    found = replace(problem(THREE), papers=papers(3, 4, periods=fixed))

    assert check_problem(ordered(found, (1, 0, OrderKind.BEFORE))) == []
    [complaint] = check_problem(ordered(found, (2, 1, OrderKind.APART), (0, 1, OrderKind.BEFORE)))
    assert (complaint.code, complaint.rows) == (Contradiction.ORDERS_IMPOSSIBLE, (1,))


@pytest.mark.parametrize(
    "row", [(0, 0, OrderKind.APART), (0, 7, OrderKind.APART), (0, 1, 9)], ids=str
)
def test_an_order_of_one_paper_or_of_none_that_is_there_is_named(row):
    [complaint] = check_problem(ordered(problem(THREE), row))

    assert (complaint.code, complaint.rows) == (Contradiction.UNKNOWN_ORDER, (0,))


def test_the_check_finds_every_kind_of_order_broken():
    free = problem(THREE)
    plan = solved(ordered(free, (0, 1, OrderKind.BEFORE)))
    turned = {
        kind: [v.code for v in validate(ordered(free, (1, 0, kind)), plan)] for kind in OrderKind
    }

    assert turned[OrderKind.BEFORE] == [Broken.OUT_OF_ORDER]
    assert turned[OrderKind.TOGETHER] == [Broken.OUT_OF_ORDER]
    assert turned[OrderKind.APART] == []


def test_a_lock_against_an_order_is_refused_by_its_entry():
    found = ordered(problem(THREE), (0, 1, OrderKind.BEFORE))
    plan = solved(found)
    nowhere = np.full(len(found.entries), -1, dtype=np.int32)
    period = nowhere.copy()
    last = int(np.flatnonzero(found.entries.paper == 0)[-1])
    period[last] = 3  # nothing is left after it for the other paper
    with pytest.raises(LockBroken) as refused:
        solve(found, seed=1, iterations=MOVES, locked=Locks(period, nowhere, nowhere, nowhere))

    assert refused.value.entry == last
    assert plan.score.unplaced == 0


def test_a_repair_for_a_new_order_moves_the_people_of_one_paper_alone():
    free = problem([(c, p) for c in range(6) for p in range(2)])
    before = solved(ordered(free, (0, 1, OrderKind.BEFORE)))
    turned = ordered(free, (0, 1, OrderKind.APART))
    after = repair(turned, before, seed=1)
    assert unmoved(before, after).all()

    turned = ordered(free, (1, 0, OrderKind.BEFORE))
    after = repair(turned, before, seed=1)
    assert validate(turned, after) == []
    assert after.score.unplaced == 0
    assert int((~unmoved(before, after)).sum()) <= 12
