"""ID numbers at rest: sealed to be read on purpose, fingerprinted to find the same human."""

import hashlib
import hmac
import os
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


@dataclass(frozen=True)
class Seal:
    """Seals short texts with AES-256-GCM and fingerprints them with HMAC-SHA-256.

    secret  32 bytes or more; both keys are derived from it.
    """

    secret: bytes = field(repr=False)

    def close(self, text: str) -> bytes:
        """Return the sealed text; the same text never looks the same twice."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self._key(b"seal")).encrypt(nonce, text.encode(), None)

    def open(self, sealed: bytes) -> str:
        """Return the text. Raises cryptography's InvalidTag where it was changed."""
        nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        return AESGCM(self._key(b"seal")).decrypt(nonce, body, None).decode()

    def fingerprint(self, text: str) -> str:
        """Return 64 hexadecimal digits: equal for equal texts, useless without the secret."""
        return hmac.new(self._key(b"fingerprint"), text.encode(), hashlib.sha256).hexdigest()

    def _key(self, use: bytes) -> bytes:
        return hmac.new(self.secret, use, hashlib.sha256).digest()
