"""What a batch is known by, how a review is drawn, and how long lists are taken in portions."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from decimal import ROUND_CEILING, Decimal

from exam_centre.results.rules.statuses import Verdict

PORTION = 5000  # ids in one statement: far below what either database takes


def portions(ids: Collection[int], size: int = PORTION) -> Iterator[list[int]]:
    """Yield `ids` in lists of `size` at most, in order."""
    waiting = list(ids)
    for start in range(0, len(waiting), size):
        yield waiting[start : start + size]


def content_sha256(lines: Iterable[tuple[str, int, Decimal | None, Verdict]]) -> str:
    """Return the SHA-256 over (stable id, number, score, verdict), whatever their order."""
    plain = sorted(
        [stable_id, number, None if score is None else f"{score:.2f}", verdict.value]
        for stable_id, number, score, verdict in lines
    )
    return hashlib.sha256(json.dumps(plain, separators=(",", ":")).encode()).hexdigest()


def draw_sample(stable_ids: Iterable[str], percent: Decimal, seed: str) -> list[str]:
    """Return a seeded sample of `percent` of the ids, rounded up: the same for the same seed."""
    ranked = sorted(
        stable_ids, key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()
    )
    wanted = (len(ranked) * percent / 100).to_integral_value(ROUND_CEILING)
    return ranked[: int(wanted)]
