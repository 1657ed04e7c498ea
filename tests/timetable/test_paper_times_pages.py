"""The page that says when papers may be sat: who may, what each form does, what it refuses."""

import re

import pytest
from sqlalchemy import select

from exam_centre.calendar.models import Period
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import UnitLevel
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import PaperOrder, PaperWindow
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.timetable.small_series import open_series
from tests.webkit.fixtures import csrf_of

WHY = "The ministry fixed it."


@pytest.fixture
def page(app):
    """The page's address, the codes of two papers and of four periods."""
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        make.home(UnitLevel.NATIONAL)
        series = open_series(make)
        papers = session.scalars(select(Paper.code).order_by(Paper.code)).all()
        periods = session.scalars(select(Period.code).order_by(Period.starts_at)).all()
        return f"/timetable/series/{series.code}/paper-times", papers, periods


@pytest.fixture
def officer(page, signed_in):
    return signed_in(Role.EXAM_OFFICER, login="A1")


def post(browser, address, **typed):
    return browser.post(
        address,
        data=typed | {"csrf_token": csrf_of(browser, "/timetable/")},
        follow_redirects=True,
    )


def kept(table):
    with reading() as session:
        return session.scalars(select(table)).all()


def test_a_paper_is_limited_shown_and_freed_again(page, officer):
    address, papers, periods = page
    typed = {"paper": papers[0], "first": periods[1], "last": periods[2], "reason": WHY}
    words = post(officer, f"{address}/windows", **typed).get_data(as_text=True)

    assert f"from {periods[1]} to {periods[2]}" in words
    assert WHY in words
    remove = re.search(r'action="([^"]+/windows/[^"]+/remove)"', words).group(1)
    words = post(officer, remove).get_data(as_text=True)
    assert "Every paper may be sat in every period" in words
    assert kept(PaperWindow) == []


def test_two_papers_are_put_in_order_and_parted_again(page, officer):
    address, papers, _ = page
    typed = {"first_paper": papers[1], "kind": "before", "second_paper": papers[0], "reason": WHY}
    words = post(officer, f"{address}/orders", **typed).get_data(as_text=True)

    assert f"{papers[1]} is over before {papers[0]} begins" in words
    remove = re.search(r'action="([^"]+/orders/[^"]+/remove)"', words).group(1)
    post(officer, remove)
    assert kept(PaperOrder) == []


def test_what_can_not_be_meant_is_refused_at_its_field_and_nothing_is_kept(page, officer):
    address, papers, periods = page
    window = {"paper": papers[0], "first": periods[2], "last": periods[0], "reason": WHY}
    backwards = post(officer, f"{address}/windows", **window)
    unknown = post(officer, f"{address}/windows", **window | {"paper": "no such paper"})
    elsewhere = post(officer, f"{address}/windows", **window | {"first": "P99"})
    order = {"first_paper": papers[0], "kind": "apart", "second_paper": papers[0], "reason": WHY}
    twice = post(officer, f"{address}/orders", **order)
    silent = post(officer, f"{address}/orders", **order | {"reason": ""})

    assert backwards.status_code == elsewhere.status_code == 400
    assert "Choose the earlier one as the first." in backwards.get_data(as_text=True)
    assert unknown.status_code == 404
    assert (twice.status_code, silent.status_code) == (400, 400)
    assert "Name another one beside it." in twice.get_data(as_text=True)
    assert kept(PaperWindow) == kept(PaperOrder) == []


def test_who_does_not_plan_sees_no_page_and_sets_nothing(page, signed_in):
    address, papers, periods = page
    marker = signed_in(Role.MARKER, login="A2")

    assert marker.get(address).status_code == 403
    data = {"paper": papers[0], "first": periods[0], "last": periods[0], "reason": WHY}
    token = csrf_of(marker, "/")
    answer = marker.post(f"{address}/windows", data=data | {"csrf_token": token})
    assert answer.status_code == 403
    assert kept(PaperWindow) == []
