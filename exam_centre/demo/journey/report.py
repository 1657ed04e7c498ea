"""What a journey is lent by the edge, and what it tells at its end."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from exam_centre.adapters.credentials import CredentialSigner
from exam_centre.adapters.credit_bank import CreditBank
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.laws import Law

Progress = Callable[[int, int], None]
Bar = Callable[[str], AbstractContextManager[Progress]]


@dataclass(frozen=True)
class Outside:
    """What the edge lends the journey: the jobs that run on a schedule."""

    validate_accounts: Callable[[CreditBank, datetime], int]
    push: Callable[[CreditBank, datetime], int]


@dataclass(frozen=True)
class Keys:
    """What signs slips, pushes and credentials."""

    slips: KeyRing
    bank: KeyRing
    credentials: CredentialSigner


@dataclass
class Report:
    """What came of it: counts by step, seconds by step, and the laws at the end."""

    counts: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    laws: list[Law] = field(default_factory=list)
    stopped: str = ""  # the step that was refused, and why; "" where all were taken

    @property
    def green(self) -> bool:
        """Whether every step was taken and every law holds."""
        return not self.stopped and all(law.green for law in self.laws)


class AlreadyPlanned(Exception):
    """Somebody plans this series in this database: a journey would disturb them."""
