"""Who sent a request: RFC 9421 signatures with registered Ed25519 keys, RFC 9530 digests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
)
from http_message_signatures.algorithms import ED25519
from http_message_signatures.digests import ContentDigest
from sqlalchemy.orm import Session

from reference_bank.models import Issuer
from reference_bank.refusals import Code, Refusal

LONGEST_LIFE = timedelta(seconds=300)


@dataclass(frozen=True)
class Purpose:
    """What a signature is for: its tag, and the parts of the request it must cover."""

    tag: str
    components: tuple[str, ...]


PUSH = Purpose(
    "credit-bank-push",
    ("@method", "@target-uri", "content-digest", "content-type", "idempotency-key"),
)
QUESTION = Purpose(
    "credit-bank-query", ("@method", "@target-uri", "content-digest", "content-type")
)
LOOK_UP = Purpose("credit-bank-query", ("@method", "@target-uri"))


@dataclass(frozen=True)
class Request:
    """The parts of a request that signatures speak about."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class _RegisteredKeys(HTTPSignatureKeyResolver):
    def __init__(self, session: Session) -> None:
        self._session = session

    def resolve_public_key(self, key_id: str) -> bytes:
        issuer = self._session.get(Issuer, key_id)
        if issuer is None:
            raise InvalidSignature("The key is not registered.")
        return issuer.public_key_pem.encode()


def issuer_of(session: Session, request: Request, purpose: Purpose) -> str:
    """The id of the issuer who signed the request for this purpose.

    Raises Refusal with SIGNATURE_INVALID (no, wrong, expired or too long-lived signature, or one
    that covers too little), or with DIGEST_MISMATCH when the signed digest is not the body's.
    """
    verifier = HTTPMessageVerifier(
        signature_algorithm=ED25519, key_resolver=_RegisteredKeys(session)
    )
    try:
        results = verifier.verify(
            request,
            max_age=LONGEST_LIFE,
            expect_tag=purpose.tag,
            require_components=purpose.components,
        )
    except HTTPMessageSignaturesException as error:
        raise Refusal(Code.SIGNATURE_INVALID, f"The signature does not hold: {error}") from error
    if len(results) != 1:
        raise Refusal(Code.SIGNATURE_INVALID, "One signature with this tag is expected.")
    _refuse_long_life(results[0].parameters)
    if "content-digest" in purpose.components:
        _refuse_other_body(request)
    issuer = session.get(Issuer, str(results[0].parameters["keyid"]))
    if issuer is None:
        raise Refusal(Code.SIGNATURE_INVALID, "The key is no longer registered.")
    return issuer.issuer_id


def _refuse_long_life(parameters: Mapping[str, int | str]) -> None:
    created, expires = parameters.get("created"), parameters.get("expires")
    if not isinstance(created, int) or not isinstance(expires, int):
        raise Refusal(Code.SIGNATURE_INVALID, "The signature must say created and expires.")
    if not 0 < expires - created <= LONGEST_LIFE.total_seconds():
        raise Refusal(Code.SIGNATURE_INVALID, "A signature lives for 300 seconds at most.")


def _refuse_other_body(request: Request) -> None:
    try:
        ContentDigest.verify(request.headers["Content-Digest"], request.body)
    except InvalidSignature as error:
        raise Refusal(Code.DIGEST_MISMATCH, f"The body is not the signed one: {error}") from error
