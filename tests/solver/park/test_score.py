"""Every component of the score equals its slow and obvious twin."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exam_centre.solver.park import (
    ParkPlan,
    ParkProblem,
    Placing,
    Score,
    kilometres,
    least_sittings,
    nearest_metres,
    score_of,
    solve,
)
from tests.solver.park import twins
from tests.solver.park.problems import papers, people, problem, problems

some = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def shuffled(plan: ParkPlan, problem: ParkProblem, seed: int) -> Placing:
    """The plan with people sent anywhere: its score counts what no plan of ours would have."""
    random = np.random.default_rng(seed)
    period = np.where(plan.placed(), random.integers(0, 4, len(plan.period)), -1)
    start = np.where(plan.placed(), problem.periods.start[period], -1)
    end = np.where(plan.placed(), start + problem.own_minutes(), -1)
    none = np.full(len(period), -1)
    columns = (period, plan.room, plan.seat, start, end, none)
    return Placing(*(np.asarray(column, dtype=np.int32) for column in columns))


@some
@given(problems(), st.integers(0, 100))
def test_every_component_equals_its_twin(given_problem: ParkProblem, seed: int) -> None:
    plan = solve(given_problem, seed=seed, iterations=500)

    for component in fields(Score):
        twin = getattr(twins, component.name)(given_problem, plan)
        slack = len(plan.period) if component.name == "travel_metres" else 0
        assert abs(getattr(plan.score, component.name) - twin) <= slack, component.name


@some
@given(problems(), st.integers(0, 100))
def test_components_that_good_plans_leave_at_zero_count_too(
    given_problem: ParkProblem, seed: int
) -> None:
    plan = solve(given_problem, seed=seed, iterations=500)
    bad = shuffled(plan, given_problem, seed)
    as_plan = ParkPlan(**vars(plan) | vars(bad))

    score = score_of(given_problem, bad, plan.least_sittings, plan.beside)

    for name in ("clashes", "on_shift", "same_day", "sittings", "room_sessions", "leftovers"):
        assert getattr(score, name) == getattr(twins, name)(given_problem, as_plan), name


def test_a_degree_along_the_equator_is_a_hundred_and_eleven_kilometres() -> None:
    assert kilometres(0.0, 0.0, 0.0, 1.0) == pytest.approx(111.195, abs=0.001)


def test_the_bound_of_travel_is_the_nearest_venue_with_a_suitable_room() -> None:
    two = problem(
        [(0, 0), (0, 1)],
        papers=papers(2, 4, kinds=np.array([0b01, 0b10])),
        candidates=people(1, 4, longitude=np.array([120.7])),
    )
    rooms = vars(two.rooms) | {"kind": np.array([0, 0, 0, 1])}
    two = ParkProblem(**vars(two) | {"rooms": type(two.rooms)(**rooms)})

    nearest = nearest_metres(two)

    assert nearest[0] == 0
    assert nearest[1] == pytest.approx(twins.metres(two, 0, 1), abs=1)


@pytest.mark.parametrize(
    ("count", "free", "least"),
    [
        (24, [4, 4, 4, 4], 1),  # all seats of a period
        (25, [4, 4, 4, 4], 2),
        (48, [4, 4, 4, 4], 2),
        (49, [4, 4, 4, 4], 3),
        (73, [4, 4, 4, 4], 4),
        (2, [1, 1, 0, 0], 2),  # each free in another period
        (4, [1, 1, 1, 1], 3),  # at least; four in truth
        (0, [0, 0, 0, 0], 0),
    ],
)
def test_the_fewest_sittings_follow_from_seats_and_shifts(
    count: int, free: list[int], least: int
) -> None:
    """Free: 4 all are, 1 every fourth person, from another person on in every period."""
    when = np.array(
        [[f == 4 or (f == 1 and c % sum(free) == p) for p, f in enumerate(free)] for c in range(80)]
    )
    crowd = problem(
        [(c, 0) for c in range(max(count, 1))],
        candidates=people(max(count, 1), 4, free_minutes=when[: max(count, 1)] * 100),
    )

    assert least_sittings(crowd).tolist() == [least]
