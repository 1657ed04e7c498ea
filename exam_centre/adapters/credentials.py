"""Signed credentials: ES256 keys on disk, JSON Web Tokens out, a key set for verifiers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from exam_centre.kernel.errors import BadInput
from exam_centre.kernel.sentences import say

FOLDER = "credential"  # beneath the keys' folder
ALGORITHM = "ES256"
ISSUER_ID = re.compile(r"did:web:[A-Za-z0-9.%_-]+(:[A-Za-z0-9.%_-]+)*|https://[^\s?#]+")


class ForgedCredential(BadInput):
    """The text is no credential that one of our keys signed."""

    code = "forged"

    def __init__(self) -> None:
        super().__init__(
            say("None of our keys signed this file. Ask the holder for the file as it was issued.")
        )


@dataclass(frozen=True)
class CredentialSigner:
    """Who issues, where that is published, and the keys: the newest signs, all of them verify.

    issuer_id    "did:web:..." or an https address; it stands in every credential for ever.
    issuer_name  as people read it.
    base_url     where status lists and achievements are published, without a slash at its end.
    """

    issuer_id: str
    issuer_name: str
    base_url: str
    private: Mapping[int, ec.EllipticCurvePrivateKey] = field(repr=False)
    public: Mapping[int, ec.EllipticCurvePublicKey] = field(repr=False)

    def __post_init__(self) -> None:
        if not ISSUER_ID.fullmatch(self.issuer_id):
            raise ValueError("an issuer is a did:web or an https address")

    @property
    def key_id(self) -> str:
        """The address of the key that signs now."""
        return self._address(max(self.private))

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return the compact token over `claims`, signed with the newest key."""
        header = {"alg": ALGORITHM, "kid": self.key_id, "typ": "JWT"}
        key = ECKey.import_key(self.private[max(self.private)])
        return jwt.encode(header, dict(claims), key, algorithms=[ALGORITHM])

    def verify(self, token: str) -> dict[str, Any]:
        """Return what a token says that one of our keys signed. Raises ForgedCredential."""
        return verified_claims(token, self.key_set())

    def key_set(self) -> dict[str, Any]:
        """Return the public keys as a JWK set; a key that no longer signs stays in it."""
        return {
            "keys": [
                ECKey.import_key(key).as_dict(
                    private=False, kid=self._address(number), use="sig", alg=ALGORITHM
                )
                for number, key in sorted(self.public.items())
            ]
        }

    def _address(self, number: int) -> str:
        return f"{self.issuer_id}#es-{number}"


def verified_claims(token: str, key_set: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `token` says, using published keys alone. Raises ForgedCredential."""
    try:
        keys = KeySet.import_key_set({"keys": list(key_set["keys"])})
        return dict(jwt.decode(token, keys, algorithms=[ALGORITHM]).claims)
    except (JoseError, ValueError) as error:
        raise ForgedCredential from error


def did_web(url: str) -> str:
    """Return the did:web of a web address, e.g. "did:web:exams.example.edu.cn:issuer"."""
    parts = urlsplit(url)
    host = parts.netloc.replace(":", "%3A")
    return ":".join(["did:web", host, *(part for part in parts.path.split("/") if part)])


def load_signer(
    folder: Path, *, issuer_id: str, issuer_name: str, base_url: str
) -> CredentialSigner:
    """Read `folder/credential/NUMBER.pem` (signs) and `NUMBER.pub.pem` (verifies only).

    Raises FileNotFoundError where no private key is there: make one with `make_credential_key`.
    """
    private: dict[int, ec.EllipticCurvePrivateKey] = {}
    public: dict[int, ec.EllipticCurvePublicKey] = {}
    for path in sorted((folder / FOLDER).glob("*.pem")):
        number = int(path.name.split(".")[0])
        if path.name.endswith(".pub.pem"):
            verify = serialization.load_pem_public_key(path.read_bytes())
            if isinstance(verify, ec.EllipticCurvePublicKey):
                public[number] = verify
            continue
        sign = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if isinstance(sign, ec.EllipticCurvePrivateKey):
            private[number] = sign
            public[number] = sign.public_key()
    if not private:
        raise FileNotFoundError(f"no key signs credentials in {folder / FOLDER}")
    return CredentialSigner(issuer_id, issuer_name, base_url.rstrip("/"), private, public)


def make_credential_key(folder: Path) -> int:
    """Add the next P-256 key to `folder/credential` and return its number; the owner's alone."""
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    number = 1 + max((int(p.name.split(".")[0]) for p in place.glob("*.pem")), default=0)
    path = place / f"{number}.pem"
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return number
