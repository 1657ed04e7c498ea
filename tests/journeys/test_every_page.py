"""In a real browser: every page there is can be used by everyone, in both languages and sizes.

A page that is new, and whose address no test here can build, fails until it is named in
`addresses.py`: so that no page is forgotten.

Every page is read in Chinese on a phone each time. All other ways to look at a page (English, a
desk, the dark) take some minutes more and run where they are asked for: `make long`.
"""

import pytest
from werkzeug.routing import Rule

from exam_centre.app import BLUEPRINTS
from tests.journeys import test_signing_in as desk
from tests.journeys.house import House
from tests.journeys.visitor import DESK, PHONE, Visitors

pytestmark = pytest.mark.browser

browser = desk.browser
axe = desk.axe
ROOMS = sorted({blueprint.name for blueprint in BLUEPRINTS} - {"certificates_api"})
PLAIN = ("accounts.sign_in", "overview.home", "timetable.show_plan", "invigilation.show_room")


@pytest.fixture(scope="module")
def visitors(browser, house, axe) -> Visitors:
    """One signed-in browser a role."""
    return Visitors(browser, house, axe)


def pages_of(house: House, room: str) -> list[Rule]:
    return [rule for rule in house.pages() if rule.endpoint.partition(".")[0] == room]


def faults_of(house, visitors, rules, language, scheme, *sizes) -> dict[str, list[str]]:
    """Open pages one after the other; returns what is wrong with each, those without left out."""
    found = {}
    for rule in rules:
        house.begin_again()
        path, role = house.path(rule), house.role_for(rule)
        found[rule.endpoint] = visitors.faults(role, path, language, scheme, *sizes)
    return {endpoint: faults for endpoint, faults in found.items() if faults}


@pytest.mark.parametrize("room", ROOMS)
def test_every_page_of_a_room_can_be_used_in_chinese_on_a_phone(house, visitors, room):
    assert faults_of(house, visitors, pages_of(house, room), "zh", "light", PHONE) == {}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_some_pages_can_be_used_in_every_way(house, visitors, language, scheme):
    some = [rule for rule in house.pages() if rule.endpoint in PLAIN]

    assert len(some) == len(PLAIN)
    assert faults_of(house, visitors, some, language, scheme, PHONE, DESK) == {}


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("room", ROOMS)
def test_every_page_of_a_room_can_be_used_in_every_size(house, visitors, room, language):
    rules = pages_of(house, room)

    assert faults_of(house, visitors, rules, language, "light", PHONE, DESK) == {}


@pytest.mark.long
@pytest.mark.parametrize("room", ROOMS)
def test_every_page_of_a_room_can_be_used_in_the_dark(house, visitors, room):
    assert faults_of(house, visitors, pages_of(house, room), "zh", "dark", DESK) == {}
