"""The desk of this process: who we are to the bank, the line to it, and where files lie."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from exam_centre.accounts.models import User
from exam_centre.accounts.service import actor_of
from exam_centre.adapters.credentials import did_web
from exam_centre.adapters.credit_bank import (
    HttpCreditBank,
)
from exam_centre.adapters.storage import DiskStorage
from exam_centre.credits.rules import Issuer
from exam_centre.kernel.database import reading
from exam_centre.kernel.keys import load_ring
from exam_centre.kernel.outbox import Breaker
from exam_centre.kernel.permissions import Actor
from exam_centre.kernel.sealing import Seal, load_seal

BANK = "bank"  # the purpose of the keys that sign what we send


@dataclass(frozen=True)
class Desk:
    """Who we are to the bank and how to reach it; keys are read and lines opened when needed.

    bank_code  the centre's code at the bank; a key is known there as "CODE-NUMBER".
    """

    bank_url: str
    bank_code: str
    timeout_seconds: float
    keys_dir: Path
    public_url: str
    files_dir: Path
    issuer_name: str  # as certificates and exports say it
    breaker: Breaker = field(default_factory=Breaker)

    @property
    def issuer(self) -> Issuer:
        """The issuer that the bank's register knows."""
        return Issuer(did_web(self.public_url), self.bank_code)

    @property
    def has_key(self) -> bool:
        """Whether anything here can sign a message to the bank."""
        return any((self.keys_dir / BANK).glob("*.pem"))

    @cached_property
    def storage(self) -> DiskStorage:
        """Where exports lie, sealed."""
        return DiskStorage(self.files_dir)

    @property
    def seal(self) -> Seal:
        """The seal over ID numbers and the files that hold them. Raises FileNotFoundError."""
        return load_seal(self.keys_dir)

    @cached_property
    def bank(self) -> HttpCreditBank:
        """The line to the bank. Raises FileNotFoundError where no key signs messages."""
        ring = load_ring(self.keys_dir, BANK)
        key_id = f"{self.bank_code}-{ring.current}"
        return HttpCreditBank(
            self.bank_url, key_id, ring.private[ring.current], self.timeout_seconds
        )


class _Current:
    """The desk of this process, set once by whoever plugs the room in."""

    desk: ClassVar[Desk | None] = None


def connect(desk: Desk) -> None:
    """Make `desk` the one that pages, commands and the runner use from now on."""
    _Current.desk = desk


def desk() -> Desk:
    """Return the desk of this process."""
    if _Current.desk is None:
        raise RuntimeError("no desk is connected: create_app comes first")
    return _Current.desk


def who_asked(arguments: dict[str, Any]) -> Actor:
    """Return the actor behind a job's argument "user"."""
    with reading() as session:
        return actor_of(session, session.get_one(User, int(arguments["user"])))
