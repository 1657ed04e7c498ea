"""One measured number beside the number it is to reach."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """A name, a value in a unit, and the goal (None: none is set)."""

    name: str
    value: float
    unit: str
    goal: str | None = None

    def line(self) -> str:
        """Return the figure as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU time of one run: machines are shared, so the wall clock says little."""
    began = time.process_time()
    work()
    return time.process_time() - began
