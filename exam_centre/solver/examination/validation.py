"""Checks a placing against every hard constraint; shares no reckoning with the search."""

from collections import defaultdict
from itertools import combinations

from exam_centre.solver.examination.plan import Placing, Violations
from exam_centre.solver.examination.problem import ExaminationProblem, Pairs


def validate(problem: ExaminationProblem, placing: Placing) -> Violations:
    """Count what a placing breaks, in plain Python over the lists as they were read.

    An exam without a valid period or room counts as unplaced and in nothing else.
    Raises ValueError where the placing is of another number of exams.
    """
    exams = len(problem.exams)
    if len(placing.period) != exams or len(placing.room) != exams:
        raise ValueError(f"a placing of {len(placing.period)} exams for a problem of {exams}")
    at: dict[int, tuple[int, int]] = {}
    for exam, place in enumerate(zip(placing.period.tolist(), placing.room.tolist(), strict=True)):
        if 0 <= place[0] < len(problem.periods) and 0 <= place[1] < len(problem.rooms):
            at[exam] = place
    period = {exam: place[0] for exam, place in at.items()}
    longest, minutes = problem.periods.minutes.tolist(), problem.exams.minutes.tolist()
    alone = problem.exams.alone.tolist()
    sharing = _sharing(at)
    return Violations(
        unplaced=exams - len(at),
        clashes=_clashes(problem, period),
        too_long=sum(minutes[exam] > longest[p] for exam, p in period.items()),
        overfilled=_overfilled(problem, sharing),
        order=sum(a <= b for a, b in _both(problem.after, period)),
        together=sum(a != b for a, b in _both(problem.together, period)),
        apart=sum(a == b for a, b in _both(problem.apart, period)),
        not_alone=sum(alone[e] for there in sharing.values() if len(there) > 1 for e in there),
    )


def _both(pairs: Pairs, period: dict[int, int]) -> list[tuple[int, int]]:
    return [
        (period[one], period[other])
        for one, other in zip(pairs.one.tolist(), pairs.other.tolist(), strict=True)
        if one in period and other in period
    ]


def _sharing(at: dict[int, tuple[int, int]]) -> dict[tuple[int, int], list[int]]:
    sharing: dict[tuple[int, int], list[int]] = defaultdict(list)
    for exam, place in at.items():
        sharing[place].append(exam)
    return sharing


def _clashes(problem: ExaminationProblem, period: dict[int, int]) -> int:
    sits: dict[int, list[int]] = defaultdict(list)
    who = zip(problem.enrolments.exam.tolist(), problem.enrolments.student.tolist(), strict=True)
    for exam, student in who:
        if exam in period:
            sits[student].append(exam)
    clashing: set[tuple[int, int]] = set()
    for exams in sits.values():
        for one, other in combinations(sorted(exams), 2):
            if period[one] == period[other]:
                clashing.add((one, other))
    return len(clashing)


def _overfilled(problem: ExaminationProblem, sharing: dict[tuple[int, int], list[int]]) -> int:
    seats = problem.rooms.capacity.tolist()
    people: dict[int, int] = defaultdict(int)
    for exam in problem.enrolments.exam.tolist():
        people[exam] += 1
    return sum(
        sum(people[exam] for exam in exams) > seats[room] for (_, room), exams in sharing.items()
    )
