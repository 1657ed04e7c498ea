"""The promise of the push: whatever goes wrong, every credit once, and none missing."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from exam_centre.adapters.credit_bank import Accepted, CreditBank, PushMessage
from tests.banks.clients import IMPATIENCE_SECONDS, client_of, message
from tests.banks.outcomes import furnish, public_pem, upsert
from tests.banks.reference import RunningBank, running_reference_bank


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[RunningBank]:
    with running_reference_bank(tmp_path, public_pem()) as running:
        furnish(running)
        yield running


def drain(client: CreditBank, waiting: list[PushMessage]) -> int:
    """Push until everything is settled, as an outbox does; the number of requests made."""
    requests = 0
    for _round in range(60):
        left = []
        for each in waiting:
            requests += 1
            if not isinstance(client.push(each), Accepted):
                left.append(each)
        if not left:
            return requests
        waiting = left
    raise AssertionError(f"{len(waiting)} pushes were never accepted")


def books(bank: RunningBank, accounts: list[str]) -> dict[str, tuple[str, int]]:
    """Balance and number of effects of each account."""
    told = {account: bank.ledger(account) for account in accounts}
    return {name: (book["balance"], len(book["entries"])) for name, book in told.items()}


# A lie leaves nothing to retry for: only reconciliation finds it, as another test shows.
HONEST_FAULTS = [
    "unavailable",
    "too_many",
    "error_before_commit",
    "error_after_commit",
    "timeout_before_commit",
    "timeout_after_commit",
    "garbage",
    "wrong_echo",
    "slow",
]


def faulty_story(bank: RunningBank, pushes: int, seed: int) -> tuple[list[str], int]:
    """Push to a bank where 30 % of requests fail, from four workers; accounts and requests."""
    accounts = [f"CB-{number}" for number in range(pushes)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda account: bank.open_account(account, "王芳", "1234"), accounts))
        messages = [
            message(upsert(number, learner__account=account))
            for number, account in enumerate(accounts)
        ]
        bank.order_faults(
            rate=0.3, seed=seed, kinds=HONEST_FAULTS, timeout_seconds=0.5, slow_seconds=0.01
        )
        with client_of(bank.url, IMPATIENCE_SECONDS) as client:
            shares = [messages[start::4] for start in range(4)]
            requests = sum(pool.map(lambda share: drain(client, share), shares))
    return accounts, requests


def test_with_thirty_percent_faults_nothing_is_missing_and_nothing_happens_twice(bank):
    accounts, requests = faulty_story(bank, pushes=300, seed=20261123)

    assert {fault["kind"] for fault in bank.faults_done()} == set(HONEST_FAULTS)
    assert requests > 350
    assert books(bank, accounts) == dict.fromkeys(accounts, ("3.0", 1))


def test_a_bank_that_forgets_its_keys_credits_twice_and_the_same_check_sees_it(bank):
    """The check of the test above must be able to fail: here the bank's memory is taken out."""
    with sqlite3.connect(bank.database) as connection:
        connection.executescript(
            """
            DROP INDEX uq_ledger_outcome_version;
            DROP TRIGGER ledger_refuses_update;
            CREATE TRIGGER forget AFTER INSERT ON ledger BEGIN
                DELETE FROM outcomes WHERE outcome_id = NEW.outcome_id;
                UPDATE ledger SET outcome_id = 'forgotten' WHERE id = NEW.id;
            END;
            """
        )

    accounts, _requests = faulty_story(bank, pushes=60, seed=20261123)

    twice = [name for name, book in books(bank, accounts).items() if book != ("3.0", 1)]
    assert len(twice) > 3
