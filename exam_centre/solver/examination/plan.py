"""What a search for an examination timetable gives back."""

from collections.abc import Callable
from dataclasses import dataclass, fields

from exam_centre.solver.engine.arrays import Ints

Progress = Callable[[int, int, int | None], None]


@dataclass(frozen=True)
class Placing:
    """When and where each of E exams is sat."""

    period: Ints  # (E,)
    room: Ints  # (E,)


@dataclass(frozen=True)
class Score:
    """The soft components, each >= 0, in units of cost; less is better."""

    two_in_a_row: int
    two_in_a_day: int
    period_spread: int
    mixed_durations: int
    front_load: int
    room_penalty: int
    period_penalty: int

    @property
    def total(self) -> int:
        """The plain sum of the components."""
        return sum(int(getattr(self, part.name)) for part in fields(self))


@dataclass(frozen=True)
class Violations:
    """How often each hard constraint is broken; all 0 in a feasible plan."""

    unplaced: int  # exams with no such period or room
    clashes: int  # pairs of exams that share a student and a period
    too_long: int  # exams longer than their period
    overfilled: int  # rooms with more students than seats in a period
    order: int  # pairs of exams not in the order asked for
    together: int  # pairs of exams not in one period though they should
    apart: int  # pairs of exams in one period though they must not
    not_alone: int  # exams that share a room but must be alone

    @property
    def distance(self) -> int:
        """The distance to feasibility: the sum of all counts."""
        return sum(int(getattr(self, part.name)) for part in fields(self))


@dataclass(frozen=True)
class ExaminationPlan:
    """A placing with what it is worth, as the validator counts it."""

    placing: Placing
    violations: Violations
    score: Score
    seed: int
    moves: int  # tried by the search
    complete: bool  # False: the search was cancelled
