"""Pages of people and of one's own account: found, masked, revealed, given roles, changed."""

import re

import pytest
from sqlalchemy import func, select

from exam_centre.accounts import service
from exam_centre.accounts.models import Conflict, Message, Person, PhoneChange, RoleGrant, User
from exam_centre.accounts.queries import find_user
from exam_centre.accounts.rules import UserStatus
from exam_centre.kernel import clock
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.kernel.sealing import SECRET_FILE
from exam_centre.kernel.sentences import say
from exam_centre.organisation.rules import UnitLevel
from tests.architecture import strangers
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.factories.people import resident_number
from tests.webkit import fixtures
from tests.webkit.fixtures import PASSWORD, csrf_of

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
client = fixtures.client
signed_in = fixtures.signed_in
no_strangers = strangers.no_strangers

NUMBER = resident_number(777)


@pytest.fixture(autouse=True)
def sealed(config):
    """The seal of this install is the one the builders close numbers with."""
    path = config.keys_dir / SECRET_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TEST_SEAL.secret.hex())


@pytest.fixture
def worker(app):
    """赵小北, employed in the home county, who signs in as 2026001."""
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        person = make.person("赵小北", id_no=NUMBER, phone="13812345678")
        make.employment(person)
        make.user(person, login="2026001")
        return person.token


def count(model):
    with unit_of_work() as session:
        return session.scalar(select(func.count()).select_from(model))


def user_of(login):
    with unit_of_work() as session:
        return find_user(session, login)


def last_code():
    with unit_of_work() as session:
        body = session.scalar(select(Message.body).order_by(Message.id.desc()))
    return re.search(r"[0-9]{6}", body)[0]


def send(browser, address, page="/me", **fields):
    return browser.post(address, data=fields | {"csrf_token": csrf_of(browser, page)})


@pytest.mark.parametrize("words", ["小北", "2026001", NUMBER[-4:]])
def test_somebody_is_found_and_the_number_stays_masked(worker, signed_in, words):
    admin = signed_in(Role.ADMINISTRATOR)

    listed = admin.get("/people", query_string={"q": words}).get_data(as_text=True)
    shown = admin.get(f"/people/{worker}").get_data(as_text=True)

    assert "赵小北" in listed
    assert NUMBER not in listed + shown
    assert "13812345678" not in shown
    assert "赵小北" not in admin.get("/people?q=%25").get_data(as_text=True)


def test_people_beyond_ones_reach_are_absent(worker, signed_in):
    browser = signed_in(login="A2")
    with unit_of_work() as session:
        far = Make(session, TEST_SEAL).unit(UnitLevel.PROVINCIAL, code="FAR")
        user = find_user(session, "A2")
        service.grant_role(session, fixtures.SET_UP, user, Role.ADMINISTRATOR, far, now=clock.now())

    assert "赵小北" not in browser.get("/people").get_data(as_text=True)
    assert browser.get(f"/people/{worker}").status_code == 404
    asked = send(browser, f"/people/{worker}/id-number", purpose="identity", reason="x")
    assert asked.status_code == 404
    assert signed_in(Role.EXAM_OFFICER, login="A3").get("/people").status_code == 403


def test_a_whole_number_is_shown_for_a_reason_and_the_trail_keeps_it(worker, signed_in):
    admin = signed_in(Role.ADMINISTRATOR)
    here = f"/people/{worker}/id-number"

    bare = send(admin, here, purpose="identity", reason=" ")
    told = send(admin, here, purpose="identity", reason="核对入场证件")

    assert NUMBER not in admin.get(here).get_data(as_text=True)
    assert NUMBER not in bare.get_data(as_text=True)
    assert NUMBER in told.get_data(as_text=True)
    with unit_of_work() as session:
        rows = session.scalars(
            select(AuditRow).where(AuditRow.act == "accounts.id_number_revealed")
        ).all()
    assert [row.reason for row in rows] == ["identity: 核对入场证件"]
    assert NUMBER not in str(rows[0].changes)


def test_roles_are_given_and_taken_away_and_never_ones_own(worker, signed_in):
    admin = signed_in(Role.ADMINISTRATOR)
    with unit_of_work() as session:
        me = session.get_one(Person, find_user(session, "A1001").person_id).token
        own = find_user(session, "A1001").token
    user = user_of("2026001").token
    page = admin.get(f"/venues/roles/{worker}").get_data(as_text=True)
    unit = re.search(r'<select[^>]*name="unit"[^>]*><option value="([^"]+)"', page)[1]
    before = count(RoleGrant)

    given = send(admin, f"/people/{worker}/roles", user=user, role="marker", unit=unit)
    mine = send(admin, f"/people/{me}/roles", user=own, role="marker", unit=unit)

    assert given.status_code == 303
    assert "Nobody changes their own roles" in mine.get_data(as_text=True)
    assert count(RoleGrant) == before + 1
    shown = admin.get(f"/people/{worker}").get_data(as_text=True)
    key = re.search(r'name="grant" value="([0-9a-f]+)"', shown)[1]
    odd = send(admin, f"/people/{worker}/users/{user}/revoke", grant="0" * 16)
    assert odd.status_code == 404
    assert send(admin, f"/people/{worker}/users/{user}/revoke", grant=key).status_code == 303
    with unit_of_work() as session:
        assert session.scalar(select(RoleGrant).order_by(RoleGrant.id.desc())).revoked_at


def test_a_user_is_kept_out_and_let_in_again(worker, signed_in):
    admin = signed_in(Role.ADMINISTRATOR)
    here = f"/people/{worker}/users/{user_of('2026001').token}"

    send(admin, f"{here}/disable")
    assert user_of("2026001").status is UserStatus.DISABLED
    assert send(admin, f"{here}/disable").status_code == 409
    send(admin, f"{here}/enable")
    assert user_of("2026001").status is UserStatus.ACTIVE


def test_a_tie_is_declared_with_somebody_the_records_know(worker, signed_in):
    admin = signed_in(Role.ADMINISTRATOR, language="zh")
    here = f"/people/{worker}/ties"

    nobody = send(admin, here, login="nobody", relation="relative").get_data(as_text=True)
    oneself = send(admin, here, login="2026001", relation="relative").get_data(as_text=True)

    assert "没有人用这个号码登录" in nobody
    assert 'id="login-error"' in oneself
    assert count(Conflict) == 0
    assert send(admin, here, login="A1001", relation="relative").status_code == 303
    assert count(Conflict) == 1


def test_a_lost_phone_needs_two_humans_of_whom_neither_is_the_owner(worker, signed_in):
    first = signed_in(Role.ADMINISTRATOR)
    second = signed_in(Role.ADMINISTRATOR, login="A2", name="李二")

    odd = send(first, f"/people/{worker}/phone", phone="１３８", reason="丢失")
    asked = send(first, f"/people/{worker}/phone", phone="139 0000 1111", reason="丢失")
    with unit_of_work() as session:
        change = session.scalar(select(PhoneChange.token))
    here = f"/people/phones/{change}"
    same = send(first, here, decision="approve").get_data(as_text=True)
    with unit_of_work() as session:
        assert session.scalar(select(Person.phone).where(Person.token == worker)) == "13812345678"
    done = send(second, here, decision="approve")

    assert 'id="phone-error"' in odd.get_data(as_text=True)
    assert (asked.status_code, done.status_code) == (303, 303)
    assert "took an earlier step" in same
    with unit_of_work() as session:
        assert session.scalar(select(Person.phone).where(Person.token == worker)) == "13900001111"
        warned = session.scalar(select(Message.address).order_by(Message.id.desc()))
    assert warned == "13812345678"
    assert send(second, here, decision="refuse").status_code == 409


def test_a_phone_is_changed_by_a_code_to_the_old_one(signed_in):
    browser = signed_in(Role.WORKER)
    send(browser, "/me/phone/code")
    code = last_code()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    refused = send(browser, "/me/phone", code=wrong, phone="13911112222").get_data(as_text=True)
    done = send(browser, "/me/phone", code=code, phone="13911112222")
    spent = send(browser, "/me/phone", code=code, phone="13933334444")

    assert "This code does not work" in refused
    assert done.status_code == 303
    assert spent.status_code == 200
    with unit_of_work() as session:
        assert session.scalar(select(Person.phone).order_by(Person.id.desc())) == "13911112222"


def test_a_password_is_changed_with_the_old_one_and_every_browser_is_out(signed_in):
    browser = signed_in(Role.WORKER)
    new = {"new": "a longer sentence", "again": "a longer sentence"}

    wrong = send(browser, "/me/password", old="no", **new).get_data(as_text=True)
    differ = send(browser, "/me/password", old=PASSWORD, new="a longer sentence", again="x")
    done = send(browser, "/me/password", old=PASSWORD, **new)

    assert "This is not your password now" in wrong
    assert "differ" in differ.get_data(as_text=True)
    assert done.location == "/sign-in"
    assert browser.get("/me").status_code == 302


def test_a_notice_is_read_once_and_by_its_own_reader(signed_in):
    mine, other = signed_in(Role.WORKER), signed_in(Role.WORKER, login="A2")
    with unit_of_work() as session:
        reader = find_user(session, "A1001").person_id
        token = service.notify(session, reader, say("Enter the code"), clock.now()).token

    assert send(other, f"/me/notices/{token}/read").status_code == 404
    assert "I have read this" in mine.get("/me/notices").get_data(as_text=True)
    send(mine, f"/me/notices/{token}/read")
    assert "I have read this" not in mine.get("/me/notices").get_data(as_text=True)
    send(mine, "/me/language", language="zh")
    assert "通知" in mine.get("/me/notices").get_data(as_text=True)


def test_a_forgotten_number_is_told_to_the_phone_alone(worker, client):
    asked = {"id_type": "resident", "id_no": NUMBER}
    page = "/forgotten-number"

    known = send(client, page, page, name="赵小北", **asked).get_data(as_text=True)
    code = last_code()
    sent = count(Message)
    unknown = send(client, page, page, name="赵大北", **asked).get_data(as_text=True)

    def same(text):
        return re.sub(r'value="[^"]*"|nonce="[^"]*"', "", text)

    assert same(known) == same(unknown)
    assert count(Message) == sent
    told = send(client, f"{page}/code", page, name="赵小北", code=code, **asked)
    assert "2026001" in told.get_data(as_text=True)
    again = send(client, f"{page}/code", page, name="赵小北", code=code, **asked)
    assert "2026001" not in again.get_data(as_text=True)


def test_asking_for_forgotten_numbers_is_limited(worker, client):
    asked = {"name": "赵小北", "id_type": "resident", "id_no": NUMBER}
    page = "/forgotten-number"
    token = csrf_of(client, page)

    codes = [client.post(page, data=asked | {"csrf_token": token}).status_code for _ in range(5)]

    assert codes[0] == 200
    assert codes[-1] == 429
    assert count(User) == 1
