"""Lifecycles as data: one table of allowed moves a lifecycle, and one way to move."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar

from exam_centre.kernel.errors import IllegalMove

Status = TypeVar("Status", bound=StrEnum)


class Flow(Generic[Status]):
    """Which status may follow which. Every status of the enum has a row; an empty row is an end."""

    def __init__(self, moves: Mapping[Status, frozenset[Status]]) -> None:
        """Raises ValueError where a status has no row."""
        self.statuses: type[Status] = type(next(iter(moves)))
        missing = set(self.statuses) - set(moves)
        if missing:
            raise ValueError(f"no row for {sorted(missing)}")
        self.moves = dict(moves)

    def allows(self, old: Status, new: Status) -> bool:
        """Say whether `new` may follow `old`."""
        return new in self.moves[old]

    def check(self, old: Status, new: Status) -> None:
        """Raise IllegalMove unless `new` may follow `old`."""
        if not self.allows(old, new):
            raise IllegalMove(old.value, new.value, frozenset(s.value for s in self.moves[old]))


class Moving:
    """A row with a status: `move_to` is the only assignment of it."""

    flow: ClassVar[Flow[Any]]
    status: Any

    def move_to(self, new: StrEnum) -> None:
        """Change status along the flow, or raise IllegalMove."""
        self.flow.check(self.status, new)
        self.status = new
