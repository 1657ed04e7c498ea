"""In a real browser, on a phone: a worker finds the slip, the result, and the certificate."""

import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from deploy.prerequisites import PDF_TOOLS
from exam_centre.certificates import queries
from exam_centre.certificates.documents import LEVEL_WORDS, day_of
from exam_centre.certificates.models import Certificate, Credential
from exam_centre.certificates.views.blueprint import SUPERVISION_WORDS
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading
from exam_centre.kernel.permissions import Role
from exam_centre.papers.rules import MODE_SENTENCES
from tests.journeys import test_signing_in as desk
from tests.journeys.furnished import ZONE
from tests.journeys.house import LOGINS, NAMES, House
from tests.journeys.keyboard import Keyboard

pytestmark = pytest.mark.browser

browser = desk.browser
COURSE = "工业机器人操作与维护"
WORDS = {
    "zh": {
        "exams": "我的考试与准考证",
        "show": "出示准考证",
        "results": "我的成绩与证书",
        "explain": "查看计算步骤",
        "sum": "形考 80×30% + 终考 86×70% = 84.2",
        "passed": "合格",
        "look": "查看证书",
        "download": "下载证书（PDF）",
    },
    "en": {
        "exams": "My exams and slip",
        "show": "Show the slip at the door",
        "results": "My results and certificates",
        "explain": "Show the steps",
        "sum": "Formative 80 x 30 % + final 86 x 70 % = 84.2",
        "passed": "Passed",
        "look": "Look at the certificate",
        "download": "Download the certificate (PDF)",
    },
}


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(house: House, browser: Browser, language: str) -> Iterator[Page]:
    """The worker's phone, signed in, at home."""
    house.begin_again()
    reader = desk.Reader(browser, desk.PHONE, has_touch=True, reduced_motion="reduce")
    reader.context.add_cookies(house.cookies(Role.WORKER, language))
    reader.page.goto(house.address)
    yield reader.page
    assert reader.complaints == []
    reader.context.close()


def card_of(page: Page, course: str, figure: str) -> object:
    return page.locator(".result-card").filter(has_text=course).filter(has_text=figure)


def test_a_worker_comes_to_slip_sum_and_certificate_in_three_taps_each(page, house, language):
    words = WORDS[language]
    page.get_by_role("link", name=words["exams"]).tap()
    page.get_by_role("link", name=words["show"]).tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAMES[Role.WORKER])
    expect(page.locator(".slip__code")).to_be_visible()

    page.goto(house.address)
    page.get_by_role("link", name=words["results"]).tap()
    card = card_of(page, COURSE, "84")
    expect(card).to_contain_text(words["sum"])
    expect(card).to_contain_text(words["passed"])
    card.locator("summary").tap()
    expect(card.locator("details ol, details ul, details table, details dl")).to_be_visible()

    page.goto(house.address)
    page.get_by_role("link", name=words["results"]).tap()
    card.get_by_role("link", name=words["look"]).tap()
    picture = page.locator("figure.certificate img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    with page.expect_download() as arriving:
        page.get_by_role("link", name=words["download"]).tap()
    assert Path(arriving.value.path()).read_bytes().startswith(b"%PDF")


def test_a_certificate_is_fetched_by_keyboard_and_bears_its_holders_name(house, browser, tmp_path):
    if PDF_TOOLS.find() is None:
        pytest.skip("no tools for PDF on this machine; `make prerequisites` installs them")
    house.begin_again()
    reader = desk.Reader(browser, desk.PHONE, locale="en-GB")
    reader.context.add_cookies(house.cookies(None, "en"))
    hands = Keyboard(reader.page)

    hands.sign_in(house.address, LOGINS[Role.WORKER])
    hands.press("My results and certificates")
    expect(reader.page.get_by_role("heading", level=1)).to_have_text("My results")
    hands.press("Look at the certificate")
    with reader.page.expect_download() as arriving:
        hands.press("Download the certificate (PDF)")
    file = tmp_path / "certificate.pdf"
    arriving.value.save_as(file)

    read = ["pdftotext", "-enc", "UTF-8", str(file), "-"]
    text = subprocess.run(read, check=True, capture_output=True, text=True).stdout
    assert NAMES[Role.WORKER] in text
    assert COURSE in text
    assert reader.complaints == []
    reader.context.close()


def test_whoever_checks_the_code_reads_every_certified_fact(house, browser):
    house.begin_again()
    reader = desk.Reader(browser, desk.PHONE, locale="en-GB")
    hands = Keyboard(reader.page)
    with reading() as session:
        code = house.at["verify_code"]
        row = session.execute(
            select(Certificate, Credential)
            .join(Credential, Credential.id == Certificate.credential_id)
            .where(Certificate.verify_code == code)
        ).one()
        certificate, credential = row
        facts = queries.verify(
            session, credential.stable_id, credential.number, now=clock.now()
        ).facts
    assert facts["venue"] == "园区一号考点"

    reader.page.goto(f"{house.address}/verify")
    hands.type_into("Code on the certificate", code)
    reader.page.keyboard.press("Enter")
    expect(reader.page.get_by_role("heading", level=1)).to_have_text(certificate.serial)
    shown = reader.page.locator("main").inner_text()

    words = {"level": LEVEL_WORDS, "supervision": SUPERVISION_WORDS, "mode": MODE_SENTENCES}
    told = {name: str(value) for name, value in facts.items()}
    del told["participation"]  # the words for the supervision say it
    told |= {name: str(said[facts[name]]) for name, said in words.items()}
    for day in ("awarded", "valid_from", "valid_until"):
        told[day] = day_of(datetime.fromisoformat(told[day]))
    checked = clock.at_venue(datetime.fromisoformat(told["identity_checked_at"]), ZONE)
    told["identity_checked_at"] = f"{checked:%-d %B %Y, %H:%M}"
    missing = {name: value for name, value in told.items() if value not in shown}
    assert missing == {}, shown
    assert NAMES[Role.WORKER] not in shown
    reader.context.close()
