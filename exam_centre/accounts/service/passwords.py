"""Passwords at rest: argon2id, as costly as the machine allows, and alike for unknown users."""

from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from exam_centre.accounts.rules import PASSWORD_LENGTH, WeakPassword


@dataclass(frozen=True)
class PasswordCost:
    """What one guess costs whoever has the table. RFC 9106 section 4, second choice."""

    passes: int = 3
    memory_kib: int = 65536
    lanes: int = 4


STANDARD = PasswordCost()


def hash_password(password: str, cost: PasswordCost) -> str:
    """Return the hash to keep. Raises WeakPassword for one too short or too long."""
    if len(password) not in PASSWORD_LENGTH:
        raise WeakPassword
    return _hasher(cost).hash(password)


def is_right(kept: str, password: str, cost: PasswordCost) -> bool:
    """Say whether `password` belongs to the hash `kept`; "" takes as long and never fits."""
    try:
        _hasher(cost).verify(kept or _nobodys(cost), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


def is_outdated(kept: str, cost: PasswordCost) -> bool:
    """Say whether the hash was made at another cost than the one wanted now."""
    return _hasher(cost).check_needs_rehash(kept)


@cache
def _hasher(cost: PasswordCost) -> PasswordHasher:
    return PasswordHasher(cost.passes, cost.memory_kib, cost.lanes)


@cache
def _nobodys(cost: PasswordCost) -> str:
    """Return a hash that belongs to no user: checking it costs what checking a real one does."""
    return _hasher(cost).hash("nobody's password")
