"""What the search reads and never writes: the problem by units, exams that move together.

A unit is a set of exams that must be in one period; most units are one exam. Periods are chosen
for units, rooms for exams.
"""

from typing import NamedTuple

import numpy as np

from exam_centre.solver.engine.arrays import Ints, Longs
from exam_centre.solver.examination.problem import ExaminationProblem, Pairs
from exam_centre.solver.examination.score import largest, late, nearness, student_pairs

# Columns of Tables.exam.
SIZE, LENGTH, ALONE, UNIT = range(4)
# Columns of Tables.kin.
WHO, STUDENTS = range(2)
# Columns of Tables.order.
WITH, LATER = range(2)
# Columns of Tables.unit.
FIRST, KIN, ORDER = range(3)
# Columns of Tables.room.
SEATS, PENALTY = range(2)


class Tables(NamedTuple):
    """E exams in U units, P periods, R rooms."""

    exam: Ints  # (E, 4) students; index of its length; must be alone (0, 1); unit
    unit: Ints  # (U + 1, 3) where its rows of members, kin and order begin
    members: Ints  # (E,) exams by unit
    kin: Ints  # (K, 2) units that may not be in one period with it; students of both, 0 or more
    joint: Ints  # (U, U) 1 + students of both where they may not be in one period, else 0
    order: Ints  # (O, 2) unit in an order with it; 1: it comes after that unit, 0: before
    near: Ints  # (P, P) what a student of both costs, by the periods of two units
    base: Ints  # (U, P) period penalties and front load
    barred: Ints  # (U, P) 1 where the period is too short
    room: Ints  # (R, 2) seats, penalty
    lengths: int  # how many different lengths there are
    mixed: int  # cost of each length beyond the first in a room and period


def build_tables(problem: ExaminationProblem) -> Tables:
    """Return the tables of a problem."""
    unit = _units(problem)
    units, exams = int(unit.max()) + 1, len(problem.exams)
    lengths, length = np.unique(problem.exams.minutes, return_inverse=True)
    joint = _joint(problem, unit, units)
    kin, kin_from = _kin(joint)
    order, order_from = _order(problem.after, unit, units)
    members = np.argsort(unit, kind="stable").astype(np.int32)
    first = np.searchsorted(unit[members], np.arange(units + 1))
    early = largest(problem)[:, None] & late(problem)[None, :]
    cost = early * problem.weights.front_load + problem.periods.penalty[None, :]
    too_long = problem.exams.minutes[:, None] > problem.periods.minutes[None, :]
    base = np.zeros((units, len(problem.periods)), dtype=np.int32)
    barred = np.zeros_like(base)
    np.add.at(base, unit, cost.astype(np.int32))
    np.maximum.at(barred, unit, too_long.astype(np.int32))
    return Tables(
        exam=np.stack(
            [problem.sizes(), length.astype(np.int32), problem.exams.alone, unit], axis=1
        ).astype(np.int32),
        unit=np.stack([first, kin_from, order_from], axis=1).astype(np.int32),
        members=members,
        kin=kin,
        joint=joint,
        order=order,
        near=nearness(problem),
        base=base,
        barred=barred,
        room=np.stack([problem.rooms.capacity, problem.rooms.penalty], axis=1),
        lengths=len(lengths) if exams else 0,
        mixed=problem.weights.mixed_minutes,
    )


def _units(problem: ExaminationProblem) -> Ints:
    """Return (E,) the unit of each exam, numbered in the order of their first exams."""
    root = list(range(len(problem.exams)))

    def find(exam: int) -> int:
        while root[exam] != exam:
            root[exam] = root[root[exam]]
            exam = root[exam]
        return exam

    for one, other in zip(
        problem.together.one.tolist(), problem.together.other.tolist(), strict=True
    ):
        a, b = find(one), find(other)
        root[max(a, b)] = min(a, b)
    found = np.array([find(exam) for exam in range(len(root))])
    unit: Ints = np.unique(found, return_inverse=True)[1].astype(np.int32)
    return unit


def _joint(problem: ExaminationProblem, unit: Ints, units: int) -> Ints:
    one, other, students = student_pairs(problem)
    joint = np.zeros((units, units), dtype=np.int32)
    np.add.at(joint, (unit[one], unit[other]), students)
    joint += joint.T
    joint += joint > 0
    for a, b in (
        (problem.apart.one, problem.apart.other),
        (problem.apart.other, problem.apart.one),
    ):
        joint[unit[a], unit[b]] = np.maximum(joint[unit[a], unit[b]], 1)
    np.fill_diagonal(joint, 0)  # a unit at odds with itself is for the validator to report
    return joint


def _kin(joint: Ints) -> tuple[Ints, Longs]:
    rows, columns = np.nonzero(joint)
    kin = np.stack([columns, joint[rows, columns] - 1], axis=1).astype(np.int32)
    return kin, np.searchsorted(rows, np.arange(len(joint) + 1)).astype(np.int64)


def _order(after: Pairs, unit: Ints, units: int) -> tuple[Ints, Longs]:
    later, earlier = unit[after.one], unit[after.other]
    rows = np.stack(
        [
            np.concatenate([later, earlier]),
            np.concatenate([earlier, later]),
            np.repeat([1, 0], len(later)),
        ],
        axis=1,
    )
    rows = np.unique(rows[rows[:, 0] != rows[:, 1]], axis=0)
    starts = np.searchsorted(rows[:, 0], np.arange(units + 1)).astype(np.int64)
    return rows[:, 1:].astype(np.int32), starts
