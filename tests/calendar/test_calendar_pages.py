"""Pages of the calendar: series opened, periods drawn, rules followed by versions."""

import pytest
from sqlalchemy import func, select

from exam_centre.calendar.models import Deadline, Period, RuleProfile, Series
from exam_centre.calendar.rules import FIRST_RULES, RULE_RANGES, SeriesStatus
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.models import Unit
from tests.architecture import strangers
from tests.webkit import fixtures
from tests.webkit.fixtures import csrf_of

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
client = fixtures.client
signed_in = fixtures.signed_in
no_strangers = strangers.no_strangers

RULES = dict.fromkeys(RULE_RANGES, "30") | {
    "documents_needed": "2",
    "retake_cap": "",
    "source": "2026 年第 12 号通知",
    "effective_from": "2026-09-01",
}


def count(model):
    with unit_of_work() as session:
        return session.scalar(select(func.count()).select_from(model))


def status():
    with unit_of_work() as session:
        return session.scalar(select(Series.status))


def send(browser, address, **fields):
    return browser.post(address, data=fields | {"csrf_token": csrf_of(browser, "/me")})


@pytest.fixture
def office(signed_in):
    """The exam office, with an open series 2026AUT."""
    browser = signed_in(Role.EXAM_OFFICER)
    with unit_of_work() as session:
        unit = session.scalar(select(Unit.code))
    opened = send(browser, "/calendar/open", unit=unit, code="2026AUT", name="2026 秋")
    assert opened.status_code == 303
    again = send(browser, "/calendar/open", unit=unit, code="2026AUT", name="2026 秋")
    assert "The code 2026AUT is taken" in again.get_data(as_text=True)
    return browser


def test_periods_are_drawn_by_day_and_refused_at_their_fields(office):
    address = "/calendar/2026AUT/periods"
    for code, day, hour in (("P1", 15, "08"), ("P2", 15, "14"), ("P3", 16, "08")):
        times = {"starts": f"2026-12-{day}T{hour}:30", "ends": f"2026-12-{day}T{hour}:59"}
        assert send(office, address, code=code, **times).status_code == 303

    page = office.get("/calendar/2026AUT").get_data(as_text=True)
    assert page.count("<rect") == 3
    assert page.count('class="day-bars__day"') == 2
    taken = send(office, address, code="P3", starts="2026-12-17T08:00", ends="2026-12-17T09:00")
    same = send(office, address, code="P4", starts="2026-12-16T08:30", ends="2026-12-16T09:30")
    back = send(office, address, code="P4", starts="2026-12-18T08:30", ends="2026-12-18T07:30")
    assert 'id="code-error"' in taken.get_data(as_text=True)
    assert "Period P3 starts at that moment already" in same.get_data(as_text=True)
    assert 'id="ends-error"' in back.get_data(as_text=True)
    assert count(Period) == 3


def test_a_version_of_rules_says_what_it_changed_and_where_from(office):
    assert send(office, "/calendar/2026AUT/rules", **RULES).status_code == 303
    changed = RULES | {"late_limit_minutes": "20", "source": "第 13 号通知"}
    assert send(office, "/calendar/2026AUT/rules", **changed).status_code == 303
    wrong = send(office, "/calendar/2026AUT/rules", **RULES | {"sample_percent": "101"})
    odd = send(office, "/calendar/2026AUT/rules", **RULES | {"late_limit_minutes": "1e3"})

    page = office.get("/calendar/2026AUT").get_data(as_text=True)
    assert "<del>30</del> → <ins>20</ins>" in page
    assert page.count("<ins>") == 1
    assert "第 13 号通知" in page
    assert 'id="sample_percent-error"' in wrong.get_data(as_text=True)
    assert 'id="late_limit_minutes-error"' in odd.get_data(as_text=True)
    assert count(RuleProfile) == 2
    assert set(FIRST_RULES) < set(RULES)


def test_a_deadline_is_moved_and_a_closed_series_takes_none(office):
    at = {"kind": "entries", "reason": ""}
    send(office, "/calendar/2026AUT/deadlines", **at, at="2026-11-01T12:00")
    send(office, "/calendar/2026AUT/deadlines", **at, at="2026-11-02T12:00")
    assert count(Deadline) == 1

    assert send(office, "/calendar/2026AUT/close").status_code == 303
    assert status() is SeriesStatus.CLOSED
    late = send(office, "/calendar/2026AUT/deadlines", **at, at="2026-11-03T12:00")
    assert late.status_code == 200
    with unit_of_work() as session:
        assert session.scalar(select(Deadline.at)).day == 2

    bare = send(office, "/calendar/2026AUT/reopen", reason="")
    assert "Say why" in bare.get_data(as_text=True)
    send(office, "/calendar/2026AUT/reopen", reason="补报")
    assert status() is SeriesStatus.OPEN


def test_the_calendar_is_read_by_staff_and_written_by_the_office(office, signed_in):
    auditor, worker = signed_in(Role.AUDITOR, login="A2"), signed_in(Role.WORKER, login="A3")

    assert auditor.get("/calendar/2026AUT").status_code == 200
    assert auditor.get("/calendar/2026AUT/rules").status_code == 403
    assert send(auditor, "/calendar/2026AUT/close").status_code == 403
    assert worker.get("/calendar/").status_code == 403
    assert office.get("/calendar/1999SPR").status_code == 404
    assert status() is SeriesStatus.OPEN
