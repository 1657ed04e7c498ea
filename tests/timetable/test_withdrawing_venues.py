"""A venue withdrawn for good: what stands there is shown, two sign, and people hear of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import Notice
from exam_centre.accounts.rules import ReasonMissing
from exam_centre.kernel import clock
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Forbidden, IllegalMove, SamePerson
from exam_centre.kernel.permissions import Role
from exam_centre.timetable import queries, service
from exam_centre.timetable.models import Duty, Placement
from exam_centre.timetable.rules import DutyRole, PlanStatus, SecondPersonNeeded
from exam_centre.venues.models import Venue, Withdrawal
from exam_centre.venues.queries import withdrawal_of
from exam_centre.venues.rules import VenueStatus
from tests.architecture import strangers
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.factories.times import NINE
from tests.webkit import fixtures
from tests.webkit.fixtures import PASSWORD, csrf_of

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
client = fixtures.client
signed_in = fixtures.signed_in
no_strangers = strangers.no_strangers

EARLY = NINE - timedelta(days=30)
FIRE = "厂房失火"


def withdraw(session, make, venue, *, reason=FIRE, actor=None, second=None, now=EARLY):
    actor = actor or make.actor(Role.EXAM_OFFICER)
    return service.withdraw_venue(session, actor, venue, reason=reason, second=second, now=now)


def told(session, person_id):
    return [
        (row.text, row.facts)
        for row in session.scalars(select(Notice).where(Notice.person_id == person_id))
    ]


def test_a_venue_without_plans_is_withdrawn_by_one_person_with_a_reason(session, make):
    venue, officer = make.venue(), make.actor(Role.EXAM_OFFICER)

    withdraw(session, make, venue, actor=officer)

    row = withdrawal_of(session, venue.id)
    assert venue.status is VenueStatus.WITHDRAWN
    assert (row.reason, row.withdrawn_by_id, row.second_id) == (FIRE, officer.person_id, None)
    trail = select(AuditRow.reason).where(AuditRow.act == "venues.venue_withdrawn")
    assert session.scalars(trail).all() == [FIRE]


def test_a_venue_in_a_published_plan_is_withdrawn_by_two_or_not_at_all(session, make):
    make.placement()
    venue, first = make.home_venue(), make.actor(Role.EXAM_OFFICER)

    with pytest.raises(SecondPersonNeeded):
        withdraw(session, make, venue, actor=first)
    with pytest.raises(SamePerson):
        withdraw(session, make, venue, actor=first, second=first)
    with pytest.raises(Forbidden):
        withdraw(session, make, venue, actor=first, second=make.actor(Role.VENUE_MANAGER))
    assert venue.status is VenueStatus.APPROVED

    second = make.actor(Role.EXAM_OFFICER)
    withdraw(session, make, venue, actor=first, second=second)
    assert withdrawal_of(session, venue.id).second_id == second.person_id


def test_a_draft_alone_needs_no_second_person(session, make):
    plan = make.plan(status=PlanStatus.DRAFT)
    make.placement(plan=plan, in_force=False)

    withdraw(session, make, make.home_venue())

    assert make.home_venue().status is VenueStatus.WITHDRAWN


def test_who_was_told_the_venue_hears_of_it_and_no_placement_is_touched(session, make):
    placement, elsewhere = make.placement(), make.placement(room=make.room(venue=make.venue()))
    before = [(p.id, p.in_force, p.seat_id) for p in session.scalars(select(Placement))]
    officer = make.actor(Role.EXAM_OFFICER)

    count = withdraw(session, make, make.home_venue(), second=officer)

    assert count.candidates == 1
    [(text, facts)] = told(session, placement.person_id)
    assert "do not go there" in text
    assert facts["venue"] == make.home_venue().name
    assert told(session, elsewhere.person_id) == []
    assert [(p.id, p.in_force, p.seat_id) for p in session.scalars(select(Placement))] == before
    kinds = {each.kind for each in queries.problems(session, make.home_plan())}
    assert "venue_not_approved" in kinds


def test_who_knows_only_the_time_is_not_told_of_a_venue_they_never_heard_of(session, make):
    plan = make.plan(status=PlanStatus.TIME_PUBLISHED)
    placement = make.placement(plan=plan)

    withdraw(session, make, make.home_venue(), second=make.actor(Role.EXAM_OFFICER))

    assert told(session, placement.person_id) == []


def test_staff_with_duties_there_hear_that_these_fall_away(session, make):
    placement = make.placement()
    staff = make.person()
    make.save(
        Duty(
            plan_id=placement.plan_id,
            person_id=staff.id,
            period_id=make.home_period().id,
            venue_id=make.home_venue().id,
            room_session_id=placement.room_session_id,
            role=DutyRole.FIRST,
        )
    )

    count = withdraw(session, make, make.home_venue(), second=make.actor(Role.EXAM_OFFICER))

    assert count.staff == 1
    [(text, facts)] = told(session, staff.id)
    assert "fall away" in text
    assert facts["duties"] == 1


def test_what_is_over_needs_nobody_and_tells_nobody(session, make):
    placement = make.placement()

    withdraw(session, make, make.home_venue(), now=placement.ends_at + timedelta(days=1))

    assert told(session, placement.person_id) == []


def test_nothing_is_withdrawn_twice_or_without_a_reason(session, make):
    venue = make.venue()
    with pytest.raises(ReasonMissing):
        withdraw(session, make, venue, reason=" ")
    withdraw(session, make, venue)
    with pytest.raises(IllegalMove):
        withdraw(session, make, venue)


@pytest.fixture
def venue(app):
    """A venue at which one candidate is placed in days to come."""
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        make.placement(room=make.home_room(), starts_at=clock.now() + timedelta(days=30))
        return make.home_venue().token


def send(browser, address, **fields):
    return browser.post(address, data=fields | {"csrf_token": csrf_of(browser, "/me")})


def test_the_page_shows_what_stands_there_and_two_people_sign(signed_in, venue):
    officer = signed_in(Role.EXAM_OFFICER)
    signed_in(Role.EXAM_OFFICER, login="second")
    address = f"/timetable/venues/{venue}/withdraw"
    assert address in officer.get(f"/venues/{venue}").get_data(as_text=True)

    page = officer.get(address).get_data(as_text=True)
    assert "Second person signs" in page
    alone = send(officer, address, reason=FIRE)
    assert 'id="second_login-error"' in alone.get_data(as_text=True)
    signed = send(officer, address, reason=FIRE, second_login="second", second_password=PASSWORD)

    assert signed.location == f"/timetable/venues/{venue}"
    assert FIRE in officer.get(signed.location).get_data(as_text=True)
    shown = officer.get(f"/venues/{venue}").get_data(as_text=True)
    assert FIRE in shown
    assert "Withdrawn by" in shown
    assert "repair the plan and publish it" in officer.get("/me/notices").get_data(as_text=True)
    assert "Only a venue that is approved" in officer.get(address).get_data(as_text=True)
    with unit_of_work() as session:
        assert session.scalars(select(Withdrawal)).one().second_id is not None
        assert session.scalars(select(Venue.status).where(Venue.token == venue)).one() is (
            VenueStatus.WITHDRAWN
        )


def test_only_reviewing_offices_withdraw_a_venue(signed_in, venue):
    manager = signed_in(Role.VENUE_MANAGER, login="A2")

    assert manager.get(f"/timetable/venues/{venue}/withdraw").status_code == 403
    other = f"/timetable/venues/{'x' * 22}/withdraw"
    assert signed_in(Role.EXAM_OFFICER, login="A3").get(other).status_code == 404
