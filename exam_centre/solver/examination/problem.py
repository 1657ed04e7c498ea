"""The examination problem as frozen arrays: exams, who sits them, periods, rooms, constraints.

It is the problem of the examination track of the second International Timetabling Competition.
Indices run from 0 and refer to the row of the named table.

Source  B. McCollum, P. McMullan, E. K. Burke, A. J. Parkes, R. Qu, "The second International
        Timetabling Competition: examination timetabling track", technical report
        QUB/IEEE/Tech/ITC2007/Exam/v4.0, 2007.
"""

from dataclasses import dataclass

import numpy as np

from exam_centre.solver.engine.arrays import FlagColumn, IntColumn, Ints, Table


@dataclass(frozen=True)
class Exams(Table):
    """E exams; each is sat in one period and one room."""

    minutes: IntColumn  # > 0
    alone: FlagColumn  # shares its room with no other exam


@dataclass(frozen=True)
class Enrolments(Table):
    """Who sits what; no pair stands twice."""

    exam: IntColumn
    student: IntColumn  # any number that is the same for one student, 0..


@dataclass(frozen=True)
class Periods(Table):
    """P periods in their order; neighbours in the list are neighbours in time."""

    day: IntColumn  # the same number for periods of one day, which follow each other
    minutes: IntColumn  # length
    penalty: IntColumn  # a soft cost for each exam, >= 0


@dataclass(frozen=True)
class Rooms(Table):
    """R rooms, each open in every period."""

    capacity: IntColumn  # seats
    penalty: IntColumn  # a soft cost for each exam, >= 0


@dataclass(frozen=True)
class Pairs(Table):
    """Pairs of different exams under one constraint; no pair stands twice."""

    one: IntColumn
    other: IntColumn


@dataclass(frozen=True)
class Weights:
    """What the institution holds to be how bad. Costs are dimensionless, >= 0."""

    two_in_a_row: int  # a student's two exams in neighbouring periods of one day
    two_in_a_day: int  # a student's two exams on one day, further apart
    spread_periods: int  # two exams of a student within so many periods cost 1
    mixed_minutes: int  # each length beyond the first in one room and period
    largest_exams: int  # so many exams, by students,
    last_periods: int  # in so many periods at the end
    front_load: int  # cost so much each


@dataclass(frozen=True)
class ExaminationProblem:
    """Everything the search is told. See each table for shapes, units and ranges."""

    exams: Exams
    enrolments: Enrolments
    periods: Periods
    rooms: Rooms
    after: Pairs  # `one` in a later period than `other`
    together: Pairs  # in one period; one < other
    apart: Pairs  # in different periods; one < other
    weights: Weights

    def sizes(self) -> Ints:
        """Return (E,) how many students sit each exam."""
        sizes: Ints = np.bincount(self.enrolments.exam, minlength=len(self.exams)).astype(np.int32)
        return sizes
