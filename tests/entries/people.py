"""Browsers of an office, a liaison and a worker over one series, for tests of pages."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from exam_centre.accounts.models import Person, User
from exam_centre.accounts.service import grant_role
from exam_centre.entries.models import Candidate, Entry
from exam_centre.entries.rules import EntryStatus
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.webkit import fixtures


class Campus:
    """Two people of the exam office, a liaison, a worker, and what tests put into the series."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        account = fixtures.open_account
        self.officer = account(Role.EXAM_OFFICER, login="A1001", name="许清")
        self.colleague = account(Role.EXAM_OFFICER, login="A1002", name="林芳")
        self.liaison = account(Role.LIAISON, login="L1001", name="钱联络")
        self.worker = account(Role.WORKER, login="2632000001", name="王芳")
        self.invigilator = account(Role.INVIGILATOR, login="I1001", name="周杰")
        with unit_of_work() as session:
            top = session.scalars(select(Unit).where(Unit.parent_id.is_(None))).one()
            self.make = make = Make(session, TEST_SEAL)
            make._homes[UnitLevel.NATIONAL] = top
            for _ in range(1000):  # past the codes of what was made with the accounts
                make.number()
            own = session.get_one(Person, self.worker.person_id)
            self.own = make.candidate(own, person_no="2632000001")
            self.series = make.home_series()
            session.flush()
            session.expunge_all()

    def building(self, session) -> Make:
        """Return builders that go on where the campus stands."""
        make, self.make.session = self.make, session
        return make

    def entry(self, *, own: bool = False, status: EntryStatus = EntryStatus.CONFIRMED, **fields):
        """Make an entry and return its token."""
        with unit_of_work() as session:
            make = self.building(session)
            candidate = session.get_one(Candidate, self.own.id) if own else make.candidate()
            return make.entry(candidate, status=status, **fields).token

    def entry_of(self, token: str) -> Entry:
        """Return an entry as it stands now."""
        with reading() as session:
            found = session.scalars(select(Entry).where(Entry.token == token)).one()
            session.expunge_all()
            return found

    def browser(self, user: User) -> FlaskClient:
        """Return a browser in which somebody is signed in."""
        browser = self.app.test_client()
        browser.set_cookie("sign-in", fixtures.token_of(user))
        return browser

    def read(self, user: User, address: str) -> str:
        """Return a page as somebody sees it."""
        return self.browser(user).get(address, follow_redirects=True).get_data(as_text=True)

    def act(self, user: User, address: str, **fields):
        """Press a button as somebody, and return the page that follows."""
        browser = self.browser(user)
        data = {"csrf_token": fixtures.csrf_of(browser, "/")} | fields
        return browser.post(address, data=data, follow_redirects=True)

    def stranger(self) -> User:
        """Return an exam officer of another province."""
        user = fixtures.open_account(login="B2002", name="李明")
        with unit_of_work() as session:
            top = session.scalars(select(Unit).where(Unit.level == UnitLevel.NATIONAL)).one()
            province = Make(session).unit(UnitLevel.PROVINCIAL, parent=top, code="99")
            grant_role(session, fixtures.SET_UP, user, Role.EXAM_OFFICER, province, now=clock.now())
        return user
