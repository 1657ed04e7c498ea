"""Seats are drawn by lot, the needs first, and those of one paper or team kept apart."""

from dataclasses import replace

import numpy as np

from exam_centre.solver.park import Locks, solve, validate
from tests.solver.park.problems import entries, papers, people, problem, seats_of

ONE_PERIOD = np.array([[1, 0, 0, 0]])


def test_two_papers_that_fill_a_room_sit_as_on_a_chess_board() -> None:
    pairs = [(c, c % 2) for c in range(6)]
    both = problem(
        pairs,
        papers=papers(2, 4, periods=np.repeat(ONE_PERIOD, 2, axis=0)),
        entries=entries(pairs, preferred_venue=np.zeros(6)),
    )

    plan = solve(both, seed=4, iterations=2_000)

    assert plan.score.room_sessions == 1
    assert plan.score.beside_paper == 0


def test_a_room_of_one_paper_and_two_teams_keeps_the_teams_apart_and_says_what_it_could_not() -> (
    None
):
    teams = problem(
        [(c, 0) for c in range(6)],
        papers=papers(1, 4, periods=ONE_PERIOD),
        candidates=people(6, 4, team=np.array([0, 1] * 3)),
    )

    plan = solve(teams, seed=4, iterations=2_000)

    assert plan.score.beside_team == 0
    assert plan.beside.tolist() == [1] * 6


def test_few_people_in_a_large_room_have_nobody_beside_them() -> None:
    wide = problem(
        [(c, 0) for c in range(8)],
        papers=papers(1, 4, periods=ONE_PERIOD),
        rooms=replace(problem([(0, 0)]).rooms, rows=np.full(4, 4), columns=np.full(4, 6)),
        seats=seats_of(4, 4, 6),
    )

    plan = solve(wide, seed=4, iterations=2_000)

    assert plan.score.room_sessions == 1
    assert plan.score.beside_paper == 0


def test_desks_for_needs_go_to_those_who_need_them() -> None:
    """The only desk for both needs is at the front left; two more have one need each."""
    given = problem(
        [(c, 0) for c in range(24)],
        papers=papers(1, 4, periods=ONE_PERIOD, max_sittings=[1]),
        candidates=people(
            24,
            4,
            wheelchair=np.array([1, 1, 1] + [0] * 21),
            left_handed=np.array([1, 0, 0, 1] + [0] * 20),
        ),
    )

    plan = solve(given, seed=4, iterations=5_000)

    assert plan.score.unplaced == 0
    assert validate(given, plan) == []


def test_a_change_in_one_room_leaves_the_seats_of_another() -> None:
    pairs = [(c, 0) for c in range(12)]
    crowd = problem(pairs, papers=papers(1, 4, periods=ONE_PERIOD))
    before = solve(crowd, seed=4, iterations=2_000)
    here = before.room == before.room[0]
    everybody = Locks.of(before, before.placed())
    free = replace(everybody, seat=np.full(12, -1, dtype=np.int32))

    after = solve(crowd, seed=4, iterations=100, locked=free)
    assert after.seat.tolist() == before.seat.tolist()

    swapped = replace(free, seat=np.where(here, before.seat, -1).astype(np.int32))
    first, second = np.flatnonzero(here)[:2]
    swapped.seat[[first, second]] = before.seat[[second, first]]
    after = solve(crowd, seed=4, iterations=100, locked=swapped)

    assert after.seat[first] == before.seat[second]
    assert (after.seat[~here] == before.seat[~here]).all()


def test_leftovers_join_another_room_of_the_venue() -> None:
    crowd = problem(
        [(c, 0) for c in range(8)],
        papers=papers(1, 4, periods=ONE_PERIOD),
        rooms=replace(problem([(0, 0)]).rooms, open=np.array([[1, 0, 0, 0]] * 2 + [[0] * 4] * 2)),
        rules=replace(problem([(0, 0)]).rules, leftover=2),
    )

    plan = solve(crowd, seed=4, iterations=5_000)

    assert plan.score.room_sessions == 2
    fewer = problem([(c, 0) for c in range(5)], papers=papers(1, 4, periods=ONE_PERIOD))
    assert solve(fewer, seed=4, iterations=5_000).score.room_sessions == 1
