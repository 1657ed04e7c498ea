"""The published contract: its routes, its bodies, and what breaks it."""

import json
import re

import jsonschema_rs
import pytest

from reference_bank import create_app
from reference_bank.configuration import BankConfig
from reference_bank.contract import FILE, as_text
from tests.banks.outcomes import (
    ACCOUNT,
    outcome_id,
    push,
    sent,
    signed_push,
    state_change,
    upsert,
)

CONTRACT = json.loads(FILE.read_text(encoding="utf-8"))


def holds(schema: str, body: object) -> bool:
    """Whether a body obeys one of the contract's schemas."""
    document = CONTRACT | {"$ref": f"#/components/schemas/{schema}"}
    return jsonschema_rs.is_valid(document, body)


def test_the_published_file_is_what_the_typed_bodies_say():
    assert FILE.read_text(encoding="utf-8") == as_text()


def test_the_contract_names_every_route_and_no_other(tmp_path):
    app = create_app(BankConfig(database=tmp_path / "bank.sqlite3"))
    routes = {
        (re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule), method.casefold())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint not in {"static", "page.show"}
    }

    assert routes == {(path, method) for path, each in CONTRACT["paths"].items() for method in each}


def test_bodies_and_replies_obey_the_contract(bank):
    assert holds("Upsert", upsert())
    assert holds("StateChange", state_change("revoke", "offence_proven"))
    assert not holds("Upsert", upsert(unit__credits=3))
    assert holds("PushEcho", push(bank, upsert()).json())
    assert holds("LedgerReply", bank.ledger(ACCOUNT))
    assert holds("Problem", push(bank, upsert(number=2)).json())


@pytest.mark.parametrize(
    ("changes", "member"),
    [
        ({"unit__credits": 3.0}, ""),
        ({"unit__credits": 3}, "unit.credits"),
        ({"unit__credits": "3.25"}, "unit.credits"),
        ({"unit__credits": "-3"}, "unit.credits"),
        ({"unit__credits": "4.0"}, "unit.credits"),
        ({"assessment__score": "59.5"}, "assessment.score"),
        ({"assessment__score": "101"}, "assessment.score"),
        ({"assessment__score": "８６"}, "assessment.score"),
        ({"assessment__score": "NaN"}, "assessment.score"),
        ({"assessment__max": None}, "assessment.score"),
        ({"assessment__status": "failed"}, "assessment.status"),
        ({"assessment__ended_at": "2026-11-15T08:00:00+08:00"}, "assessment.ended_at"),
        ({"assessment__started_at": "2026-11-15T09:00:00"}, "assessment.started_at"),
        ({"assessment__started_at": 1794000000}, "assessment.started_at"),
        ({"validity__valid_until": "2026-11-23T08:00:00Z"}, "validity.valid_until"),
        ({"verification__second": "u:381"}, "verification.second"),
        ({"learner__holder_check__result": "mismatch"}, "learner.holder_check.result"),
        ({"learner__national_id": "41010119900101012X"}, "learner.national_id"),
        ({"learner__account": None}, "learner.account"),
        ({"evidence__seat": "1\x00"}, "evidence.seat"),
        ({"replaces": {"version": 1, "reason": "mark_review"}}, "replaces.version"),
        ({"kind": "delete"}, "kind"),
        ({"kind": None}, "kind"),
        ({"schema": "outcome/2"}, "schema"),
        ({"version": True}, "version"),
    ],
)
def test_a_body_that_breaks_the_contract_is_refused_with_the_members_name(bank, changes, member):
    path = f"/api/v1/outcomes/{outcome_id(1)}/versions/1"
    request = signed_push(
        bank, upsert(**changes), path=path, idempotency_key=f'"{outcome_id(1)}:1"'
    )

    answer = sent(request)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [wrong["member"] for wrong in answer.json()["members"] or [{"member": ""}]] == [member]
    assert bank.ledger(ACCOUNT)["entries"] == []


def test_a_later_version_says_what_it_replaces(bank):
    answer = push(bank, upsert(version=2, replaces=None))

    assert answer.status_code == 422
    assert answer.json()["members"][0]["member"] == "replaces"


@pytest.mark.parametrize(
    ("version", "member"), [(1, "outcome_id"), (2, "version")], ids=["id", "version"]
)
def test_the_body_must_be_about_the_outcome_in_the_path(bank, version, member):
    number = 2 if member == "outcome_id" else 1
    path = f"/api/v1/outcomes/{outcome_id(1)}/versions/{version}"
    key = f'"{outcome_id(1)}:{version}"'

    answer = sent(signed_push(bank, upsert(number), path=path, idempotency_key=key))

    assert answer.status_code == 422
    assert answer.json()["members"][0]["member"] == member


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no json",
        b"[" * 60_000,
        b'{"version": 1, "version": 2}',
        b'{"version": NaN}',
        b"\xff\xfe",
        b'{"kind": "upsert", "outcome_id": "\\ud800"}',
    ],
    ids=["empty", "text", "deep", "twice", "NaN", "not UTF-8", "lone surrogate"],
)
def test_json_that_two_readers_could_read_differently_is_refused(bank, raw):
    path = f"/api/v1/outcomes/{outcome_id(1)}/versions/1"
    request = signed_push(bank, raw, path=path, idempotency_key=f'"{outcome_id(1)}:1"')

    answer = sent(request)

    assert (answer.status_code, answer.json()["code"]) == (422, "body_invalid")


def test_a_body_beyond_the_limit_is_refused_unread(bank):
    request = signed_push(bank, upsert(unit__title="x" * 70_000))

    assert sent(request).status_code == 413


def test_work_without_a_seat_and_without_a_number_is_credited(bank):
    bank.register_unit("OUC-TH-1", "1", "毕业设计", "8.0", kind="thesis")
    changes = {f"evidence__{name}": None for name in ("room", "seat", "seating_sha256")}
    changes |= {f"assessment__{name}": None for name in ("score", "max", "pass_mark")}
    unit = upsert()["unit"] | {"code": "OUC-TH-1", "version": "1", "kind": "thesis"}

    answer = push(bank, upsert(unit=unit | {"credits": "8.0"}, **changes))

    assert answer.json()["result"] == "applied"
