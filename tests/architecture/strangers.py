"""Watches who writes: a table's rows are changed by the room that owns the table, and by no other.

`no_strangers` is a fixture that surrounds a test; name it in a conftest to make it hold there.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

import pytest
from sqlalchemy import event, inspect

from exam_centre.kernel.database import Base

PACKAGE = "exam_centre"
KERNEL = "kernel"


@dataclass(frozen=True)
class Stranger:
    """One write by a room that does not own the row."""

    room: str
    model: str
    attribute: str
    where: str


class Watch:
    """Listens to every new row and every changed attribute, once installed."""

    def __init__(self) -> None:
        self.found: list[Stranger] = []
        self.models: set[type] = set()

    def install(self) -> None:
        """Listen to every model that is mapped by now; those known already are left alone."""
        for mapper in Base.registry.mappers:
            model = mapper.class_
            if model in self.models or not model.__module__.startswith(f"{PACKAGE}."):
                continue
            self.models.add(model)
            event.listen(model, "init", self._on_init)
            for column in mapper.column_attrs:
                event.listen(getattr(model, column.key), "set", self._setter(column.key))

    def _on_init(self, row: Any, _args: Any, _kwargs: Any) -> None:
        self._look(row, "(new row)")

    def _setter(self, name: str) -> Any:
        def on_set(row: Any, _value: Any, _old: Any, _initiator: Any) -> None:
            self._look(row, name)

        return on_set

    def _look(self, row: Any, attribute: str) -> None:
        owner = room_of(inspect(row).mapper.class_.__module__)
        writer = _writer(sys._getframe(2), is_kernels=owner == KERNEL)
        if writer is None:
            return
        room = room_of(writer.f_globals["__name__"])
        if room != owner:
            where = f"{writer.f_globals['__name__']}:{writer.f_lineno}"
            self.found.append(Stranger(room, type(row).__name__, attribute, where))


def room_of(module: str) -> str:
    """Return the room a module belongs to, e.g. "papers" for exam_centre.papers.service."""
    return module.split(".")[1]


def _writer(frame: FrameType | None, *, is_kernels: bool) -> FrameType | None:
    """Return the nearest frame of a room; tests and factories may build what they like.

    The kernel acts for whoever calls it, except on its own tables.
    """
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith(f"{PACKAGE}.") and (is_kernels or room_of(name) != KERNEL):
            return frame
        frame = frame.f_back
    return None


WATCH = Watch()


@pytest.fixture(autouse=True)
def no_strangers() -> Iterator[Watch]:
    """Fail the test during which a room wrote another room's rows."""
    WATCH.install()
    WATCH.found.clear()
    yield WATCH
    found, WATCH.found = WATCH.found, []
    assert not found, f"rows written by rooms that do not own them: {found}"
