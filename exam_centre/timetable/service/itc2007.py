"""Examination timetables of the public benchmark: read, searched and written as its files are."""

from exam_centre.solver.examination import (
    Cancel,
    ExaminationPlan,
    NotAnInstance,
    Progress,
    read_problem,
    solve,
    write_solution,
)

__all__ = ["NotAnInstance", "plan_instance"]


def plan_instance(
    content: bytes,
    *,
    seed: int,
    seconds: float | None = None,
    iterations: int | None = None,
    progress: Progress | None = None,
    cancelled: Cancel | None = None,
) -> tuple[ExaminationPlan, str]:
    """Search for a timetable of an instance file; return the plan and its solution file.

    Raises NotAnInstance where the file is none. See the solver for the effort and the seed.
    """
    plan = solve(
        read_problem(content),
        seed=seed,
        seconds=seconds,
        iterations=iterations,
        progress=progress,
        cancelled=cancelled,
    )
    return plan, write_solution(plan.placing)
