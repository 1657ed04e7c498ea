"""Home says who one is here: every role, where it reaches, and what it may do."""

from sqlalchemy import select

from exam_centre.accounts.models import User
from exam_centre.accounts.service import grant_role
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Actor, Grant, Role
from exam_centre.organisation.models import Unit
from exam_centre.overview.service import duties_of
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.webkit.fixtures import SET_UP, open_account, token_of


def test_a_role_is_shown_with_what_it_may_do(signed_in):
    page = signed_in(Role.RELEASE_OFFICER, name="Ana Ruiz").get("/").get_data(as_text=True)

    assert "Ana Ruiz" in page
    assert "Release officer" in page
    assert "release outcomes." in page
    assert "plan the timetable." not in page


def test_somebody_without_a_role_is_told_who_gives_one(signed_in):
    page = signed_in().get("/").get_data(as_text=True)

    assert "No role yet" in page


def test_a_scope_is_named_from_the_widest_to_the_narrowest(session):
    make = Make(session, TEST_SEAL)
    venue = make.venue()
    room = make.room(venue)
    unit = session.get_one(Unit, venue.unit_id)
    grant = Grant(Role.INVIGILATOR, unit.path, venue_id=venue.id, room_id=room.id)

    duty = duties_of(session, Actor(1, 1, "王立", (grant,)))[0]

    assert duty.role is Role.INVIGILATOR
    assert duty.scope[-3:] == (unit.name, venue.name, room.name)


def test_a_grant_over_everything_names_no_place(session):
    duty = duties_of(session, Actor(1, 1, "王立", (Grant(Role.AUDITOR, "/"),)))[0]

    assert duty.scope == ()


def test_a_new_role_shows_at_the_next_request(app):
    user = open_account()
    browser = app.test_client()
    browser.set_cookie("sign-in", token_of(user))
    assert "Auditor" not in browser.get("/").get_data(as_text=True)

    with unit_of_work() as session:
        unit = session.scalars(select(Unit)).one()
        mine = session.get_one(User, user.id)
        grant_role(session, SET_UP, mine, Role.AUDITOR, unit, now=clock.now())

    assert "Auditor" in browser.get("/").get_data(as_text=True)
