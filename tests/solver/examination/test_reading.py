"""Reading instance and solution files, with every trap of the format."""

import numpy as np
import pytest

from exam_centre.solver.examination import (
    NotAnInstance,
    Placing,
    read_problem,
    read_solution,
    write_solution,
)
from tests.solver.examination.problems import Instance
from tests.solver.examination.twins import sitters


def pairs(table) -> list[tuple[int, int]]:
    return list(zip(table.one.tolist(), table.other.tolist(), strict=True))


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_every_line_ending_reads_the_same(ending):
    problem = read_problem(Instance().text(ending).encode())

    assert problem.exams.minutes.tolist() == [60, 60, 90]
    assert sitters(problem) == [{1, 2}, {2, 3}, {4}]
    assert problem.rooms.capacity.tolist() == [10, 5]


def test_blanks_after_commas_do_not_matter():
    spaced = Instance(exams=["60,  1 , 2", "60 ,3"], rooms=["10 , 4"]).read()
    tight = Instance(exams=["60,1,2", "60,3"], rooms=["10,4"]).read()

    assert sitters(spaced) == sitters(tight) == [{1, 2}, {3}]
    assert spaced.rooms.penalty.tolist() == tight.rooms.penalty.tolist() == [4]


def test_a_byte_order_mark_and_an_end_of_file_sign_are_passed_over():
    content = b"\xef\xbb\xbf" + Instance().text().encode() + b"\x1a"

    assert len(read_problem(content).exams) == 3


def test_an_exam_may_have_no_students():
    problem = Instance(exams=["60", "60, 1", "60,"]).read()

    assert sitters(problem) == [set(), {1}, set()]
    assert problem.sizes().tolist() == [0, 1, 0]


def test_a_student_named_twice_in_an_exam_sits_it_once():
    assert Instance(exams=["60, 1, 1, 2"]).read().sizes().tolist() == [2]


@pytest.mark.parametrize("kind", ["AFTER", "EXAM_COINCIDENCE", "EXCLUSION"])
def test_a_constraint_of_an_exam_with_itself_is_ignored(kind):
    problem = Instance(period_constraints=[f"1, {kind}, 1"]).read()

    assert pairs(problem.after) == pairs(problem.together) == pairs(problem.apart) == []


def test_a_coincidence_in_both_directions_counts_once():
    problem = Instance(period_constraints=["0, EXAM_COINCIDENCE, 2", "2,EXAM_COINCIDENCE,0"]).read()

    assert pairs(problem.together) == [(0, 2)]


def test_a_coincidence_of_exams_that_share_a_student_is_ignored():
    problem = Instance(period_constraints=["0, EXAM_COINCIDENCE, 1"]).read()

    assert pairs(problem.together) == []


def test_an_order_keeps_its_direction():
    problem = Instance(period_constraints=["0, AFTER, 2", "0, EXCLUSION, 1"]).read()

    assert pairs(problem.after) == [(0, 2)]
    assert pairs(problem.apart) == [(0, 1)]


def test_unknown_constraints_and_weightings_are_passed_over():
    problem = Instance(
        period_constraints=["0, FULL_MOON, 1", "nonsense"],
        room_constraints=["0, WITH_A_VIEW", "2, ROOM_EXCLUSIVE"],
        weightings={**Instance().weightings, "COFFEE": "3"},
    ).read()

    assert pairs(problem.apart) == []
    assert problem.exams.alone.tolist() == [False, False, True]


def test_days_are_runs_of_equal_dates():
    dates = ["01:06:2026", "01:06:2026", "02:06:2026", "01:06:2026"]
    problem = Instance(periods=[f"{date}, 09:00:00, 120, 0" for date in dates]).read()

    day = problem.periods.day.tolist()
    assert day[0] == day[1]
    assert len({day[1], day[2], day[3]}) == 3


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (Instance().text().replace("[Rooms:2]", "[Halls:2]"), "[Rooms]"),
        (Instance().text().replace("[Exams:3]", "[Exams:4]"), "announces 4 lines, 3 follow"),
        (Instance().text().replace("60, 1, 2", "sixty, 1, 2"), "“sixty” is no whole number"),
        (Instance().text().replace("10, 0", "10"), "Only 1 of 2 values"),
        (Instance(period_constraints=["0, AFTER, 3"]).text(), "There is no exam 3."),
        (Instance().text().replace("TWOINADAY", "TWOADAY"), "TWOINADAY is missing"),
        (Instance(exams=[]).text(), "[Exams] is empty"),
        ("", "There is no section [Exams]"),
        ("60, -1", "There is no section [Exams]"),
    ],
)
def test_a_file_that_is_no_instance_says_where_it_fails(broken, reason):
    with pytest.raises(NotAnInstance) as refusal:
        read_problem(broken.encode())

    assert reason in str(refusal.value)


def test_bytes_that_are_no_text_are_no_instance():
    with pytest.raises(NotAnInstance, match="no text"):
        read_problem(b"\xff\xfe\x00PK\x03\x04")


def test_a_solution_is_written_and_read_line_by_line():
    placing = Placing(np.array([3, 0], dtype=np.int32), np.array([1, 2], dtype=np.int32))

    text = write_solution(placing)

    assert text == "3, 1\n0, 2\n"
    again = read_solution(text.replace("\n", "\r\n"), exams=2)
    assert again.period.tolist() == [3, 0]
    assert again.room.tolist() == [1, 2]


@pytest.mark.parametrize("text", ["3, 1\n", "3, 1\n0, 2\n1, 1\n", "3, 1\n0; 2\n", "3, 1\n-1, 2\n"])
def test_a_solution_of_another_shape_is_refused(text):
    with pytest.raises(NotAnInstance):
        read_solution(text, exams=2)
