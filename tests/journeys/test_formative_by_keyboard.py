"""In a real browser, without a mouse: formative marks of a course typed and pasted on one sheet."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from exam_centre.calendar.models import Series
from exam_centre.entries.models import Candidate
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.marking.models import FormativeMark
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.papers.models import Course
from tests.architecture import strangers
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.journeys import test_marking_by_keyboard as marking
from tests.webkit import fixtures
from tests.webkit.fixtures import open_account, token_of

pytestmark = pytest.mark.browser

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
no_strangers = strangers.no_strangers
address = marking.address
browser = marking.browser

PASTE = """text => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", text);
    const facts = {clipboardData, bubbles: true, cancelable: true};
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", facts));
}"""


@pytest.fixture
def sheet(app) -> tuple[str, str, list[str]]:
    """An officer's sign-in, the address of a sheet, and the student numbers of its four lines."""
    user = open_account(Role.EXAM_OFFICER, login="O1001", name="王立", language="en")
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        top = session.scalars(select(Unit).where(Unit.parent_id.is_(None))).one()
        make._homes[UnitLevel.NATIONAL] = top
        paper = make.paper()
        first = make.entry(paper=paper)
        course = session.get_one(Course, make.entry_courses(first)[0].course_id)
        entries = [first, *(make.entry(paper=paper, courses=[course]) for _ in range(3))]
        people = [session.get_one(Candidate, entry.candidate_id) for entry in entries]
        series = session.get_one(Series, first.series_id)
        path = f"/marking/formative/{series.code}/{course.code}/sheet"
        numbers = sorted(person.person_no for person in people)
    return token_of(user), path, numbers


@pytest.fixture
def page(address, browser, sheet) -> Iterator[Page]:
    """The sheet, just opened."""
    sign_in, path, _ = sheet
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.add_cookies([{"name": "sign-in", "value": sign_in, "url": address}])
    page = context.new_page()
    page.goto(f"{address}{path}")
    yield page
    context.close()


def kept() -> dict[str, str]:
    with unit_of_work() as session:
        rows = session.execute(
            select(Candidate.person_no, FormativeMark.score).join(
                Candidate, Candidate.id == FormativeMark.candidate_id
            )
        )
        return {number: str(score) for number, score in rows}


def test_a_sheet_is_typed_pasted_and_kept_by_keyboard_alone(page, sheet):
    first, second, third, fourth = sheet[2]
    expect(page.locator(f"#mark-{first}")).to_be_focused()
    page.keyboard.type("71")
    page.keyboard.press("Enter")
    expect(page.locator(f"#mark-{second}")).to_be_focused()
    expect(page.locator("[data-state]")).to_have_text("1 not saved yet")

    page.evaluate(PASTE, "80\n81\n82\n83\n")
    expect(page.locator("[data-state]")).to_contain_text("more than are left")
    expect(page.locator(f"#mark-{second}")).to_have_value("")
    page.evaluate(PASTE, "80\n81.5\n")
    page.evaluate(PASTE, f"{fourth}\t60\n999\t61\n")
    expect(page.locator("[data-state]")).to_contain_text("Nobody with the number 999")
    page.evaluate(PASTE, f"{fourth}\t60\n")
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"#mark-{third}")).to_be_focused()
    page.locator("#source").focus()
    page.keyboard.type("learning platform")
    page.get_by_role("button", name="Keep this sheet").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("4 marks kept.")).to_be_visible()
    assert kept() == {first: "71.00", second: "80.00", third: "81.50", fourth: "60.00"}
