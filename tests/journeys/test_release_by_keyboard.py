"""In a real browser, without a mouse: three people release results, each with their own step."""

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from exam_centre.calendar.models import Series
from exam_centre.kernel.database import reading
from exam_centre.kernel.permissions import Role
from exam_centre.results.models import Outcome, ReleaseBatch
from exam_centre.results.rules import BatchStatus, OutcomeStatus
from tests.journeys import test_signing_in as desk
from tests.journeys.house import LOGINS, NAMES, House
from tests.journeys.keyboard import Keyboard

pytestmark = pytest.mark.browser

browser = desk.browser
CODE = "2026SUM"
BATCHES = f"/results/series/{CODE}/batches"


def statuses() -> set[OutcomeStatus]:
    with reading() as session:
        wanted = select(Outcome.status).join(Series, Series.id == Outcome.series_id)
        return set(session.scalars(wanted.where(Series.code == CODE)))


def batch() -> ReleaseBatch:
    with reading() as session:
        wanted = select(ReleaseBatch).join(Series, Series.id == ReleaseBatch.series_id)
        return session.scalars(wanted.where(Series.code == CODE)).one()


def test_three_people_release_a_batch_by_keyboard_and_the_seal_names_them(
    house: House, browser: Browser
):
    house.begin_again()
    complaints: list[str] = []

    def as_(role: Role, then: str) -> Keyboard:
        """Somebody else sits down at a browser of their own and signs in."""
        reader = desk.Reader(browser, desk.DESK, locale="en-GB")
        reader.context.add_cookies(house.cookies(None, "en"))
        reader.complaints = complaints
        hands = Keyboard(reader.page)
        hands.sign_in(house.address, LOGINS[role], then)
        return hands

    officer = as_(Role.EXAM_OFFICER, f"/results/series/{CODE}")
    officer.press("Prepare the release of 2 outcomes")
    expect(officer.page.get_by_role("heading", level=1)).to_contain_text("Release of")
    officer.press("Prepare a batch of 2 outcomes")
    expect(officer.page.get_by_role("heading", level=1)).to_have_text("Batch of 2 outcomes")
    assert batch().status is BatchStatus.PREPARED
    address = f"/results/batches/{batch().token}"
    expect(officer.page.get_by_role("button", name="Approve 2 outcomes")).to_have_count(0)

    # Who releases comes too early, and is not offered what is another's step.
    early = as_(Role.RELEASE_OFFICER, address)
    expect(early.page.locator("main button.seal")).to_have_count(0)

    approver = as_(Role.APPROVER, address)
    seal = approver.page.get_by_role("button", name="Approve 2 outcomes")
    expect(seal).to_have_class("seal")
    approver.press("Approve 2 outcomes")
    expect(approver.page.locator("dl.facts")).to_contain_text(NAMES[Role.APPROVER])
    assert batch().status is BatchStatus.APPROVED
    assert statuses() == {OutcomeStatus.APPROVED}

    early.page.reload()
    early.press("Release 2 outcomes")
    stamp = early.page.locator(".stamp")
    expect(stamp).to_contain_text("Released")
    for role in (Role.EXAM_OFFICER, Role.APPROVER, Role.RELEASE_OFFICER):
        expect(stamp).to_contain_text(NAMES[role])
    expect(stamp).to_contain_text(batch().content_sha256[:8])
    assert statuses() == {OutcomeStatus.RELEASED}
    assert complaints == []
