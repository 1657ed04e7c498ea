"""A venue whose door is open now, the people at it, and who may do what there."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from exam_centre.accounts.models import User
from exam_centre.accounts.service import grant_role, open_user
from exam_centre.adapters.storage import DiskStorage
from exam_centre.admission.models import Attendance, Scan
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.keys import KeyRing, load_ring, make_key
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import UnitLevel
from exam_centre.timetable.models import Placement
from tests.architecture import strangers
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.webkit import fixtures
from tests.webkit.fixtures import CHEAP, PASSWORD, SET_UP, csrf_of, token_of

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
client = fixtures.client
no_strangers = strangers.no_strangers

NAMES = ("王立", "单雄信", "买买提·艾力")
TEN_MINUTES = timedelta(minutes=10)


@dataclass(frozen=True)
class Guest:
    """Somebody with a seat and a slip, as a test speaks of them."""

    name: str
    person_no: str
    placement: int
    token: str  # of the placement
    code: str  # typed
    text: str  # scanned
    slip: str  # the slip's token


@dataclass
class Doors:
    """A room open now with two people, the next room with a third, and browsers of the staff."""

    app: Flask
    ring: KeyRing
    starts: datetime
    room: str = ""
    next_room: str = ""
    venue: str = ""
    series: str = ""
    guests: list[Guest] = field(default_factory=list)
    _browsers: dict[str, FlaskClient] = field(default_factory=dict)

    def browser(self, login: str) -> FlaskClient:
        """The browser of somebody by login: door, second, chief, officer, worker, stranger."""
        if login not in self._browsers:
            with reading() as session:
                user = session.scalars(select(User).where(User.login == login)).one()
            browser = self.app.test_client()
            browser.set_cookie("sign-in", token_of(user))
            self._browsers[login] = browser
        return self._browsers[login]

    def send(self, login: str, address: str, **fields: str) -> Any:
        """Post a form as somebody, with the token their pages carry."""
        browser = self.browser(login)
        token = csrf_of(browser, "/")
        return browser.post(address, data={"csrf_token": token} | fields)

    def look(self, code: str, scan_no: str = "p1", room: str = "", **fields: str) -> str:
        """Scan something at a door; returns the page."""
        address = f"/admission/rooms/{room or self.room}/door/look"
        answer = self.send("door", address, scan_no=scan_no, code=code, **fields)
        assert answer.status_code == 200
        text: str = answer.get_data(as_text=True)
        return text

    def admit(self, guest: Guest, identity: str = "match", scan_no: str = "p2") -> str:
        """Say what comparing somebody gave; returns the page."""
        answer = self.send(
            "door",
            f"/admission/rooms/{self.room}/door/admit",
            scan_no=scan_no,
            code=guest.code,
            identity=identity,
        )
        assert answer.status_code == 200
        text: str = answer.get_data(as_text=True)
        return text

    def status(self, guest: Guest) -> AttendanceStatus:
        """What the records say of somebody."""
        with reading() as session:
            return session.get_one(Attendance, guest.placement).status

    def scans(self) -> list[Scan]:
        """Every scan that was kept, oldest first."""
        with reading() as session:
            return list(session.scalars(select(Scan).order_by(Scan.id)))

    def change(self, work: Any) -> Any:
        """Do something in the database, with builders."""
        with unit_of_work() as session:
            return work(session, Make(session, TEST_SEAL))


def portrait() -> bytes:
    """Return a small JPEG."""
    buffer = BytesIO()
    Image.new("RGB", (120, 160), (200, 180, 160)).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def doors(app: Flask, config: Config) -> Doors:
    """A room whose paper begins in ten minutes."""
    make_key(config.keys_dir, "slip")
    found = Doors(app, load_ring(config.keys_dir, "slip"), clock.now() + TEN_MINUTES)
    photo = DiskStorage(config.files_dir).put(portrait())
    with unit_of_work() as session:
        _build(session, found, photo)
    return found


def _build(session: Session, doors: Doors, photo: str) -> None:
    make = Make(session, TEST_SEAL)
    venue = make.home_venue()
    period = make.period(starts_at=doors.starts, ends_at=doors.starts + timedelta(minutes=90))
    here, beside = make.room(venue), make.room(venue)
    paper = make.paper()
    for name, room in zip(NAMES, (here, here, beside), strict=True):
        person = make.person(name)
        candidate = make.candidate(person)
        candidate.photo_key = photo
        placement = make.placement(make.entry(candidate, paper), room=room, period=period)
        slip = make.slip(placement)
        doors.guests.append(
            Guest(
                name,
                candidate.person_no,
                placement.id,
                placement.token,
                slip.short_code,
                make.slip_text(slip, doors.ring),
                slip.token,
            )
        )
        make.attendance(placement, AttendanceStatus.EXPECTED)
    make.entry(make.candidate(make.person("无座生")), paper)
    doors.room = make.room_session(here, period).token
    doors.next_room = make.room_session(beside, period).token
    doors.venue, doors.series = venue.token, make.home_series().code
    top = make.home(UnitLevel.NATIONAL)
    elsewhere = make.unit(UnitLevel.PROVINCIAL)
    first = session.get_one(Placement, doors.guests[0].placement).person_id
    for login, roles, unit in (
        ("door", (Role.DOOR_STAFF, Role.INVIGILATOR), top),
        ("second", (Role.INVIGILATOR, Role.CHIEF), top),
        ("chief", (Role.CHIEF,), top),
        ("officer", (Role.EXAM_OFFICER,), top),
        ("stranger", (Role.INVIGILATOR, Role.CHIEF, Role.EXAM_OFFICER), elsewhere),
        ("worker", (Role.WORKER,), top),
    ):
        person_id = first if login == "worker" else make.person(language="en").id
        user = open_user(
            session,
            SET_UP,
            session.get_one(type(make.person()), person_id),
            login=login,
            password=PASSWORD,
            now=clock.now(),
            cost=CHEAP,
        )
        for role in roles:
            grant_role(session, SET_UP, user, role, unit, now=clock.now())
