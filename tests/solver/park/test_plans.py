"""What every plan keeps, whatever the problem: the rules, the seed, the locks, the cancel flag."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exam_centre.solver.park import (
    Cancelled,
    LockBroken,
    Locks,
    ParkProblem,
    ProblemHasComplaints,
    Reason,
    Score,
    solve,
    validate,
)
from tests.solver.park.problems import NEVER, papers, people, problem, problems

MOVES = 3_000
few = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@few
@given(problems(), st.integers(0, 1_000))
def test_no_plan_breaks_a_rule_and_every_entry_is_placed_or_has_a_reason(
    given_problem: ParkProblem, seed: int
) -> None:
    plan = solve(given_problem, seed=seed, iterations=MOVES)

    assert validate(given_problem, plan) == []
    assert ((plan.period >= 0) == (plan.reason == Reason.PLACED)).all()
    assert [u.entry for u in plan.unplaced] == np.flatnonzero(plan.period < 0).tolist()
    assert plan.score.clashes == plan.score.on_shift == 0


@few
@given(problems(), st.integers(0, 1_000))
def test_the_same_seed_gives_the_same_plan_to_the_byte(
    given_problem: ParkProblem, seed: int
) -> None:
    first = solve(given_problem, seed=seed, iterations=MOVES)
    second = solve(given_problem, seed=seed, iterations=MOVES)

    assert first.fingerprint() == second.fingerprint()
    assert first.score == second.score


def test_another_seed_draws_other_seats() -> None:
    crowd = problem([(c, 0) for c in range(6)])
    drawn = {tuple(solve(crowd, seed=seed, iterations=10).seat) for seed in range(6)}

    assert len(drawn) > 1


@few
@given(problems())
def test_what_is_locked_stays_where_it_is(given_problem: ParkProblem) -> None:
    before = solve(given_problem, seed=1, iterations=MOVES)
    kept = before.placed()
    kept[::3] = False
    kept[before.held_over_after[before.held_over_after >= 0]] |= kept[before.held_over_after >= 0]

    after = solve(given_problem, seed=2, iterations=MOVES, locked=Locks.of(before, kept))

    assert validate(given_problem, after) == []
    for column in ("period", "room", "seat", "start", "end", "held_over_after"):
        assert (getattr(after, column)[kept] == getattr(before, column)[kept]).all()


def test_a_locked_period_leaves_the_room_open() -> None:
    two = problem([(0, 0), (1, 0)])
    none = np.full(2, -1, dtype=np.int32)
    locks = Locks(np.array([3, -1], dtype=np.int32), none, none, none)

    plan = solve(two, seed=1, iterations=MOVES, locked=locks)

    assert plan.period[0] == 3
    assert plan.room[0] >= 0


def test_a_lock_that_breaks_a_rule_names_its_entry() -> None:
    two = problem([(0, 0), (1, 0)])
    closed = two.rooms.open.copy()
    closed[1, 2] = False
    none = np.full(2, -1, dtype=np.int32)
    locks = Locks(*(np.array([-1, v], dtype=np.int32) for v in (2, 1)), none, none)

    with pytest.raises(LockBroken) as refusal:
        solve(replace(two, rooms=replace(two.rooms, open=closed)), seed=1, locked=locks)

    assert refusal.value.entry == 1


def test_a_search_cancelled_at_once_says_so() -> None:
    with pytest.raises(Cancelled):
        solve(problem([(0, 0)]), seed=1, iterations=MOVES, cancelled=lambda: True)


def test_a_search_cancelled_later_returns_the_best_so_far() -> None:
    crowd = problem([(c, p) for c in range(10) for p in range(2)])
    seen: list[Score] = []

    plan = solve(
        crowd,
        seed=1,
        iterations=10_000_000,
        progress=lambda done, total, score: seen.append(score),
        cancelled=lambda: bool(seen) and seen[-1].unplaced == 0,
    )

    assert not plan.complete
    assert plan.moves < 10_000_000
    assert validate(crowd, plan) == []
    assert plan.score.unplaced == 0


def test_progress_is_told_from_the_beginning_towards_the_whole() -> None:
    told: list[tuple[int, int]] = []

    solve(
        problem([(0, 0), (1, 0)]),
        seed=1,
        iterations=200_000,
        progress=lambda done, total, score: told.append((done, total)),
    )

    assert told == sorted(told)
    assert {total for _, total in told} == {1_000_000}


def test_a_contradiction_is_refused_before_any_search() -> None:
    with pytest.raises(ProblemHasComplaints) as refusal:
        solve(problem([(0, 0)], papers=papers(1, 4, minutes=[0])), seed=1)

    assert [c.rows for c in refusal.value.complaints] == [(0,)]


def test_people_go_to_the_nearest_venue_until_it_is_full() -> None:
    crowd = problem([(c, 0) for c in range(14)], papers=papers(1, 4, max_sittings=[1]))

    plan = solve(crowd, seed=1, iterations=20_000)

    venues = crowd.rooms.venue[plan.room]
    assert np.bincount(venues).tolist() == [12, 2]


def test_a_second_sitting_is_for_those_on_shift_in_the_first() -> None:
    free = np.full((4, 4), NEVER)
    free[:2, 1:], free[2:, 0] = 0, 0
    shifts = problem([(c, 0) for c in range(4)], candidates=people(4, 4, free_minutes=free))

    plan = solve(shifts, seed=1, iterations=20_000)

    assert plan.score.unplaced == 0
    assert plan.sittings.sum() == 2
    assert plan.least_sittings.tolist() == [2]


def test_a_paper_everybody_can_sit_at_once_sits_once() -> None:
    plan = solve(problem([(c, 0) for c in range(8)]), seed=1, iterations=40_000)

    assert plan.score.sittings == 1


def test_every_component_of_the_score_is_a_whole_number() -> None:
    score = solve(problem([(0, 0)]), seed=1, iterations=10).score

    assert {type(getattr(score, f.name)) for f in fields(score)} == {int}
