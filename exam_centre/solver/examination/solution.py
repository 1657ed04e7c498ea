"""Reads and writes the competition's text format of a solution: one line an exam."""

import re

import numpy as np

from exam_centre.solver.examination.plan import Placing
from exam_centre.solver.examination.reading import NotAnInstance

LINE = re.compile(r"\s*([0-9]{1,9})\s*,\s*([0-9]{1,9})\s*")


def write_solution(placing: Placing) -> str:
    """Return the lines `period, room` of the exams in their order."""
    pairs = zip(placing.period.tolist(), placing.room.tolist(), strict=True)
    return "".join(f"{period}, {room}\n" for period, room in pairs)


def read_solution(text: str, exams: int) -> Placing:
    """Read the lines of so many exams; blank lines at the end do not matter.

    Raises NotAnInstance where a line holds no two numbers, or where lines are too many or too few.
    Whether periods and rooms exist is for the validator to say.
    """
    places: list[tuple[int, int]] = []
    for number, line in enumerate(text.rstrip().splitlines(), start=1):
        found = LINE.fullmatch(line)
        if not found:
            raise NotAnInstance(number, "A line holds a period and a room: two whole numbers.")
        places.append((int(found[1]), int(found[2])))
    if len(places) != exams:
        raise NotAnInstance(0, f"There are {len(places)} lines for {exams} exams.")
    columns = np.array(places, dtype=np.int32).reshape(-1, 2)
    return Placing(columns[:, 0].copy(), columns[:, 1].copy())
