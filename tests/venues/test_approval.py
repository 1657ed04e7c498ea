"""A venue is approved level by level, every step by another human of the right unit."""

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from exam_centre.accounts.rules import ReasonMissing
from exam_centre.kernel import audit
from exam_centre.kernel.errors import Forbidden, NotFound, SamePerson
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import CodeTaken, UnitLevel
from exam_centre.venues import queries, service
from exam_centre.venues.models import ApplicationStep, Venue
from exam_centre.venues.rules import (
    ApplicationKind,
    ApplicationOpen,
    ApplicationStatus,
    ParkElsewhere,
    ReviewElsewhere,
    ReviewOver,
    VenueKind,
    VenueStatus,
    next_review,
)
from tests.factories.places import SUZHOU
from tests.factories.times import NINE

LEVELS = (UnitLevel.PREFECTURAL, UnitLevel.PROVINCIAL, UnitLevel.NATIONAL)


def apply(session, make, unit=None, actor=None, code="SIP-1", park=None):
    unit = unit or make.home()
    return service.apply_for_venue(
        session,
        actor or make.actor(Role.VENUE_MANAGER, unit=unit),
        unit,
        park or make.park(unit=unit),
        code=code,
        name="Hall 1",
        kind=VenueKind.FORMAL,
        statement="A secure room with two locks, 12 rooms, 30 staff.",
        now=NINE,
        **SUZHOU,
    )


def review(session, actor, application, approve=True, reason=""):
    return service.review_application(
        session, actor, application, approve=approve, reason=reason, now=NINE
    )


def reviewer(make, level, person=None):
    return make.actor(Role.EXAM_OFFICER, unit=make.home(level), person=person)


def venue_of(session, application):
    return session.get_one(Venue, application.venue_id)


def test_a_venue_is_approved_after_prefecture_province_and_headquarters(session, make):
    application = apply(session, make)
    venue = venue_of(session, application)
    reached = []

    for level in LEVELS:
        assert venue.status is VenueStatus.APPLIED
        reached.append(review(session, reviewer(make, level), application).reached)

    assert reached == [
        ApplicationStatus.PREFECTURE_CHECKED,
        ApplicationStatus.PROVINCE_CHECKED,
        ApplicationStatus.APPROVED,
    ]
    assert venue.status is VenueStatus.APPROVED
    with pytest.raises(ReviewOver):
        review(session, reviewer(make, UnitLevel.NATIONAL), application)


@pytest.mark.parametrize("level", [UnitLevel.COUNTY, UnitLevel.PROVINCIAL, UnitLevel.NATIONAL])
def test_the_first_review_is_the_prefectures_alone(session, make, level):
    application = apply(session, make)

    with pytest.raises(ReviewElsewhere) as refusal:
        review(session, reviewer(make, level), application)
    assert make.home(UnitLevel.PREFECTURAL).name in str(refusal.value)
    assert application.status is ApplicationStatus.APPLIED


def test_another_prefecture_reviews_nothing_here(session, make):
    application = apply(session, make)
    other = make.actor(Role.EXAM_OFFICER, unit=make.unit(UnitLevel.PREFECTURAL))

    with pytest.raises(Forbidden):
        review(session, other, application)


def test_a_level_the_tree_lacks_is_skipped_upward(session, make):
    province = make.home(UnitLevel.PROVINCIAL)
    direct = make.unit(UnitLevel.COUNTY, parent=province)
    application = apply(session, make, direct)

    step = review(session, reviewer(make, UnitLevel.PROVINCIAL), application)
    assert step.reached is ApplicationStatus.PROVINCE_CHECKED
    last = review(session, reviewer(make, UnitLevel.NATIONAL), application)

    assert last.reached is ApplicationStatus.APPROVED
    assert len(queries.steps_of(session, application.id)) == 2


@pytest.mark.parametrize(
    ("status", "levels", "expected"),
    [
        ("applied", LEVELS, (UnitLevel.PREFECTURAL, ("prefecture_checked",))),
        (
            "applied",
            (UnitLevel.NATIONAL,),
            (UnitLevel.NATIONAL, ("prefecture_checked", "province_checked", "approved")),
        ),
        ("province_checked", LEVELS, (UnitLevel.NATIONAL, ("approved",))),
        ("approved", LEVELS, None),
        ("refused", LEVELS, None),
    ],
)
def test_whose_review_is_next_follows_from_the_tree(status, levels, expected):
    assert next_review(ApplicationStatus(status), levels) == expected


def test_no_human_takes_two_steps_under_whatever_user(session, make):
    human = make.person()
    application = apply(session, make)
    review(session, reviewer(make, UnitLevel.PREFECTURAL, human), application)

    with pytest.raises(SamePerson):
        review(session, reviewer(make, UnitLevel.PROVINCIAL, human), application)
    assert review(session, reviewer(make, UnitLevel.PROVINCIAL), application)


def test_who_applied_reviews_nothing_not_even_by_sql(session, make):
    human = make.person()
    officer = make.actor(Role.EXAM_OFFICER, unit=make.home(UnitLevel.PREFECTURAL), person=human)
    application = apply(session, make, actor=officer)

    with pytest.raises(SamePerson):
        review(session, officer, application)
    with pytest.raises(IntegrityError, match="applicant_does_not_review"):
        session.execute(
            insert(ApplicationStep).values(
                application_id=application.id,
                reached=ApplicationStatus.PREFECTURE_CHECKED,
                person_id=human.id,
                at=NINE,
                reason="",
            )
        )


def test_a_refusal_gives_its_reason_and_the_venue_can_be_applied_for_again(session, make):
    application = apply(session, make)
    venue, prefecture = venue_of(session, application), reviewer(make, UnitLevel.PREFECTURAL)

    with pytest.raises(ReasonMissing):
        review(session, prefecture, application, approve=False, reason="  ")
    review(session, prefecture, application, approve=False, reason="No secure room.")
    assert (application.status, venue.status) == (ApplicationStatus.REFUSED, VenueStatus.REFUSED)

    manager = make.actor(Role.VENUE_MANAGER, unit=make.home())
    again = {"kind": ApplicationKind.NEW, "statement": "There is one now.", "now": NINE}
    second = service.apply_again(session, manager, venue, **again)
    assert (second.status, venue.status) == (ApplicationStatus.APPLIED, VenueStatus.APPLIED)
    with pytest.raises(ApplicationOpen):
        service.apply_again(session, manager, venue, **again)


def test_an_approved_venue_stays_approved_while_a_change_is_reviewed_and_refused(session, make):
    venue = make.venue()
    manager = make.actor(Role.VENUE_MANAGER, venue=venue)
    change = service.apply_again(
        session, manager, venue, kind=ApplicationKind.CHANGE, statement="Two rooms more.", now=NINE
    )
    review(session, reviewer(make, UnitLevel.PREFECTURAL), change, approve=False, reason="Why?")

    assert venue.status is VenueStatus.APPROVED


def test_a_unit_applies_only_in_parks_above_or_below_it(session, make):
    elsewhere = make.park(unit=make.unit(UnitLevel.PREFECTURAL))

    with pytest.raises(ParkElsewhere):
        apply(session, make, park=elsewhere)
    assert apply(session, make, park=make.park(unit=make.home(UnitLevel.PREFECTURAL)))


def test_an_application_needs_a_free_code_and_the_right_to_apply(session, make):
    apply(session, make)

    with pytest.raises(CodeTaken):
        apply(session, make)
    with pytest.raises(Forbidden):
        apply(session, make, actor=make.actor(Role.CHIEF), code="SIP-2")


def test_an_application_is_seen_on_its_way_up_and_not_next_door(session, make):
    application = apply(session, make)
    neighbour = make.actor(Role.VENUE_MANAGER, unit=make.unit())

    for level in LEVELS:
        seer = reviewer(make, level)
        assert queries.access_application(session, seer, application.token) is application
    with pytest.raises(NotFound):
        queries.access_application(session, neighbour, application.token)


def test_the_trail_tells_the_whole_way_and_holds_together(session, make, ring):
    application = apply(session, make)
    for level in LEVELS:
        review(session, reviewer(make, level), application)

    acts = [row.act for row in session.scalars(select(audit.AuditRow))]
    assert acts.count("venues.application_reviewed") == 3
    assert "venues.venue_approved" in acts
    assert not list(audit.verify(session, ring))
