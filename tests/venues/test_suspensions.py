"""A venue that is not to be used for a time, and how it comes back."""

import pytest
from sqlalchemy import select

from exam_centre.accounts.rules import ReasonMissing
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.errors import Forbidden, IllegalMove
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import UnitLevel
from exam_centre.venues import service
from exam_centre.venues.queries import open_suspension, suspensions_of
from exam_centre.venues.rules import ApplicationKind, VenueStatus
from tests.factories.times import HOUR, NINE

WATER = "地下室进水"


def suspend(session, make, venue, reason=WATER, **of):
    actor = of.get("actor") or make.actor(Role.EXAM_OFFICER)
    return service.suspend_venue(session, actor, venue, reason=reason, now=NINE)


def bring_back(session, make, venue, reason="已排水检修", **of):
    actor = of.get("actor") or make.actor(Role.EXAM_OFFICER)
    service.bring_back_venue(session, actor, venue, reason=reason, now=NINE + HOUR)


def test_a_suspended_venue_keeps_who_suspended_it_and_why(session, make):
    venue, officer = make.venue(), make.actor(Role.EXAM_OFFICER)

    suspend(session, make, venue, actor=officer)

    row = open_suspension(session, venue.id)
    assert venue.status is VenueStatus.SUSPENDED
    assert (row.reason, row.suspended_by_id) == (WATER, officer.person_id)
    trail = select(AuditRow).where(AuditRow.act == "venues.venue_suspended")
    assert session.scalars(trail).one().reason == WATER


def test_it_comes_back_with_what_was_mended_and_may_be_suspended_again(session, make):
    venue = make.venue()
    suspend(session, make, venue)

    bring_back(session, make, venue)

    assert venue.status is VenueStatus.APPROVED
    assert open_suspension(session, venue.id) is None
    suspend(session, make, venue, "停电")
    rows = suspensions_of(session, venue.id)
    assert [row.reason for row in rows] == ["停电", WATER]
    assert rows[1].lift_reason == "已排水检修"


def test_neither_happens_without_a_reason_or_twice(session, make):
    venue = make.venue()

    with pytest.raises(ReasonMissing):
        suspend(session, make, venue, " ")
    with pytest.raises(IllegalMove):
        bring_back(session, make, venue)
    suspend(session, make, venue)
    with pytest.raises(IllegalMove):
        suspend(session, make, venue)
    with pytest.raises(ReasonMissing):
        bring_back(session, make, venue, "")


def test_only_a_reviewing_office_above_the_venue_suspends_it(session, make):
    venue = make.venue()
    elsewhere = make.actor(Role.EXAM_OFFICER, unit=make.unit(UnitLevel.PROVINCIAL))

    for actor in (elsewhere, make.actor(Role.VENUE_MANAGER, venue=venue)):
        with pytest.raises(Forbidden):
            suspend(session, make, venue, actor=actor)


def test_headquarters_yes_to_going_on_brings_a_suspended_venue_back(session, make):
    venue = make.venue()
    suspend(session, make, venue)
    application = service.apply_again(
        session,
        make.actor(Role.EXAM_OFFICER, unit=make.home()),
        venue,
        kind=ApplicationKind.CONTINUE,
        statement="已修复，申请继续使用",
        now=NINE,
    )

    for level in (UnitLevel.PREFECTURAL, UnitLevel.PROVINCIAL, UnitLevel.NATIONAL):
        assert venue.status is VenueStatus.SUSPENDED
        reviewer = make.actor(Role.EXAM_OFFICER, unit=make.home(level))
        service.review_application(
            session, reviewer, application, approve=True, reason="", now=NINE + HOUR
        )

    assert venue.status is VenueStatus.APPROVED
    assert suspensions_of(session, venue.id)[0].lift_reason == "已修复，申请继续使用"


def test_an_approved_change_leaves_a_suspended_venue_suspended(session, make):
    venue = make.venue()
    suspend(session, make, venue)
    application = service.apply_again(
        session,
        make.actor(Role.EXAM_OFFICER, unit=make.home()),
        venue,
        kind=ApplicationKind.CHANGE,
        statement="增加两间考场",
        now=NINE,
    )

    for level in (UnitLevel.PREFECTURAL, UnitLevel.PROVINCIAL, UnitLevel.NATIONAL):
        reviewer = make.actor(Role.EXAM_OFFICER, unit=make.home(level))
        service.review_application(
            session, reviewer, application, approve=True, reason="", now=NINE + HOUR
        )

    assert venue.status is VenueStatus.SUSPENDED
