"""Which pass is claimed, what the bank is told, and what a correction does to a claim."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from exam_centre.adapters.credit_bank import AccountAnswer, AccountResult
from exam_centre.calendar.models import Series
from exam_centre.certificates.models import Certificate, Credential
from exam_centre.certificates.rules import CredentialStatus
from exam_centre.credits import queries, service
from exam_centre.credits.models import Claim, CodeMap, LearningAccount, OutboxRow
from exam_centre.credits.rules import (
    CLAIM_FLOW,
    AccountNotMatched,
    AccountTaken,
    ClaimStatus,
    CredentialMissing,
    LevelUnmapped,
    SendKind,
)
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Forbidden, IllegalMove, LostRace, NotFound, PromiseBroken
from exam_centre.kernel.permissions import SYSTEM, Role
from exam_centre.papers.models import Course
from exam_centre.results.models import Outcome
from exam_centre.results.rules import Verdict
from tests.credits.conftest import ISSUER, World
from tests.factories.awards import RELEASED_AT
from tests.factories.times import EXAM_DAY


def test_claim_and_message_are_written_together_or_not_at_all(world: World):
    outcome_id = world.passed(world.candidate())

    def claim_and_die() -> None:
        with unit_of_work() as session:
            outcome = session.get_one(Outcome, outcome_id)
            service.claim(session, world.operator, outcome, ISSUER, now=world.now)
            assert len(session.scalars(select(OutboxRow)).all()) == 1
            raise RuntimeError("lights out")

    with pytest.raises(RuntimeError, match="lights out"):
        claim_and_die()

    with unit_of_work() as session:
        assert session.scalars(select(Claim)).all() == []
        assert session.scalars(select(OutboxRow)).all() == []


def test_the_bank_is_told_what_it_needs_and_nothing_else(world: World):
    outcome_id, claim_id = world.claimed()

    (row,) = world.rows(claim_id)

    body = json.loads(row.body)
    credential = world.credential(outcome_id)
    assert (body["unit"]["credits"], body["assessment"]["score"]) == ("3.0", "86")
    assert body["credential"] == {
        "id": f"urn:uuid:{credential.stable_id}",
        "format": "vc+jwt",
        "sha256": credential.sha256,
    }
    assert body["validity"]["awarded_at"] == RELEASED_AT.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert body["verification"]["first"] != body["verification"]["second"]
    assert "replaces" not in body
    assert "王芳" not in row.body
    with unit_of_work() as session:
        person = session.get_one(Claim, claim_id).person_id
        number = session.get_one(LearningAccount, person).account_no
    assert body["learner"]["account"] == number
    assert set(body["learner"]) == {"account", "holder_check"}


def test_claiming_twice_changes_nothing(world: World):
    outcome_id, claim_id = world.claimed()

    assert world.claim(outcome_id) == claim_id

    assert len(world.rows(claim_id)) == 1


def test_of_several_passes_only_the_best_is_claimed(world: World):
    candidate = world.candidate()
    first, better = world.passed(candidate, 70), world.passed(candidate, 90)

    claim_id = world.claim(first)

    with unit_of_work() as session:
        assert session.get_one(Claim, claim_id).outcome_id == better
        assert len(session.scalars(select(Claim)).all()) == 1


def test_of_equal_passes_the_earliest_counts(world: World):
    candidate = world.candidate()
    first, second = world.passed(candidate, 80), world.passed(candidate, 80)

    claim_id = world.claim(second)

    with unit_of_work() as session:
        assert session.get_one(Claim, claim_id).outcome_id == first


@pytest.mark.parametrize("verdict", [Verdict.EXEMPT, Verdict.FAILED, Verdict.ABSENT])
def test_only_a_pass_brings_credits(world: World, verdict):
    outcome_id = world.passed(world.candidate(), 40, verdict=verdict)

    assert world.claim(outcome_id) is None

    assert (world.law().left, world.law().right) == (0, 0)


def test_a_better_attempt_takes_the_place_of_the_one_the_bank_holds(world: World):
    candidate = world.candidate()
    first = world.passed(candidate, 70)
    old = world.claim(first)
    world.drain()
    better = world.passed(candidate, 90)

    new = world.claim(better)
    world.drain()

    assert (world.status(old), world.status(new)) == (ClaimStatus.REPLACED, ClaimStatus.ACCEPTED)
    assert world.ledger(better) == ("3.0", ["upsert", "revoke", "upsert"])


def test_where_the_better_attempt_falls_the_earlier_one_counts_again(world: World):
    candidate = world.candidate()
    first = world.passed(candidate, 70)
    old = world.claim(first)
    better = world.passed(candidate, 90)
    world.claim(better)
    world.drain()

    fallen = world.corrected(better, None, verdict=Verdict.CHEATED)
    again = world.claim(fallen)
    world.drain()

    assert again == old
    assert world.status(old) is ClaimStatus.ACCEPTED
    assert world.ledger(first)[0] == "3.0"
    assert world.law().green


def test_a_correction_replaces_the_claim_under_the_same_name(world: World):
    outcome_id, old = world.claimed(70)
    world.drain()
    later = world.corrected(outcome_id, 91)

    new = world.claim(later)
    world.drain()

    assert (world.status(old), world.status(new)) == (ClaimStatus.REPLACED, ClaimStatus.ACCEPTED)
    (first,), (second,) = world.rows(old), world.rows(new)
    assert (second.stable_id, second.number) == (first.stable_id, 2)
    assert json.loads(second.body)["replaces"] == {"version": 1, "reason": "mark_review"}
    assert world.ledger(later) == ("3.0", ["upsert", "upsert"])


def test_a_correction_waits_for_the_version_before_it(world: World):
    outcome_id, old = world.claimed(70)
    world.bank.order_faults("timeout_after_commit")
    world.push()
    assert world.status(old) is ClaimStatus.UNKNOWN

    new = world.claim(world.corrected(outcome_id, 91))

    assert world.push() == 0
    assert world.status(new) is ClaimStatus.QUEUED
    world.drain()
    assert [row.number for row in (*world.rows(old), *world.rows(new))] == [1, 2]
    assert world.ledger(outcome_id) == ("3.0", ["upsert", "upsert"])


def test_a_correction_below_the_pass_mark_takes_the_credits_back(world: World):
    outcome_id, claim_id = world.claimed()
    world.drain()
    failed = world.corrected(outcome_id, 55, verdict=Verdict.FAILED)

    assert world.claim(failed) == claim_id
    assert world.status(claim_id) is ClaimStatus.REVOKING
    assert not world.law().green
    world.drain()

    assert world.status(claim_id) is ClaimStatus.REVOKED
    assert world.ledger(failed) == ("0.0", ["upsert", "revoke"])
    revocation = json.loads(world.rows(claim_id)[-1].body)
    assert revocation["replaces"]["reason"] == "below_pass_mark"
    assert world.law().green


def test_taking_back_what_never_arrived_is_done_when_the_bank_knows_nothing(world: World):
    candidate = world.candidate()
    outcome_id = world.passed(candidate)
    with unit_of_work() as session:
        account = session.scalars(select(LearningAccount)).one()
        account.account_no = "CB-nobody"
    claim_id = world.claim(outcome_id)
    world.push()
    assert world.status(claim_id) is ClaimStatus.RETURNED

    world.claim(world.corrected(outcome_id, 55, verdict=Verdict.FAILED))
    world.push()

    assert world.status(claim_id) is ClaimStatus.REVOKED


def test_a_pass_restored_after_a_revocation_is_a_new_outcome_at_the_bank(world: World):
    outcome_id, claim_id = world.claimed()
    failed = world.corrected(outcome_id, 55, verdict=Verdict.FAILED)
    world.claim(failed)
    world.drain()

    restored = world.corrected(failed, 88)
    new = world.claim(restored)
    world.drain()

    assert world.status(new) is ClaimStatus.ACCEPTED
    assert world.rows(new)[0].stable_id != world.rows(claim_id)[0].stable_id
    assert world.ledger(restored) == ("3.0", ["upsert", "revoke", "upsert"])


def test_a_claim_needs_the_credential_alone(world: World):
    outcome_id = world.passed(world.candidate())
    credential_id = world.credential(outcome_id).id
    with unit_of_work() as session:
        session.get_one(Credential, credential_id).move_to(CredentialStatus.SUSPENDED)
    with pytest.raises(CredentialMissing):
        world.claim(outcome_id)

    with unit_of_work() as session:
        session.get_one(Credential, credential_id).move_to(CredentialStatus.ACTIVE)

    with unit_of_work() as session:
        assert session.scalars(select(Certificate)).all() == []
    assert world.claim(outcome_id) is not None


def test_nothing_is_claimed_before_the_bank_has_confirmed_the_account(world: World):
    outcome_id = world.passed(world.candidate())
    with unit_of_work() as session:
        session.scalars(select(LearningAccount)).one().answer = "mismatch"

    with pytest.raises(AccountNotMatched):
        world.claim(outcome_id)

    assert "confirmed" in str(world.law().rows[0].text)


def test_claims_of_a_series_skip_what_cannot_be_claimed_and_repeat_harmlessly(world: World):
    good = [world.passed(world.candidate()) for _ in range(3)]
    waiting = world.passed(world.candidate("李雷"))
    with unit_of_work() as session:
        pair = queries.pair_of(session, session.get_one(Outcome, waiting))
        session.get_one(LearningAccount, pair[0]).answer = ""

    counts = []
    for _ in range(2):
        with unit_of_work() as session:
            series = session.get_one(Series, world.series_id)
            counts.append(service.claim_released(session, SYSTEM, series, ISSUER, world.now))

    assert counts == [len(good), 0]
    world.drain()
    law = world.law()
    assert (law.left, law.right, len(law.rows)) == (3, 4, 1)
    assert law.rows[0].subject == f"outcomes:{waiting}"


def test_a_level_without_a_number_in_the_framework_is_refused_until_it_is_mapped(world: World):
    outcome_id = world.passed(world.candidate())
    with unit_of_work() as session:
        session.get_one(Course, world.course_id).level = "craft"
    with pytest.raises(LevelUnmapped):
        world.claim(outcome_id)

    with unit_of_work() as session:
        session.add(
            CodeMap(
                destination="credit_bank",
                topic="level",
                ours="craft",
                theirs="4",
                valid_from=EXAM_DAY,
            )
        )

    claim_id = world.claim(outcome_id)
    assert json.loads(world.rows(claim_id)[0].body)["unit"]["level"] == 4


def test_claims_are_managed_by_those_whose_roles_reach_the_candidate(world: World):
    outcome_id = world.passed(world.candidate())
    with world.making() as make:
        elsewhere = make.actor(Role.BANK_OPERATOR, unit=make.unit())
        no_operator = make.actor(Role.RELEASE_OFFICER)
        outcome = make.session.get_one(Outcome, outcome_id)
        for actor in (elsewhere, no_operator):
            with pytest.raises(Forbidden):
                service.claim(make.session, actor, outcome, ISSUER, now=world.now)
    claim_id = world.claim(outcome_id)

    with unit_of_work() as session:
        claim = session.get_one(Claim, claim_id)
        with pytest.raises(NotFound):
            queries.access_claim(session, elsewhere, claim.token)
        assert queries.access_claim(session, world.operator, claim.token) is claim


def test_an_account_number_belongs_to_one_person_and_a_new_one_is_checked_anew(world: World):
    world.candidate()
    with world.making() as make:
        known = make.session.scalars(select(LearningAccount)).one()
        person, stranger = known.person_id, make.person()
        with pytest.raises(AccountTaken):
            service.open_account(
                make.session,
                world.operator,
                stranger,
                account_no=known.account_no,
                now=world.now,
            )
        holder = make.session.get_one(type(stranger), person)
        account = service.open_account(
            make.session, world.operator, holder, account_no="CB-another", now=world.now
        )
        assert (account.answer, account.checked_at) == ("", None)
        answer = AccountAnswer(AccountResult.MATCH, "The details fit.")
        service.note_validation(make.session, SYSTEM, account, answer, now=world.now)
        assert account.answer == "match"


def test_one_live_claim_a_person_and_course_is_kept_by_the_database(world: World):
    candidate = world.candidate()
    claim_id = world.claim(world.passed(candidate, 90))
    other = world.passed(candidate, 70)

    def claim_beside_it() -> None:
        with unit_of_work() as session:
            claim = session.get_one(Claim, claim_id)
            facts = {"person_id": claim.person_id, "course_id": claim.course_id}
            session.add(Claim(outcome_id=other, credits=Decimal(3), **facts))

    with pytest.raises(LostRace):
        claim_beside_it()


def test_no_status_is_reached_but_along_the_flow(world: World):
    _, claim_id = world.claimed()
    for status in set(ClaimStatus) - CLAIM_FLOW.moves[ClaimStatus.QUEUED] - {ClaimStatus.QUEUED}:
        with unit_of_work() as session, pytest.raises(IllegalMove):
            session.get_one(Claim, claim_id).move_to(status)
        with pytest.raises(PromiseBroken), unit_of_work() as session:
            session.execute(Claim.__table__.update().values(status=status))


def test_the_issuer_in_the_body_is_the_one_configured(world: World):
    outcome_id = world.passed(world.candidate())
    with unit_of_work() as session:
        row = service.claim(
            session,
            world.operator,
            session.get_one(Outcome, outcome_id),
            replace(ISSUER, centre_code="C-9999"),
            now=world.now,
        )
        assert row is not None
        (message,) = queries.rows_of_claims(session, [row.id])[row.id]
    assert json.loads(message.body)["issuer"]["centre_code"] == "C-9999"
    assert message.kind is SendKind.UPSERT
