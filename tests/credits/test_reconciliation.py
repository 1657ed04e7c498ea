"""The two ledgers are compared bucket by bucket; only what the bank lost goes out again."""

import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import select

from exam_centre.credits import jobs, queries, service
from exam_centre.credits.models import Difference, LearningAccount, Reconciliation
from exam_centre.credits.rules import (
    BankUnreachable,
    ClaimStatus,
    DifferenceKind,
    DifferenceStatus,
    month_bounds,
)
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.permissions import SYSTEM, Role
from exam_centre.results.rules import Verdict
from tests.banks.clients import client_of
from tests.banks.outcomes import push, upsert
from tests.credits.conftest import AWARD_MONTH, World


def compare(
    world: World, month: str = AWARD_MONTH, *, every_bucket: bool = False
) -> tuple[Reconciliation, list[Difference]]:
    """Reconcile, and return the comparison with its open differences."""
    done = jobs.reconcile(world.patient, SYSTEM, month, world.now, every_bucket=every_bucket)
    with unit_of_work() as session:
        return done, queries.open_differences(session, done.id)


def at_the_bank(world: World, statement: str, *values: object) -> None:
    """Change the bank's own books behind everybody's back."""
    with sqlite3.connect(world.bank.database) as connection:
        connection.execute(statement, values)


def test_ledgers_that_agree_have_no_differences(world: World):
    for _ in range(3):
        world.claimed()
    world.drain()

    done, differences = compare(world)

    assert (done.ours, done.theirs, differences) == (3, 3, [])


def test_a_lie_of_the_bank_is_found_and_the_credit_goes_out_again(world: World):
    outcome_id, claim_id = world.claimed()
    world.claimed()
    world.bank.order_faults("lie")
    world.drain()
    assert world.status(claim_id) is ClaimStatus.ACCEPTED
    assert world.ledger(outcome_id)[0] == "0.0"

    done, (difference,) = compare(world)

    assert (done.ours, done.theirs) == (2, 1)
    assert difference.kind is DifferenceKind.MISSING_THERE
    assert world.status(claim_id) is ClaimStatus.QUEUED
    assert not world.law().green
    world.drain()
    assert world.ledger(outcome_id) == ("3.0", ["upsert"])
    assert len(world.rows(claim_id)) == 1
    with unit_of_work() as session:
        assert session.get_one(Difference, difference.id).status is DifferenceStatus.REPAIRED
    assert compare(world)[1] == []
    assert world.law().green


def test_what_the_bank_holds_and_we_do_not_is_left_to_a_person(world: World):
    world.bank.register_unit("OUC-IR-101", "3", "工业机器人操作与维护", "3.0")
    world.bank.open_account("CB-2026-00012345", "买买提·吐尔逊", "012X")
    assert push(world.bank, upsert()).status_code == 200

    done, (difference,) = compare(world, "")

    assert difference.kind is DifferenceKind.MISSING_HERE
    assert (done.ours, done.theirs) == (0, 1)
    assert world.push() == 0


def test_another_body_at_the_bank_is_a_difference_and_nothing_is_sent(world: World):
    _, claim_id = world.claimed()
    world.drain()
    at_the_bank(world, "UPDATE outcomes SET body_sha256 = ?", "0" * 64)

    _, (difference,) = compare(world)

    assert difference.kind is DifferenceKind.DIFFERS
    assert difference.facts["theirs"]["sha256"] == "0" * 64
    assert world.push() == 0
    assert world.status(claim_id) is ClaimStatus.ACCEPTED


def test_another_state_at_the_bank_is_seen_when_every_bucket_is_listed(world: World):
    world.claimed()
    world.drain()
    at_the_bank(world, "UPDATE outcomes SET state = 'suspended'")

    assert compare(world)[1] == []
    _, (difference,) = compare(world, every_bucket=True)

    assert difference.kind is DifferenceKind.STATE_DIFFERS


def test_a_message_on_its_way_is_no_difference(world: World):
    _, claim_id = world.claimed()
    world.bank.order_faults("timeout_after_commit")
    world.push()
    assert world.status(claim_id) is ClaimStatus.UNKNOWN

    assert compare(world)[1] == []


def test_a_lost_revocation_is_kept_for_a_person(world: World):
    outcome_id, _ = world.claimed()
    world.drain()
    world.claim(world.corrected(outcome_id, 50, verdict=Verdict.FAILED))
    world.drain()
    at_the_bank(world, "DELETE FROM outcomes")

    _, (difference,) = compare(world)

    assert difference.kind is DifferenceKind.MISSING_THERE
    assert world.push() == 0
    with unit_of_work() as session:
        kept = session.get_one(Difference, difference.id)
        service.explain_difference(
            session, world.operator, kept, reason="never credited", now=world.now
        )
    with unit_of_work() as session:
        assert queries.open_differences(session) == []


def test_the_month_is_that_of_the_award(world: World):
    world.claimed()
    world.drain()

    assert compare(world, AWARD_MONTH)[0].ours == 1
    assert compare(world, "2026-11")[0].ours == 0


@pytest.mark.parametrize(("month", "days"), [("2026-12", 31), ("2028-02", 29), ("2026-11", 30)])
def test_a_month_ends_where_the_next_begins(month, days):
    first, end = month_bounds(month)
    assert end - first == timedelta(days=days)


def test_a_bank_that_does_not_answer_is_no_evidence_of_anything(world: World):
    world.claimed()
    world.drain()
    with client_of("http://127.0.0.1:1") as nobody, pytest.raises(BankUnreachable):
        jobs.reconcile(nobody, SYSTEM, AWARD_MONTH, world.now)

    with unit_of_work() as session:
        assert session.scalars(select(Reconciliation)).all() == []


def test_ledgers_are_compared_by_those_who_manage_all_claims(world: World):
    with world.making() as make:
        local = make.actor(Role.BANK_OPERATOR, unit=make.unit())

    with pytest.raises(Forbidden):
        jobs.reconcile(world.patient, local, AWARD_MONTH, world.now)


def test_the_bank_says_whose_account_it_is(world: World):
    world.candidate("王芳")
    world.candidate("李雷")
    with unit_of_work() as session:
        mine, theirs = session.scalars(
            select(LearningAccount).order_by(LearningAccount.person_id)
        ).all()
        for account in (mine, theirs):
            account.checked_at, account.answer = None, ""
        mine.account_no, theirs.account_no = "CB-swap", mine.account_no
        session.flush()
        mine.account_no = f"CB-{theirs.person_id}"

    assert jobs.validate_accounts(world.patient, now=lambda: world.now) == 2
    assert jobs.validate_accounts(world.patient, now=lambda: world.now) == 0

    with unit_of_work() as session:
        told = session.scalars(select(LearningAccount.answer)).all()
    assert told == ["mismatch", "mismatch"]
