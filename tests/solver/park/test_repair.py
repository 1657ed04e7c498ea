"""A plan is mended: whose place is still good stays, and as few as can give way to the others."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exam_centre.solver.park import (
    LockBroken,
    Locks,
    ParkPlan,
    ParkProblem,
    Placing,
    ProblemHasComplaints,
    Reason,
    repair,
    solve,
    unmoved,
    validate,
)
from tests.solver.park.problems import NEVER, papers, people, problem, problems

MOVES = 3_000
few = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def places(*at: tuple[int, int, int]) -> Placing:
    """Former places of (period, room, seat), minutes left out."""
    period, room, seat = (np.array(column, dtype=np.int32) for column in zip(*at, strict=True))
    none = np.full(len(at), -1, dtype=np.int32)
    return Placing(period, room, seat, none, none, none)


def with_open(given_problem: ParkProblem, is_open: np.ndarray) -> ParkProblem:
    return replace(given_problem, rooms=replace(given_problem.rooms, open=is_open))


def changed(given_problem: ParkProblem, what: str, random: np.random.Generator) -> ParkProblem:
    """The same problem after a venue, a room or a period of a paper is lost."""
    is_open = given_problem.rooms.open.copy()
    if what == "venue":
        is_open[given_problem.rooms.venue == random.integers(2)] = False
        return with_open(given_problem, is_open)
    if what == "room":
        is_open[random.integers(4), random.integers(4)] = False
        return with_open(given_problem, is_open)
    allowed = given_problem.papers.periods.copy()
    paper = random.integers(len(allowed))
    allowed[paper] = ~allowed[paper]
    if not allowed[paper].any():
        allowed[paper] = True
    return replace(given_problem, papers=replace(given_problem.papers, periods=allowed))


def still_good(given_problem: ParkProblem, before: ParkPlan) -> np.ndarray:
    """Whom the validator names in nothing: a slow and obvious twin of who may stay."""
    named = {
        row
        for violation in validate(given_problem, before)
        for row in violation.rows[:2]
        if violation.code not in ("too_many_sittings", "too_many_a_day", "room_overfull")
    }
    good = before.placed()
    good[[entry for entry in named if entry < len(good)]] = False
    return good


whats = st.sampled_from(["venue", "room", "paper"])


@few
@given(problems(), whats, st.integers(0, 1_000))
def test_no_repair_breaks_a_rule_and_everybody_left_without_has_a_reason(
    given_problem: ParkProblem, what: str, seed: int
) -> None:
    before = solve(given_problem, seed=seed, iterations=MOVES)
    after_change = changed(given_problem, what, np.random.default_rng(seed))

    plan = repair(after_change, before, seed=seed, iterations=MOVES)

    assert validate(after_change, plan) == []
    assert ((plan.period >= 0) == (plan.reason == Reason.PLACED)).all()


@few
@given(problems(), whats, st.integers(0, 1_000))
def test_whoever_moves_though_the_place_was_good_made_room_for_somebody(
    given_problem: ParkProblem, what: str, seed: int
) -> None:
    before = solve(given_problem, seed=seed, iterations=MOVES)
    after_change = changed(given_problem, what, np.random.default_rng(seed))
    good = still_good(after_change, before)

    plan = repair(after_change, before, seed=seed, iterations=MOVES)

    gave_way = good & ~unmoved(before, plan)
    helped = ~good & plan.placed()
    assert gave_way.sum() <= 4 * helped.sum()
    assert plan.placed()[good].all()


@few
@given(problems(), st.integers(0, 1_000))
def test_where_nothing_has_changed_nobody_moves(given_problem: ParkProblem, seed: int) -> None:
    before = solve(given_problem, seed=seed, iterations=MOVES)

    plan = repair(given_problem, before, seed=seed + 1, iterations=MOVES)

    stayed = unmoved(before, plan)
    made_room = before.placed() & ~stayed
    assert plan.placed()[before.placed()].all()
    if plan.placed().sum() == before.placed().sum():
        assert not made_room.any()


@few
@given(problems(), whats, st.integers(0, 1_000))
def test_the_same_seed_mends_in_the_same_way_to_the_byte(
    given_problem: ParkProblem, what: str, seed: int
) -> None:
    before = solve(given_problem, seed=1, iterations=MOVES)
    after_change = changed(given_problem, what, np.random.default_rng(seed))

    first = repair(after_change, before, seed=seed)
    second = repair(after_change, before, seed=seed)

    assert first.fingerprint() == second.fingerprint()
    assert first.score == second.score


def test_nobody_moves_but_those_of_a_lost_room_where_they_fit_without() -> None:
    crowd = problem([(c, 0) for c in range(9)], papers=papers(1, 4, max_sittings=[1]))
    before = solve(crowd, seed=1, iterations=MOVES)
    is_open = crowd.rooms.open.copy()
    lost = before.room[0]
    is_open[lost] = False

    plan = repair(with_open(crowd, is_open), before, seed=2)

    assert (unmoved(before, plan) == (before.room != lost)).all()
    assert plan.placed().all()


def test_the_late_find_the_seats_that_are_left() -> None:
    crowd = problem([(c, 0) for c in range(12)])
    none = (-1, -1, -1)
    before = places(*[(0, 0, seat) for seat in range(5)], *[none] * 7)

    plan = repair(crowd, before, seed=1)

    assert unmoved(before, plan)[:5].all()
    assert plan.placed().all()
    assert plan.score.sittings == 1


def only_free_in(periods: list[list[int]]) -> np.ndarray:
    free = np.zeros((len(periods), 4))
    for person, those in enumerate(periods):
        free[person, those] = NEVER
    return free


def test_exactly_one_gives_way_where_one_has_to() -> None:
    # One room of six; the late person can only come in period 0, which is full; of the six there
    # one alone can come another time, when the paper is sat too.
    free = only_free_in([[0], [0], [0, 2], [0], [0], [0], [0], [2]])
    one_room = problem(
        [(c, 0) for c in range(8)],
        candidates=people(8, 4, free_minutes=free),
    )
    is_open = np.zeros((4, 4), dtype=np.bool_)
    is_open[0] = True
    before = places(*[(0, 0, seat) for seat in range(6)], (-1, -1, -1), (2, 0, 3))

    plan = repair(with_open(one_room, is_open), before, seed=1)

    assert plan.placed().all()
    assert np.flatnonzero(~unmoved(before, plan)).tolist() == [2, 6]
    assert plan.period[2] == 2


def test_a_chain_of_two_gives_way_where_one_is_not_enough() -> None:
    # Papers 0 and 1 share the only room: late 12 needs a seat in period 0; 0 may go from there to
    # period 2, which is full; 6 of paper 0 may go from there to period 3, where paper 0 is sat.
    free = only_free_in([[0, 2], *[[0]] * 5, [2, 3], *[[2]] * 5, [0], [3]])
    one_room = problem([(c, 0) for c in range(14)], candidates=people(14, 4, free_minutes=free))
    one_room = replace(one_room, papers=papers(1, 4, wished_sittings=[3]))
    is_open = np.zeros((4, 4), dtype=np.bool_)
    is_open[0] = True
    sat = [(0, 0, seat) for seat in range(6)] + [(2, 0, seat) for seat in range(6)]
    before = places(*sat, (-1, -1, -1), (3, 0, 5))

    plan = repair(with_open(one_room, is_open), before, seed=1)

    assert plan.placed().all()
    assert np.flatnonzero(~unmoved(before, plan)).tolist() == [0, 6, 12]


def test_somebody_without_need_gives_up_the_desk_for_wheelchairs_and_stays_in_the_room() -> None:
    wheel = np.zeros(5)
    wheel[4] = 1
    one_room = problem([(c, 0) for c in range(5)], candidates=people(5, 4, wheelchair=wheel))
    is_open = np.zeros((4, 4), dtype=np.bool_)
    is_open[0, 0] = True  # seats 0, 1 and 2 are the front row
    before = places((0, 0, 0), (0, 0, 1), (0, 0, 2), (0, 0, 3), (-1, -1, -1))

    plan = repair(with_open(one_room, is_open), before, seed=1)

    assert plan.placed().all()
    assert (plan.room == 0).all()
    assert unmoved(before, plan).sum() == 3
    assert validate(with_open(one_room, is_open), plan) == []


def test_another_paper_of_the_same_person_gives_way() -> None:
    # Paper 1 is sat in period 0 only, where the person sits paper 0, which is sat in period 2 too.
    allowed = np.array([[1, 0, 1, 0], [1, 0, 0, 0]])
    two = problem([(0, 0), (0, 1), (1, 0)], papers=papers(2, 4, periods=allowed))
    before = places((0, 0, 0), (-1, -1, -1), (2, 0, 0))

    plan = repair(two, before, seed=1)

    assert plan.period.tolist() == [2, 0, 2]
    assert unmoved(before, plan).tolist() == [False, False, True]


def test_nobody_gives_way_who_is_locked() -> None:
    free = only_free_in([[0], [0], [0, 2], [0], [0], [0], [0], [2]])
    one_room = problem([(c, 0) for c in range(8)], candidates=people(8, 4, free_minutes=free))
    is_open = np.zeros((4, 4), dtype=np.bool_)
    is_open[0] = True
    before = places(*[(0, 0, seat) for seat in range(6)], (-1, -1, -1), (2, 0, 3))
    locked = Locks.of(before, np.arange(8) == 2)

    plan = repair(with_open(one_room, is_open), before, seed=1, locked=locked)

    assert np.flatnonzero(~plan.placed()).tolist() == [6]
    assert plan.reason[6] == Reason.NO_SEAT
    assert unmoved(before, plan).sum() == 7


def test_a_lock_elsewhere_moves_an_entry_that_could_have_stayed() -> None:
    two = problem([(0, 0), (1, 0)])
    before = places((0, 0, 0), (0, 0, 1))
    locked = Locks.of(places((3, 1, 8), (-1, -1, -1)), np.array([True, False]))

    plan = repair(two, before, seed=1, locked=locked)

    assert (plan.period[0], plan.room[0], plan.seat[0]) == (3, 1, 8)
    assert unmoved(before, plan).tolist() == [False, True]


def test_a_lock_that_can_not_be_kept_is_refused() -> None:
    two = problem([(0, 0), (1, 0)])
    is_open = two.rooms.open.copy()
    is_open[1] = False
    locked = Locks.of(places((3, 1, 8), (-1, -1, -1)), np.array([True, False]))

    with pytest.raises(LockBroken):
        repair(with_open(two, is_open), places((0, 0, 0), (0, 0, 1)), seed=1, locked=locked)


def test_a_paper_that_may_sit_less_often_leaves_its_thinnest_sitting() -> None:
    one = problem([(c, 0) for c in range(5)], papers=papers(1, 4, max_sittings=[1]))
    before = places((0, 0, 0), (2, 0, 0), (2, 0, 1), (2, 0, 2), (0, 0, 1))

    plan = repair(one, before, seed=1)

    assert plan.period.tolist() == [2, 2, 2, 2, 2]
    assert unmoved(before, plan).tolist() == [False, True, True, True, False]


def test_a_held_over_pair_stays_as_it_was() -> None:
    allowed = np.array([[1, 0, 0, 0], [1, 0, 0, 0]])
    two = problem([(0, 0), (0, 1)], papers=papers(2, 4, periods=allowed))
    two = replace(two, entries=replace(two.entries, compulsory=np.array([True, False])))
    before = solve(two, seed=1, iterations=MOVES)
    assert before.score.held_over == 1

    plan = repair(two, before, seed=9)

    assert plan.fingerprint() == before.fingerprint()


def test_places_of_other_entries_are_refused() -> None:
    with pytest.raises(ValueError, match="one an entry"):
        repair(problem([(0, 0), (1, 0)]), places((0, 0, 0)), seed=1)


def test_a_contradiction_is_refused_before_anybody_is_moved() -> None:
    with pytest.raises(ProblemHasComplaints):
        repair(problem([(0, 0)], papers=papers(1, 4, minutes=[0])), places((0, 0, 0)), seed=1)
