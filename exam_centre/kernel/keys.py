"""Keys with a purpose and a number: the newest signs, the older ones still verify."""

from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MAX_KEY_ID = 0xFFFF  # a key's number travels in two bytes of a slip


@dataclass(frozen=True)
class KeyRing:
    """The Ed25519 keys of one purpose, by number from 1. Purposes never share a key."""

    purpose: str
    private: dict[int, Ed25519PrivateKey]
    public: dict[int, Ed25519PublicKey]

    @property
    def current(self) -> int:
        """The number of the key that signs now: the highest one with a private half."""
        return max(self.private)

    def sign(self, message: bytes) -> tuple[int, bytes]:
        """Return (key number, 64-byte signature) over the purpose and the message."""
        key_id = self.current
        return key_id, self.private[key_id].sign(self._bound(message))

    def verifies(self, key_id: int, message: bytes, signature: bytes) -> bool:
        """Say whether key `key_id` signed `message` for this purpose."""
        key = self.public.get(key_id)
        if key is None:
            return False
        try:
            key.verify(signature, self._bound(message))
        except InvalidSignature:
            return False
        return True

    def _bound(self, message: bytes) -> bytes:
        return self.purpose.encode() + b"\x00" + message


def load_ring(folder: Path, purpose: str) -> KeyRing:
    """Read `folder/purpose/NUMBER.pem` (private) and `NUMBER.pub.pem` (verify only).

    Raises FileNotFoundError where no private key is there: run `flask keys make` first.
    """
    private: dict[int, Ed25519PrivateKey] = {}
    public: dict[int, Ed25519PublicKey] = {}
    for path in sorted((folder / purpose).glob("*.pem")):
        key_id = int(path.name.split(".")[0])
        if path.name.endswith(".pub.pem"):
            verify = serialization.load_pem_public_key(path.read_bytes())
            if isinstance(verify, Ed25519PublicKey):
                public[key_id] = verify
            continue
        sign = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if isinstance(sign, Ed25519PrivateKey):
            private[key_id] = sign
            public[key_id] = sign.public_key()
    if not private:
        raise FileNotFoundError(f"no signing key in {folder / purpose}: run `flask keys make`")
    return KeyRing(purpose, private, public)


def make_key(folder: Path, purpose: str) -> int:
    """Add the next key of a purpose and return its number; readable by the owner alone."""
    room = folder / purpose
    room.mkdir(parents=True, exist_ok=True)
    key_id = 1 + max((int(p.name.split(".")[0]) for p in room.glob("*.pem")), default=0)
    if key_id > MAX_KEY_ID:
        raise ValueError("all key numbers of this purpose are used")
    path = room / f"{key_id}.pem"
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(
        Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return key_id
