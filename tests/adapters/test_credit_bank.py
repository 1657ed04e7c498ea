"""Our client against a real bank: every reply is told apart, and nothing happens twice."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exam_centre.adapters.credit_bank import (
    Accepted,
    AccountResult,
    Busy,
    CreditBank,
    CreditState,
    HttpCreditBank,
    Known,
    Mismatch,
    PushMessage,
    PushResult,
    Refused,
    Unknown,
    Unreachable,
    bucket_digests,
    bucket_of,
)
from tests.banks.clients import IMPATIENCE_SECONDS, client_of, message
from tests.banks.outcomes import ACCOUNT, furnish, outcome_id, public_pem, state_change, upsert
from tests.banks.reference import KEY_ID, RunningBank, running_reference_bank


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[RunningBank]:
    with running_reference_bank(tmp_path, public_pem()) as running:
        furnish(running)
        yield running


@pytest.fixture
def client(bank: RunningBank) -> Iterator[HttpCreditBank]:
    with client_of(bank.url) as each:
        yield each


def rows(bank: RunningBank, account: str = ACCOUNT) -> int:
    """How often an account was touched."""
    return len(bank.ledger(account)["entries"])


def test_a_push_is_accepted_once_and_a_repeat_is_a_replay(bank, client: CreditBank):
    sent = message(upsert())

    first, again = client.push(sent), client.push(sent)

    assert isinstance(first, Accepted)
    assert isinstance(again, Accepted)
    assert (first.version, first.body_sha256) == (1, sent.body_sha256)
    assert (first.result, again.result) == (PushResult.APPLIED, PushResult.REPLAY)
    assert first.bank_ref == again.bank_ref
    assert rows(bank) == 1


def test_an_older_version_is_accepted_as_superseded(client):
    client.push(message(upsert(version=2)))

    reply = client.push(message(upsert(version=1)))

    assert isinstance(reply, Accepted)
    assert reply.result is PushResult.SUPERSEDED


def test_a_timeout_after_the_commit_then_the_same_key_is_a_replay_with_one_row(bank):
    bank.order_faults("timeout_after_commit", timeout_seconds=1)
    sent = message(upsert())

    with client_of(bank.url, IMPATIENCE_SECONDS) as hasty:
        silence = hasty.push(sent)
    with client_of(bank.url) as patient:
        again = patient.push(sent)

    assert isinstance(silence, Unknown)
    assert isinstance(again, Accepted)
    assert again.result is PushResult.REPLAY
    assert rows(bank) == 1
    assert bank.ledger(ACCOUNT)["balance"] == "3.0"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("unavailable", Busy(9, 503)),
        ("too_many", Busy(9, 429)),
        ("error_before_commit", Unknown("the bank answered 500")),
        ("error_after_commit", Unknown("the bank answered 500")),
        ("timeout_before_commit", Unknown("ReadTimeout after sending")),
    ],
)
def test_a_reply_without_a_verdict_is_busy_or_unknown(bank, fault, expected):
    bank.order_faults(fault, retry_after_seconds=9, timeout_seconds=1)

    with client_of(bank.url, IMPATIENCE_SECONDS) as hasty:
        assert hasty.push(message(upsert())) == expected


@pytest.mark.parametrize("fault", ["garbage", "wrong_echo"])
def test_a_success_that_confirms_something_else_is_a_mismatch(bank, client, fault):
    bank.order_faults(fault)
    sent = message(upsert())

    reply = client.push(sent)

    assert isinstance(reply, Mismatch)
    assert sent.body_sha256 in reply.expected
    assert sent.body_sha256 not in reply.got


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"issuer__id": "did:web:other.example"}, 403, "issuer_mismatch"),
        ({"learner__account": "CB-NOBODY"}, 404, "account_unknown"),
        ({"unit__code": "OUC-XX-999"}, 404, "unit_unknown"),
        ({"unit__credits": "3.25"}, 422, "body_invalid"),
    ],
)
def test_a_refusal_carries_the_banks_stable_word(client, changes, status, code):
    reply = client.push(message(upsert(**changes)))

    assert isinstance(reply, Refused)
    assert (reply.status, reply.code) == (status, code)


def test_one_version_with_two_bodies_and_a_second_credit_are_refused(client):
    client.push(message(upsert()))

    other_body = client.push(message(upsert(assessment__score="87")))
    other_outcome = client.push(message(upsert(number=2)))

    assert (other_body.status, other_body.code) == (422, "fingerprint_differs")
    assert (other_outcome.status, other_outcome.code) == (409, "already_credited")


def test_a_key_the_bank_does_not_know_is_refused(bank):
    with HttpCreditBank(bank.url, KEY_ID, Ed25519PrivateKey.generate(), 5) as stranger:
        reply = stranger.push(message(upsert()))
        known = stranger.look_up(outcome_id(1))

    assert (reply.status, reply.code) == (401, "signature_invalid")
    assert known == Unreachable("signature_invalid", 401)


def test_a_bank_that_does_not_listen_took_nothing():
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        with client_of(f"http://127.0.0.1:{reserved.getsockname()[1]}") as client:
            assert client.push(message(upsert())) == Busy(None, None)
            assert client.look_up(outcome_id(1)) == Unreachable("no connection")


def test_a_look_up_tells_what_stands(client):
    assert client.look_up(outcome_id(1)) is None
    accepted = client.push(message(upsert()))
    credited = client.look_up(outcome_id(1))
    revocation = message(state_change("revoke", "offence_proven"))
    client.push(revocation)
    revoked = client.look_up(outcome_id(1))

    ref, sha = accepted.bank_ref, accepted.body_sha256
    assert credited == Known(outcome_id(1), 1, sha, ref, CreditState.CREDITED)
    assert (revoked.version, revoked.state) == (2, CreditState.REVOKED)
    assert revoked.body_sha256 == revocation.body_sha256


def test_a_look_up_of_another_issuers_outcome_tells_nothing(bank, client):
    other = Ed25519PrivateKey.generate()
    bank.register_issuer("other-2026", "did:web:other.example", public_pem(other))
    client.push(message(upsert()))

    with HttpCreditBank(bank.url, "other-2026", other, 5) as stranger:
        assert stranger.look_up(outcome_id(1)) is None
        assert stranger.bucket(None, bucket_of(outcome_id(1))) == ()
    assert isinstance(client.look_up(outcome_id(1)), Known)


@pytest.mark.parametrize(
    ("account", "name", "tail", "result"),
    [
        (ACCOUNT, "买买提·吐尔逊", "012X", AccountResult.MATCH),
        (ACCOUNT, "买买提•吐尔逊 ", "012X", AccountResult.MATCH),
        (ACCOUNT, "买买提·吐尔孙", "012X", AccountResult.MISMATCH),
        (ACCOUNT, "买买提·吐尔逊", "0121", AccountResult.MISMATCH),
        ("CB-NOBODY", "买买提·吐尔逊", "012X", AccountResult.UNKNOWN),
    ],
)
def test_an_account_is_validated_against_its_holder(client, account, name, tail, result):
    assert client.validate_account(account, name, tail).result is result


def test_a_mismatch_does_not_say_which_detail_differed(client):
    wrong_name = client.validate_account(ACCOUNT, "王芳", "012X")
    wrong_tail = client.validate_account(ACCOUNT, "买买提·吐尔逊", "0000")

    assert wrong_name == wrong_tail


def test_equal_books_have_equal_digests_and_a_lie_shows_as_exactly_one_bucket(bank, client):
    bank.register_unit("OUC-ALL-1", "1", "安全生产", "0.5")
    ours = []
    for number in range(40):
        bank.open_account(f"CB-{number}", "王芳", "1234")
        if number == 17:
            bank.order_faults("lie")
        unit = upsert()["unit"] | {"code": "OUC-ALL-1", "version": "1", "credits": "0.5"}
        sent = message(upsert(number, unit=unit, learner__account=f"CB-{number}"))
        assert isinstance(client.push(sent), Accepted)
        ours.append((sent.outcome_id, sent.version, sent.body_sha256))

    theirs = client.digest("2026-11")
    differing = [
        n for n, (a, b) in enumerate(zip(bucket_digests(ours), theirs, strict=True)) if a != b
    ]
    held = {
        (row.outcome_id, row.version, row.body_sha256)
        for row in client.bucket("2026-11", differing[0])
    }
    in_bucket = {row for row in ours if bucket_of(row[0]) == differing[0]}

    assert differing == [bucket_of(outcome_id(17))]
    assert {row[0] for row in in_bucket - held} == {outcome_id(17)}
    assert held <= in_bucket
    assert client.digest("2026-10") == bucket_digests([])
    assert client.digest(None) == theirs


@pytest.mark.parametrize("wrong", ["../../x", outcome_id(1).upper(), "", outcome_id(1) + "/x"])
def test_an_outcome_id_can_not_bend_the_path(client, wrong):
    with pytest.raises(ValueError, match="UUID"):
        client.look_up(wrong)
    with pytest.raises(ValueError, match="UUID"):
        client.push(PushMessage(wrong, 1, b"{}"))


def test_proxies_of_the_environment_are_not_used(bank, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    with client_of(bank.url) as client:
        assert isinstance(client.push(message(upsert())), Accepted)
