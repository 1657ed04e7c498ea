"""What a change by hand would do to a plan, and what a plan breaks now: rules and costs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

import numpy as np
from numpy.typing import NDArray

from exam_centre.solver.park import ParkProblem, Placing, score_of, validate
from exam_centre.solver.park.seats import neighbours

# Components of the score that are shown as conflicts of a plan.
COUNTED = ("unplaced", "held_over", "same_day", "beside_paper", "beside_team", "leftovers")
Place = tuple[int, int, int]  # period, room, seat, by index


@dataclass(frozen=True)
class Effect:
    """What a change does.

    broken   (kind, how many more) of rules that the plan breaks after it and not before.
    changes  {component of the score: difference}, only where there is one; less is better.
    """

    broken: list[tuple[str, int]]
    changes: dict[str, int]


def effect_of(problem: ParkProblem, placing: Placing, moves: Mapping[int, Place | None]) -> Effect:
    """Return what moving some entries does; None takes a place back.

    Only the people, rooms and papers concerned are looked at: what a move does ends there.
    """
    after = moved(problem, placing, moves)
    near = _concerned(problem, placing, after, list(moves))
    before, later = _only(placing, near), _only(after, near)
    broken = _broken(problem, later)
    broken.subtract(_broken(problem, before))
    was, becomes = _score(problem, before), _score(problem, later)
    return Effect(
        broken=sorted((kind, more) for kind, more in broken.items() if more > 0),
        changes={name: becomes[name] - was[name] for name in was if becomes[name] != was[name]},
    )


def conflicts_of(problem: ParkProblem, placing: Placing) -> list[tuple[str, int]]:
    """Return (kind, how many) of rules a whole plan breaks and of what it is short of, now.

    Broken rules first, the most frequent first; then what costs, as the score names it.
    """
    whole = np.ones(len(problem.entries), dtype=np.bool_)
    score = _score(problem, _only(placing, whole))
    return _broken(problem, placing).most_common() + [(name, score[name]) for name in COUNTED]


def moved(problem: ParkProblem, placing: Placing, moves: Mapping[int, Place | None]) -> Placing:
    """Return a placing with some entries elsewhere, each from the start of its period."""
    columns = {field.name: getattr(placing, field.name).copy() for field in fields(Placing)}
    own = problem.own_minutes()
    for entry, place in moves.items():
        if place is None:
            values = (-1, -1, -1, -1, -1, -1)
        else:
            start = int(problem.periods.start[place[0]])
            values = (*place, start, start + int(own[entry]), -1)
        for name, value in zip(columns, values, strict=True):
            columns[name][entry] = value
    return Placing(**columns)


def _concerned(
    problem: ParkProblem, before: Placing, after: Placing, entries: list[int]
) -> NDArray[np.bool_]:
    people, papers = problem.entries.candidate[entries], problem.entries.paper[entries]
    near = np.isin(problem.entries.candidate, people) | np.isin(problem.entries.paper, papers)
    for placing in (before, after):
        rooms = placing.room[entries]
        near |= np.isin(placing.room, rooms[rooms >= 0])
    return near


def _only(placing: Placing, near: NDArray[np.bool_]) -> Placing:
    return Placing(
        *(
            np.where(near, getattr(placing, field.name), -1).astype(np.int32)
            for field in fields(Placing)
        )
    )


def _broken(problem: ParkProblem, placing: Placing) -> Counter[str]:
    return Counter(violation.code.value for violation in validate(problem, placing))


def _score(problem: ParkProblem, placing: Placing) -> dict[str, int]:
    seated = placing.placed() & (placing.held_over_after < 0)
    beside = neighbours(problem, placing.period, placing.seat, seated)
    # Sittings beyond the wished number are left to the count of sittings: what capacity forces is
    # a question about the whole plan.
    least = np.full(len(problem.papers), len(problem.periods), dtype=np.int32)
    return asdict(score_of(problem, placing, least, beside))
