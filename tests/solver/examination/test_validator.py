"""The validator: every hard constraint broken alone, and its agreement with a slow twin."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_centre.solver.examination import Placing, Violations, validate
from tests.solver.examination.problems import Instance, instances
from tests.solver.examination.twins import is_feasible

NONE = Violations(0, 0, 0, 0, 0, 0, 0, 0)


def placed(*places: tuple[int, int]) -> Placing:
    columns = np.array(places, dtype=np.int32)
    return Placing(columns[:, 0], columns[:, 1])


CONSTRAINED = Instance(
    exams=["60, 1, 2", "60, 2, 3", "90, 4", "60, 5"],
    rooms=["3, 0", "5, 0"],
    period_constraints=["1, AFTER, 0", "0, EXAM_COINCIDENCE, 2", "1, EXCLUSION, 3"],
    room_constraints=["1, ROOM_EXCLUSIVE"],
)
CONSTRAINED.periods[0] = "01:06:2026, 09:00:00, 60, 0"
GOOD = [(1, 0), (2, 0), (1, 1), (0, 0)]


@pytest.mark.parametrize(
    ("exam", "place", "broken"),
    [
        (3, (0, 0), {}),
        (3, (4, 0), {"unplaced": 1}),
        (3, (0, 2), {"unplaced": 1}),
        (3, (2, 1), {"apart": 1}),
        (1, (1, 0), {"clashes": 1, "order": 1, "overfilled": 1, "not_alone": 1}),
        (1, (0, 1), {"order": 1, "apart": 1}),
        (2, (0, 1), {"too_long": 1, "together": 1}),
        (2, (3, 1), {"together": 1}),
    ],
)
def test_each_broken_constraint_is_counted_as_its_own_kind(exam, place, broken):
    places = list(GOOD)
    places[exam] = place

    violations = validate(CONSTRAINED.read(), placed(*places))

    assert violations == dataclasses.replace(NONE, **broken)
    assert violations.distance == sum(broken.values())


def test_a_room_is_overfilled_by_the_students_of_all_its_exams():
    places = [(1, 0), (2, 0), (1, 0), (1, 0)]  # 2 + 1 + 1 students, 3 seats

    assert validate(CONSTRAINED.read(), placed(*places)).overfilled == 1


def test_a_placing_of_another_number_of_exams_is_refused():
    with pytest.raises(ValueError, match="2 exams"):
        validate(Instance().read(), placed((0, 0), (1, 0)))


@given(instances(), st.data())
def test_no_violation_means_feasible_and_feasible_means_no_violation(instance, data):
    problem = instance.read()
    places = st.tuples(
        st.integers(0, len(problem.periods) - 1), st.integers(0, len(problem.rooms) - 1)
    )
    placing = placed(*(data.draw(places) for _ in instance.exams))

    assert (validate(problem, placing).distance == 0) == is_feasible(problem, placing)
