"""What a worker is told about their credits: once a release, and never twice."""

from sqlalchemy import select

from exam_centre.accounts.models import Notice
from exam_centre.certificates.service import follow
from exam_centre.credits import service
from exam_centre.credits.models import Claim, OutboxRow
from exam_centre.credits.rules import ClaimStatus
from exam_centre.entries.models import Candidate
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.sentences import Sentence
from exam_centre.results.rules import BatchStatus
from tests.credits.conftest import ISSUER, SIGNER, World
from tests.factories.awards import entry_course


def told(claim_id: int) -> list[str]:
    """What the claim's person was told, in English, oldest first."""
    with unit_of_work() as session:
        person_id = session.get_one(Claim, claim_id).person_id
        notices = select(Notice).where(Notice.person_id == person_id).order_by(Notice.id)
        return [str(Sentence(each.text, each.facts)) for each in session.scalars(notices)]


def two_courses(world: World) -> tuple[int, int]:
    """Two passes of one person in one release batch, claimed; the ids of both claims."""
    candidate_id = world.candidate()
    with world.making() as make:
        candidate = make.session.get_one(Candidate, candidate_id)
        outcomes = []
        for name in ("电工基础", "机械制图"):
            course = make.course(make.paper(), name=name)
            line = entry_course(make, candidate, course, make.home_series())
            outcomes.append(make.outcome(entry_course=line, score=80))
        make.batch(*outcomes, status=BatchStatus.RELEASED)
        ids = []
        for outcome in outcomes:
            follow(make.session, world.operator, outcome, SIGNER, now=world.now)
            row = service.claim(make.session, world.operator, outcome, ISSUER, now=world.now)
            assert row is not None
            ids.append(row.id)
    return ids[0], ids[1]


def register_all(world: World) -> None:
    """Let the bank publish the units of every claim there is."""
    with unit_of_work() as session:
        courses = set(session.scalars(select(Claim.course_id)))
    for course_id in courses:
        world.register(course_id)


def test_one_accepted_credit_is_told_with_its_course(world: World):
    _outcome_id, claim_id = world.claimed()

    world.drain()

    assert told(claim_id) == ["The credit bank holds your 3.0 credits for 工业机器人操作与维护."]


def test_several_credits_of_a_release_are_told_in_one_notice(world: World):
    first, second = two_courses(world)
    register_all(world)

    world.push(limit=1)
    assert told(first) == []  # the other one is still on its way
    world.drain()

    assert told(first) == ["The credit bank holds your 6.0 credits for 2 courses."]
    assert world.status(second) is ClaimStatus.ACCEPTED


def test_a_returned_claim_is_told_once_however_many_come_back(world: World):
    first, second = two_courses(world)  # units the bank does not know

    world.drain()

    assert [world.status(each) for each in (first, second)] == [ClaimStatus.RETURNED] * 2
    (notice,) = told(first)
    assert notice.startswith("The credit bank returned the claim for ")


def test_sent_again_and_returned_again_is_not_told_again(world: World):
    first, _second = two_courses(world)
    world.drain()

    with unit_of_work() as session:
        service.replay_parked(session, world.operator, reason="try", now=world.now)
    world.drain()
    assert len(told(first)) == 1

    register_all(world)
    with unit_of_work() as session:
        service.replay_parked(session, world.operator, reason="mended", now=world.now)
    world.drain()

    assert told(first)[1:] == ["The credit bank holds your 6.0 credits for 2 courses."]


def test_a_correction_is_a_release_of_its_own(world: World):
    outcome_id, claim_id = world.claimed(70)
    world.drain()
    later = world.corrected(outcome_id, 90)
    world.claim(later)

    world.drain()

    assert len(told(claim_id)) == 2


def test_the_same_message_sent_again_after_a_loss_tells_nothing(world: World):
    _outcome_id, claim_id = world.claimed()
    world.bank.order_faults("timeout_after_commit")

    world.drain()

    assert len(told(claim_id)) == 1
    with unit_of_work() as session:
        assert session.scalars(select(OutboxRow)).one().attempts >= 1
