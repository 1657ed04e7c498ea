"""In a real browser, by keyboard: a room is opened by two, started, closed by two, on one phone."""

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from exam_centre.custody.rules import BagStatus
from exam_centre.invigilation.models import RoomDay
from exam_centre.invigilation.rules import RoomDayStatus
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.permissions import Role
from tests.architecture import strangers
from tests.factories.times import MINUTE, NINE
from tests.invigilation.staged import Hands, later_numbers, stage
from tests.journeys import test_signing_in as desk
from tests.journeys.keyboard import type_number_and_password
from tests.webkit import fixtures
from tests.webkit.fixtures import PASSWORD

pytestmark = pytest.mark.browser

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
no_strangers = strangers.no_strangers
address = desk.address
browser = desk.browser
axe = desk.axe


def press(page: Page, words: str) -> None:
    """Walk with the tab key to a button or link that says `words`, and press it."""
    target = page.locator("main").locator("a, button").filter(has_text=words).first
    expect(target).to_be_visible()
    for _ in range(80):
        if target.evaluate("node => node === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the tab key never comes to {words!r}")


def second_signs(page: Page, login: str) -> None:
    """Let the second person type their number and password, and send it all with the enter key."""
    page.get_by_label("Second person's number").focus()
    page.keyboard.type(login)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


def day_of(room_session_id: int) -> RoomDay:
    with reading() as session:
        return session.scalars(
            select(RoomDay).where(RoomDay.room_session_id == room_session_id)
        ).one()


def test_a_room_is_run_by_keyboard_and_signed_by_two(
    address, browser: Browser, axe: str, monkeypatch
):
    hands = Hands(NINE - 20 * MINUTE)
    monkeypatch.setattr(clock, "now", hands.now)
    staged = stage()
    staged.staff(Role.INVIGILATOR, "I1", "第一监考")
    second = staged.staff(Role.INVIGILATOR, "I2", "第二监考")
    with unit_of_work() as session:
        later_numbers(session).bag(staged.placements[0], status=BagStatus.OPENED)
    room = staged.room_session
    reader = desk.Reader(browser, desk.PHONE, locale="en-GB", reduced_motion="reduce")
    page = reader.page
    faults: dict[str, list[str]] = {}

    page.goto(f"{address}/sign-in?next=/invigilation/rooms/{room.token}")
    type_number_and_password(page, "I1")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Room")
    press(page, "Prepare room")
    expect(page.get_by_role("status")).to_contain_text("The room is prepared.")
    press(page, "Open room")
    second_signs(page, "I1")
    expect(page.get_by_role("alert")).to_contain_text("Someone else must do this one.")
    faults["refused"] = reader.faults(axe)
    page.get_by_label("Second person's number").fill("")
    second_signs(page, "I2")
    expect(page.get_by_role("status")).to_contain_text("The room is open. Two people signed.")

    hands.at = NINE
    page.reload()
    press(page, "Start the clock of room")
    expect(page.locator("h1")).to_contain_text("Running")
    faults["running"] = reader.faults(axe)

    # Who watches a room stays signed in through a sitting in which nobody touches the phone.
    hands.at = NINE + 91 * MINUTE
    page.reload()
    press(page, "Say who is absent")
    expect(page.get_by_role("checkbox")).to_have_count(3)
    for line in page.get_by_role("checkbox").all():
        line.focus()
        page.keyboard.press("Space")
    second_signs(page, "I2")
    expect(page.get_by_role("status")).to_contain_text("3 seats are absent.")
    press(page, "Close the register of room")
    second_signs(page, "I2")
    expect(page.get_by_role("status")).to_contain_text("The register is closed.")

    day = day_of(room.id)
    assert day.status is RoomDayStatus.CLOSED
    assert day.opening_witness_id == day.countersigned_by_id == second.person_id
    assert {name: found for name, found in faults.items() if found} == {}
    assert reader.complaints == []
    reader.context.close()
