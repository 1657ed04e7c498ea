"""Rows to be sent after the commit that wrote them: leases, patience and a breaker."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from sqlalchemy.orm import Mapped

from exam_centre.kernel.database import Lifecycle
from exam_centre.kernel.flow import Flow

LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(hours=72)  # of a row's own failures; an open breaker costs it nothing
BREAKER_TRIPS_AT = 20  # failures in a row
BREAKER_PROBES_EVERY = timedelta(minutes=1)


class SendStatus(StrEnum):
    """Where a row stands on its way out."""

    PENDING = "pending"
    LEASED = "leased"
    UNKNOWN = "unknown"  # sent, no answer: the same key and version go again, or a look-up first
    DONE = "done"
    PARKED = "parked"  # the receiver wants something mended here; no retry on its own
    DEAD = "dead"


SEND_FLOW: Flow[SendStatus] = Flow(
    {
        SendStatus.PENDING: frozenset({SendStatus.LEASED, SendStatus.PARKED}),
        SendStatus.LEASED: frozenset(
            {
                SendStatus.PENDING,
                SendStatus.UNKNOWN,
                SendStatus.DONE,
                SendStatus.PARKED,
                SendStatus.DEAD,
            }
        ),
        SendStatus.UNKNOWN: frozenset({SendStatus.LEASED, SendStatus.PARKED, SendStatus.DEAD}),
        SendStatus.DONE: frozenset(),
        SendStatus.PARKED: frozenset({SendStatus.PENDING}),
        SendStatus.DEAD: frozenset({SendStatus.PENDING}),
    }
)


class Outgoing(Lifecycle):
    """The columns of every table whose rows are sent out."""

    flow = SEND_FLOW

    status: Mapped[SendStatus]
    attempts: Mapped[int]
    next_at: Mapped[datetime]  # not before this moment
    lease_until: Mapped[datetime | None]  # None: nobody is sending it
    first_failed_at: Mapped[datetime | None]  # None: it has not failed since it was last good
    last_error: Mapped[str]


def pause_after(attempts: int, chance: Random) -> timedelta:
    """Return how long to wait after `attempts` (>= 1) failures: full jitter up to an hour."""
    ceiling: timedelta = min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(attempts, 20)))
    return ceiling * chance.random()


def is_exhausted(first_failed_at: datetime, now: datetime) -> bool:
    """Say whether a row has failed for so long that a person must look at it."""
    return now - first_failed_at >= GIVE_UP_AFTER


@dataclass
class Breaker:
    """Stops sending to a receiver that is down: one probe a minute until it answers again."""

    failures: int = 0
    opened_at: datetime | None = None

    def may_send(self, now: datetime) -> bool:
        """Say whether a row, or a probe, may go out now."""
        return self.opened_at is None or now - self.opened_at >= BREAKER_PROBES_EVERY

    def failed(self, now: datetime) -> None:
        """Count one failure of the receiver itself (no answer, 5xx)."""
        self.failures += 1
        if self.failures >= BREAKER_TRIPS_AT:
            self.opened_at = now

    def answered(self) -> bool:
        """Note any real answer. Returns True where this closes an open breaker."""
        was_open = self.opened_at is not None
        self.failures, self.opened_at = 0, None
        return was_open
