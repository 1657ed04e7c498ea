"""Pages on which a role is narrowed, shown for what it opens, and given."""

import re

import pytest
from sqlalchemy import func, select

from exam_centre.accounts.models import Person, RoleGrant, User
from exam_centre.accounts.queries import find_user
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from tests.architecture import strangers
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.webkit import fixtures
from tests.webkit.fixtures import csrf_of

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
client = fixtures.client
signed_in = fixtures.signed_in
no_strangers = strangers.no_strangers


@pytest.fixture
def world(app):
    """孙监考 of the home county with a user, a venue with a room, a series, and another unit."""
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        room = make.room()
        person = make.person("孙监考")
        user = make.user(person, login="S77")
        make.staff(person)
        far = make.unit(UnitLevel.PROVINCIAL)
        return {
            "person": person.token,
            "user": user.token,
            "unit": make.home().code,
            "venue": make.home_venue().token,
            "venue_id": make.home_venue().id,
            "room": room.code,
            "room_id": room.id,
            "other_room": make.room(venue=make.venue()).code + "X",
            "series": make.home_series().code,
            "series_id": make.home_series().id,
            "far": far.code,
            "far_id": far.id,
        }


@pytest.fixture
def admin(signed_in, world):
    return signed_in(Role.ADMINISTRATOR)


def asked(world, **changed):
    fields = {
        "user": world["user"],
        "role": "invigilator",
        "unit": world["unit"],
        "venue": "",
        "room": "",
        "series": "",
    }
    return fields | changed


def give(browser, world, person="", **changed):
    fields = asked(world, **changed) | {"csrf_token": csrf_of(browser, "/me")}
    return browser.post(f"/venues/roles/{person or world['person']}/give", data=fields)


def only_grant():
    with unit_of_work() as session:
        return session.scalars(select(RoleGrant).order_by(RoleGrant.id.desc())).first()


def grants():
    with unit_of_work() as session:
        return session.scalar(select(func.count()).select_from(RoleGrant))


def test_a_role_is_narrowed_to_a_room_and_a_series_and_named_on_the_page(admin, world):
    given = give(admin, world, venue=world["venue"], room=world["room"], series=world["series"])

    assert given.status_code == 303
    row = only_grant()
    assert (row.venue_id, row.room_id, row.series_id) == (
        world["venue_id"],
        world["room_id"],
        world["series_id"],
    )
    page = admin.get(f"/venues/roles/{world['person']}").get_data(as_text=True)
    assert f"room {world['room']}" in page
    key = re.search(r'name="grant" value="([0-9a-f]+)"', page)[1]
    revoked = admin.post(
        f"/people/{world['person']}/users/{world['user']}/revoke",
        data={"grant": key, "csrf_token": csrf_of(admin, "/me")},
    )
    assert revoked.status_code == 303
    assert only_grant().revoked_at is not None


def show(admin, world, **changed):
    address = f"/venues/roles/{world['person']}/give"
    return admin.get(address, query_string=asked(world, **changed)).get_data(as_text=True)


def test_before_it_is_given_the_page_says_what_it_opens_and_what_it_does_not(admin, world):
    before = grants()

    page = show(admin, world, role="venue_manager", venue=world["venue"], series=world["series"])
    will, will_not = page.split("will not reach")

    assert "reconcile rooms and close the venue" in will
    assert "set up and revoke door devices" in will_not.split("never includes")[0]
    assert "any other venue" in will_not
    assert "enter marks" in will_not.split("never includes")[1]
    assert grants() == before


def test_a_role_of_which_nothing_is_left_can_not_be_given(admin, world):
    page = show(admin, world, role="bank_operator", venue=world["venue"])
    given = give(admin, world, role="bank_operator", venue=world["venue"])

    assert "opens no page" in page
    assert "Give the role" not in page
    assert "Take one of the limits away" in given.get_data(as_text=True)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"room": "any"}, "Choose the venue as well"),
        ({"venue": "its", "room": "no such"}, "no room of that number"),
        ({"venue": "of nobody"}, "Not a valid choice"),
        ({"series": "of nobody"}, "Not a valid choice"),
    ],
)
def test_places_that_do_not_fit_together_are_refused_at_their_field(admin, world, changed, words):
    places = {"its": world["venue"], "any": world["room"]}
    changed = {name: places.get(value, value) for name, value in changed.items()}
    before = grants()

    answer = give(admin, world, **changed)

    assert words in answer.get_data(as_text=True)
    assert grants() == before


def test_the_steps_lead_from_one_to_the_next(admin, world):
    first = admin.get(f"/venues/roles/{world['person']}")
    second = admin.get(f"/venues/roles/{world['person']}/narrow", query_string=asked(world))
    bare = admin.get(f"/venues/roles/{world['person']}/narrow")

    assert "S77" in first.get_data(as_text=True)
    assert "Show what this opens" in second.get_data(as_text=True)
    assert bare.status_code == 303
    linked = admin.get(f"/people/{world['person']}").get_data(as_text=True)
    assert f"/venues/roles/{world['person']}" in linked


def test_nobody_gives_themselves_a_role(admin, world):
    with unit_of_work() as session:
        own = find_user(session, "A1001")
        me = session.get_one(Person, own.person_id).token
    before = grants()

    page = admin.get(f"/venues/roles/{me}").get_data(as_text=True)
    given = give(admin, world, person=me, user=own.token)

    assert "Nobody changes their own roles" in page
    assert "Nobody changes their own roles" in given.get_data(as_text=True)
    assert grants() == before


def test_an_administrator_of_another_unit_neither_sees_the_person_nor_gives_there(signed_in, world):
    other = signed_in(login="A3")
    with unit_of_work() as session:
        fixtures.grant_role(
            session,
            fixtures.SET_UP,
            find_user(session, "A3"),
            Role.ADMINISTRATOR,
            session.get_one(Unit, world["far_id"]),
            now=fixtures.clock.now(),
        )

    for page in ("", "/narrow", "/give"):
        assert other.get(f"/venues/roles/{world['person']}{page}").status_code == 404
    assert give(other, world).status_code == 404


def test_others_than_administrators_give_no_roles(signed_in, world, client):
    officer = signed_in(Role.EXAM_OFFICER, login="A4")

    assert officer.get(f"/venues/roles/{world['person']}").status_code == 403
    assert give(officer, world).status_code == 403
    assert client.get(f"/venues/roles/{world['person']}").status_code == 302


def test_the_user_of_somebody_else_is_not_chosen(admin, world):
    with unit_of_work() as session:
        stranger = Make(session, TEST_SEAL).save(
            User(person_id=find_user(session, "A1001").person_id, login="S78")
        )
        token = stranger.token
    before = grants()

    answer = give(admin, world, user=token)

    assert answer.status_code == 200
    assert grants() == before
