"""Digests of the bank's books: equal for equal books, different exactly where they differ."""

import hashlib

from sqlalchemy import delete

from reference_bank import create_app
from reference_bank.bank import EXTENSION
from reference_bank.configuration import BankConfig
from reference_bank.models import Outcome
from reference_bank.reconciliation import bucket, bucket_of, digest
from tests.banks.outcomes import outcome_id, push, state_change, upsert
from tests.banks.reference import ISSUER_ID


def books(bank):
    """The database of a bank that goes on running, for a look inside."""
    return create_app(BankConfig(database=bank.database)).extensions[EXTENSION].database


def fill(bank, outcomes: int) -> None:
    """Credit as many outcomes, each on an account of its own."""
    for number in range(outcomes):
        bank.open_account(f"CB-{number}", "王芳", "1234")
        assert push(bank, upsert(number, learner__account=f"CB-{number}")).is_success


def test_a_bucket_is_the_digest_of_its_sorted_lines(bank):
    fill(bank, 30)

    with books(bank).reading() as session:
        told = digest(session, ISSUER_ID, None)
        inside = bucket(session, ISSUER_ID, None, bucket_of(outcome_id(3))).outcomes

    lines = sorted(f"{each.id}|{each.version}|{each.body_sha256}" for each in inside)
    assert outcome_id(3) in {each.id for each in inside}
    assert told.outcomes == 30
    assert (
        told.buckets[bucket_of(outcome_id(3))]
        == hashlib.sha256("\n".join(lines).encode()).hexdigest()
    )


def test_a_row_lost_at_the_bank_changes_its_own_bucket_alone(bank):
    fill(bank, 30)
    database = books(bank)
    with database.reading() as session:
        before = digest(session, ISSUER_ID, None).buckets

    with database.writing() as session:
        session.execute(delete(Outcome).where(Outcome.outcome_id == outcome_id(11)))
    with database.reading() as session:
        after = digest(session, ISSUER_ID, None).buckets

    assert [n for n in range(256) if before[n] != after[n]] == [bucket_of(outcome_id(11))]


def test_a_revoked_outcome_stays_in_the_books_with_its_state_and_month(bank):
    push(bank, upsert())
    push(bank, state_change("revoke", "offence_proven"))

    with books(bank).reading() as session:
        (row,) = bucket(session, ISSUER_ID, "2026-11", bucket_of(outcome_id(1))).outcomes

    assert (row.id, row.version, row.state) == (outcome_id(1), 2, "revoked")


def test_the_month_is_that_of_awarding_in_utc(bank):
    push(bank, upsert(validity__awarded_at="2026-12-01T07:59:59+08:00"))

    with books(bank).reading() as session:
        outcomes = {
            month: digest(session, ISSUER_ID, month).outcomes for month in ("2026-11", "2026-12")
        }

    assert outcomes == {"2026-11": 1, "2026-12": 0}


def test_an_issuer_sees_only_its_own_outcomes(bank):
    push(bank, upsert())

    with books(bank).reading() as session:
        assert digest(session, "did:web:other.example", None).outcomes == 0
