"""An offence case, step by step, judged by somebody who did not report it."""

import pytest

from exam_centre.accounts.models import Person
from exam_centre.conduct import queries, service
from exam_centre.conduct.rules import (
    CaseIsOpen,
    CaseStatus,
    DecisionIncomplete,
    IncidentKind,
    OffenceClass,
    PlacementElsewhere,
    RefusalNeedsWitness,
    WordsMissing,
)
from exam_centre.kernel.errors import ConflictOfInterest, Forbidden, IllegalMove, SamePerson
from exam_centre.kernel.permissions import Role
from tests.factories.times import NINE

WAY = [
    CaseStatus.TOLD,
    CaseStatus.VENUE_SIGNED,
    CaseStatus.UNDER_REVIEW,
    CaseStatus.DECIDED,
    CaseStatus.SERVED,
    CaseStatus.APPEALED,
]
DECISION = {"article": "7 (2)", "sanction": "cancelled"}


@pytest.fixture
def placement(make):
    return make.placement()


@pytest.fixture
def reporter(make):
    """Reports, and would be allowed to do every further step if it were not for that."""
    return make.actor(Role.CHIEF, Role.VENUE_MANAGER, venue=make.home_venue())


@pytest.fixture
def judge(make):
    return make.actor(Role.CHIEF, Role.VENUE_MANAGER, venue=make.home_venue())


@pytest.fixture
def case(session, make, placement, reporter):
    incident = make.incident(placement, IncidentKind.OFFENCE)
    return service.open_case(
        session,
        reporter,
        incident,
        placement.id,
        OffenceClass.CHEATING,
        text="notes under the paper",
        now=NINE,
    )


@pytest.fixture
def go(session, judge):
    """Take a case up to a step."""

    def go(case, upto):
        for reached in WAY[: WAY.index(upto) + 1]:
            extra = DECISION if reached is CaseStatus.DECIDED else {}
            service.step_case(session, judge, case, reached, text="so done", now=NINE, **extra)

    return go


def step(session, actor, case, reached, **options):
    return service.step_case(
        session, actor, case, reached, **{"text": "so done", "now": NINE} | options
    )


def test_a_case_is_open_until_it_is_final_and_every_step_is_kept(session, judge, case, go):
    go(case, CaseStatus.SERVED)
    assert queries.open_cases(session, [case.placement_id]) == [case]

    step(session, judge, case, CaseStatus.FINAL)

    assert queries.open_cases(session, [case.placement_id]) == []
    assert [s.reached for s in queries.steps_of(session, case.id)] == [
        CaseStatus.RECORDED,
        *WAY[:-1],
        CaseStatus.FINAL,
    ]
    assert (case.article, case.sanction) == ("7 (2)", "cancelled")


def test_one_open_case_a_placement(session, make, placement, reporter, case):
    with pytest.raises(CaseIsOpen):
        service.open_case(
            session,
            reporter,
            make.incident(placement),
            placement.id,
            OffenceClass.BREACH,
            text="again",
            now=NINE,
        )


def test_a_case_is_about_somebody_at_the_incidents_venue(session, make, reporter):
    elsewhere = make.placement(room=make.room(make.venue()))

    with pytest.raises(PlacementElsewhere):
        service.open_case(
            session,
            reporter,
            make.incident(),
            elsewhere.id,
            OffenceClass.BREACH,
            text="seen",
            now=NINE,
        )


def test_a_candidate_who_does_not_sign_needs_a_second_witness(session, make, judge, case):
    with pytest.raises(RefusalNeedsWitness):
        step(session, judge, case, CaseStatus.TOLD, signed=False)
    with pytest.raises(SamePerson):
        step(session, judge, case, CaseStatus.TOLD, signed=False, witness=judge)
    witness = make.invigilator()

    row = step(session, judge, case, CaseStatus.TOLD, signed=False, witness=witness)

    assert row.witness_id == witness.person_id


def test_the_reporter_does_not_decide(session, reporter, case, go):
    go(case, CaseStatus.UNDER_REVIEW)

    with pytest.raises(SamePerson):
        step(session, reporter, case, CaseStatus.DECIDED, **DECISION)


def test_the_reporter_does_not_drop_the_own_case(session, reporter, judge, case):
    with pytest.raises(SamePerson):
        step(session, reporter, case, CaseStatus.DROPPED)
    step(session, judge, case, CaseStatus.DROPPED)


def test_nobody_tied_to_the_candidate_decides(session, make, placement, judge, case, go):
    go(case, CaseStatus.UNDER_REVIEW)
    candidate = session.get_one(Person, placement.person_id)
    make.conflict(session.get_one(Person, judge.person_id), candidate)

    with pytest.raises(ConflictOfInterest):
        step(session, judge, case, CaseStatus.DECIDED, **DECISION)


def test_a_decision_names_its_article_and_sanction(session, judge, case, go):
    go(case, CaseStatus.UNDER_REVIEW)

    for missing in ({"article": "7 (2)"}, {"sanction": "cancelled"}, {}):
        with pytest.raises(DecisionIncomplete):
            step(session, judge, case, CaseStatus.DECIDED, **missing)
    assert case.status is CaseStatus.UNDER_REVIEW


def test_who_decided_does_not_decide_the_appeal(session, make, judge, case, go):
    go(case, CaseStatus.APPEALED)
    third = make.actor(Role.VENUE_MANAGER, venue=make.home_venue())

    with pytest.raises(SamePerson):
        step(session, judge, case, CaseStatus.FINAL)
    step(session, third, case, CaseStatus.FINAL)


def test_no_step_is_skipped_silent_or_taken_without_the_right_role(session, make, judge, case):
    with pytest.raises(IllegalMove):
        step(session, judge, case, CaseStatus.DECIDED, **DECISION)
    with pytest.raises(WordsMissing):
        step(session, judge, case, CaseStatus.TOLD, text=" ")
    step(session, judge, case, CaseStatus.TOLD)
    with pytest.raises(Forbidden):
        step(session, make.invigilator(), case, CaseStatus.VENUE_SIGNED)
