"""Two thousand requests that nobody foresaw: none breaks anything, and many are granted."""

import pytest
from flask import Flask

from exam_centre.webkit.access import public
from tests.webkit.fuzz.asking import Teller
from tests.webkit.fuzz.crowd import Crowd
from tests.webkit.fuzz.town import HERE, THERE, Asker, Town, open_town

SEED = 20261123  # the same seed asks the same things of the same rows
REQUESTS = {"sqlite": 2000, "postgresql": 1000}
LEAST_SHARE = 0.3  # of requests that did what they asked for: else only the doors were tried

# Routes that nobody who may open them was let into, and why.
NOT_REACHED = {
    "timetable.subscribed_calendar": "its address is secret, and shown once",
    "admission.show_doubt_photo": "somebody in doubt is photographed at the door first",
    "credits.download_export": "an export is approved by a second person first",
    "entries.fetch_evidence": "somebody sends a file with their request first",
    "custody.print_cover": "a bag is packed for a room first, and few hold its keys",
    "entries.looking": "only a file too large to be looked at within the request has this page",
}


@pytest.fixture
def town(database_url, tmp_path):
    with open_town(database_url, tmp_path) as opened:
        yield opened


def test_nothing_breaks_and_nothing_is_told_whatever_is_asked(town, database_url):
    crowd = Crowd(town, SEED)
    crowd.walk(REQUESTS[database_url.partition(":")[0].partition("+")[0]])

    record = crowd.record
    said = "\n".join([f"seed {SEED}", *record.faults])
    assert not record.faults, said
    assert record.share >= LEAST_SHARE, sorted(record.statuses.items())
    assert set(crowd.unreached()) <= set(NOT_REACHED), crowd.unreached()


def test_a_route_that_breaks_or_tells_too_much_is_found(app: Flask):
    answers = {
        "/breaks": lambda: str(1 / 0),
        "/traces": lambda: "Traceback (most recent call last): ...",
        "/tells": lambda: f"{THERE}17",
        "/behaves": lambda: f"{HERE}17",
    }
    for path, view in answers.items():
        view.__dict__["access"] = public(lambda: "").access
        app.add_url_rule(path, endpoint=path.strip("/"), view_func=view)
    somebody = Asker("somebody", mark=HERE)
    town = Town(app, [somebody])
    town.sign_everybody_in()
    teller = Teller(town)
    teller.is_public = lambda _endpoint: False

    for path in answers:
        teller.ask(somebody, "GET", path)

    assert [fault.split()[0] for fault in teller.record.faults] == ["500", "shows", "tells"]
    assert teller.record.statuses == {200: 3, 500: 1}
