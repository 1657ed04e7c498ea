"""An exam day with one room, its people and its staff, for tests that go through pages."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from exam_centre.accounts.models import User
from exam_centre.accounts.service import grant_role, open_user
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.models import Unit
from exam_centre.timetable.models import Placement, RoomSession
from exam_centre.venues.models import Venue
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.factories.people import resident_number
from tests.factories.times import NINE
from tests.webkit.fixtures import CHEAP, PASSWORD, SERIAL, SET_UP, csrf_of, token_of

NAMES = ("王小明", "欧阳雪", "买买提·艾力", "李强", "陈静")


@dataclass
class Staged:
    """One room at nine with three people in it, at a venue whose staff can be made."""

    make: Make
    venue: Venue
    other_venue: Venue
    room_session: RoomSession
    placements: list[Placement]

    def staff(self, role: Role, login: str, name: str = "", *, elsewhere: bool = False) -> User:
        """Commit a user with a role at this venue, or at another one."""
        now = clock.now()
        with unit_of_work() as session:
            make = later_numbers(session)
            number = resident_number(next(SERIAL))
            person = make.person(name or f"监考{login}", id_no=number, language="en")
            user = open_user(
                session, SET_UP, person, login=login, password=PASSWORD, now=now, cost=CHEAP
            )
            venue = self.other_venue if elsewhere else self.venue
            unit = session.get_one(Unit, venue.unit_id)
            grant_role(session, SET_UP, user, role, unit, venue_id=venue.id, now=now)
            return user


def stage(starts_at: datetime = NINE, people: int = 3) -> Staged:
    """Commit one room of people who sit a script-marked paper from `starts_at` for 90 minutes."""
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        venue = make.home_venue()
        period = make.period(starts_at=starts_at)
        paper = make.paper()
        placements = []
        for n in range(people):
            candidate = make.candidate(make.person(NAMES[n % len(NAMES)]))
            entry = make.entry(candidate, paper)
            placements.append(make.placement(entry, period=period))
        room_session = session.get_one(RoomSession, placements[0].room_session_id)
        return Staged(make, venue, make.venue(), room_session, placements)


class Member:
    """A member of staff at a browser: signed in anew each time, however long the test waits."""

    def __init__(self, app: Flask, user: User, language: str = "en") -> None:
        self.app, self.user, self.language = app, user, language

    @property
    def person_id(self) -> int:
        """The human's key."""
        return self.user.person_id

    def get(self, address: str) -> TestResponse:
        """Open a page."""
        return self._browser().get(address)

    def post(self, address: str, *, follow: bool = False, **fields: object) -> TestResponse:
        """Send a form with the page's own token."""
        browser = self._browser()
        data = {"csrf_token": csrf_of(browser), **fields}
        return browser.post(address, data=data, follow_redirects=follow)

    def _browser(self) -> FlaskClient:
        browser = self.app.test_client()
        browser.set_cookie("sign-in", token_of(self.user))
        with browser.session_transaction() as kept:
            kept["language"] = self.language
        return browser


class Hands:
    """A clock that a test sets."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return what the hands show."""
        return self.at


def later_numbers(session: Session) -> Make:
    """Return builders whose numbers lie far from those of `stage`."""
    make = Make(session, TEST_SEAL)
    make.number = count(90_000).__next__  # type: ignore[method-assign]
    return make
