"""Slow, obvious twins of the soft components and hard constraints, straight from the statement."""

from itertools import combinations

from exam_centre.solver.examination import ExaminationProblem, Placing, Score


def sitters(problem: ExaminationProblem) -> list[set[int]]:
    """Return the students of each exam."""
    found: list[set[int]] = [set() for _ in range(len(problem.exams))]
    for exam, student in zip(problem.enrolments.exam, problem.enrolments.student, strict=True):
        found[int(exam)].add(int(student))
    return found


def slow_score(problem: ExaminationProblem, placing: Placing) -> Score:
    """Count every component with loops over students, exams, rooms and periods."""
    w, who = problem.weights, sitters(problem)
    exams = range(len(problem.exams))
    period = [int(p) for p in placing.period]
    room = [int(r) for r in placing.room]
    row = day = spread = 0
    for student in set().union(*who):
        for a, b in combinations([e for e in exams if student in who[e]], 2):
            gap = abs(period[a] - period[b])
            same_day = problem.periods.day[period[a]] == problem.periods.day[period[b]]
            row += w.two_in_a_row * bool(same_day and gap == 1)
            day += w.two_in_a_day * bool(same_day and gap >= 2)
            spread += 1 <= gap <= w.spread_periods
    mixed = 0
    for p in range(len(problem.periods)):
        for r in range(len(problem.rooms)):
            lengths = {
                int(problem.exams.minutes[e]) for e in exams if (period[e], room[e]) == (p, r)
            }
            mixed += w.mixed_minutes * max(0, len(lengths) - 1)
    by_size = sorted(exams, key=lambda e: (-len(who[e]), e))
    first_late = len(problem.periods) - w.last_periods
    return Score(
        two_in_a_row=row,
        two_in_a_day=day,
        period_spread=spread,
        mixed_durations=mixed,
        front_load=w.front_load * sum(period[e] >= first_late for e in by_size[: w.largest_exams]),
        room_penalty=sum(int(problem.rooms.penalty[room[e]]) for e in exams),
        period_penalty=sum(int(problem.periods.penalty[period[e]]) for e in exams),
    )


def is_feasible(problem: ExaminationProblem, placing: Placing) -> bool:
    """Ask every hard constraint in turn."""
    who = sitters(problem)
    exams = range(len(problem.exams))
    period = [int(p) for p in placing.period]
    room = [int(r) for r in placing.room]
    for e in exams:
        if problem.exams.minutes[e] > problem.periods.minutes[period[e]]:
            return False
        beside = [f for f in exams if (period[f], room[f]) == (period[e], room[e])]
        if problem.exams.alone[e] and len(beside) > 1:
            return False
        if sum(len(who[f]) for f in beside) > problem.rooms.capacity[room[e]]:
            return False
    if any(period[a] == period[b] and who[a] & who[b] for a, b in combinations(exams, 2)):
        return False
    after = zip(problem.after.one, problem.after.other, strict=True)
    together = zip(problem.together.one, problem.together.other, strict=True)
    apart = zip(problem.apart.one, problem.apart.other, strict=True)
    return (
        all(period[a] > period[b] for a, b in after)
        and all(period[a] == period[b] for a, b in together)
        and all(period[a] != period[b] for a, b in apart)
    )
