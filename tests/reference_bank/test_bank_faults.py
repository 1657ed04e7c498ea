"""Ordered faults: exactly those ordered, with or without effect as their names say."""

import httpx
import pytest

from reference_bank.faults import FAULTS, FaultBox, FaultKind, FaultPlan
from tests.banks.outcomes import ACCOUNT, outcome_id, push, upsert


def effects(bank) -> int:
    """How often the account was touched."""
    return len(bank.ledger(ACCOUNT)["entries"])


@pytest.mark.parametrize(
    ("fault", "status", "rows"),
    [
        ("none", 200, 1),
        ("unavailable", 503, 0),
        ("too_many", 429, 0),
        ("error_before_commit", 500, 0),
        ("error_after_commit", 500, 1),
        ("timeout_before_commit", 500, 0),
        ("timeout_after_commit", 200, 1),
        ("garbage", 200, 1),
        ("wrong_echo", 200, 1),
        ("slow", 200, 1),
        ("lie", 200, 0),
    ],
)
def test_a_fault_answers_and_acts_as_its_name_says(bank, fault, status, rows):
    bank.order_faults(fault, timeout_seconds=0.05, slow_seconds=0.05)

    answer = push(bank, upsert())

    assert (answer.status_code, effects(bank)) == (status, rows)


def test_every_kind_of_fault_is_shown_by_the_test_above():
    shown = test_a_fault_answers_and_acts_as_its_name_says.pytestmark[0].args[1]

    assert {row[0] for row in shown} == set(FaultKind)


@pytest.mark.parametrize("fault", FAULTS)
def test_after_any_fault_the_same_push_has_its_effect_exactly_once(bank, fault):
    bank.order_faults(fault, timeout_seconds=0.05, slow_seconds=0.05)
    push(bank, upsert())

    again = push(bank, upsert())

    assert again.json()["result"] in {"applied", "replay"}
    assert effects(bank) == 1


def test_a_refusal_to_serve_says_when_to_come_back(bank):
    bank.order_faults("unavailable", "too_many", retry_after_seconds=7)

    waits = [push(bank, upsert()).headers["Retry-After"] for _ in range(2)]

    assert waits == ["7", "7"]


def test_a_script_is_used_up_one_push_at_a_time_and_logged(bank):
    bank.order_faults("error_after_commit", "none", "lie")

    for number in range(3):
        push(bank, upsert(number))

    assert bank.faults_done() == [
        {"outcome_id": outcome_id(0), "version": 1, "attempt": 1, "kind": "error_after_commit"},
        {"outcome_id": outcome_id(2), "version": 1, "attempt": 1, "kind": "lie"},
    ]


def test_a_bank_has_no_faults_unless_they_are_ordered(bank):
    plan = bank.ask("GET", "/faults").json()["plan"]

    assert (plan["rate"], plan["script"]) == (0, [])


@pytest.mark.parametrize("plan", [{"rate": 2}, {"kinds": ["duplicate_effect"]}, {"speed": 1}])
def test_a_senseless_plan_is_refused(bank, plan):
    assert bank.ask("POST", "/faults", plan).status_code == 422


def test_faults_by_rate_do_not_depend_on_the_order_of_pushes():
    plan = FaultPlan(seed=7, rate=0.3)
    forth, back = FaultBox(plan), FaultBox(plan)
    pushes = [(outcome_id(number), 1) for number in range(500)]

    first = {each: forth.next_for(*each) for each in pushes}
    second = {each: back.next_for(*each) for each in reversed(pushes)}

    assert first == second
    assert set(first.values()) == set(FaultKind)
    wrong = sum(kind is not FaultKind.NONE for kind in first.values())
    assert 100 < wrong < 200


def test_a_fault_is_not_spent_on_a_stranger(bank):
    bank.order_faults("error_before_commit")

    httpx.put(f"{bank.url}/api/v1/outcomes/{outcome_id(1)}/versions/1", json={})

    assert bank.faults_done() == []
