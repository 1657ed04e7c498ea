"""Faults that can be ordered, so that a sender may practise on a bank that misbehaves."""

import hashlib
from collections import Counter, deque
from enum import StrEnum
from threading import Lock
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

LOG_LENGTH = 10_000


class FaultKind(StrEnum):
    """What can go wrong with one push; none of these ever has an effect twice."""

    NONE = "none"
    UNAVAILABLE = "unavailable"  # 503 with Retry-After, no effect
    TOO_MANY = "too_many"  # 429 with Retry-After, no effect
    ERROR_BEFORE_COMMIT = "error_before_commit"  # 500, no effect
    ERROR_AFTER_COMMIT = "error_after_commit"  # 500, with effect
    TIMEOUT_BEFORE_COMMIT = "timeout_before_commit"  # silence, no effect
    TIMEOUT_AFTER_COMMIT = "timeout_after_commit"  # silence, with effect
    GARBAGE = "garbage"  # 200 with a web page, with effect
    WRONG_ECHO = "wrong_echo"  # 200 that confirms another body, with effect
    SLOW = "slow"  # a right answer, late
    LIE = "lie"  # 200 that confirms, no effect


FAULTS = tuple(kind for kind in FaultKind if kind is not FaultKind.NONE)


class FaultPlan(BaseModel):
    """Which pushes go wrong. The script is used up first, one entry a push; then the rate rules."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = 0
    rate: Annotated[float, Field(ge=0, le=1)] = 0.0  # share of pushes that go wrong
    kinds: tuple[FaultKind, ...] = FAULTS
    script: tuple[FaultKind, ...] = ()
    retry_after_seconds: Annotated[int, Field(ge=0, le=3600)] = 1
    timeout_seconds: Annotated[float, Field(ge=0, le=600)] = 30.0  # longer than a sender waits
    slow_seconds: Annotated[float, Field(ge=0, le=600)] = 0.2


class DoneFault(NamedTuple):
    outcome_id: str
    version: int
    attempt: int
    kind: FaultKind


class FaultBox:
    """Deals the faults of a plan. Kept in memory: a restarted bank begins its plan again."""

    def __init__(self, plan: FaultPlan) -> None:
        self._lock = Lock()
        self.replace(plan)

    def replace(self, plan: FaultPlan) -> None:
        """Begin a new plan with an empty log."""
        with self._lock:
            self.plan = plan
            self._script = deque(plan.script)
            self._attempts: Counter[tuple[str, int]] = Counter()
            self._done: deque[DoneFault] = deque(maxlen=LOG_LENGTH)

    def next_for(self, outcome_id: str, version: int) -> FaultKind:
        """The fault of this push, NONE mostly.

        By rate, it depends on the seed, the outcome, the version and how often that version was
        pushed, and on nothing else: pushes that arrive in another order fail in the same way.
        """
        with self._lock:
            self._attempts[outcome_id, version] += 1
            attempt = self._attempts[outcome_id, version]
            if self._script:
                kind = self._script.popleft()
            else:
                kind = self._by_rate(outcome_id, version, attempt)
            if kind is not FaultKind.NONE:
                self._done.append(DoneFault(outcome_id, version, attempt, kind))
            return kind

    def done(self) -> list[DoneFault]:
        """The last faults, oldest first, at most LOG_LENGTH of them."""
        with self._lock:
            return list(self._done)

    def _by_rate(self, outcome_id: str, version: int, attempt: int) -> FaultKind:
        if not self.plan.rate or not self.plan.kinds:
            return FaultKind.NONE
        lot = hashlib.sha256(f"{self.plan.seed}|{outcome_id}|{version}|{attempt}".encode()).digest()
        if int.from_bytes(lot[:8]) >= self.plan.rate * 2**64:
            return FaultKind.NONE
        return self.plan.kinds[int.from_bytes(lot[8:16]) % len(self.plan.kinds)]
