"""In a real browser: two exam officers take a series from its entries to the slips."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from exam_centre.admission.models import Slip
from exam_centre.admission.rules import SlipStatus
from exam_centre.calendar.models import Series
from exam_centre.kernel import jobs
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import Plan
from exam_centre.timetable.rules import PlanStatus
from tests.entries.files import csv_of
from tests.invigilation.staged import later_numbers
from tests.journeys import test_signing_in as desk
from tests.journeys.house import House
from tests.timetable.small_series import open_series
from tests.webkit.fixtures import open_account, token_of

pytestmark = pytest.mark.browser

browser = desk.browser
WORKERS = 12
Officer = Callable[[str, str], Page]


@pytest.fixture
def series(house: House) -> str:
    """The code of a series of twelve workers, confirmed for two papers each."""
    with unit_of_work() as session:
        make = later_numbers(session)
        top = session.scalars(select(Unit).where(Unit.parent_id.is_(None))).one()
        make._homes[UnitLevel.NATIONAL] = top
        return open_series(make, WORKERS).code


@pytest.fixture
def officer(house: House, browser: Browser) -> Iterator[Officer]:
    """Give the desk of an exam officer, by login and name."""
    house.begin_again()
    readers: list[desk.Reader] = []

    def sit_down(login: str, name: str) -> Page:
        user = open_account(Role.EXAM_OFFICER, login=login, name=name, language="en")
        reader = desk.Reader(browser, desk.DESK, locale="en-GB", reduced_motion="reduce")
        kept = {"name": "sign-in", "value": token_of(user), "url": house.address}
        reader.context.add_cookies([kept])
        readers.append(reader)
        return reader.page

    yield sit_down
    for reader in readers:
        assert reader.complaints == []
        reader.context.close()


def plan_of(code: str) -> Plan:
    with reading() as session:
        wanted = select(Plan).join(Series, Series.id == Plan.series_id)
        return session.scalars(wanted.where(Series.code == code)).one()


def valid_slips(code: str) -> int:
    with reading() as session:
        wanted = select(Slip.id).join(Series, Series.id == Slip.series_id)
        valid = wanted.where(Series.code == code, Slip.status == SlipStatus.VALID)
        return len(session.scalars(valid).all())


def run_jobs() -> None:
    """Do what the runner does."""
    while jobs.run_next():
        pass


def test_two_officers_take_a_series_from_its_entries_to_the_slips(house, officer, series):
    first, second = officer("E001", "第一考务"), officer("E002", "第二考务")

    # How far the series is, and what of it waits.
    first.goto(f"{house.address}/pipeline")
    first.get_by_role("link", name=series_name(series)).click()
    expect(first.get_by_role("heading", name="How far it is")).to_be_visible()
    expect(first.locator(".law--red").first).to_be_visible()

    # One more entry comes as a file; the candidate's page says what it needs.
    first.goto(f"{house.address}/entries/files/upload")
    first.get_by_label("What the file holds").select_option(label="Entries")
    row = {"person_no": house.at["person_no"], "series": series, "paper_code": paper_code()}
    file = {"name": "late.csv", "mimeType": "text/csv", "buffer": csv_of([row])}
    first.locator("input[type=file]").set_input_files([file])
    first.get_by_role("button", name="Look at the file").click()
    first.get_by_role("button", name="Apply one row").click()
    expect(first.get_by_role("status")).to_contain_text("imported")
    first.goto(f"{house.address}/entries/candidates/{house.at['person_no']}")
    late = first.locator(".card").filter(has_text=series_name(series))
    expect(late.get_by_role("link")).to_be_visible()

    # Two parts of a seed by two people, then the search.
    first.goto(f"{house.address}/timetable/series/{series}")
    first.get_by_role("button", name="Draft a plan").click()
    address = first.url
    first.get_by_label("Your part of the seed").fill("first part 4711")
    first.get_by_role("button", name="Give my part of the seed").click()
    expect(first.get_by_text("Another person signs in and gives the other.")).to_be_visible()
    second.goto(address)
    second.get_by_label("Your part of the seed").fill("second part 815")
    second.get_by_role("button", name="Give my part of the seed").click()
    first.goto(address)
    first.get_by_label("How thoroughly").select_option(label="A quick look")
    first.get_by_role("button", name="Search for a plan").click()
    expect(first.locator("progress")).to_be_visible()
    run_jobs()
    expect(first.get_by_role("heading", name="3. Before the second person")).to_be_visible()

    # Where everybody sits, then the second person.
    first.get_by_role("link", name="Grid").click()
    expect(first.locator(".grid td a").first).to_be_visible()
    first.goto(address)
    first.get_by_role("button", name="Propose this plan").click()
    expect(first.get_by_text("You proposed this plan. Someone else publishes it.")).to_be_visible()
    second.goto(address)
    for act in ("Publish the times", "Publish rooms and seats", "Allow the slips"):
        second.get_by_role("button", name=act).click()
    assert plan_of(series).status is PlanStatus.FROZEN

    # And everybody who has a seat gets a slip.
    first.goto(f"{house.address}/admission/slips/series/{series}")
    first.get_by_role("button", name=f"Issue {WORKERS} slips").click()
    run_jobs()
    expect(first.get_by_text("Every slip is out.")).to_be_visible()
    assert valid_slips(series) == WORKERS


def series_name(code: str) -> str:
    with reading() as session:
        return session.scalars(select(Series.name).where(Series.code == code)).one()


def paper_code() -> str:
    """The paper that was made last."""
    with reading() as session:
        newest = select(Paper.code).order_by(Paper.id.desc()).limit(1)
        return session.scalars(newest).one()
