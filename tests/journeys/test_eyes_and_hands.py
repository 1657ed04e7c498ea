"""In a real browser: the visitor and the hands of the journeys find what they are there to find."""

import pytest
from playwright.sync_api import Browser

from tests.journeys import test_signing_in as desk
from tests.journeys.keyboard import Keyboard
from tests.journeys.visitor import ENGLISH, WIDE

pytestmark = pytest.mark.browser

browser = desk.browser


@pytest.fixture
def page(browser: Browser):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def test_english_on_a_chinese_page_is_found_and_names_are_not(page):
    page.set_content(
        "<title>试卷</title><main><p>机械制图</p><p>Nothing was changed here.</p>"
        "<button lang='en'>Read this in English</button><code>one two three four</code>"
        "<p>SHA-256</p><input placeholder='Type your own reason'></main>"
    )

    found = page.evaluate(ENGLISH)

    assert found == ["Nothing was changed here", "Type your own reason"]


def test_what_reaches_past_the_edge_is_named(page):
    page.set_content("<main><p class='long' style='width: 900px'>宽</p></main>")

    assert page.evaluate(WIDE) == ["P.long"]


@pytest.mark.parametrize(
    ("style", "complaint"),
    [
        ("outline: none", "no ring"),
        ("position: absolute; left: -900px; outline: 3px solid", "outside the window"),
    ],
)
def test_a_stop_that_nobody_sees_ends_the_walk(page, style, complaint):
    page.set_content(
        f"<main><button style='{style}'>一</button><button style='outline: 3px solid'>二</button>"
    )

    with pytest.raises(AssertionError, match=complaint):
        Keyboard(page).press("二")


def test_what_the_tab_key_never_comes_to_is_not_pressed(page):
    page.set_content("<main><button tabindex='-1'>一</button><a>二</a></main>")

    with pytest.raises(AssertionError, match="never comes"):
        Keyboard(page).press("一")
