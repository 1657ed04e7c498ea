"""In a real browser: sign in, read home, change the language, sign out - and anyone can use it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from config import ROOT
from deploy.prerequisites import CHROMIUM
from exam_centre.kernel.permissions import Role
from tests.architecture import strangers
from tests.webkit import fixtures
from tests.webkit.chromium import serving
from tests.webkit.fixtures import PASSWORD, open_account

pytestmark = pytest.mark.browser

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
no_strangers = strangers.no_strangers
ASSETS = ROOT / "static" / "assets"
PHONE, DESK = (390, 844), (1280, 800)


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


@pytest.fixture(scope="module")
def axe() -> str:
    """The accessibility checker, as text to run in a page."""
    manifest = ASSETS / "manifest.json"
    if not manifest.exists():
        pytest.skip("no browser modules here; `make assets` fetches them")
    return (ASSETS / json.loads(manifest.read_text())["axe.js"]).read_text()


class Reader:
    """One person at one browser: notes what the browser complains about."""

    def __init__(self, browser: Browser, size: tuple[int, int], **options: Any) -> None:
        width, height = size
        self.width = width
        self.context = browser.new_context(viewport={"width": width, "height": height}, **options)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self.page.on(
            "console", lambda m: self.complaints.append(m.text) if m.type == "error" else 0
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda r: self.hosts.add(r.url.split("/")[2].split(":")[0]))

    def faults(self, axe: str) -> list[str]:
        """Return what keeps people from using this page: axe's findings, and sideways scrolling."""
        self.page.evaluate(axe)
        found = self.page.evaluate("axe.run()")["violations"]
        faults = [f"{v['impact']}: {v['id']} {v['nodes'][0]['target']}" for v in found]
        if self.page.evaluate("document.documentElement.scrollWidth") > self.width:
            faults.append("scrolls sideways")
        return faults


def test_sign_in_read_home_change_the_language_and_sign_out(address, browser):
    open_account(Role.AUDITOR, login="A1001", name="王立", language="zh")
    reader = Reader(browser, PHONE, locale="en-GB")
    page = reader.page

    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.get_by_label("Staff or student number")).to_be_focused()
    page.keyboard.type("A1001")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong password here")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()

    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("王立")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.get_by_role("heading", name="审计员")).to_be_visible()

    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_text("What this role may do").click()
    expect(page.get_by_text("read the audit trail.")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_have_text("You are signed out.")
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.go_back()
    expect(page.get_by_text("王立")).to_have_count(0)

    assert reader.complaints == []
    assert reader.hosts == {"127.0.0.1"}
    reader.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_can_be_used_by_everyone(address, browser, axe, size, locale, scheme):
    open_account(Role.EXAM_OFFICER, Role.AUDITOR, login="A1001", language=locale[:2])
    reader = Reader(browser, size, locale=locale, color_scheme=scheme, reduced_motion="reduce")
    page = reader.page
    faults: dict[str, list[str]] = {}

    for place in ("/sign-in", "/sign-in/code", "/_components"):
        page.goto(address + place)
        faults[place] = reader.faults(axe)
    page.goto(f"{address}/sign-in")
    page.locator("main button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    faults["refused"] = reader.faults(axe)
    page.locator("#login").fill("A1001")
    page.locator("#password").fill(PASSWORD)
    page.locator("main button").click()
    expect(page.locator(".duties")).to_be_visible()
    page.locator(".duties summary").first.click()
    faults["home"] = reader.faults(axe)

    assert {place: found for place, found in faults.items() if found} == {}
    assert reader.complaints == []
    page.goto(f"{address}/nowhere")
    assert reader.faults(axe) == []
    reader.context.close()


def test_the_checker_finds_what_keeps_people_out(browser, axe):
    reader = Reader(browser, PHONE)
    reader.page.set_content("<html><img src='x'><div style='width: 900px'>wide</div></html>")

    faults = reader.faults(axe)

    assert "scrolls sideways" in faults
    assert any("image-alt" in fault for fault in faults)
    reader.context.close()
