"""Secret codes that catch a slip of the finger, and the sample a moderator reads."""

import hashlib
from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal

# A Damm table finds every single wrong digit and every swap of two neighbours: Michael Damm,
# "Total anti-symmetrische Quasigruppen", Marburg 2004.
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip
CODE_LENGTH = 8


def with_check_digit(digits: str) -> str:
    """Return `digits` with the digit that makes a secret code of them."""
    return digits + _damm(digits)


def is_code(text: str) -> bool:
    """Say whether a text can be a secret code: 8 digits that check."""
    plain = len(text) == CODE_LENGTH and text.isascii() and text.isdigit()
    return plain and _damm(text) == "0"


def _damm(digits: str) -> str:
    row = 0
    for digit in digits:
        row = int(_DAMM[row][int(digit)])
    return str(row)


def draw(
    scores: Mapping[str, Decimal], percent: Decimal, seed: str, edge: Decimal
) -> dict[str, str]:
    """Return the scripts a moderator reads, code -> why: a random part, both ends, and the edge.

    percent  of the scripts with a number, rounded up; the random part alone.
    edge     the pass mark: the last script below it and the first one at or above it are read.
    The same scores and seed give the same sample, on any machine: codes are ranked by SHA-256.
    """
    ranked = sorted(scores, key=lambda code: hashlib.sha256(f"{seed}:{code}".encode()).hexdigest())
    wanted = (len(ranked) * percent / 100).to_integral_value(ROUND_CEILING)
    drawn = dict.fromkeys(ranked[: int(wanted)], "random")
    below = [code for code in ranked if scores[code] < edge]
    reached = [code for code in ranked if scores[code] >= edge]
    for why, codes, best in (
        ("top", ranked, max),
        ("bottom", ranked, min),
        ("boundary", below, max),
        ("boundary", reached, min),
    ):
        if codes:
            drawn.setdefault(best(codes, key=scores.__getitem__), why)
    return drawn
