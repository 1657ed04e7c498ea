"""Plans examinations as the examination track of the 2007 timetabling competition states them."""

from exam_centre.solver.engine.effort import Cancel
from exam_centre.solver.examination.plan import (
    ExaminationPlan,
    Placing,
    Progress,
    Score,
    Violations,
)
from exam_centre.solver.examination.problem import (
    Enrolments,
    ExaminationProblem,
    Exams,
    Pairs,
    Periods,
    Rooms,
    Weights,
)
from exam_centre.solver.examination.reading import NotAnInstance, read_problem
from exam_centre.solver.examination.score import score_of
from exam_centre.solver.examination.solution import read_solution, write_solution
from exam_centre.solver.examination.solver import solve, warm_up
from exam_centre.solver.examination.validation import validate

__all__ = [
    "Cancel",
    "Enrolments",
    "ExaminationPlan",
    "ExaminationProblem",
    "Exams",
    "NotAnInstance",
    "Pairs",
    "Periods",
    "Placing",
    "Progress",
    "Rooms",
    "Score",
    "Violations",
    "Weights",
    "read_problem",
    "read_solution",
    "score_of",
    "solve",
    "validate",
    "warm_up",
    "write_solution",
]
