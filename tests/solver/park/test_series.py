"""A whole exam series of a province in small: planned, checked, staffed."""

from pathlib import Path

import pytest

from benchmarks.series_arrays import SeriesArrays, read_series
from exam_centre.solver.park import check_problem, draw_roster, solve, validate

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def series(shared: Path) -> SeriesArrays:
    return read_series(shared / "series-small")


def test_a_series_of_twelve_hundred_people_is_planned_without_a_broken_rule(
    series: SeriesArrays,
) -> None:
    assert check_problem(series.problem) == []

    plan = solve(series.problem, seed=1, iterations=500_000)

    assert validate(series.problem, plan) == []
    assert plan.score.unplaced == 0
    assert plan.score.travel_metres <= 1.15 * plan.travel_bound_metres
    roster = draw_roster(series.problem, plan, series.staff, series.duty_rules, seed=1)
    assert roster.short == ()


def test_two_people_who_share_an_id_number_are_one_on_the_roster(series: SeriesArrays) -> None:
    assert len(series.staff) == 108
