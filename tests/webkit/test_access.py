"""Who may open a page: the signed in, with the right permission, and only while that lasts."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from exam_centre.accounts.models import SignIn, User
from exam_centre.accounts.rules import SEEN_STEP
from exam_centre.accounts.service import disable_user
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Permission, Role
from exam_centre.webkit.access import current_actor, requires
from tests.webkit.fixtures import SET_UP, csrf_of, open_account, token_of


@pytest.fixture
def audit_page(app):
    """A page for those who read the audit trail."""

    @app.get("/audit-sample")
    @requires(Permission.READ_AUDIT)
    def audit_sample() -> str:
        return f"{current_actor().name} {current_actor().request_id}"

    return "/audit-sample"


def test_a_visitor_is_led_to_sign_in_and_back(client, audit_page):
    answer = client.get(audit_page)

    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/audit-sample")


def test_a_program_without_sign_in_is_told_so(client, audit_page):
    answer = client.get(audit_page, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


def test_somebody_with_the_permission_sees_the_page(signed_in, audit_page):
    answer = signed_in(Role.AUDITOR, name="Ana Ruiz").get(audit_page)

    name, _, number = answer.get_data(as_text=True).rpartition(" ")
    assert (answer.status_code, name) == (200, "Ana Ruiz")
    assert number == answer.headers["X-Request-ID"]


def test_somebody_without_the_permission_is_refused_in_words(signed_in, audit_page):
    answer = signed_in(Role.MARKER).get(audit_page)

    assert answer.status_code == 403
    assert "read the audit trail." in answer.get_data(as_text=True)


def test_a_route_can_not_require_nothing():
    with pytest.raises(ValueError, match="name a permission"):
        requires()


def test_a_token_nobody_was_given_opens_nothing(client, audit_page):
    client.set_cookie("sign-in", "A" * 43)

    assert client.get(audit_page).status_code == 302


def test_a_disabled_user_is_out_at_the_next_request(app, audit_page):
    user = open_account(Role.AUDITOR)
    browser = app.test_client()
    browser.set_cookie("sign-in", token_of(user))
    assert browser.get(audit_page).status_code == 200

    with unit_of_work() as session:
        disable_user(session, SET_UP, session.get_one(User, user.id), now=clock.now())

    assert browser.get(audit_page).status_code == 302


def test_a_stolen_token_is_worthless_after_signing_out(app, signed_in, audit_page):
    browser = signed_in(Role.AUDITOR)
    stolen = browser.get_cookie("sign-in").value

    browser.post("/sign-out", data={"csrf_token": csrf_of(browser, "/")})

    thief = app.test_client()
    thief.set_cookie("sign-in", stolen)
    assert thief.get(audit_page).status_code == 302


def test_being_seen_is_noted_although_pages_only_read(signed_in, audit_page):
    browser = signed_in(Role.AUDITOR)
    earlier = clock.now() - SEEN_STEP - timedelta(seconds=1)
    with unit_of_work() as session:
        session.execute(update(SignIn).values(seen_at=earlier))

    assert browser.get(audit_page).status_code == 200

    with unit_of_work() as session:
        assert session.scalars(select(SignIn.seen_at)).one() > earlier
