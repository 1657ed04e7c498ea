"""Every credit once, whatever the network, the bank or a dying worker does to a message."""

import json
import time
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select, text

from exam_centre.adapters.credit_bank import (
    Accepted,
    Busy,
    Mismatch,
    PushMessage,
    PushReply,
    PushResult,
    Unknown,
)
from exam_centre.certificates.queries import verify
from exam_centre.certificates.rules import Word
from exam_centre.credits import jobs, queries, service
from exam_centre.credits.models import Claim, LearningAccount, OutboxRow, Receipt
from exam_centre.credits.rules import ClaimStatus
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Forbidden, IllegalMove
from exam_centre.kernel.outbox import (
    BREAKER_TRIPS_AT,
    FIRST_PAUSE,
    GIVE_UP_AFTER,
    LEASE,
    Breaker,
    SendStatus,
)
from exam_centre.kernel.permissions import Role
from exam_centre.results.models import Outcome
from exam_centre.results.rules import Verdict
from tests.banks.clients import IMPATIENCE_SECONDS, client_of
from tests.credits.conftest import AWARD_MONTH, ISSUER, World

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


def answers(world: World, claim_id: int) -> list[str]:
    """The bank's answers to a claim's messages, oldest first."""
    with unit_of_work() as session:
        return list(
            session.scalars(
                select(Receipt.answer)
                .join(OutboxRow, OutboxRow.id == Receipt.outbox_row_id)
                .where(OutboxRow.claim_id == claim_id)
                .order_by(Receipt.id)
            )
        )


def test_a_time_out_after_the_commit_gives_one_credit_and_an_accepted_claim(world: World):
    outcome_id, claim_id = world.claimed()
    world.bank.order_faults("timeout_after_commit")

    world.push()
    assert world.status(claim_id) is ClaimStatus.UNKNOWN
    world.now += timedelta(minutes=1)
    world.push()

    assert world.status(claim_id) is ClaimStatus.ACCEPTED
    assert answers(world, claim_id) == ["unknown", "replay"]
    assert world.ledger(outcome_id) == ("3.0", ["upsert"])


def test_a_correction_in_flight_ends_with_one_credit_and_the_old_credential_replaced(world: World):
    outcome_id, claim_id = world.claimed(70)
    old = world.credential(outcome_id)
    world.bank.order_faults("timeout_after_commit", "error_after_commit")
    world.push()

    later = world.corrected(outcome_id, 91)
    new = world.claim(later)
    world.drain()

    assert world.status(claim_id) is ClaimStatus.REPLACED
    assert world.status(new) is ClaimStatus.ACCEPTED
    assert world.ledger(later) == ("3.0", ["upsert", "upsert"])
    with unit_of_work() as session:
        told = verify(session, old.stable_id, old.number, now=world.now)
    assert (told.word, told.newer) == (Word.REPLACED, 2)


def test_a_worker_that_dies_after_sending_leaves_a_lease_that_runs_out(world: World):
    outcome_id, claim_id = world.claimed()
    with unit_of_work() as session:
        (row,) = service.lease_due(session, now=world.now, limit=5)
        message = PushMessage(row.stable_id, row.number, row.body.encode())
    assert isinstance(world.client.push(message), Accepted)  # and here the worker died

    assert world.push() == 0
    assert world.status(claim_id) is ClaimStatus.SENDING
    world.now += LEASE
    assert world.push() == 1

    assert world.status(claim_id) is ClaimStatus.ACCEPTED
    assert answers(world, claim_id) == ["replay"]
    assert world.ledger(outcome_id) == ("3.0", ["upsert"])


class SlowBank:
    """The real bank, behind a line on which time passes before the answer comes."""

    def __init__(self, world: World, meanwhile) -> None:
        self.world, self.meanwhile = world, meanwhile

    def push(self, message: PushMessage) -> PushReply:
        reply = self.world.client.push(message)
        self.meanwhile()
        return reply


def test_an_answer_after_the_lease_went_to_another_worker_changes_nothing(world: World):
    _, claim_id = world.claimed()

    def another_worker_takes_over() -> None:
        world.now += LEASE
        assert world.push() == 1

    jobs.push_due(
        SlowBank(world, another_worker_takes_over), now=lambda: world.now, chance=world.chance
    )

    assert world.status(claim_id) is ClaimStatus.ACCEPTED
    assert answers(world, claim_id) == ["replay", "applied"]


def test_no_transaction_is_open_while_the_bank_is_asked(world: World):
    """SQLite has one writer: a second one could not come in if the first were still there.

    Two seconds are more than another line needs to look for work, and less than forever.
    """
    _, claim_id = world.claimed()

    def somebody_writes() -> None:
        with unit_of_work() as session:
            session.execute(text("PRAGMA busy_timeout = 2000")) if is_sqlite(session) else None
            session.scalars(select(LearningAccount)).one().answer = "mismatch"

    jobs.push_due(SlowBank(world, somebody_writes), now=lambda: world.now, chance=world.chance)

    assert world.status(claim_id) is ClaimStatus.ACCEPTED


def is_sqlite(session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def test_what_the_bank_refuses_is_returned_with_its_own_words_until_a_person_replays_it(
    world: World,
):
    candidate = world.candidate()
    with unit_of_work() as session:
        session.scalars(select(LearningAccount)).one().account_no = "CB-later"
    claim_id = world.claim(world.passed(candidate))

    world.push()
    world.now += timedelta(days=4)
    assert world.push() == 0

    (row,) = world.rows(claim_id)
    assert (world.status(claim_id), row.status) == (ClaimStatus.RETURNED, SendStatus.PARKED)
    with unit_of_work() as session:
        assert queries.bank_words(session, [claim_id]) == {
            claim_id: "The bank holds no such account."
        }
    world.bank.open_account("CB-later", "王芳", "1234")
    replay(world, row.id)
    world.push()
    assert world.status(claim_id) is ClaimStatus.ACCEPTED


def replay(world: World, row_id: int) -> None:
    with unit_of_work() as session:
        row = session.get_one(OutboxRow, row_id)
        service.replay(session, world.operator, row, reason="mended", now=world.now)


def replay_parked(world: World) -> int:
    with unit_of_work() as session:
        return service.replay_parked(session, world.operator, reason="asked", now=world.now)


def test_a_returned_claim_goes_out_anew_with_what_its_source_says_now(world: World):
    candidate = world.candidate()
    with unit_of_work() as session:
        session.scalars(select(LearningAccount)).one().account_no = "CB-wrong"
    outcome_id = world.passed(candidate)
    claim_id = world.claim(outcome_id)
    world.push()

    with unit_of_work() as session:
        account = session.scalars(select(LearningAccount)).one()
        account.account_no = f"CB-{account.person_id}"
    with unit_of_work() as session:
        claim = session.get_one(Claim, claim_id)
        service.claim_again(session, world.operator, claim, ISSUER, reason="typo", now=world.now)
    world.push()

    assert world.status(claim_id) is ClaimStatus.ACCEPTED
    assert [row.status for row in world.rows(claim_id)] == [SendStatus.PARKED, SendStatus.DONE]
    assert world.ledger(outcome_id)[0] == "3.0"


def test_a_body_once_written_is_not_edited(world: World):
    _, claim_id = world.claimed()
    (row,) = world.rows(claim_id)
    edited = json.dumps(json.loads(row.body) | {"version": 9})

    with pytest.raises(Exception, match="sent_body_is_final"), unit_of_work() as session:
        session.execute(OutboxRow.__table__.update().values(body=edited))


def test_a_busy_bank_is_asked_again_when_it_said_and_not_before(world: World):
    _, claim_id = world.claimed()
    world.bank.order_faults("unavailable", retry_after_seconds=90)

    world.push()
    assert world.status(claim_id) is ClaimStatus.QUEUED
    world.now += timedelta(seconds=89)
    assert world.push() == 0
    world.now += timedelta(seconds=1)

    assert world.push() == 1
    assert world.status(claim_id) is ClaimStatus.ACCEPTED


class SilentBank:
    """Answers everything with one thing."""

    def __init__(self, reply: PushReply) -> None:
        self.reply, self.asked = reply, 0

    def push(self, message: PushMessage) -> PushReply:
        self.asked += 1
        return self.reply


def push_to(world: World, bank: SilentBank, *, limit: int = 200) -> int:
    return jobs.push_due(
        bank, now=lambda: world.now, limit=limit, breaker=world.breaker, chance=world.chance
    )


def test_a_confirmation_of_something_else_is_believed_by_nobody(world: World):
    _, claim_id = world.claimed()

    push_to(world, SilentBank(Mismatch("this", "that")))

    assert world.status(claim_id) is ClaimStatus.RETURNED
    assert [row.status for row in world.rows(claim_id)] == [SendStatus.PARKED]


def test_retries_are_spread_between_nothing_and_a_doubling_pause(world: World):
    _, claim_id = world.claimed()
    expected = Random(7)
    world.chance = Random(7)

    for attempt in range(1, 6):
        push_to(world, SilentBank(Unknown("silence")))
        (row,) = world.rows(claim_id)
        pause = FIRST_PAUSE * 2**attempt * expected.random()
        assert abs(row.next_at - world.now - pause) < timedelta(milliseconds=1)
        assert row.attempts == attempt
        world.now = row.next_at + timedelta(milliseconds=1)


def test_after_three_days_of_its_own_failures_a_person_looks_and_can_replay(world: World):
    _, claim_id = world.claimed()
    silence = SilentBank(Unknown("silence"))
    push_to(world, silence)
    world.now += GIVE_UP_AFTER - timedelta(minutes=1)
    push_to(world, silence)
    assert world.status(claim_id) is ClaimStatus.UNKNOWN

    world.now += timedelta(hours=1)
    push_to(world, silence)

    (row,) = world.rows(claim_id)
    assert (world.status(claim_id), row.status) == (ClaimStatus.RETURNED, SendStatus.DEAD)
    world.now += timedelta(days=1)
    assert world.push() == 0
    replay(world, row.id)
    assert world.push() == 1
    assert world.status(claim_id) is ClaimStatus.ACCEPTED


def test_only_an_operator_replays_and_only_what_waits_for_one(world: World):
    _, claim_id = world.claimed()
    (row,) = world.rows(claim_id)
    with world.making() as make:
        stranger = make.actor(Role.APPROVER)
        waiting = make.session.get_one(OutboxRow, row.id)
        with pytest.raises(Forbidden):
            service.replay(make.session, stranger, waiting, reason="please", now=world.now)
        with pytest.raises(IllegalMove):
            service.replay(make.session, world.operator, waiting, reason="x", now=world.now)


def test_a_bank_that_is_down_is_probed_once_a_minute_at_no_cost_to_the_claims(world: World):
    claims = [world.claimed()[1] for _ in range(3)]
    down = SilentBank(Busy(None, None))
    for _ in range(BREAKER_TRIPS_AT):
        push_to(world, down)
        world.now += timedelta(hours=1)
    assert world.breaker.opened_at is not None
    before = [row.attempts for claim in claims for row in world.rows(claim)]

    for _ in range(100):
        world.now += timedelta(hours=1)
        asked = down.asked
        push_to(world, down)
        assert down.asked == asked + 1
        assert push_to(world, down) == 0

    assert [row.attempts for claim in claims for row in world.rows(claim)] == before
    world.now += timedelta(minutes=1)
    assert world.push() == 1  # the probe that finds the bank well again
    assert world.push() == 2  # and at once the backlog
    assert {world.status(claim) for claim in claims} == {ClaimStatus.ACCEPTED}


def test_one_bad_message_does_not_hold_up_the_others(world: World):
    bad = world.candidate()
    with unit_of_work() as session:
        session.scalars(select(LearningAccount)).one().account_no = "CB-nobody"
    claims = [world.claim(world.passed(bad)), world.claimed()[1], world.claimed()[1]]

    assert world.push() == 3

    assert [world.status(claim) for claim in claims] == [
        ClaimStatus.RETURNED,
        ClaimStatus.ACCEPTED,
        ClaimStatus.ACCEPTED,
    ]


def test_two_workers_never_hold_the_same_message(world: World):
    for _ in range(4):
        world.claimed()

    held = []
    for _ in range(2):
        with unit_of_work() as session:
            held.append({row.id for row in service.lease_due(session, now=world.now, limit=3)})

    assert [len(ids) for ids in held] == [3, 1]
    assert not held[0] & held[1]


def test_over_several_lines_every_claim_arrives_once_and_the_bank_serves_them_together(
    world: World,
):
    claimed = [world.claimed() for _ in range(12)]
    at_the_bank, most = [], []

    class BusyLines:
        def push(self, message: PushMessage) -> PushReply:
            at_the_bank.append(message.outcome_id)
            most.append(len(at_the_bank))
            time.sleep(0.05)  # long enough that the next line comes in meanwhile
            reply = world.client.push(message)
            at_the_bank.remove(message.outcome_id)
            return reply

    sent = jobs.push_due(BusyLines(), now=lambda: world.now, chance=world.chance, lines=4)

    assert sent == 12
    assert 1 < max(most) <= 4
    assert {world.status(claim) for _, claim in claimed} == {ClaimStatus.ACCEPTED}
    assert [world.ledger(outcome) for outcome, _ in claimed] == [("3.0", ["upsert"])] * 12


def test_what_a_slow_bank_leaves_over_is_due_at_once_for_the_next_run(world: World):
    claims = [world.claimed()[1] for _ in range(3)]

    def half_a_minute() -> None:
        world.now += LEASE / 2

    slow = SlowBank(world, half_a_minute)
    sent = jobs.push_due(slow, now=lambda: world.now, limit=1, chance=world.chance)
    assert sent == 1
    assert jobs.push_due(slow, now=lambda: world.now, chance=world.chance) == 2
    assert {world.status(claim) for claim in claims} == {ClaimStatus.ACCEPTED}


@pytest.mark.faults
def test_with_thirty_percent_faults_every_pass_is_credited_once(world: World):
    world.client = client_of(world.bank.url, IMPATIENCE_SECONDS)
    candidates = [world.candidate(f"候选人{n}") for n in range(200)]
    outcomes = [world.passed(candidate) for candidate in candidates]
    with unit_of_work() as session:
        series = session.get_one(type(world.make.home_series()), world.series_id)
        assert service.claim_released(session, world.operator, series, ISSUER, world.now) == 200
    world.bank.order_faults(
        rate=0.3, seed=20261123, kinds=HONEST_FAULTS, timeout_seconds=0.5, slow_seconds=0.01
    )

    corrections = [world.corrected(outcome, 95) for outcome in outcomes[:20]]
    failures = [world.corrected(outcome, 50, verdict=Verdict.FAILED) for outcome in outcomes[20:30]]
    world.push(limit=100)
    for outcome in corrections + failures:
        world.claim(outcome)
    world.drain()
    # What the bank confirmed wrongly waits for the operator, who sends all of it again.
    while replay_parked(world):
        world.drain()

    assert len(world.bank.faults_done()) > 40
    law = world.law()
    assert (law.left, law.right, law.rows) == (190, 190, ())
    assert {world.ledger(each)[0] for each in corrections + outcomes[30:]} == {"3.0"}
    assert {world.ledger(each)[0] for each in failures} == {"0.0"}
    with unit_of_work() as session:
        credited = session.scalars(select(Claim).where(Claim.status == ClaimStatus.ACCEPTED)).all()
        assert len(credited) == 190
        assert session.get_one(Outcome, corrections[0]).number == 2
    world.bank.order_faults()
    compared = jobs.reconcile(
        world.patient, world.operator, AWARD_MONTH, world.now, every_bucket=True
    )
    with unit_of_work() as session:
        assert queries.open_differences(session, compared.id) == []
    assert (compared.ours, compared.theirs) == (200, 200)


def test_a_push_without_a_breaker_of_its_own_still_sends(world: World):
    _, claim_id = world.claimed()

    reply = Accepted("RB-1", 1, "0" * 64, PushResult.APPLIED)
    assert jobs.push_due(SilentBank(reply), now=lambda: world.now) == 1

    assert world.status(claim_id) is ClaimStatus.ACCEPTED
    assert Breaker().may_send(world.now)
