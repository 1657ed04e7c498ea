"""The park problem as frozen arrays: periods, venues, rooms, seats, papers, people, entries, rules.

Indices run from 0 and refer to the row of the named table; -1 says "none". Minutes are counted on
the venues' clock from one origin chosen by the caller (e.g. midnight before the first period), so
that differences are true differences. Whatever array-like is given is copied, brought to the type
stated, and made read-only.
"""

import hashlib
from dataclasses import dataclass, field, fields
from enum import IntEnum

import numpy as np

from exam_centre.solver.engine.arrays import (
    DegreeColumn,
    FlagColumn,
    FlagGrid,
    IntColumn,
    IntGrid,
    Ints,
    Table,
)


@dataclass(frozen=True)
class Periods(Table):
    """P time slots of the series, in order of their start, not overlapping."""

    start: IntColumn  # minute
    minutes: IntColumn  # length, > 0
    day: IntColumn  # any number that is the same for periods of one calendar day


@dataclass(frozen=True)
class Venues(Table):
    """V places where papers are sat."""

    latitude: DegreeColumn  # -90..90
    longitude: DegreeColumn  # -180..180
    park: IntColumn  # any number that is the same for venues of one park


@dataclass(frozen=True)
class Rooms(Table):
    """R rooms. Where a paper suits several kinds, lower kinds are filled first."""

    venue: IntColumn
    kind: IntColumn  # 0..30
    rows: IntColumn  # of the layout, >= 1; row 1 is the front
    columns: IntColumn  # of the layout, >= 1
    open: FlagGrid  # (R, P): the room is for exams then


@dataclass(frozen=True)
class Seats(Table):
    """S desks that are there; a missing desk has no row here."""

    room: IntColumn
    row: IntColumn  # 1..rows
    column: IntColumn  # 1..columns
    number: IntColumn  # as printed, unique in the room
    wheelchair: FlagColumn
    left_handed: FlagColumn


@dataclass(frozen=True)
class Papers(Table):
    """N papers that need a seat."""

    minutes: IntColumn  # > 0
    kinds: IntColumn  # bit k is set where rooms of kind k suit it
    periods: FlagGrid  # (N, P): may be sat then; a national date is a single True
    shares: FlagColumn  # may be sat in one room beside other papers
    max_sittings: IntColumn  # never more, 1..; give P where there is no such limit
    wished_sittings: IntColumn  # more only where people could not be placed otherwise, 1..


@dataclass(frozen=True)
class Candidates(Table):
    """C people. Give one row a human, whatever number of student numbers they hold."""

    latitude: DegreeColumn  # of the work place (or home): where journeys begin
    longitude: DegreeColumn
    free_minutes: IntGrid  # (C, P): free for so long from the period's start, 0: not free
    extra_points: IntColumn  # extra time in hundredths of a per cent: 2500 is a quarter more
    wheelchair: FlagColumn  # needs such a desk
    left_handed: FlagColumn  # needs such a desk
    alone: FlagColumn  # needs a room alone
    team: IntColumn  # same number: same shift team of one enterprise; -1: none


@dataclass(frozen=True)
class Entries(Table):
    """E entries that need a seat: one candidate, one paper."""

    candidate: IntColumn
    paper: IntColumn
    compulsory: FlagColumn  # of two that clash, at most one compulsory: else none is held over
    preferred_venue: IntColumn  # -1: none
    through_shift: FlagColumn  # the person accepts to sit although on shift or resting


class OrderKind(IntEnum):
    """What an order asks of the sittings of two papers."""

    BEFORE = 0  # every one of the first before any of the second
    TOGETHER = 1  # one sitting each, in the same period
    APART = 2  # no period in common


@dataclass(frozen=True)
class Orders(Table):
    """What is asked of the sittings of two papers; none as a rule."""

    first: IntColumn
    second: IntColumn  # another paper
    kind: IntColumn  # an OrderKind

    @classmethod
    def none(cls) -> "Orders":
        """Return a table without rows."""
        nothing = np.zeros(0, dtype=np.int32)
        return cls(nothing, nothing, nothing)


@dataclass(frozen=True)
class Rules:
    """What the rule profile says, in minutes, counts and per cent."""

    turnover_minutes: int  # a room rests so long between the last own end and the next period
    gap_minutes: int  # at least between two papers of a person on one day
    travel_minutes: Ints  # (V, V): between venues, symmetric, diagonal ignored
    papers_a_day: int  # at most, of a person, >= 1
    spare_per_cent: int  # of every room's seats stay free, 0..99, rounded up to whole seats
    leftover: int  # a room session of at most so many people is merged into another where it can be
    isolation_minutes: int  # between the two papers of a held-over candidate

    def __post_init__(self) -> None:
        travel = np.array(self.travel_minutes, dtype=np.int32, order="C")
        travel.setflags(write=False)
        object.__setattr__(self, "travel_minutes", travel)


@dataclass(frozen=True)
class ParkProblem:
    """Everything the planner is told. See each table for shapes, units and ranges."""

    periods: Periods
    venues: Venues
    rooms: Rooms
    seats: Seats
    papers: Papers
    candidates: Candidates
    entries: Entries
    rules: Rules
    orders: Orders = field(default_factory=Orders.none)

    def own_minutes(self) -> Ints:
        """Return (E,) minutes each person has for the paper, extra time rounded up."""
        minutes = self.papers.minutes[self.entries.paper].astype(np.int64)
        extra = self.candidates.extra_points[self.entries.candidate].astype(np.int64)
        own: Ints = (minutes - (-(minutes * extra) // 10_000)).astype(np.int32)
        return own

    def fingerprint(self) -> str:
        """Return the SHA-256 of all that is told, the same for the same problem."""
        digest = hashlib.sha256()
        for table in fields(self):
            part = getattr(self, table.name)
            for column in fields(part):
                value = np.asarray(getattr(part, column.name))
                digest.update(f"{table.name}.{column.name}{value.shape}".encode())
                digest.update(np.ascontiguousarray(value).astype(value.dtype).tobytes())
        return digest.hexdigest()
