"""What a plan says, what it must keep, and why an entry has no place in it."""

import hashlib
from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np

from exam_centre.solver.engine.arrays import Flags, Ints


class Reason(IntEnum):
    """Why an entry has no place: the first that holds, from the most to the least final."""

    PLACED = 0
    PAPER_TOO_LONG = 1  # no period allowed to the paper is as long, or leaves the person's time
    NO_FITTING_ROOM = 2  # no open room suits paper and needs in any period allowed
    ON_SHIFT = 3  # on shift or resting in every period that would do
    CLASH_NOT_HOLDABLE = 4  # free only where another paper of the person stands
    NO_SEAT = 5  # free, but every seat that suits is taken


@dataclass(frozen=True)
class Placing:
    """Where and when each of E entries is sat; -1 throughout for an entry without a place."""

    period: Ints  # (E,)
    room: Ints  # (E,)
    seat: Ints  # (E,)
    start: Ints  # (E,) minute, the period's unless the entry is held over
    end: Ints  # (E,) minute, extra time included
    held_over_after: Ints  # (E,) the entry of the same person sat before it in the same period

    def placed(self) -> Flags:
        """Return (E,) whether each entry has a place."""
        flags: Flags = self.period >= 0
        return flags

    def fingerprint(self) -> str:
        """Return the SHA-256 of the placing: equal for equal plans, to the byte."""
        digest = hashlib.sha256()
        for column in fields(Placing):
            digest.update(np.ascontiguousarray(getattr(self, column.name), dtype="<i4").tobytes())
        return digest.hexdigest()


@dataclass(frozen=True)
class Locks:
    """What a search must leave as it is: (E,) each, -1 where it is free.

    A room needs its period and a seat its room; a period alone leaves the room open. A locked
    held-over entry needs period, room and seat, and the entry it follows locked as well.
    """

    period: Ints
    room: Ints
    seat: Ints
    held_over_after: Ints

    @classmethod
    def of(cls, placing: Placing, kept: Flags) -> "Locks":
        """Return the locks that keep the marked entries of a plan where they are."""
        columns = (placing.period, placing.room, placing.seat, placing.held_over_after)
        return cls(*(np.where(kept, column, -1).astype(np.int32) for column in columns))


@dataclass(frozen=True)
class Unplaced:
    """One entry without a place, and the facts that say what would help.

    Periods are counted among those allowed to the paper. `periods_on_shift` would do if the person
    were released; in `clashes` (period, entry) it would do if that entry were elsewhere;
    `periods_full` would do with a seat more within reach.
    """

    entry: int
    reason: Reason
    periods_on_shift: tuple[int, ...]
    clashes: tuple[tuple[int, int], ...]
    periods_full: tuple[int, ...]


@dataclass(frozen=True)
class Score:
    """A plan's worth by component, in the order they count; less is better throughout."""

    unplaced: int  # entries
    clashes: int  # pairs of one person's papers that overlap and are not held over
    on_shift: int  # entries sat on shift or resting, without consent
    held_over: int  # entries
    sittings_beyond: int  # sittings more than wished for, nor forced by capacity or shifts
    sittings: int  # papers x periods
    travel_metres: int  # from work place to venue, of all placed entries
    wishes_missed: int  # entries not at the venue they prefer
    same_day: int  # pairs of one person's papers on one day
    room_sessions: int  # rooms x periods
    leftovers: int  # room sessions with as few people as should have been merged
    beside_paper: int  # people with someone of the same paper at the next desk
    beside_team: int  # people with someone of the same team at the next desk


@dataclass(frozen=True)
class ParkPlan(Placing):
    """A plan, what it leaves undone, and what it is worth."""

    reason: Ints  # (E,) a Reason, PLACED where there is a place
    beside: Ints  # (E,) at the next desk sits: 1 the same paper, 2 the same team, 3 both
    sittings: Flags  # (N, P)
    least_sittings: Ints  # (N,) fewer can not seat everybody who could be, whatever the rest
    unplaced: tuple[Unplaced, ...]
    score: Score
    travel_bound_metres: int  # if every placed entry went to its nearest suitable venue
    seed: int
    moves: int  # tried
    complete: bool  # False: cancelled, the best so far


class LockBroken(ValueError):
    """A lock contradicts the problem or another lock; `entry` names it."""

    def __init__(self, entry: int) -> None:
        self.entry = entry
        super().__init__(f"the lock of entry {entry} can not be kept")


class Cancelled(Exception):
    """The search was cancelled before there was anything to return."""
