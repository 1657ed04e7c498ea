"""What pushes do to accounts: every effect once, and only what the rules allow."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.banks.outcomes import ACCOUNT, outcome_id, push, state_change, upsert


def test_a_push_credits_the_account_and_echoes_itself(bank):
    answer = push(bank, upsert())

    assert answer.status_code == 200
    assert answer.json() | {"body_sha256": "", "bank_ref": ""} == {
        "id": outcome_id(1),
        "version": 1,
        "body_sha256": "",
        "bank_ref": "",
        "result": "applied",
    }
    ledger = bank.ledger(ACCOUNT)
    assert ledger["balance"] == "3.0"
    assert [entry["bank_ref"] for entry in ledger["entries"]] == [answer.json()["bank_ref"]]


def test_replays_are_equal_to_the_byte_and_have_no_effect(bank):
    first = push(bank, upsert())

    replays = [push(bank, upsert()) for _ in range(2)]

    assert replays[0].content == replays[1].content
    assert replays[0].json() == first.json() | {"result": "replay"}
    assert len(bank.ledger(ACCOUNT)["entries"]) == 1


def test_sixteen_equal_pushes_at_once_have_one_effect(bank):
    together = Barrier(16)

    def one(_number: int) -> str:
        together.wait()
        return push(bank, upsert()).json()["result"]

    with ThreadPoolExecutor(16) as pool:
        results = sorted(pool.map(one, range(16)))

    assert results == ["applied"] + ["replay"] * 15
    assert len(bank.ledger(ACCOUNT)["entries"]) == 1


def test_two_outcomes_that_claim_one_unit_at_once_give_one_credit(bank):
    together = Barrier(8)

    def one(number: int) -> int:
        together.wait()
        return push(bank, upsert(number)).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(one, range(8)))

    assert statuses == [200] + [409] * 7
    assert bank.ledger(ACCOUNT)["balance"] == "3.0"


def test_a_version_that_comes_too_late_is_superseded(bank):
    push(bank, upsert(version=2))

    answer = push(bank, upsert(version=1))

    assert (answer.status_code, answer.json()["result"]) == (200, "superseded")
    assert [entry["version"] for entry in bank.ledger(ACCOUNT)["entries"]] == [2]


def test_a_repeat_of_an_older_version_stays_superseded_and_keeps_its_number(bank):
    first = push(bank, upsert(version=1)).json()
    push(bank, upsert(version=2))

    assert push(bank, upsert(version=1)).json() == first | {"result": "superseded"}


def test_one_version_with_two_bodies_is_refused(bank):
    push(bank, upsert())

    answer = push(bank, upsert(assessment__score="87"))

    assert (answer.status_code, answer.json()["code"]) == (422, "fingerprint_differs")
    assert len(bank.ledger(ACCOUNT)["entries"]) == 1


def test_a_correction_to_a_larger_unit_adds_the_difference_alone(bank):
    bank.register_unit("OUC-IR-101", "4", "工业机器人操作与维护", "4.5")
    push(bank, upsert())

    push(bank, upsert(version=2, unit__version="4", unit__credits="4.5"))

    ledger = bank.ledger(ACCOUNT)
    assert [entry["amount"] for entry in ledger["entries"]] == ["3.0", "1.5"]
    assert ledger["balance"] == "4.5"


def test_suspension_takes_credits_away_and_resumption_gives_them_back(bank):
    push(bank, upsert())

    push(bank, state_change("suspend", "offence_case_open", version=2))
    suspended = bank.ledger(ACCOUNT)["balance"]
    push(bank, state_change("resume", "offence_case_closed", version=3))

    assert (suspended, bank.ledger(ACCOUNT)["balance"]) == ("0.0", "3.0")


def test_a_correction_of_a_suspended_outcome_leaves_it_suspended(bank):
    push(bank, upsert())
    push(bank, state_change("suspend", "identity_in_doubt", version=2))

    push(bank, upsert(version=3, assessment__score="90"))

    assert bank.ledger(ACCOUNT)["balance"] == "0.0"


def test_revocation_is_final_and_frees_the_unit_for_another_outcome(bank):
    push(bank, upsert())
    push(bank, state_change("revoke", "offence_proven", version=2))

    back = push(bank, upsert(version=3))
    other = push(bank, upsert(number=2))

    assert (back.status_code, back.json()["code"]) == (409, "state_conflict")
    assert other.status_code == 200
    assert bank.ledger(ACCOUNT)["balance"] == "3.0"


@pytest.mark.parametrize(
    ("kind", "states"),
    [("suspend", ["suspend"]), ("resume", []), ("resume", ["revoke"]), ("revoke", ["revoke"])],
)
def test_a_change_of_state_that_makes_no_sense_is_refused(bank, kind, states):
    push(bank, upsert())
    for version, earlier in enumerate(states, start=2):
        assert push(bank, state_change(earlier, "appeal_upheld", version=version)).is_success

    answer = push(bank, state_change(kind, "appeal_upheld", version=len(states) + 2))

    assert (answer.status_code, answer.json()["code"]) == (409, "state_conflict")


def test_a_second_live_credit_for_one_unit_is_refused_by_name(bank):
    push(bank, upsert(number=1))

    answer = push(bank, upsert(number=2))

    assert (answer.status_code, answer.json()["code"]) == (409, "already_credited")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"learner__account": "CB-NOBODY"}, "account_unknown"),
        ({"unit__code": "OUC-XX-999"}, "unit_unknown"),
        ({"unit__version": "2"}, "unit_unknown"),
        ({"unit__kind": "thesis"}, "unit_unknown"),
    ],
)
def test_what_the_bank_does_not_know_is_not_found(bank, changes, code):
    answer = push(bank, upsert(**changes))

    assert (answer.status_code, answer.json()["code"]) == (404, code)


def test_a_withdrawal_of_something_never_received_is_not_found(bank):
    answer = push(bank, state_change("revoke", "issued_in_error"))

    assert (answer.status_code, answer.json()["code"]) == (404, "outcome_unknown")


@pytest.mark.parametrize(
    ("account", "code", "member"),
    [("CB-OTHER", "OUC-IR-101", "learner.account"), (ACCOUNT, "OUC-IR-102", "unit.code")],
)
def test_a_correction_can_not_move_credits_to_another_account_or_unit(bank, account, code, member):
    bank.open_account("CB-OTHER", "李娜", "4321")
    bank.register_unit("OUC-IR-102", "3", "工业网络", "3.0")
    push(bank, upsert())

    answer = push(bank, upsert(version=2, learner__account=account, unit__code=code))

    assert answer.status_code == 422
    assert [wrong["member"] for wrong in answer.json()["members"]] == [member]


@pytest.mark.parametrize(
    "statement", ["UPDATE ledger SET amount = 990", "DELETE FROM ledger WHERE id = 1"]
)
def test_the_database_itself_refuses_to_touch_a_ledger_row(bank, statement):
    push(bank, upsert())

    with (
        sqlite3.connect(bank.database) as connection,
        pytest.raises(sqlite3.IntegrityError, match="only grows"),
    ):
        connection.execute(statement)


def test_the_database_itself_refuses_a_second_row_for_one_version(bank):
    push(bank, upsert())
    columns = "account, outcome_id, version, kind, amount, body_sha256, body, at"

    with (
        sqlite3.connect(bank.database) as connection,
        pytest.raises(sqlite3.IntegrityError, match="outcome_id"),
    ):
        connection.execute(
            f"INSERT INTO ledger (bank_ref, {columns}) SELECT 'RB-2', {columns} FROM ledger"
        )
