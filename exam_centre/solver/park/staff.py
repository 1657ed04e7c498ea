"""Who may be on duty, what duty there is, and what a roster says."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from exam_centre.solver.engine.arrays import (
    DegreeColumn,
    FlagColumn,
    FlagGrid,
    IntColumn,
    Ints,
    Table,
)
from exam_centre.solver.park.plan import Placing
from exam_centre.solver.park.problem import ParkProblem


@dataclass(frozen=True)
class Staff(Table):
    """F people who may be on duty. Give one row a human, whatever staff numbers they hold."""

    latitude: DegreeColumn  # where their journeys begin
    longitude: DegreeColumn
    available: FlagGrid  # (F, P): trained, and neither away nor otherwise busy
    may_invigilate: FlagColumn
    may_lead: FlagColumn  # be chief of a venue
    quota: IntColumn  # duties at most, >= 0
    team: IntColumn  # own shift team, numbered as Candidates.team; -1: none


@dataclass(frozen=True)
class DutyRules:
    """How many are on duty, and who keeps away from whom."""

    candidates_per_invigilator: int  # 30: one more for each begun thirty
    least_in_room: int  # 2
    ties: Ints  # (K, 2) staff, candidate: relatives and others in the conflict register


class Role(IntEnum):
    """What a duty is."""

    CHIEF = 0  # of a venue in a period
    FIRST = 1
    SECOND = 2
    FURTHER = 3  # beyond the second, in a large room


@dataclass(frozen=True)
class Session:
    """One room in one period (as numbered by the periods of its entries) and who sits there."""

    period: int
    venue: int
    room: int
    entries: tuple[int, ...]
    needed: int  # invigilators


@dataclass(frozen=True)
class Roster:
    """D duties, in order of period, venue, room (-1 for a chief first) and role."""

    staff: Ints  # (D,)
    period: Ints  # (D,)
    venue: Ints  # (D,)
    room: Ints  # (D,) -1: the venue
    role: Ints  # (D,) a Role
    short: tuple[tuple[int, int, int, int], ...]  # period, venue, room (-1: chief), how many lack
    loads: Ints  # (F,) duties of each


def sessions(problem: ParkProblem, placing: Placing, rules: DutyRules) -> list[Session]:
    """Return every room session of a plan, by period, venue and room."""
    at = np.flatnonzero(placing.placed())
    venue = problem.rooms.venue[placing.room[at]]
    order = np.lexsort((at, placing.room[at], venue, placing.period[at]))
    found: list[Session] = []
    keys: NDArray[np.int64] = np.stack(
        [placing.period[at], venue, placing.room[at]], axis=1
    ).astype(np.int64)[order]
    starts = np.flatnonzero(np.any(np.diff(keys, axis=0, prepend=-1) != 0, axis=1))
    for rows in np.split(np.arange(len(order)), starts[1:]) if len(order) else []:
        period, place, room = (int(value) for value in keys[rows[0]])
        entries = tuple(int(e) for e in at[order[rows]])
        thirties = -(-len(entries) // rules.candidates_per_invigilator)
        found.append(Session(period, place, room, entries, max(rules.least_in_room, thirties)))
    return found
