"""Pages that add people by hand, open their users, and let them in for the first time."""

import re

import pytest
from sqlalchemy import func, select

from exam_centre.accounts.models import Employment, Person, StaffMember, User
from exam_centre.accounts.queries import find_user
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.kernel.sealing import SECRET_FILE
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from tests.architecture import strangers
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.factories.people import resident_number
from tests.webkit import fixtures
from tests.webkit.fixtures import csrf_of

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
client = fixtures.client
signed_in = fixtures.signed_in
no_strangers = strangers.no_strangers

SOMEBODY = {"name": "孙新来", "id_type": "resident", "id_no": resident_number(911)}
OWN = "a sentence of my own"


@pytest.fixture
def places(app, config):
    """The codes of the home county and of an enterprise in it."""
    path = config.keys_dir / SECRET_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TEST_SEAL.secret.hex())
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        return {
            "unit": make.home().code,
            "enterprise": make.home_enterprise().code,
            "far": make.unit(UnitLevel.PROVINCIAL).id,
        }


@pytest.fixture
def admin(signed_in, places):
    return signed_in(Role.ADMINISTRATOR)


def send(browser, address, **fields):
    return browser.post(address, data=fields | {"csrf_token": csrf_of(browser, "/me")})


def only(model):
    with unit_of_work() as session:
        return session.scalars(select(model).order_by(model.id.desc())).first()


def count(model):
    with unit_of_work() as session:
        return session.scalar(select(func.count()).select_from(model))


def add_staff(admin, places, **changed):
    fields = SOMEBODY | {"unit": places["unit"], "staff_no": "S911"} | changed
    return send(admin, "/people/add/staff", **fields)


def test_somebody_comes_onto_the_staff_and_their_page_is_next(admin, places):
    added = add_staff(admin, places, phone="13812345678")

    assert added.status_code == 303
    person = only(Person)
    assert added.location == f"/people/{person.token}"
    assert (person.name, only(StaffMember).staff_no) == ("孙新来", "S911")
    assert "孙新来" in admin.get("/people").get_data(as_text=True)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"id_no": "11010119900101001A"}, "The check digit of the ID number does not fit"),
        ({"name": " "}, "Type the name."),
        ({"phone": "call me"}, "6 to 15 digits"),
        ({"staff_no": "a number"}, "letters, digits, dots and dashes"),
        ({"unit": "nowhere"}, "Not a valid choice"),
        ({"trained_until": "next year"}, "Give the day as"),
    ],
)
def test_what_can_not_be_kept_is_shown_at_its_field(admin, places, changed, words):
    before = count(Person)

    answer = add_staff(admin, places, **changed)

    assert answer.status_code == 200
    assert words in answer.get_data(as_text=True)
    assert count(Person) == before


def test_a_document_under_another_name_and_a_taken_number_are_refused_at_their_fields(
    admin, places
):
    add_staff(admin, places)

    other_name = add_staff(admin, places, name="别人", staff_no="S912").get_data(as_text=True)
    taken = add_staff(admin, places, id_no=resident_number(912)).get_data(as_text=True)

    assert 'id="name-error"' in other_name
    assert 'id="staff_no-error"' in taken
    assert count(StaffMember) == 1


def test_a_worker_comes_in_with_an_enterprise_by_its_code(admin, places):
    wrong = send(
        admin, "/people/add/worker", **SOMEBODY, enterprise="NOWHERE", work_no="W1", team="C"
    )
    added = send(
        admin,
        "/people/add/worker",
        **SOMEBODY,
        enterprise=places["enterprise"],
        work_no="W1",
        team="C",
    )

    assert 'id="enterprise-error"' in wrong.get_data(as_text=True)
    assert added.status_code == 303
    assert (only(Employment).work_no, only(Employment).team) == ("W1", "C")


def test_work_and_a_second_staff_number_are_added_to_a_known_person(admin, places):
    add_staff(admin, places)
    here = f"/people/{only(Person).token}"

    work = send(admin, f"{here}/work", enterprise=places["enterprise"], work_no="W2", team="")
    staff = send(admin, f"{here}/staff", unit=places["unit"], staff_no="S999")

    assert (work.status_code, staff.status_code) == (303, 303)
    shown = admin.get(here).get_data(as_text=True)
    assert "W2" in shown
    assert "S999" in shown


def test_a_first_code_is_shown_once_and_lets_its_owner_in_for_good(app, admin, places):
    add_staff(admin, places)
    here = f"/people/{only(Person).token}"
    assert 'value="S911"' in admin.get(f"{here}/users/open").get_data(as_text=True)

    opened = send(admin, f"{here}/users/open", login="S911", way="paper").get_data(as_text=True)
    code = re.search(r"([0-9]{5}) ([0-9]{5})", opened)
    assert code is not None
    assert code[0] not in admin.get(here).get_data(as_text=True)

    browser = app.test_client()
    fields = {"login": "S911", "code": code[0], "new": OWN, "again": OWN}
    csrf = csrf_of(browser, "/sign-in/first")
    wrong = browser.post("/sign-in/first", data=fields | {"code": "0000000000", "csrf_token": csrf})
    right = browser.post("/sign-in/first", data=fields | {"csrf_token": csrf})
    assert 'id="code-error"' in wrong.get_data(as_text=True)
    assert right.status_code == 303
    assert "孙新来" in browser.get("/me").get_data(as_text=True)
    again = app.test_client()
    csrf = csrf_of(again, "/sign-in/first")
    used = again.post("/sign-in/first", data=fields | {"csrf_token": csrf})
    assert used.status_code == 200


def test_a_user_with_codes_to_the_phone_needs_a_phone(admin, places):
    add_staff(admin, places)
    here = f"/people/{only(Person).token}/users/open"
    before = count(User)

    refused = send(admin, here, login="S911", way="phone").get_data(as_text=True)
    taken = send(admin, here, login="A1001", way="paper").get_data(as_text=True)

    assert "No phone of this person is known" in refused
    assert 'id="login-error"' in taken
    assert count(User) == before


def test_a_name_is_corrected_on_its_page_and_never_ones_own(admin, places):
    add_staff(admin, places)
    here = f"/people/{only(Person).token}"
    with unit_of_work() as session:
        me = session.get_one(Person, find_user(session, "A1001").person_id).token

    bare = send(admin, f"{here}/name", name="孙心来", reason="")
    corrected = send(admin, f"{here}/name", name="孙心来", reason="看过身份证")
    mine = send(admin, f"/people/{me}/name", name="别名", reason="看过身份证")

    assert 'id="reason-error"' in bare.get_data(as_text=True)
    assert corrected.status_code == 303
    assert "孙心来" in admin.get(here).get_data(as_text=True)
    with unit_of_work() as session:
        kept = select(AuditRow).where(AuditRow.act == "accounts.name_corrected")
        assert session.scalars(kept).one().changes["name"] == ["孙新来", "孙心来"]
    assert 'id="name-error"' in mine.get_data(as_text=True)


@pytest.mark.parametrize("page", ["/people/add/staff", "/people/add/worker"])
def test_only_those_who_keep_accounts_add_people(signed_in, places, client, page):
    assert signed_in(Role.EXAM_OFFICER, login="A2").get(page).status_code == 403
    assert client.get(page).status_code == 302


def test_the_pages_of_somebody_beyond_ones_reach_are_absent(admin, signed_in, places):
    add_staff(admin, places)
    token = only(Person).token
    other = signed_in(login="A3")
    with unit_of_work() as session:
        fixtures.grant_role(
            session,
            fixtures.SET_UP,
            find_user(session, "A3"),
            Role.ADMINISTRATOR,
            session.get_one(Unit, places["far"]),
            now=fixtures.clock.now(),
        )

    for page in ("name", "work", "staff", "users/open"):
        assert other.get(f"/people/{token}/{page}").status_code == 404


def test_both_languages_say_the_refusal(admin, places):
    admin.post("/language", data={"language": "zh", "csrf_token": csrf_of(admin, "/me")})

    answer = add_staff(admin, places, phone="call me").get_data(as_text=True)

    assert "6 to 15 digits" not in answer
    assert 'id="phone-error"' in answer
