"""What no plan can do better: the fewest sittings of a paper."""

import numpy as np
from numpy.typing import NDArray

from exam_centre.solver.engine.arrays import Flags, Ints
from exam_centre.solver.park.problem import ParkProblem
from exam_centre.solver.park.tables import admissible, usable_seats


def least_sittings(problem: ParkProblem) -> Ints:
    """Return (N,) a lower bound of each paper's sittings if everybody who could is to sit it.

    Only the paper alone is looked at: who is free when, and how many seats of the right kind there
    are in all venues together. One and two sittings are decided exactly on these terms, beyond
    that the larger of three and what the seats force. 0 where nobody can sit it.
    """
    may = admissible(problem)
    usable = usable_seats(problem)
    least = np.zeros(len(problem.papers), dtype=np.int32)
    order = np.argsort(problem.entries.paper, kind="stable")
    ends = np.cumsum(np.bincount(problem.entries.paper, minlength=len(problem.papers)))
    for paper, rows in enumerate(np.split(order, ends[:-1])):
        suits = (problem.papers.kinds[paper] >> problem.rooms.kind) & 1 == 1
        seats = (usable[suits, None] * problem.rooms.open[suits]).sum(axis=0)
        can = may[rows][:, seats > 0]
        can = can[can.any(axis=1)]
        if len(can):
            least[paper] = _fewest(can, seats[seats > 0])
    return least


def _fewest(can: Flags, seats: NDArray[np.int64]) -> int:
    people = len(can)
    free = can.astype(np.int64)
    alone = free.sum(axis=0)
    if bool(((alone == people) & (seats >= people)).any()):
        return 1
    both = free.T @ free
    only = alone[:, None] - both
    first = np.minimum(only, seats[:, None])
    second = np.minimum(only.T, seats[None, :])
    spare = np.maximum(seats[:, None] - only, 0) + np.maximum(seats[None, :] - only.T, 0)
    seated = first + second + np.minimum(both, spare)
    np.fill_diagonal(seated, 0)
    if int(seated.max()) >= people:
        return 2
    by_size = np.cumsum(np.sort(seats)[::-1])
    return max(3, int(np.searchsorted(by_size, people)) + 1)
