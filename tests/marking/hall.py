"""An application with people who mark, check and approve, for the tests of pages."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from exam_centre.accounts.models import User
from exam_centre.accounts.service import grant_role, open_user
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import UnitLevel
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.webkit.fixtures import CHEAP, PASSWORD, SET_UP, csrf_of, open_account, token_of

LOGINS = count(1)


class Hall:
    """Builders over the application's database, and browsers of whoever is needed."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with unit_of_work() as session:
            self.make = Make(session, TEST_SEAL)
            self.make.home(UnitLevel.NATIONAL)

    @contextmanager
    def making(self) -> Iterator[Make]:
        """The builders in a unit of work of their own; what they made before stays known."""
        with unit_of_work() as session:
            self.make.session = session
            yield self.make

    def somebody(self, *roles: Role, name: str = "王立", language: str = "en") -> User:
        """A new user with these roles over the whole university."""
        return open_account(*roles, login=f"H{next(LOGINS):04d}", name=name, language=language)

    def away(self, *roles: Role) -> User:
        """A new user with these roles in another branch alone."""
        with self.making() as make:
            login = f"H{next(LOGINS):04d}"
            person, unit = make.person("赵远"), make.unit(UnitLevel.PROVINCIAL)
            now = clock.now()
            user = open_user(
                make.session, SET_UP, person, login=login, password=PASSWORD, now=now, cost=CHEAP
            )
            for role in roles:
                grant_role(make.session, SET_UP, user, role, unit, now=now)
            return user

    def browser(self, user: User) -> FlaskClient:
        """The browser of somebody, signed in."""
        browser = self.app.test_client()
        browser.set_cookie("sign-in", token_of(user))
        return browser

    def get(self, user: User, address: str) -> TestResponse:
        """What somebody is answered at an address."""
        return self.browser(user).get(address)

    def read(self, user: User, address: str) -> str:
        """The text of a page, as somebody sees it."""
        return self.get(user, address).get_data(as_text=True)

    def act(self, user: User, address: str, **fields: object) -> TestResponse:
        """Post a form of ours, follow where it leads, and return the last answer."""
        browser = self.browser(user)
        data = {"csrf_token": csrf_of(browser, "/")} | fields
        return browser.post(address, data=data, follow_redirects=True)


def pages_of(answer: TestResponse) -> list[str]:
    """The text of a PDF that was answered, page by page, as it stands on the paper."""
    assert answer.mimetype == "application/pdf", answer.status
    command = ["pdftotext", "-layout", "-", "-"]
    run = subprocess.run(command, input=answer.data, capture_output=True, check=True)
    return run.stdout.decode().split("\f")[:-1]
