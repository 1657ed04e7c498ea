"""The soft components of a placing, each one small function over the problem and the placing."""

import numpy as np

from exam_centre.solver.engine.arrays import Flags, Ints
from exam_centre.solver.examination.plan import Placing, Score
from exam_centre.solver.examination.problem import ExaminationProblem


def student_pairs(problem: ExaminationProblem) -> tuple[Ints, Ints, Ints]:
    """Return (K,) one exam, the other, and the students of both; each pair once, one < other."""
    order = np.lexsort((problem.enrolments.exam, problem.enrolments.student))
    exam, student = problem.enrolments.exam[order], problem.enrolments.student[order]
    ones, others = [exam[:0]], [exam[:0]]
    for apart in range(1, len(exam)):
        same = student[apart:] == student[:-apart]
        if not same.any():
            break
        ones.append(exam[:-apart][same])
        others.append(exam[apart:][same])
    key = np.concatenate(ones).astype(np.int64) * len(problem.exams) + np.concatenate(others)
    pairs, students = np.unique(key, return_counts=True)
    one, other = np.divmod(pairs, len(problem.exams))
    return one.astype(np.int32), other.astype(np.int32), students.astype(np.int32)


def nearness(problem: ExaminationProblem) -> Ints:
    """Return (P, P) what a student's two exams in two periods cost: components 1 to 3 together."""
    near: Ints = in_a_row(problem) + in_a_day(problem) + within_spread(problem)
    return near


def in_a_row(problem: ExaminationProblem) -> Ints:
    """Return (P, P) the cost of two exams in neighbouring periods of a day."""
    near: Ints = (_same_day(problem) & (_gap(problem) == 1)) * np.int32(
        problem.weights.two_in_a_row
    )
    return near


def in_a_day(problem: ExaminationProblem) -> Ints:
    """Return (P, P) the cost of two exams on a day that are no neighbours."""
    near: Ints = (_same_day(problem) & (_gap(problem) > 1)) * np.int32(problem.weights.two_in_a_day)
    return near


def within_spread(problem: ExaminationProblem) -> Ints:
    """Return (P, P) the cost of two exams within the spread; nights do not matter."""
    gap = _gap(problem)
    near: Ints = ((gap >= 1) & (gap <= problem.weights.spread_periods)).astype(np.int32)
    return near


def largest(problem: ExaminationProblem) -> Flags:
    """Return (E,) whether an exam is to be early; of equal size the lower index is the larger."""
    order = np.argsort(-problem.sizes(), kind="stable")
    flags = np.zeros(len(order), dtype=np.bool_)
    flags[order[: problem.weights.largest_exams]] = True
    return flags


def late(problem: ExaminationProblem) -> Flags:
    """Return (P,) whether a period is one of the last."""
    periods = len(problem.periods)
    flags: Flags = np.arange(periods) >= periods - problem.weights.last_periods
    return flags


def mixed_durations(problem: ExaminationProblem, placing: Placing) -> int:
    """Return the cost of different lengths in one room and period."""
    session = placing.period.astype(np.int64) * len(problem.rooms) + placing.room
    kinds = np.unique(np.stack([session, problem.exams.minutes.astype(np.int64)]), axis=1)
    beyond = kinds.shape[1] - len(np.unique(session))
    return int(beyond * problem.weights.mixed_minutes)


def score_of(problem: ExaminationProblem, placing: Placing) -> Score:
    """Return the score of a placing in which every exam has a period and a room."""
    one, other, students = student_pairs(problem)
    a, b = placing.period[one], placing.period[other]

    def of_students(near: Ints) -> int:
        return int((near[a, b].astype(np.int64) * students).sum())

    early = largest(problem)
    return Score(
        two_in_a_row=of_students(in_a_row(problem)),
        two_in_a_day=of_students(in_a_day(problem)),
        period_spread=of_students(within_spread(problem)),
        mixed_durations=mixed_durations(problem, placing),
        front_load=int(late(problem)[placing.period[early]].sum()) * problem.weights.front_load,
        room_penalty=int(problem.rooms.penalty[placing.room].sum()),
        period_penalty=int(problem.periods.penalty[placing.period].sum()),
    )


def _gap(problem: ExaminationProblem) -> Ints:
    index = np.arange(len(problem.periods), dtype=np.int32)
    gap: Ints = np.abs(index[:, None] - index[None, :])
    return gap


def _same_day(problem: ExaminationProblem) -> Flags:
    day = problem.periods.day
    same: Flags = day[:, None] == day[None, :]
    return same
