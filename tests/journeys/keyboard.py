"""Somebody without a mouse: walks with the tab key, and must see where they are at every stop."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.webkit.fixtures import PASSWORD

LONGEST_WALK = 120  # stops from one thing to another on the longest page

# Whether the thing that has the focus shows it, and whether it is inside the window.
SEEN = """() => {
    const node = document.activeElement;
    if (!node || node === document.body) return "nothing has the focus";
    const style = getComputedStyle(node);
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    if (!ring && style.boxShadow === "none") return "no ring around " + node.outerHTML.slice(0, 80);
    const box = node.getBoundingClientRect();
    const below = box.top >= innerHeight || box.left >= innerWidth;
    const inside = box.bottom > 0 && box.right > 0 && !below;
    return inside ? "" : "outside the window: " + node.outerHTML.slice(0, 80);
}"""


def type_number_and_password(page: Page, login: str) -> None:
    """Type into the field the sign-in page arms, then into the next one, and send both.

    A busy browser arms its field a moment after the page has loaded; what is typed before that
    goes nowhere, as it would for a person who does not look.
    """
    expect(page.locator("#login")).to_be_focused()
    page.keyboard.type(login)
    page.keyboard.press("Tab")
    expect(page.locator("#password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


class Keyboard:
    """One person's hands on one page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def walk_to(self, target: Locator) -> None:
        """Press the tab key until `target` has the focus; every stop on the way must be seen."""
        expect(target).to_be_visible()
        for _ in range(LONGEST_WALK):
            if target.evaluate("node => node === document.activeElement"):
                assert self.page.evaluate(SEEN) == ""
                return
            self.page.keyboard.press("Tab")
            unseen = self.page.evaluate(SEEN)
            assert unseen in ("", "nothing has the focus"), unseen
        raise AssertionError(f"the tab key never comes to {target}")

    def press(self, words: str | re.Pattern[str]) -> None:
        """Walk to the button or link that says `words`, and press it."""
        inside = self.page.locator("main").locator("a:visible, button:visible, summary:visible")
        self.walk_to(inside.filter(has_text=words).first)
        self.page.keyboard.press("Enter")

    def type_into(self, label: str, text: str) -> None:
        """Walk to a field, empty it and type."""
        self.walk_to(self.page.locator("main").get_by_label(label, exact=True))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, label: str, words: str) -> None:
        """Walk to a list and step through it with the arrow keys."""
        field = self.page.locator("main").get_by_label(label, exact=True)
        self.walk_to(field)
        chosen = "node => node.selectedOptions[0].textContent.trim()"
        self.page.keyboard.press("Home")
        for _ in range(field.locator("option").count()):
            if field.evaluate(chosen) == words:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no {words!r} in {label}")

    def sign_in(self, address: str, login: str, then: str = "/") -> None:
        """Sign in and go on to `then`."""
        self.page.goto(f"{address}/sign-in?next={then}")
        type_number_and_password(self.page, login)
        self.page.wait_for_url(f"{address}{then}")
