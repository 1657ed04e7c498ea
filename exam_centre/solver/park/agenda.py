"""Stage 1: the periods of every paper, chosen on rough numbers before anybody is placed.

Rough, because venues of one park count as one and only two things are asked. Can the papers of a
person be given different periods (a matching of papers and periods)? And do a park's people find
seats at home, each standing with an equal share in every period open to them?
"""

from typing import NamedTuple

import numpy as np

from exam_centre.solver.engine.arrays import Flags, Ints, Longs
from exam_centre.solver.engine.compiled import Words
from exam_centre.solver.park.geography import places
from exam_centre.solver.park.problem import ParkProblem
from exam_centre.solver.park.tables import (
    FIRST,
    KIN_FROM,
    KIN_TO,
    PAPER,
    PLACE,
    Tables,
    usable_seats,
)

WHOLE = 840  # shares of one person: divisible by 1 to 8
TAKER, MARK, SEEN, VIA, QUEUE = range(5)
MISSED, BEYOND, EACH, CROWDED = range(4)
PRICES = np.array([3_000_000, 2_000_000, 10_000, 1], dtype=np.int64)  # metres


class Agenda(NamedTuple):
    """E entries (as in Tables), N papers, P periods, Z parks, M sets of room kinds."""

    pinned: Flags  # (N, P) a period with somebody locked in it
    slots: Ints  # (N, P) the periods of the paper first, -1 after them
    held: Ints  # (N,) how many
    pairs: Flags  # (N, P, P) no two periods reach more of the paper's people than these two
    missed: Ints  # (E,) at a person's first entry: papers without a period of their own
    zone: Ints  # (E,) park of the nearest venue
    detour: Ints  # (Z,) metres to the nearest venue of another park, beyond the nearest of all
    covers: Flags  # (N, M) the paper's kinds are all in the set
    seats: Ints  # (Z, M, P) shares of seats in rooms of the set
    crowd: Ints  # (Z, M, P) shares of people who can sit nowhere but in rooms of the set
    sums: Longs  # (4,) in the order of PRICES; the last in metres
    own: Ints  # (E,) the period found for an entry, each for one entry of a person alone; -1: none
    scratch: Longs  # (5, P + 1) rows TAKER .. QUEUE, while periods are found for one person
    stamp: Longs  # (2,) the mark in use; rows of the journal in use
    journal: Ints  # (J, 2) entry and the period it had, since a paper's periods were last changed
    random: Words  # (1,)


def empty_agenda(problem: ParkProblem, tables: Tables, random: Words) -> Agenda:
    """Return an agenda of no periods at all."""
    zone_of_place, detour = _zones(problem)
    masks = np.unique(problem.papers.kinds)
    papers, periods = problem.papers.periods.shape
    seats = _zone_seats(problem, masks, len(detour))
    entries = len(tables.entry)
    return Agenda(
        pinned=np.zeros((papers, periods), dtype=np.bool_),
        slots=np.full((papers, periods), -1, dtype=np.int32),
        held=np.zeros(papers, dtype=np.int32),
        pairs=_far_reaching(tables),
        missed=_papers_of_people(tables),
        zone=zone_of_place[tables.entry[:, PLACE]],
        detour=detour,
        covers=(problem.papers.kinds[:, None] & ~masks[None, :]) == 0,
        seats=seats,
        crowd=np.zeros_like(seats),
        sums=np.array([entries, 0, 0, 0], dtype=np.int64),
        stamp=np.zeros(2, dtype=np.int64),
        journal=np.zeros((_most_written(tables), 2), dtype=np.int32),
        own=np.full(entries, -1, dtype=np.int32),
        scratch=np.full((5, periods + 1), -1, dtype=np.int64),
        random=random,
    )


def _papers_of_people(tables: Tables) -> Ints:
    missed = np.zeros(len(tables.entry), dtype=np.int32)
    firsts = np.unique(tables.entry[:, KIN_FROM])
    missed[firsts] = (tables.entry[:, KIN_TO] - tables.entry[:, KIN_FROM])[firsts]
    return missed


def _far_reaching(tables: Tables) -> Flags:
    """Return (N, P, P) the pairs of periods in which most people of each paper are free."""
    papers, periods = tables.paper_periods.shape
    pairs = np.zeros((papers, periods, periods), dtype=np.bool_)
    for paper in range(papers):
        rows = tables.paper_entries[tables.paper[paper, FIRST] : tables.paper[paper + 1, FIRST]]
        free = tables.may[rows].astype(np.float32)
        alone = free.sum(axis=0)
        reached = alone[:, None] + alone[None, :] - free.T @ free
        pairs[paper] = (reached > 0) & (reached == reached.max(initial=0))
    return pairs


def _most_written(tables: Tables) -> int:
    """Return how many rows of the journal the people of one paper can fill."""
    kin = (tables.entry[:, KIN_TO] - tables.entry[:, KIN_FROM]).astype(np.int64)
    return int(np.bincount(tables.entry[:, PAPER], weights=kin * kin + 1).max(initial=0)) + 1


def _zones(problem: ParkProblem) -> tuple[Ints, Ints]:
    _, metres = places(problem)
    parks, park = np.unique(problem.venues.park, return_inverse=True)
    to_park = np.stack([metres[:, park == z].min(axis=1) for z in range(len(parks))], axis=1)
    zone = to_park.argmin(axis=1).astype(np.int32)
    detour = np.full(len(parks), 100_000, dtype=np.int32)
    if len(parks) > 1:
        further = np.sort(to_park, axis=1)[:, 1] - to_park.min(axis=1)
        for z in range(len(parks)):
            if (zone == z).any():
                detour[z] = int(np.median(further[zone == z]))
    return zone, detour


def _zone_seats(problem: ParkProblem, masks: Ints, zones: int) -> Ints:
    park = np.unique(problem.venues.park, return_inverse=True)[1]
    usable = usable_seats(problem)
    seats = np.zeros((zones, len(masks), len(problem.periods)), dtype=np.int32)
    for m, mask in enumerate(masks):
        rooms = np.flatnonzero((mask >> problem.rooms.kind) & 1)
        np.add.at(
            seats[:, m],
            park[problem.rooms.venue[rooms]],
            usable[rooms, None] * WHOLE * problem.rooms.open[rooms],
        )
    return seats
