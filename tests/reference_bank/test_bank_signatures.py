"""Who may push: only a registered key, for its own issuer, over exactly these bytes, now."""

from datetime import timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from tests.banks.outcomes import ACCOUNT, PUSH_PARTS, public_pem, push, sent, signed_push, upsert


def refused(bank, request: httpx.Request) -> tuple[int, str]:
    """The number and code of a refusal that had no effect."""
    answer = sent(request)
    assert bank.ledger(ACCOUNT)["entries"] == []
    return answer.status_code, answer.json()["code"]


def test_a_body_changed_on_the_way_is_refused(bank):
    request = signed_push(bank, upsert())
    tampered = request.content.replace(b'"86"', b'"96"')
    changed = httpx.Request("PUT", request.url, headers=request.headers, content=tampered)

    assert tampered != request.content
    assert refused(bank, changed) == (400, "digest_mismatch")


def test_a_body_and_digest_changed_on_the_way_are_refused(bank):
    request = signed_push(bank, upsert())
    other = signed_push(bank, upsert(assessment__score="96"))
    request.headers["Content-Digest"] = other.headers["Content-Digest"]
    changed = httpx.Request("PUT", request.url, headers=request.headers, content=other.content)

    assert refused(bank, changed) == (401, "signature_invalid")


def test_a_signature_is_worth_nothing_at_another_address(bank):
    request = signed_push(bank, upsert())
    elsewhere = str(request.url) + "?again=1"
    moved = httpx.Request("PUT", elsewhere, headers=request.headers, content=request.content)

    assert refused(bank, moved) == (401, "signature_invalid")


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": Ed25519PrivateKey.generate()},
        {"key_id": "issuer-2019"},
        {"tag": "something-else"},
        {"age": timedelta(minutes=6)},
        {"age": timedelta(minutes=-2)},
        {"age": timedelta(minutes=2), "life": timedelta(minutes=1)},
        {"life": timedelta(seconds=301)},
    ],
    ids=["other key", "unknown key", "other tag", "old", "from the future", "expired", "long life"],
)
def test_a_signature_that_does_not_hold_is_refused(bank, wrong):
    assert refused(bank, signed_push(bank, upsert(), **wrong)) == (401, "signature_invalid")


@pytest.mark.parametrize("left_out", [part for part in PUSH_PARTS if part != "content-digest"])
def test_a_signature_must_cover_every_part_that_matters(bank, left_out):
    parts = tuple(part for part in PUSH_PARTS if part != left_out)

    assert refused(bank, signed_push(bank, upsert(), parts=parts)) == (401, "signature_invalid")


def test_an_unsigned_push_is_refused(bank):
    request = signed_push(bank, upsert())
    del request.headers["Signature"]

    assert refused(bank, request) == (401, "signature_invalid")


def test_the_idempotency_key_must_name_the_outcome_and_version(bank):
    request = signed_push(bank, upsert(), idempotency_key='"something else"')

    assert refused(bank, request) == (400, "idempotency_key_mismatch")


def test_a_key_speaks_only_for_its_own_issuer(bank):
    other = Ed25519PrivateKey.generate()
    bank.register_issuer("other-2026", "did:web:other.example", public_pem(other))

    request = signed_push(bank, upsert(), key=other, key_id="other-2026")

    assert refused(bank, request) == (403, "issuer_mismatch")


def test_one_issuer_can_not_correct_the_outcome_of_another(bank):
    other = Ed25519PrivateKey.generate()
    bank.register_issuer("other-2026", "did:web:other.example", public_pem(other))
    push(bank, upsert())

    body = upsert(version=2, issuer__id="did:web:other.example")
    answer = sent(signed_push(bank, body, key=other, key_id="other-2026"))

    assert (answer.status_code, answer.json()["code"]) == (403, "issuer_mismatch")
    assert len(bank.ledger(ACCOUNT)["entries"]) == 1


def test_a_registered_key_id_can_not_be_taken_over(bank):
    body = {
        "key_id": "issuer-2026",
        "issuer_id": "did:web:thief.example",
        "public_key_pem": public_pem(Ed25519PrivateKey.generate()).decode(),
    }

    answer = bank.ask("POST", "/api/v1/issuers", body)

    assert (answer.status_code, answer.json()["code"]) == (409, "registered_otherwise")


@pytest.mark.parametrize("kind", ["no key", "RSA"])
def test_only_an_ed25519_key_can_be_registered(bank, kind):
    pem = b"no key" if kind == "no key" else public_pem(generate_private_key(65537, 2048))
    body = {"key_id": "k", "issuer_id": "did:web:x", "public_key_pem": pem.decode()}

    answer = bank.ask("POST", "/api/v1/issuers", body)

    assert answer.status_code == 422
    assert answer.json()["members"][0]["member"] == "public_key_pem"


OPERATOR_PATHS = [
    ("POST", "/api/v1/issuers"),
    ("POST", "/api/v1/accounts"),
    ("POST", "/api/v1/units"),
    ("GET", f"/api/v1/accounts/{ACCOUNT}/ledger"),
    ("GET", "/faults"),
    ("POST", "/faults"),
]


@pytest.mark.parametrize(("method", "path"), OPERATOR_PATHS)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_the_operators_endpoints_need_the_operators_token(bank, method, path, headers):
    answer = httpx.request(method, bank.url + path, headers=headers, json={})

    assert (answer.status_code, answer.json()["code"]) == (401, "operator_only")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/outcomes/6f0c5b0e-1b5c-4d3c-9b3e-0a4b5e8d2c10"),
        ("GET", "/api/v1/digest"),
        ("GET", "/api/v1/digest/7"),
        ("POST", "/api/v1/accounts/validate"),
    ],
)
def test_questions_are_answered_to_signed_issuers_alone(bank, method, path):
    answer = httpx.request(method, bank.url + path)

    assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")
