"""How long a search goes on, and who is told."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

S = TypeVar("S")

Cancel = Callable[[], bool]

WHOLE_EFFORT = 1_000_000
TELL_EVERY = 20_000  # of WHOLE_EFFORT


@dataclass
class Effort(Generic[S]):
    """How much has been tried of how much, by moves or by CPU seconds, whichever ends first.

    S is what the one who is told hears about the state of the search.
    """

    moves: int | None
    seconds: float | None
    progress: Callable[[int, int, S], None] | None
    cancelled: Cancel | None
    tried: int = 0
    stopped: bool = False
    _began: float = field(default_factory=time.process_time)
    _told: int = -TELL_EVERY

    def done(self) -> int:
        """Return how much is done, 0..WHOLE_EFFORT."""
        parts = [0]
        if self.moves is not None:
            parts.append(self.tried * WHOLE_EFFORT // max(self.moves, 1))
        if self.seconds is not None:
            spent = time.process_time() - self._began
            parts.append(int(spent * WHOLE_EFFORT / max(self.seconds, 1e-3)))
        return min(WHOLE_EFFORT, max(parts))

    def goes_on(self, until: int) -> bool:
        """Whether less than `until` (of WHOLE_EFFORT) is done and nobody has cancelled."""
        if self.cancelled is not None and self.cancelled():
            self.stopped = True
        return not self.stopped and self.done() < until

    def tell(self, state: Callable[[], S]) -> None:
        """Say how far the search has come, where enough has happened since it last was said."""
        done = self.done()
        if self.progress is not None and done - self._told >= TELL_EVERY:
            self._told = done
            self.progress(done, WHOLE_EFFORT, state())
