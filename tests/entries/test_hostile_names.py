"""Names that are markup, formulas, endless or rare, through the file, its pages and beyond."""

import re

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import Person
from exam_centre.kernel.database import reading
from exam_centre.kernel.permissions import Role
from tests.entries import test_import_pages as office
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
signed_in = fixtures.signed_in
officer = office.officer

MARKUP = ("<b>王立</b>", '"><script>alert(1)</script>', "王&立 <para>", "{{ 7 * 7 }}", "%(name)s")
RARE = "𠮷𪚥\U0003106a"


def names():
    with reading() as session:
        return set(session.scalars(select(Person.name)))


@pytest.mark.parametrize("name", [*MARKUP, RARE])
def test_a_name_that_programs_could_misread_is_kept_and_shown_as_it_stands(officer, name):
    page = office.send(officer, [office.person(name=name)]).get_data(as_text=True)
    shown = office.act(officer, "apply").get_data(as_text=True)
    candidate = officer.get("/entries/candidates/003200000001").get_data(as_text=True)
    found = officer.get("/entries/", query_string={"q": name}).get_data(as_text=True)

    assert name in names()
    for each in (page, shown, candidate, found):
        assert not re.search(r"<b>王立|<script>alert|<para>|\b49\b", each)
    said = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    said = said.replace('"', "&#34;")
    assert said in candidate
    assert said in found


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("=1+1", "The cell is a formula"),
        ("＝HYPERLINK(A1)", "The cell is a formula"),
        ("@SUM(A1:A9)", "The cell is a formula"),
        ("王" * 300, "The cell has 300 characters. Shorten it to 100"),
        ("　", "name"),
    ],
)
def test_a_name_that_can_not_be_meant_stops_its_row_with_a_reason(officer, name, reason):
    before = names()

    page = office.send(officer, [office.person(name=name)]).get_data(as_text=True)
    office.act(officer, "apply")

    assert reason in page
    assert names() == before


@pytest.mark.parametrize("name", [*MARKUP, RARE, "=1+1", "王" * 80])
def test_a_page_of_people_shows_any_name_as_text(app, signed_in, name):
    fixtures.open_account(Role.WORKER, login="W1", name=name)
    browser = signed_in(Role.ADMINISTRATOR)

    page = browser.get("/people", query_string={"q": "W1"})

    assert page.status_code == 200
    assert not re.search(r"<b>王立|<script>alert|<para>", page.get_data(as_text=True))
