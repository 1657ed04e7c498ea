"""Signing in and out through the pages: by password, by a code, and not by guessing."""

import re

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import Message, SignIn
from exam_centre.accounts.rules import CODE_GUESSES
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from tests.architecture import strangers
from tests.webkit import fixtures
from tests.webkit.fixtures import PASSWORD, csrf_of, open_account

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
client = fixtures.client
no_strangers = strangers.no_strangers
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def send(client):
    """Return a function that sends a form of the sign-in pages, token included."""

    def post(address: str, **fields: str):
        fields["csrf_token"] = csrf_of(client)
        return client.post(address, data=fields, headers=ENGLISH)

    return post


@pytest.fixture
def account(app):
    """An auditor A1001 with a password and a phone."""
    return open_account(Role.AUDITOR, login="A1001", name="王立", language="en")


def code_on_the_phone() -> str:
    with unit_of_work() as session:
        body = session.scalars(select(Message.body).order_by(Message.id.desc())).first()
    return re.search(r"[0-9]{6}", body)[0]


def sign_ins() -> int:
    with unit_of_work() as session:
        return len(session.scalars(select(SignIn)).all())


def test_the_right_password_opens_home(client, send, account):
    answer = send("/sign-in", login=" A1001 ", password=PASSWORD)

    assert (answer.status_code, answer.location) == (303, "/")
    given = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("sign-in="))
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(given.split("; "))
    home = client.get("/").get_data(as_text=True)
    assert "王立" in home
    assert "Auditor" in home


def test_one_goes_on_to_the_page_one_wanted_and_to_no_other_host(send, account):
    wanted = send("/sign-in", login="A1001", password=PASSWORD, next="/sign-in/code")

    assert wanted.location == "/sign-in/code"


def test_a_foreign_address_to_go_on_to_leads_home(send, account):
    answer = send("/sign-in", login="A1001", password=PASSWORD, next="//evil.example/")

    assert answer.location == "/"


@pytest.mark.parametrize(
    ("login", "password"),
    [("A1001", "wrong password here"), ("nobody", PASSWORD), ("A1001", PASSWORD + " ")],
)
def test_a_wrong_number_and_a_wrong_password_sound_the_same(send, account, login, password):
    page = send("/sign-in", login=login, password=password).get_data(as_text=True)

    assert "Number and password do not match" in page
    assert PASSWORD not in page
    assert sign_ins() == 0


def test_an_empty_form_says_what_to_type_at_each_field(send):
    page = send("/sign-in").get_data(as_text=True)

    assert page.count("Type your staff or student number.") == 2  # above, and at its field
    assert '<a href="#login">' in page
    assert 'aria-invalid="true"' in page


def test_a_new_token_is_given_at_each_sign_in_and_never_taken_from_the_browser(
    client, send, account
):
    client.set_cookie("sign-in", "chosen-by-somebody-else")

    send("/sign-in", login="A1001", password=PASSWORD)

    assert client.get_cookie("sign-in").value != "chosen-by-somebody-else"


def test_the_forms_of_a_visitor_end_when_somebody_signs_in(client, send, account):
    before = csrf_of(client)
    send("/sign-in", login="A1001", password=PASSWORD)

    answer = client.post("/sign-out", data={"csrf_token": before})

    assert answer.status_code == 400


def test_a_code_from_the_phone_opens_once(app, client, send, account):
    asked = send("/sign-in/code", login="A1001").get_data(as_text=True)
    assert "If there is a phone on record for A1001" in asked
    code = code_on_the_phone()

    first = send("/sign-in/code/enter", login="A1001", code=f"{code[:3]} {code[3:]}")
    client.delete_cookie("sign-in")
    second = send("/sign-in/code/enter", login="A1001", code=code)

    assert first.status_code == 303
    assert "This code does not work" in second.get_data(as_text=True)
    assert sign_ins() == 1


def test_an_unknown_number_is_answered_like_a_known_one(send, account):
    known = send("/sign-in/code", login="A1001").get_data(as_text=True)
    unknown = send("/sign-in/code", login="A9999").get_data(as_text=True)

    assert "If there is a phone on record for A9999" in unknown
    assert len(known) == len(unknown)


def test_wrong_codes_are_counted_although_nothing_else_is_written(send, account):
    send("/sign-in/code", login="A1001")
    code = code_on_the_phone()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(CODE_GUESSES):
        send("/sign-in/code/enter", login="A1001", code=wrong)

    answer = send("/sign-in/code/enter", login="A1001", code=code)

    assert "This code does not work" in answer.get_data(as_text=True)
    assert sign_ins() == 0


def test_too_many_tries_for_one_number_are_refused_before_the_password_is_looked_at(send, account):
    for _ in range(10):
        send("/sign-in", login="A1001", password="wrong password here")

    right = send("/sign-in", login="a1001 ", password=PASSWORD)
    other = send("/sign-in", login="B2002", password=PASSWORD)

    assert right.status_code == 429
    assert int(right.headers["Retry-After"]) > 0
    assert "Wait a few minutes" in right.get_data(as_text=True)
    assert other.status_code == 200


def test_signing_out_ends_the_sign_in_on_the_server_too(client, send, account):
    send("/sign-in", login="A1001", password=PASSWORD)

    answer = client.post("/sign-out", data={"csrf_token": csrf_of(client, "/")})

    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert "You are signed out." in client.get("/sign-in", headers=ENGLISH).get_data(as_text=True)
    with unit_of_work() as session:
        assert session.scalars(select(SignIn.ended_at)).one() is not None


def test_signing_out_without_being_signed_in_is_harmless(client):
    answer = client.post("/sign-out", data={"csrf_token": csrf_of(client)})

    assert answer.status_code == 303


def test_somebody_signed_in_needs_no_sign_in_page(client, send, account):
    send("/sign-in", login="A1001", password=PASSWORD)

    assert client.get("/sign-in").location == "/"
