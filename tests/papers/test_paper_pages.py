"""Pages of papers: everybody concerned reads them, headquarters alone writes."""

import pytest
from sqlalchemy import func, select

from exam_centre.accounts.queries import find_user
from exam_centre.accounts.service import grant_role
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Course, Paper, Scheme
from tests.architecture import strangers
from tests.webkit import fixtures
from tests.webkit.fixtures import csrf_of

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
client = fixtures.client
signed_in = fixtures.signed_in
no_strangers = strangers.no_strangers

PAPER = {
    "code": "1001",
    "name": "机械制图",
    "mode": "paper",
    "minutes": "90",
    "book_rule": "closed",
    "material": "直尺",
}
SCHEME = {
    "source": "2026 年第 3 号文",
    "formative_percent": "30",
    "pass_mark": "60",
    "precision": "0",
    "rounding": "half_up",
}


def count(model):
    with unit_of_work() as session:
        return session.scalar(select(func.count()).select_from(model))


def send(browser, address, **fields):
    return browser.post(address, data=fields | {"csrf_token": csrf_of(browser, "/me")})


@pytest.fixture
def office(signed_in):
    """The exam office of headquarters, with one paper."""
    browser = signed_in(Role.EXAM_OFFICER)
    assert send(browser, "/papers/add", **PAPER).status_code == 303
    return browser


def test_a_paper_is_added_once_and_its_minutes_must_fit_its_mode(office):
    again = send(office, "/papers/add", **PAPER).get_data(as_text=True)
    endless = send(office, "/papers/add", **PAPER | {"code": "1", "minutes": ""})
    odd = send(office, "/papers/add", **PAPER | {"code": "2", "minutes": "９０"})

    assert "The code 1001 is taken" in again
    assert "A paper that is sat has 1 to 600 minutes" in endless.get_data(as_text=True)
    assert odd.status_code == 200
    assert count(Paper) == 1


def test_a_paper_is_found_by_the_code_of_its_course(office):
    course = {"code": "C77", "name": "制图一", "level": "diploma", "learning_area": "basic skills"}
    wrong = send(office, "/papers/1001/add-course", **course, credits="0.3")
    added = send(office, "/papers/1001/add-course", **course, credits="4")

    assert "Credits go from 0.5" in wrong.get_data(as_text=True)
    assert added.status_code == 303
    assert count(Course) == 1
    assert "机械制图" in office.get("/papers/?q=c77").get_data(as_text=True)
    assert "机械制图" not in office.get("/papers/?q=c78").get_data(as_text=True)
    assert "机械制图" not in office.get("/papers/?mode=oral").get_data(as_text=True)


def test_a_scheme_is_followed_by_a_version_and_never_edited(office):
    first = send(office, "/papers/1001/set-scheme", **SCHEME)
    second = send(office, "/papers/1001/set-scheme", **SCHEME | {"formative_percent": "40"})
    refused = send(office, "/papers/1001/set-scheme", **SCHEME | {"pass_mark": "101"})
    page = office.get("/papers/1001").get_data(as_text=True)

    assert (first.status_code, second.status_code) == (303, 303)
    assert "lie between 0 and 100" in refused.get_data(as_text=True)
    assert count(Scheme) == 2
    assert page.index("Version 2") < page.index("Version 1")
    assert "40.00" in page
    assert "30.00" in page


def test_a_correction_keeps_the_code(office):
    changed = send(office, "/papers/1001/change", **PAPER | {"name": "工程制图"})

    assert changed.status_code == 303
    assert "工程制图" in office.get("/papers/1001").get_data(as_text=True)


def test_reading_is_for_many_and_writing_for_headquarters(office, signed_in):
    auditor, worker = signed_in(Role.AUDITOR, login="A2"), signed_in(Role.WORKER, login="A3")
    writing = ["/papers/add", "/papers/1001/change", "/papers/1001/set-scheme"]

    assert auditor.get("/papers/1001").status_code == 200
    assert {auditor.get(page).status_code for page in writing} == {403}
    assert worker.get("/papers/").status_code == 403
    assert office.get("/papers/9999").status_code == 404


def test_an_office_below_headquarters_reads_and_may_not_write(office, signed_in):
    below = signed_in(login="A4")
    with unit_of_work() as session:
        province = Unit(code="P", name="省", level="provincial", parent_id=1, path="/1/new/")
        session.add(province)
        session.flush()
        user = find_user(session, "A4")
        grant_role(session, fixtures.SET_UP, user, Role.EXAM_OFFICER, province, now=clock.now())

    assert "/papers/add" not in below.get("/papers/").get_data(as_text=True)
    assert send(below, "/papers/add", **PAPER | {"code": "7"}).status_code == 403
