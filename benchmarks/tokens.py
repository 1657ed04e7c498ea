"""How long a slip's token takes to seal and to open."""

from collections.abc import Iterator
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.figure import Figure, cpu_seconds
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.tokens import SlipToken, open_slip, seal_slip

ROUNDS = 2_000


def figures() -> Iterator[Figure]:
    """Yield the CPU time of sealing and opening one token."""
    key = Ed25519PrivateKey.generate()
    ring = KeyRing("slip", {1: key}, {1: key.public_key()})
    token = SlipToken(7, bytes(range(16)), 1, datetime(2026, 12, 12, tzinfo=UTC))
    text = seal_slip(token, ring)
    for name, work in (
        ("token_seal", lambda: [seal_slip(token, ring) for _ in range(ROUNDS)]),
        ("token_open", lambda: [open_slip(text, ring) for _ in range(ROUNDS)]),
    ):
        yield Figure(name, round(cpu_seconds(work) / ROUNDS * 1000, 4), "ms CPU a token")
