"""In a real browser, without a mouse: a bundle of twelve from the first mark to the seal."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select

from deploy.prerequisites import CHROMIUM
from exam_centre.accounts.models import Person
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.marking.models import Allocation, Mark, SecretCode
from exam_centre.marking.rules import AllocationStatus
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from tests.architecture import strangers
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.webkit import fixtures
from tests.webkit.chromium import serving
from tests.webkit.fixtures import open_account, token_of

pytestmark = pytest.mark.browser

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
no_strangers = strangers.no_strangers

HOLDER = 3  # the place of somebody who was absent
TENTH = 11  # the tenth script of the bundle, the place-holder not counted
PRESENT = AttendanceStatus.PRESENT


@pytest.fixture
def address(app) -> Iterator[str]:
    """The address of the application on a port of its own."""
    with serving(app) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """This machine's own Chromium."""
    program = CHROMIUM.find()
    if program is None:
        pytest.skip("no Chromium on this machine; `make prerequisites` installs it")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def marker(app) -> tuple[str, str]:
    """A marker's sign-in and the token of a bundle of twelve scripts that is theirs."""
    user = open_account(Role.MARKER, login="M1001", name="李明", language="en")
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        make._homes[UnitLevel.NATIONAL] = session.scalars(
            select(Unit).where(Unit.parent_id.is_(None))
        ).one()
        absent = [AttendanceStatus.ABSENT if n == HOLDER else PRESENT for n in range(1, 14)]
        bundle = make.bundle(sat=make.sat(*absent))
        person = session.get_one(Person, user.person_id)
        allocation = make.allocation(bundle, 1, person)
        token = allocation.token
    return token_of(user), token


def tail_of(place: int) -> str:
    with unit_of_work() as session:
        wanted = select(SecretCode.code).where(SecretCode.position == place)
        return session.scalars(wanted).one()[-2:]


def marks_on_record() -> dict[int, str]:
    with unit_of_work() as session:
        rows = session.execute(
            select(SecretCode.position, Mark.score)
            .join(Mark, Mark.secret_code_id == SecretCode.id)
            .where(Mark.round == 1)
        )
        return {place: str(score) for place, score in rows}


def type_and_enter(page: Page, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Enter")


@pytest.fixture
def page(address, browser, marker) -> Iterator[Page]:
    """The marker's sheet, just opened."""
    sign_in, token = marker
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.add_cookies([{"name": "sign-in", "value": sign_in, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/marking/mine/{token}")
    yield page
    context.close()


def test_a_bundle_of_twelve_is_marked_and_sealed_by_keyboard_alone(page):
    expect(page.locator("#mark-1")).to_be_focused()
    type_and_enter(page, "71")
    type_and_enter(page, "85.")

    # The cursor stays where the mark can not be meant, and the sentence stands there.
    expect(page.locator("#said-2")).to_contain_text("has no digits after the point. Type 85")
    expect(page.locator("#mark-2")).to_be_focused()
    type_and_enter(page, "85")

    # The place-holder is skipped: the third script stands at the fourth place.
    expect(page.locator("#mark-4")).to_be_focused()
    for place in range(4, TENTH):
        type_and_enter(page, str(60 + place))
    expect(page.locator(f"#mark-{TENTH}")).to_be_focused()
    type_and_enter(page, "90")
    expect(page.locator(f"#tail-{TENTH}")).to_be_focused()
    wrong = f"{(int(tail_of(TENTH)) + 1) % 100:02d}"
    type_and_enter(page, wrong)
    expect(page.locator(f"#said-{TENTH}")).to_contain_text(f"does not end in {wrong}")
    page.locator(f"#tail-{TENTH}").focus()
    page.keyboard.press("Control+A")
    type_and_enter(page, tail_of(TENTH))
    expect(page.locator("#mark-12")).to_be_focused()
    type_and_enter(page, "m")
    type_and_enter(page, "55")
    expect(page.get_by_role("link", name="Proofread and submit")).to_be_focused()
    expect(page.locator("[data-state]")).to_have_text("All saved")
    expect(page.locator("[data-marked]")).to_have_text("12")

    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bundle from code")
    page.get_by_role("button", name="Submit 12 marks and lock them").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Submitted. These marks are locked now.")

    kept = marks_on_record()
    assert kept[1] == "71.00"
    assert kept[2] == "85.00"
    assert kept[HOLDER] == "None"
    assert kept[TENTH] == "90.00"
    assert kept[12] == "None"
    with unit_of_work() as session:
        statuses = list(session.scalars(select(Allocation.status)))
    assert statuses == [AllocationStatus.SUBMITTED]


def test_what_the_network_lost_waits_in_the_browser_and_is_sent_after_a_reload(page):
    page.context.set_offline(True)
    type_and_enter(page, "64")
    expect(page.locator("[data-state]")).to_contain_text("No connection")
    assert 1 not in marks_on_record()

    # The network is back for the page before it is back for what the page sends.
    page.route("**/api/sheets/**", lambda route: route.abort())
    page.context.set_offline(False)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("#mark-1")).to_have_value("64")
    assert 1 not in marks_on_record()

    page.unroute("**/api/sheets/**")
    expect(page.locator("[data-state]")).to_have_text("All saved", timeout=15_000)
    expect(page.locator("#mark-1")).to_have_value("64")
    assert marks_on_record()[1] == "64.00"


def test_two_windows_of_one_marker_show_both_values_and_let_the_person_choose(page):
    other = page.context.new_page()
    other.goto(page.url)
    type_and_enter(page, "70")
    expect(page.locator("[data-state]")).to_have_text("All saved")
    other.locator("#mark-1").focus()
    type_and_enter(other, "80")

    keep = other.get_by_role("button", name="Keep 70, the mark on record")
    expect(keep).to_be_visible()
    other.get_by_role("button", name="Take 80, what I typed").press("Enter")

    expect(other.locator("[data-state]")).to_have_text("All saved")
    assert marks_on_record()[1] == "80.00"


def test_a_pasted_column_must_leave_the_place_holder_empty(page):
    def paste(text: str) -> None:
        page.locator("#mark-1").evaluate(
            """(input, text) => {
                const data = new DataTransfer();
                data.setData("text", text);
                const options = { clipboardData: data, bubbles: true, cancelable: true };
                input.dispatchEvent(new ClipboardEvent("paste", options));
            }""",
            text,
        )

    paste("70\n71\n72\n73")
    expect(page.locator("[data-state]")).to_contain_text("falls on place 3")
    expect(page.locator("#mark-1")).to_have_value("")

    paste("70\n71\n\n73\n")
    expect(page.locator("[data-state]")).to_have_text("All saved")
    kept = marks_on_record()
    assert (kept[1], kept[2], kept[4]) == ("70.00", "71.00", "73.00")


def test_the_word_of_an_input_method_does_not_leave_the_cell(page):
    page.locator("#mark-1").fill("7")
    page.locator("#mark-1").evaluate(
        """input => input.dispatchEvent(
            new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true }))"""
    )

    expect(page.locator("#mark-1")).to_be_focused()
