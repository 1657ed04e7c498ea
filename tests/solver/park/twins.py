"""The slow and obvious twin of every component of a plan's score."""

from itertools import combinations
from math import acos, cos, radians, sin

from exam_centre.solver.park import ParkPlan, ParkProblem

EARTH_RADIUS_METRES = 6_371_008.8


def placed(plan: ParkPlan) -> list[int]:
    """Entries with a place."""
    return [e for e in range(len(plan.period)) if plan.period[e] != -1]


def pairs(problem: ParkProblem, plan: ParkPlan) -> list[tuple[int, int]]:
    """Pairs of placed entries of one person."""
    who = problem.entries.candidate
    return [(a, b) for a, b in combinations(placed(plan), 2) if who[a] == who[b]]


def unplaced(problem: ParkProblem, plan: ParkPlan) -> int:
    return len(plan.period) - len(placed(plan))


def clashes(problem: ParkProblem, plan: ParkPlan) -> int:
    found = 0
    for a, b in pairs(problem, plan):
        minutes = set(range(plan.start[a], plan.end[a])) & set(range(plan.start[b], plan.end[b]))
        held = plan.held_over_after[a] == b or plan.held_over_after[b] == a
        if minutes or (plan.period[a] == plan.period[b] and not held):
            found += 1
    return found


def on_shift(problem: ParkProblem, plan: ParkPlan) -> int:
    found = 0
    for e in placed(plan):
        begins = problem.periods.start[plan.period[e]]
        free = problem.candidates.free_minutes[problem.entries.candidate[e], plan.period[e]]
        if begins + free < plan.end[e] and not problem.entries.through_shift[e]:
            found += 1
    return found


def held_over(problem: ParkProblem, plan: ParkPlan) -> int:
    return len([e for e in placed(plan) if plan.held_over_after[e] != -1])


def sittings(problem: ParkProblem, plan: ParkPlan) -> int:
    return len({(problem.entries.paper[e], plan.period[e]) for e in placed(plan)})


def sittings_beyond(problem: ParkProblem, plan: ParkPlan) -> int:
    beyond = 0
    for paper in range(len(problem.papers)):
        held = {int(plan.period[e]) for e in placed(plan) if problem.entries.paper[e] == paper}
        wished = max(problem.papers.wished_sittings[paper], plan.least_sittings[paper])
        beyond += max(0, len(held) - int(wished))
    return beyond


def metres(problem: ParkProblem, candidate: int, venue: int) -> float:
    """Great-circle metres by the law of cosines."""
    a, b = (
        radians(problem.candidates.latitude[candidate]),
        radians(problem.venues.latitude[venue]),
    )
    across = radians(problem.candidates.longitude[candidate] - problem.venues.longitude[venue])
    return EARTH_RADIUS_METRES * acos(min(1.0, sin(a) * sin(b) + cos(a) * cos(b) * cos(across)))


def travel_metres(problem: ParkProblem, plan: ParkPlan) -> float:
    return sum(
        metres(problem, problem.entries.candidate[e], problem.rooms.venue[plan.room[e]])
        for e in placed(plan)
    )


def wishes_missed(problem: ParkProblem, plan: ParkPlan) -> int:
    wish = problem.entries.preferred_venue
    return len([e for e in placed(plan) if wish[e] not in (-1, problem.rooms.venue[plan.room[e]])])


def same_day(problem: ParkProblem, plan: ParkPlan) -> int:
    day = problem.periods.day
    return len(
        [(a, b) for a, b in pairs(problem, plan) if day[plan.period[a]] == day[plan.period[b]]]
    )


def room_sessions(problem: ParkProblem, plan: ParkPlan) -> int:
    return len({(plan.room[e], plan.period[e]) for e in placed(plan)})


def leftovers(problem: ParkProblem, plan: ParkPlan) -> int:
    used = [(plan.room[e], plan.period[e]) for e in placed(plan)]
    return len([s for s in set(used) if used.count(s) <= problem.rules.leftover])


def _beside(problem: ParkProblem, plan: ParkPlan, e: int) -> list[int]:
    seats = problem.seats

    def next_to(other: int) -> bool:
        down = abs(int(seats.row[plan.seat[e]]) - int(seats.row[plan.seat[other]]))
        across = abs(int(seats.column[plan.seat[e]]) - int(seats.column[plan.seat[other]]))
        together = plan.room[e] == plan.room[other] and plan.start[e] == plan.start[other]
        return bool(together and down + across == 1)

    return [other for other in placed(plan) if other != e and next_to(other)]


def beside_paper(problem: ParkProblem, plan: ParkPlan) -> int:
    paper = problem.entries.paper
    held = plan.held_over_after
    return sum(
        any(paper[o] == paper[e] for o in _beside(problem, plan, e))
        for e in placed(plan)
        if held[e] == -1
    )


def beside_team(problem: ParkProblem, plan: ParkPlan) -> int:
    team = problem.candidates.team[problem.entries.candidate]
    held = plan.held_over_after
    return sum(
        any(team[o] == team[e] != -1 for o in _beside(problem, plan, e))
        for e in placed(plan)
        if held[e] == -1
    )
