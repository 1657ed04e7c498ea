"""The whole application over a database of the test's own, and people who sign in to it."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config import Config
from deploy import translations
from exam_centre.accounts.models import User
from exam_centre.accounts.service import PasswordCost, grant_role, open_user
from exam_centre.accounts.service.sign_ins import begin
from exam_centre.app import create_app
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Actor, Role, everywhere
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.webkit.database import ENGINE
from exam_centre.webkit.limits import limiter
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.factories.people import resident_number

CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)
PASSWORD = "correct horse battery"
SET_UP = Actor(None, None, "set-up", everywhere(*Role))
SERIAL = count(500_000)  # of ID numbers, far from those that factories give by themselves
SignIn = Callable[..., FlaskClient]


@pytest.fixture(scope="session", autouse=True)
def compiled_catalogues() -> None:
    """Compile the catalogues, so that pages speak both languages."""
    translations.compile_all()


@pytest.fixture
def config(sqlite_url: str, tmp_path: Path) -> Config:
    """Settings of an application under test."""
    return Config.from_environment(settings(sqlite_url, tmp_path))


def settings(database_url: str, folder: Path) -> dict[str, str]:
    """Return an environment in which everything lies in `folder`."""
    return {
        "EXAM_CENTRE_ENVIRONMENT": "testing",
        "DATABASE_URL": database_url,
        "EXAM_CENTRE_SECRET_KEY": "a secret that only tests know of, long enough",
        "EXAM_CENTRE_KEYS_DIR": str(folder / "keys"),
        "EXAM_CENTRE_FILES_DIR": str(folder / "files"),
        "EXAM_CENTRE_JOBS_PATH": str(folder / "jobs.sqlite3"),
        "EXAM_CENTRE_PUBLIC_URL": "http://localhost",
        "EXAM_CENTRE_LOG_LEVEL": "ERROR",
    }


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The application; its limits begin at zero in every test."""
    application = create_app(config)
    limiter.reset()
    yield application
    application.extensions[ENGINE].dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser of nobody, without cookies."""
    return app.test_client()


def open_account(
    *roles: Role, login: str = "A1001", name: str = "王立", language: str = "en"
) -> User:
    """Commit a user with a password and with `roles` over the whole university."""
    now = clock.now()
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        number = resident_number(next(SERIAL))
        person = make.person(name, id_no=number, language=language)
        user = open_user(
            session, SET_UP, person, login=login, password=PASSWORD, now=now, cost=CHEAP
        )
        top = session.scalar(select(Unit).where(Unit.parent_id.is_(None)))
        top = top or make.home(UnitLevel.NATIONAL)
        for role in roles:
            grant_role(session, SET_UP, user, role, top, now=now)
        return user


def token_of(user: User) -> str:
    """Sign a user in without the cost of a password, and return the token."""
    with unit_of_work() as session:
        return begin(session, user, clock.now())


@pytest.fixture
def signed_in(app: Flask) -> SignIn:
    """Return a function that gives the browser of somebody new, signed in with `roles`."""

    def sign_in(*roles: Role, **fields: str) -> FlaskClient:
        browser = app.test_client()
        browser.set_cookie("sign-in", token_of(open_account(*roles, **fields)))
        return browser

    return sign_in


def csrf_of(browser: FlaskClient, address: str = "/sign-in") -> str:
    """Return the token a page's forms carry for this browser."""
    page = browser.get(address, follow_redirects=True).get_data(as_text=True)
    return page.split('name="csrf_token" value="')[1].split('"')[0]
