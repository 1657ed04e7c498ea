"""Somebody at a browser who reads a page and says what keeps people from using it."""

from functools import cache
from typing import Any

from playwright.sync_api import Browser, Page

from exam_centre.kernel.permissions import Role
from tests.journeys.house import House

PHONE, DESK = (390, 844), (1280, 900)
GRAVE = ("serious", "critical")

# Three English words one after the other, outside what is said to be English or is no sentence.
# Names of machines, hashes and file columns have fewer.
ENGLISH = """() => {
    const words = /[A-Za-z][a-z'’]+(?:[ ,;:]+[A-Za-z][a-z'’]*){2,}/;
    const spared = "[lang=en], code, kbd, pre, samp, script, style, noscript, template";
    const found = [];
    const look = (text, node) => {
        const hit = words.exec(text || "");
        if (hit && !node.closest(spared)) found.push(hit[0]);
    };
    look(document.title, document.body);
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) look(walk.currentNode.data, walk.currentNode.parentElement);
    for (const name of ["placeholder", "title", "aria-label", "alt", "value"]) {
        for (const node of document.querySelectorAll(`[${name}]`)) {
            if (node.type !== "hidden") look(node.getAttribute(name), node);
        }
    }
    return found;
}"""

# What reaches past the right edge of the window, for the report.
WIDE = """() => [...document.querySelectorAll("main *, header *, footer *")]
    .filter(node => node.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 3).map(node => node.tagName + "." + node.className)"""


class Visitors:
    """One browser context for every role, language and scheme, opened when it is needed."""

    def __init__(self, browser: Browser, house: House, axe: str) -> None:
        self.browser, self.house, self.axe = browser, house, axe
        self.page_of = cache(self._page_of)

    def _page_of(self, role: Role | None, language: str, scheme: str) -> Page:
        options: dict[str, Any] = {"color_scheme": scheme, "reduced_motion": "reduce"}
        context = self.browser.new_context(locale="zh-CN", **options)
        context.add_cookies(self.house.cookies(role, language))
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    def faults(
        self, role: Role | None, path: str, language: str, scheme: str, *sizes: tuple[int, int]
    ) -> list[str]:
        """Open a page in every size and return what is wrong with it, a line each."""
        page = self.page_of(role, language, scheme)
        page.set_viewport_size({"width": sizes[0][0], "height": sizes[0][1]})
        complaints: list[str] = []
        listen = page.on
        listen("pageerror", lambda error: complaints.append(f"script: {error}"))
        answer = page.goto(self.house.address + path, wait_until="load")
        if answer is None or answer.status != 200:
            return [f"answers {answer and answer.status}"]
        found = [f"opens {page.url} instead"] * (path not in page.url)
        if language == "zh":
            found += [f"English: {words}" for words in page.evaluate(ENGLISH)]
        page.evaluate(self.axe)
        for width, height in sizes:
            page.set_viewport_size({"width": width, "height": height})
            found += [f"{width}: {fault}" for fault in self._at_this_size(page, width)]
        return found + complaints

    def _at_this_size(self, page: Page, width: int) -> list[str]:
        run = "axe.run(document, {resultTypes: ['violations']})"
        violations = page.evaluate(run)["violations"]
        found = [
            f"{v['id']} {node['target']}"
            for v in violations
            if v["impact"] in GRAVE
            for node in v["nodes"]
        ]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"scrolls sideways: {page.evaluate(WIDE)}")
        return found
