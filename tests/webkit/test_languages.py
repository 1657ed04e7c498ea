"""Pages speak the language of their reader, and say numbers and times as written there."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from exam_centre.kernel.permissions import Role
from exam_centre.webkit.languages import at_moment, at_time, in_digits, on_day
from tests.webkit.fixtures import csrf_of


def tag_of(browser, **headers: str) -> str:
    page = browser.get("/", headers=headers, follow_redirects=True).get_data(as_text=True)
    return page.split('<html lang="')[1].split('"')[0]


@pytest.mark.parametrize(
    ("accepted", "tag"),
    [("zh-CN,zh;q=0.9", "zh-Hans"), ("en-GB", "en"), ("fr", "zh-Hans"), ("fr,en;q=0.5", "en")],
)
def test_a_visitor_reads_the_language_of_the_browser(client, accepted, tag):
    assert tag_of(client, **{"Accept-Language": accepted}) == tag


def test_somebody_signed_in_reads_their_own_language(signed_in):
    browser = signed_in(Role.AUDITOR, language="zh")

    assert tag_of(browser, **{"Accept-Language": "en"}) == "zh-Hans"


def test_a_choice_on_this_browser_comes_before_everything(signed_in):
    browser = signed_in(Role.AUDITOR, language="zh")

    answer = browser.post(
        "/language", data={"csrf_token": csrf_of(browser, "/"), "language": "en", "next": "/"}
    )

    assert (answer.status_code, answer.location) == (303, "/")
    assert tag_of(browser, **{"Accept-Language": "zh"}) == "en"


def test_a_language_nobody_speaks_here_changes_nothing(client):
    client.post("/language", data={"csrf_token": csrf_of(client), "language": "xx"})

    assert tag_of(client, **{"Accept-Language": "en"}) == "en"


def test_days_times_and_numbers_are_written_as_readers_write_them(app):
    at = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    said = {}
    for tag in ("en", "zh"):
        with app.test_request_context(headers={"Accept-Language": tag}):
            said[tag] = (on_day(date(2026, 11, 23)), at_moment(at), at_time(at, "Asia/Urumqi"))

    assert said["en"] == ("Monday 23 November 2026", "23 November 2026, 08:30", "06:30")
    assert said["zh"] == ("2026年11月23日 星期一", "2026年11月23日 08:30", "06:30")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (Decimal("67.50"), "67.50"),
        (Decimal("67"), "67"),
        (1204, "1,204"),
        (Decimal("-0.5"), "-0.5"),
    ],
)
def test_a_number_shows_the_digits_it_is_stored_with(app, number, words):
    with app.test_request_context():
        assert in_digits(number) == words
