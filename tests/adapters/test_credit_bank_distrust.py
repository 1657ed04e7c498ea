"""What our client does not believe: replies that are not the bank's, addresses, odd bodies."""

import hashlib
import json

import pytest

from exam_centre.adapters.credit_bank import (
    Accepted,
    Busy,
    Known,
    Mismatch,
    PushMessage,
    Unknown,
    Unreachable,
    bucket_digests,
    bucket_of,
    canonical_json,
)
from tests.banks.clients import IMPATIENCE_SECONDS, client_of, message, server_that_answers
from tests.banks.outcomes import outcome_id, upsert

KNOWN = {
    "id": outcome_id(1),
    "version": 1,
    "body_sha256": "ab" * 32,
    "bank_ref": "RB-1",
    "state": "credited",
}


def test_a_redirect_is_not_followed():
    with server_that_answers(200, b"{}") as (trap, asked_of_trap):
        where = {"Location": trap + "/api/v1/steal"}
        with server_that_answers(307, headers=where) as (url, asked), client_of(url) as client:
            reply = client.push(message(upsert()))
            question = client.look_up(outcome_id(1))

    assert (reply.status, reply.code) == (307, "redirected")
    assert question == Unreachable("redirected", 307)
    assert len(asked) == 2
    assert asked_of_trap == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 50_000,
        b'{"id": "a", "id": "b"}',
        b'{"version": NaN}',
        b" " * 100_000 + b"{}",
    ],
    ids=["empty", "list", "null", "not UTF-8", "deep", "twice", "NaN", "too long"],
)
def test_a_success_that_can_not_be_read_is_a_mismatch(body):
    with server_that_answers(200, body) as (url, _), client_of(url) as client:
        assert isinstance(client.push(message(upsert())), Mismatch)
        assert isinstance(client.look_up(outcome_id(1)), Unreachable)


def test_a_reply_beyond_the_limit_is_not_read_to_its_end():
    answer = server_that_answers(200, b"{" * 10_000, times=100_000, pause_seconds=0.001)
    with answer as (url, _), client_of(url) as client:
        assert isinstance(client.push(message(upsert())), Mismatch)


def test_a_reply_that_drips_is_given_up():
    answer = server_that_answers(200, b"{", times=40, pause_seconds=0.05)
    with answer as (url, _), client_of(url, IMPATIENCE_SECONDS) as hasty:
        assert hasty.push(message(upsert())) == Unknown("the reply did not end in time")


def echo_of(sent: PushMessage, **changes: object) -> bytes:
    """A perfect echo with something changed."""
    echo = {
        "id": sent.outcome_id,
        "version": sent.version,
        "body_sha256": sent.body_sha256,
        "bank_ref": "RB-1",
        "result": "applied",
    }
    return json.dumps(echo | changes).encode()


@pytest.mark.parametrize(
    "changes",
    [
        {"id": outcome_id(2)},
        {"version": 2},
        {"version": True},
        {"version": "1"},
        {"body_sha256": "0" * 64},
        {"bank_ref": ""},
        {"bank_ref": None},
        {"result": "done"},
        {"result": []},
    ],
)
def test_an_echo_is_believed_only_when_every_member_is_right(changes):
    sent = message(upsert())
    with server_that_answers(200, echo_of(sent)) as (url, _), client_of(url) as client:
        assert isinstance(client.push(sent), Accepted)
    with server_that_answers(200, echo_of(sent, **changes)) as (url, _), client_of(url) as client:
        assert isinstance(client.push(sent), Mismatch)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        ("999999999", 86_400),
        ("Mon, 23 Nov 2020 08:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_the_pause_a_bank_asks_for_is_read_and_bounded(header, seconds):
    answer = server_that_answers(503, headers={"Retry-After": header})
    with answer as (url, _), client_of(url) as client:
        assert client.push(message(upsert())) == Busy(seconds, 503)


def test_a_404_from_something_in_between_does_not_mean_never_received():
    with server_that_answers(404, b"<h1>nginx</h1>") as (url, _), client_of(url) as client:
        assert client.look_up(outcome_id(1)) == Unreachable("http_404", 404)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": outcome_id(2)},
        {"id": "x"},
        {"version": "1"},
        {"version": True},
        {"body_sha256": "AB" * 32},
        {"bank_ref": None},
        {"state": "gone"},
    ],
)
def test_a_look_up_is_believed_only_when_every_member_is_right(changes):
    for body, kind in ((KNOWN, Known), (KNOWN | changes, Unreachable)):
        answer = server_that_answers(200, json.dumps(body).encode())
        with answer as (url, _), client_of(url) as client:
            assert isinstance(client.look_up(outcome_id(1)), kind)


@pytest.mark.parametrize(
    "body",
    [
        {"month": "2026-10", "buckets": ["ab" * 32] * 256},
        {"month": "2026-11", "buckets": ["ab" * 32] * 255},
        {"month": "2026-11", "buckets": ["ab"] * 256},
        {"month": "2026-11"},
    ],
)
def test_a_digest_of_something_else_is_no_digest(body):
    answer = server_that_answers(200, json.dumps(body).encode())
    with answer as (url, _), client_of(url) as client:
        assert isinstance(client.digest("2026-11"), Unreachable)


def test_a_bucket_that_holds_a_stranger_is_no_bucket():
    number = bucket_of(outcome_id(1))
    body = json.dumps({"month": None, "outcomes": [KNOWN]}).encode()
    with server_that_answers(200, body) as (url, _), client_of(url) as client:
        assert isinstance(client.bucket(None, number), tuple)
        assert isinstance(client.bucket(None, (number + 1) % 256), Unreachable)


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "gopher://bank.example/",
        "ftp://bank.example/",
        "//bank.example/",
        "bank.example",
        "",
        "https://",
        "http://bank.example/",
        "http://10.0.0.8/",
        "http://192.168.1.1/",
        "https://user@bank.example/",
        "https://user:word@bank.example/",
        "https://bank.example@127.0.0.1/",
        "https://bank.example/?to=x",
        "https://bank.example/#x",
        "https://bank.example/../admin",
        "https://bank.example/%2e%2e/",
        "https://bank.example\\@127.0.0.1/",
        "https://bank.example /",
        "https://bank.example/\r\nHost: x",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://169.254.169.254/",
        "http://169.254.169.254/",
        "https://[fe80::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[::ffff:169.254.169.254]/",
        "http://[::ffff:10.0.0.1]/",
        "https://0.0.0.0/",
        "http://0.0.0.0/",
        "https://[::]/",
        "https://224.0.0.1/",
        "http://0/",
        "http://2130706433/",
        "http://localhost.bank.example/",
        "http://127.0.0.1.bank.example/",
        "http://①②⑦.0.0.1/",
        "https://bank.example:99999/",
    ],
)
def test_an_address_no_bank_should_have_is_refused(address):
    with pytest.raises(ValueError, match="bank"):
        client_of(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://bank.example",
        "https://bank.example:8443/credit-bank/",
        "https://xn--fiqs8s.example/",
        "https://10.20.30.40/",
        "https://[2001:db8::1]/",
        "http://127.0.0.1:5001",
        "http://[::1]:5001/",
        "http://localhost:5001",
    ],
)
def test_an_address_a_bank_may_have_is_taken(address):
    client_of(address).close()


def test_a_body_has_one_spelling():
    forth = {"b": ["安全", None, True, 1], "a": {"y": "1.50", "x": ""}}
    back = {"a": {"x": "", "y": "1.50"}, "b": ["安全", None, True, 1]}

    assert canonical_json(forth) == canonical_json(back)
    assert canonical_json(forth) == '{"a":{"x":"","y":"1.50"},"b":["安全",null,true,1]}'.encode()


@pytest.mark.parametrize(
    "member",
    [1.5, [1.0], {"x": float("nan")}, 2**53, -(2**53), {1: "x"}, {"键": 1}, b"x", "\ud800", {1}],
)
def test_what_has_no_single_spelling_is_refused(member):
    with pytest.raises(ValueError):  # noqa: PT011 - the kind of error is the whole promise
        canonical_json({"member": member})


def test_a_bucket_is_the_first_byte_of_the_ids_digest():
    assert bucket_of(outcome_id(1)) == hashlib.sha256(outcome_id(1).encode()).digest()[0]
    assert bucket_digests([]) == (hashlib.sha256(b"").hexdigest(),) * 256
