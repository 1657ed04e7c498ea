"""How fast and how evenly 200 people are put on duty over 60 periods."""

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from benchmarks.figure import Figure
from benchmarks.province_arrays import draw_province
from exam_centre.solver.park import (
    Entries,
    ParkProblem,
    Periods,
    Placing,
    Role,
    Roster,
    Staff,
    draw_roster,
)

SEED = 1
PEOPLE, PERIODS = 200, 60
VENUES, ROOMS = 8, 3  # venues in use, and rooms of each, in every period
SEATED = 25  # people in a room
QUOTAS = (12, 25)  # every third is there part of the time; the others are never at their limit


def figures() -> Iterator[Figure]:
    """Yield the figures of one roster."""
    problem, placing = _sat()
    staff, rules = _staff(problem), draw_province(SEED, share=0.1).duty_rules
    began = time.process_time()
    roster = draw_roster(problem, placing, staff, rules, seed=SEED)
    yield Figure("roster_200_by_60", round(time.process_time() - began, 2), "s CPU", "at most 60")
    yield Figure("roster_short", len(roster.short), "rooms or venues", "0")
    chiefs = int((roster.role == Role.CHIEF).sum())
    yield Figure("roster_chiefs", chiefs, "chiefs", f"{VENUES * PERIODS}: one a venue and period")
    yield Figure("roster_uneven", _uneven(roster, staff), "duties between two equals", "at most 1")


def _uneven(roster: Roster, staff: Staff) -> int:
    """Return the widest span of duties among people of one quota and one set of duties."""
    alike = np.unique(np.stack([staff.quota, staff.may_lead]), axis=1, return_inverse=True)[1]
    loads = [roster.loads[alike == group] for group in range(alike.max() + 1)]
    return max(int(load.max() - load.min()) for load in loads)


def _sat() -> tuple[ParkProblem, Placing]:
    """A series in which the same rooms are full of other people in every period."""
    drawn = draw_province(SEED, share=0.1).problem
    rooms = np.concatenate(
        [np.flatnonzero(drawn.rooms.venue == venue)[:ROOMS] for venue in range(VENUES)]
    )
    sessions = [(period, int(room)) for period in range(PERIODS) for room in rooms]
    period, room = (np.repeat(column, SEATED) for column in np.array(sessions).T)
    count = len(period)
    entries = Entries(
        candidate=np.arange(count) % len(drawn.candidates),
        paper=np.zeros(count),
        compulsory=np.ones(count),
        preferred_venue=np.full(count, -1),
        through_shift=np.zeros(count),
    )
    start = 720 * np.arange(PERIODS)
    periods = Periods(start=start, minutes=np.full(PERIODS, 100), day=start // 1440)
    none = np.full(count, -1, dtype=np.int32)
    placing = Placing(period.astype(np.int32), room.astype(np.int32), none, none, none, none)
    return replace(drawn, periods=periods, entries=entries), placing


def _staff(problem: ParkProblem) -> Staff:
    """One in five may lead; everybody is away now and then."""
    random = np.random.default_rng(SEED)
    who = np.arange(PEOPLE)
    venue = who % VENUES
    return Staff(
        latitude=problem.venues.latitude[venue],
        longitude=problem.venues.longitude[venue],
        available=random.random((PEOPLE, PERIODS)) < 0.9,
        may_invigilate=np.ones(PEOPLE),
        may_lead=who % 5 == 0,
        quota=np.where(who % 3 == 0, *QUOTAS),
        team=np.full(PEOPLE, -1),
    )
