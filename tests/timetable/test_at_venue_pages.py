"""What stands at a venue in plans, shown when the venue is suspended."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.timetable.models import Vacated
from exam_centre.timetable.queries.at_venue import standing_at_venue
from exam_centre.venues.models import Venue
from exam_centre.venues.rules import VenueStatus
from tests.architecture import strangers
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.factories.times import NINE
from tests.webkit import fixtures
from tests.webkit.fixtures import csrf_of

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
client = fixtures.client
signed_in = fixtures.signed_in
no_strangers = strangers.no_strangers

EARLY = NINE - timedelta(days=30)


def counts(session, venue, now=EARLY):
    return [
        (line.plan.number, line.placements) for line in standing_at_venue(session, venue.id, now)
    ]


def test_the_placements_of_a_venue_are_counted_plan_by_plan(session, make):
    here, there = make.home_room(), make.room(venue=make.venue())
    first = make.placement(room=here)
    make.placement(room=here)
    make.placement(room=there)
    venue = session.get_one(Venue, here.venue_id)

    assert counts(session, venue) == [(make.home_plan().number, 2)]
    assert counts(session, venue, now=first.starts_at + timedelta(days=1)) == []


def test_a_placement_that_a_later_version_ended_does_not_stand_in_it(session, make):
    room = make.home_room()
    moved = make.placement(room=room)
    make.placement(room=room)
    venue = session.get_one(Venue, room.venue_id)
    draft = make.plan()
    make.save(Vacated(plan_id=draft.id, placement_id=moved.id))

    assert (draft.number, 1) in counts(session, venue)


@pytest.fixture
def venue(app):
    """A venue at which one candidate is placed in days to come."""
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        make.placement(room=make.home_room(), starts_at=clock.now() + timedelta(days=30))
        return make.home_venue().token


def send(browser, address, **fields):
    return browser.post(address, data=fields | {"csrf_token": csrf_of(browser, "/me")})


def status_of(token):
    with unit_of_work() as session:
        return session.scalars(select(Venue.status).where(Venue.token == token)).one()


def test_who_suspends_a_venue_is_shown_what_stands_there_and_what_to_do(signed_in, venue):
    officer = signed_in(Role.EXAM_OFFICER)

    bare = send(officer, f"/venues/{venue}/suspend", reason=" ")
    suspended = send(officer, f"/venues/{venue}/suspend", reason="地下室进水")

    assert 'id="reason-error"' in bare.get_data(as_text=True)
    assert suspended.location == f"/timetable/venues/{venue}"
    page = officer.get(suspended.location).get_data(as_text=True)
    assert "One placement stands here" in page
    assert "move everybody away from here" in page
    assert "地下室进水" in page
    again = send(officer, f"/venues/{venue}/suspend", reason="地下室进水")
    assert 'id="reason-error"' in again.get_data(as_text=True)


def test_a_venue_is_brought_back_from_its_page(signed_in, venue):
    officer = signed_in(Role.EXAM_OFFICER)
    send(officer, f"/venues/{venue}/suspend", reason="地下室进水")
    assert f"/venues/{venue}/bring-back" in officer.get(f"/venues/{venue}").get_data(as_text=True)

    back = send(officer, f"/venues/{venue}/bring-back", reason="已排水检修")

    assert back.status_code == 303
    assert status_of(venue) is VenueStatus.APPROVED
    shown = officer.get(f"/venues/{venue}").get_data(as_text=True)
    assert "已排水检修" in shown
    assert "move everybody" not in officer.get(f"/timetable/venues/{venue}").get_data(as_text=True)


@pytest.mark.parametrize("page", ["/venues/{0}/suspend", "/venues/{0}/bring-back"])
def test_only_reviewing_offices_suspend_and_bring_back(signed_in, venue, page):
    manager = signed_in(Role.VENUE_MANAGER, login="A2")

    assert manager.get(page.format(venue)).status_code == 403
    assert manager.get(f"/timetable/venues/{venue}").status_code == 403
    assert signed_in(Role.EXAM_OFFICER, login="A3").get(page.format("x" * 22)).status_code == 404
