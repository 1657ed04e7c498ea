"""What a timetable costs: counted by hand, and against slow twins."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_centre.solver.examination import Placing, Score, score_of
from exam_centre.solver.examination.score import largest
from tests.solver.examination.problems import Instance, instances
from tests.solver.examination.twins import slow_score

NOTHING = Score(0, 0, 0, 0, 0, 0, 0)


def placed(*places: tuple[int, int]) -> Placing:
    columns = np.array(places, dtype=np.int32)
    return Placing(columns[:, 0], columns[:, 1])


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        # Student 2 sits exams 0 and 1; the first three periods are one day, the spread is 2.
        ([(0, 0), (1, 0), (3, 1)], {"two_in_a_row": 7, "period_spread": 1}),
        ([(0, 0), (2, 0), (3, 1)], {"two_in_a_day": 5, "period_spread": 1}),
        ([(2, 0), (3, 0), (0, 1)], {"period_spread": 1}),
        ([(0, 0), (3, 0), (0, 1)], {}),
        ([(0, 0), (3, 0), (0, 0)], {"mixed_durations": 10}),
    ],
)
def test_each_component_counts_as_by_hand(places, expected):
    score = score_of(Instance().read(), placed(*places))

    assert score == dataclasses.replace(NOTHING, **expected)
    assert score.total == sum(expected.values())


def test_every_exam_pays_for_its_room_and_its_period():
    instance = Instance(rooms=["10, 4", "5, 9"])
    instance.periods[3] = "02:06:2026, 09:00:00, 120, 30"

    score = score_of(instance.read(), placed((0, 0), (3, 0), (3, 1)))

    assert (score.room_penalty, score.period_penalty) == (17, 60)


def test_large_exams_late_cost_the_front_load():
    instance = Instance()
    instance.weightings["FRONTLOAD"] = "2,1,3"

    score = score_of(instance.read(), placed((3, 0), (0, 0), (3, 1)))

    assert score.front_load == 3  # exam 0 is among the two largest and in the last period


def test_of_equally_large_exams_the_lower_number_is_the_larger():
    instance = Instance(exams=["60, 1", "60, 1, 2", "60, 3", "60, 4"])
    instance.weightings["FRONTLOAD"] = "2,1,3"

    assert largest(instance.read()).tolist() == [True, True, False, False]


@given(instances(), st.data())
def test_the_score_is_its_slow_twin_s(instance, data):
    problem = instance.read()
    places = st.tuples(
        st.integers(0, len(problem.periods) - 1), st.integers(0, len(problem.rooms) - 1)
    )
    placing = placed(*(data.draw(places) for _ in instance.exams))

    assert score_of(problem, placing) == slow_score(problem, placing)
