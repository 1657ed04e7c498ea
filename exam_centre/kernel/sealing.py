"""ID numbers at rest: sealed to be read on purpose, fingerprinted to find the same human."""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
SECRET_BYTES = 32
SECRET_FILE = Path("identity") / "seal.secret"  # beneath the keys' folder


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


def make_seal(keys_dir: Path) -> bool:
    """Make the secret of this install, readable by the owner alone; False where it is there.

    Whoever loses it can never read an ID number again, and finds no human twice: back it up.
    """
    path = keys_dir / SECRET_FILE
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(secrets.token_hex(SECRET_BYTES))
    return True


def load_seal(keys_dir: Path) -> Seal:
    """Read the seal. Raises FileNotFoundError where none was made: run `flask keys make`."""
    return Seal(bytes.fromhex((keys_dir / SECRET_FILE).read_text().strip()))
