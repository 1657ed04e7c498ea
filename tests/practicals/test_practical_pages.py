"""Skill rooms on a phone: the lot with a witness, and marks nobody else sees."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from exam_centre.accounts.models import Person, User
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.papers.rules import Mode
from exam_centre.practicals.models import PracticalMark, StationDraw
from tests.architecture import strangers
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.webkit import fixtures
from tests.webkit.fixtures import PASSWORD, csrf_of, open_account, token_of

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
signed_in = fixtures.signed_in
no_strangers = strangers.no_strangers

PRESENT, ABSENT = AttendanceStatus.PRESENT, AttendanceStatus.ABSENT


class Workshop:
    """A skill room with one candidate present and one absent, its door and its assessor."""

    def __init__(self, app, language: str = "en") -> None:
        self.app = app
        self.door = open_account(Role.INVIGILATOR, login="I1", name="孙三", language=language)
        self.witness = open_account(Role.INVIGILATOR, login="I2", name="吴四")
        self.assessor = open_account(Role.MARKER, login="M1", name="李明", language=language)
        with unit_of_work() as session:
            make = Make(session, TEST_SEAL)
            top = session.scalars(select(Unit).where(Unit.parent_id.is_(None))).one()
            make._homes[UnitLevel.NATIONAL] = top
            paper = make.paper(Mode.PRACTICAL)
            sat = make.sat(PRESENT, ABSENT, paper=paper, reconciled=False)
            self.room = sat.room_session.token
            self.present, self.absent = (placement.token for placement in sat.placements)
            person = session.get_one(Person, sat.placements[0].person_id)
            self.candidate = person.name

    def browser(self, user: User) -> FlaskClient:
        browser = self.app.test_client()
        browser.set_cookie("sign-in", token_of(user))
        return browser

    def read(self, user: User, address: str) -> str:
        return self.browser(user).get(address).get_data(as_text=True)

    def act(self, user: User, address: str, **fields: str):
        browser = self.browser(user)
        data = {"csrf_token": csrf_of(browser, "/")} | fields
        return browser.post(address, data=data, follow_redirects=True)

    def draw(self, login: str = "I2", password: str = PASSWORD, placement: str = ""):
        return self.act(
            self.door,
            f"/practicals/draws/{placement or self.present}",
            second_login=login,
            second_password=password,
        )


@pytest.fixture
def workshop(app) -> Workshop:
    return Workshop(app)


def draws() -> list[StationDraw]:
    with unit_of_work() as session:
        return list(session.scalars(select(StationDraw)))


def test_a_station_is_drawn_once_before_a_witness_who_signs(workshop):
    page = workshop.draw().get_data(as_text=True)

    drawn = draws()[0]
    assert f">{drawn.station}</p>" in page
    assert drawn.witness_id == workshop.witness.person_id
    assert workshop.draw().status_code == 409
    assert len(draws()) == 1


@pytest.mark.parametrize(
    ("login", "password", "sentence"),
    [
        ("I1", PASSWORD, "took an earlier step"),
        ("I2", "wrong password here", "Number and password do not match"),
        ("M1", PASSWORD, "does not work at this door"),
        ("", "", "The second person types their staff number."),
    ],
)
def test_without_a_right_witness_nothing_is_drawn(workshop, login, password, sentence):
    assert sentence in workshop.draw(login, password).get_data(as_text=True)
    assert draws() == []


def test_who_is_absent_draws_no_station(workshop):
    assert workshop.draw(placement=workshop.absent).status_code == 409
    page = workshop.read(workshop.door, f"/practicals/draws/{workshop.absent}")
    assert "Admit the person at the door first" in page


def test_assessors_see_stations_and_no_names_and_mark_once(workshop):
    workshop.draw()
    room = workshop.read(workshop.assessor, f"/practicals/rooms/{workshop.room}")
    assert workshop.candidate not in room
    assert workshop.candidate in workshop.read(workshop.door, f"/practicals/rooms/{workshop.room}")
    address = f"/practicals/marks/{workshop.present}"

    for text in ("101", "8.555", "８５", "1e2", "NaN", "."):
        page = workshop.act(workshop.assessor, address, score=text)
        assert page.status_code == 200, text
        assert "is no mark. Give 0 to 100" in page.get_data(as_text=True)
    workshop.act(workshop.assessor, address, score="88.5")

    with unit_of_work() as session:
        assert [str(mark.score) for mark in session.scalars(select(PracticalMark))] == ["88.50"]
    assert "You gave 88.5" in workshop.read(workshop.assessor, address)


def test_a_refusal_is_said_in_chinese_too(app):
    workshop = Workshop(app, language="zh")
    workshop.draw()

    page = workshop.act(
        workshop.assessor, f"/practicals/marks/{workshop.present}", score="101"
    ).get_data(as_text=True)

    assert "is no mark" not in page
    assert "101" in page


def test_the_pages_open_for_their_roles_alone(workshop, signed_in):
    auditor = signed_in(Role.AUDITOR, login="A1")
    for address in (
        "/practicals/",
        f"/practicals/rooms/{workshop.room}",
        f"/practicals/draws/{workshop.present}",
        f"/practicals/marks/{workshop.present}",
    ):
        assert auditor.get(address).status_code == 403
    assert workshop.browser(workshop.assessor).get("/practicals/").status_code == 200
    nowhere = workshop.browser(workshop.door).get("/practicals/rooms/" + "A" * 22)
    assert nowhere.status_code == 404
