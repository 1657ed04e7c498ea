"""Outcome bodies, keys and requests signed by hand, for tests that talk to a credit bank."""

import hashlib
import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver
from http_message_signatures.algorithms import ED25519

from tests.banks.reference import ISSUER_ID, KEY_ID, RunningBank

KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"issuer of the tests").digest())
ACCOUNT = "CB-2026-00012345"
PUSH_PARTS = ("@method", "@target-uri", "content-digest", "content-type", "idempotency-key")


def public_pem(key: Ed25519PrivateKey = KEY) -> bytes:
    """The public half as a bank registers it."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def outcome_id(number: int) -> str:
    """A different, always the same, random-looking UUID for each number."""
    digest = hashlib.sha256(f"outcome {number}".encode()).digest()[:16]
    return str(UUID(bytes=digest, version=4))


def furnish(bank: RunningBank) -> None:
    """The unit and the account that `upsert` speaks of."""
    bank.register_unit("OUC-IR-101", "3", "工业机器人操作与维护", "3.0")
    bank.open_account(ACCOUNT, "买买提·吐尔逊", "012X")


def upsert(number: int = 1, version: int = 1, **changes: Any) -> dict[str, Any]:
    """A push body that the furnished bank takes. Changes name members, e.g. unit__code="X"."""
    identity = outcome_id(number)
    body: dict[str, Any] = {
        "schema": "outcome/1",
        "outcome_id": identity,
        "version": version,
        "kind": "upsert",
        "issuer": {"id": ISSUER_ID, "centre_code": "C-0371"},
        "learner": {
            "account": ACCOUNT,
            "holder_check": {
                "method": "account_validate",
                "at": "2026-11-10T02:00:00Z",
                "result": "match",
            },
        },
        "unit": {
            "code": "OUC-IR-101",
            "version": "3",
            "title": "工业机器人操作与维护",
            "framework": "LOF",
            "level": 5,
            "credits": "3.0",
            "notional_hours": 54,
            "kind": "course",
        },
        "assessment": {
            "type": "proctored_exam",
            "attempt": 1,
            "started_at": "2026-11-15T09:00:00+08:00",
            "ended_at": "2026-11-15T11:00:00+08:00",
            "score": "86",
            "max": "100",
            "pass_mark": "60",
            "grade": "B",
            "status": "passed",
        },
        "evidence": {
            "venue": "P07",
            "room": "R2",
            "seat": "14",
            "supervision": "onsite_with_identity_verification",
            "participation": "onsite",
            "identity_checked_at": "2026-11-15T08:41:10+08:00",
            "invigilators": 2,
            "seating_sha256": "9b" * 32,
            "script_sha256": "77" * 32,
        },
        "verification": {"first": "u:381", "second": "u:112", "at": "2026-11-20T08:00:00Z"},
        "validity": {
            "awarded_at": "2026-11-20T08:00:00Z",
            "valid_from": "2026-11-23T08:00:00Z",
            "valid_until": "2033-11-23T08:00:00Z",
        },
        "credential": {"id": f"urn:uuid:{identity}", "format": "vc+jwt", "sha256": "ab" * 32},
    }
    if version > 1:
        body["replaces"] = {"version": version - 1, "reason": "mark_review"}
    return changed(body, **changes)


def state_change(kind: str, reason: str, number: int = 1, version: int = 2) -> dict[str, Any]:
    """A body that suspends, resumes or revokes."""
    whole = upsert(number, version)
    kept = {name: whole[name] for name in ("schema", "outcome_id", "version", "issuer")}
    return kept | {
        "kind": kind,
        "replaces": {"version": version - 1, "reason": reason},
        "verification": whole["verification"],
    }


def changed(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A copy with members set, e.g. unit__credits="4.0"; None removes the member."""
    copy = deepcopy(body)
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = copy
        for parent in parents:
            place = place[parent]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return copy


class _Key(HTTPSignatureKeyResolver):
    def __init__(self, key: Ed25519PrivateKey) -> None:
        self.key = key

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        return self.key


def signed_push(
    bank: RunningBank,
    body: dict[str, Any] | bytes,
    *,
    key: Ed25519PrivateKey = KEY,
    key_id: str = KEY_ID,
    path: str | None = None,
    idempotency_key: str | None = None,
    parts: tuple[str, ...] = PUSH_PARTS,
    tag: str = "credit-bank-push",
    age: timedelta = timedelta(0),
    life: timedelta = timedelta(seconds=300),
) -> httpx.Request:
    """A push made without our client, so that single things about it can be wrong."""
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    named = json.loads(raw) if path is None or idempotency_key is None else {}
    if path is None:
        path = f"/api/v1/outcomes/{named['outcome_id']}/versions/{named['version']}"
    if idempotency_key is None:
        idempotency_key = f'"{named["outcome_id"]}:{named["version"]}"'
    request = httpx.Request("PUT", bank.url + path, content=raw)
    request.headers["Content-Type"] = "application/json"
    request.headers["Idempotency-Key"] = idempotency_key
    created = datetime.now(UTC) - age
    HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=_Key(key)).sign(
        request,
        key_id=key_id,
        created=created,
        expires=created + life,
        tag=tag,
        covered_component_ids=parts,
        body=raw,
    )
    return request


def sent(request: httpx.Request) -> httpx.Response:
    """The answer to a request made by hand."""
    # No certificates are read for it: a push by hand stays on this machine.
    with httpx.Client(timeout=10, verify=False) as client:
        return client.send(request)


def push(bank: RunningBank, body: dict[str, Any]) -> httpx.Response:
    """The answer to a flawless push."""
    return sent(signed_push(bank, body))
