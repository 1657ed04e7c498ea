"""The life of a room on the day, and the balance that closes it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from exam_centre.kernel.flow import Flow


class RoomDayStatus(StrEnum):
    """Where a room session stands on the day."""

    READY = "ready"
    OPEN = "open"
    RUNNING = "running"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    RECONCILED = "reconciled"
    CANCELLED = "cancelled"


ROOM_DAY_FLOW: Flow[RoomDayStatus] = Flow(
    {
        RoomDayStatus.READY: frozenset({RoomDayStatus.OPEN, RoomDayStatus.CANCELLED}),
        RoomDayStatus.OPEN: frozenset(
            {RoomDayStatus.RUNNING, RoomDayStatus.SUSPENDED, RoomDayStatus.CANCELLED}
        ),
        RoomDayStatus.RUNNING: frozenset({RoomDayStatus.SUSPENDED, RoomDayStatus.CLOSED}),
        RoomDayStatus.SUSPENDED: frozenset({RoomDayStatus.OPEN, RoomDayStatus.RUNNING}),
        RoomDayStatus.CLOSED: frozenset({RoomDayStatus.RECONCILED}),
        RoomDayStatus.RECONCILED: frozenset(),
        RoomDayStatus.CANCELLED: frozenset(),
    }
)


@dataclass(frozen=True)
class Balance:
    """How many should have sat, and what became of them."""

    should_sit: int
    present: int
    absent: int
    refused: int
    removed: int
    voided: int
    unresolved: int  # still only expected

    @property
    def is_even(self) -> bool:
        """Whether everyone who should have sat is accounted for."""
        accounted = self.present + self.absent + self.refused + self.removed + self.voided
        return self.unresolved == 0 and self.should_sit == accounted


def personal_end(
    start: datetime, minutes: int, extra_percent: Decimal, stopped: timedelta
) -> datetime:
    """Return when a person's time is up: the paper's minutes, their extra part of them, the stops.

    Extra time is a part of the paper's minutes alone; a stoppage is given back once, as it was.
    """
    extra = timedelta(minutes=float(minutes * extra_percent / 100))
    return start + timedelta(minutes=minutes) + extra + stopped
