"""The seed two people make together, and fingerprints: of what a plan was made of, of secrets."""

import hashlib
import json
from collections.abc import Iterable, Sequence

SHORTEST_PART = 8  # characters of one person's part


def seed_of(parts: Sequence[str]) -> int:
    """Return the seed of both parts in their order, 0 to 2**64 - 1; neither part alone says it."""
    words = json.dumps(list(parts), ensure_ascii=False, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big")


def fingerprint(lines: Iterable[Sequence[str | int | None]]) -> str:
    """Return the SHA-256 over canonical lines: one JSON list a line, in the order given.

    Made of codes and numbers people know, never of row ids, so that an auditor can do it again
    from an export.
    """
    digest = hashlib.sha256()
    for line in lines:
        words = json.dumps(list(line), ensure_ascii=False, separators=(",", ":"))
        digest.update(words.encode() + b"\n")
    return digest.hexdigest()


def address_hash(token: str) -> str:
    """Return what is kept of a calendar's secret address: nobody guesses its 128 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()
