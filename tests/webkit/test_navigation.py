"""The menu is one line on a desk's screen: where somebody has many entries they are grouped."""

import re

from exam_centre.kernel.permissions import Role
from exam_centre.webkit.navigation import MOST_FLAT
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
client = fixtures.client
signed_in = fixtures.signed_in


def menu(browser, address="/"):
    page = browser.get(address, follow_redirects=True).get_data(as_text=True)
    return page.split('<nav class="rooms"')[1].split("</nav>")[0]


def words(part):
    return [each.strip() for each in re.findall(r">([^<>]+)</(?:a|summary)>", part)]


def test_an_exam_officer_has_few_words_on_the_line_and_loses_no_page(signed_in):
    whole = menu(signed_in(Role.EXAM_OFFICER))

    assert whole.count('<details name="rooms">') >= 4
    grouped = re.findall(r'<details name="rooms">.*?</details>', whole, re.DOTALL)
    behind = sum(part.count("<a ") for part in grouped)
    assert whole.count("<a ") - behind + len(grouped) <= MOST_FLAT
    assert whole.count("<a ") > MOST_FLAT
    for needed in ("Requests", "Files", "Applications", "Exam day", "Formative marks"):
        assert needed in words(whole)


def test_the_group_of_the_page_one_reads_is_marked_and_the_page_within_it(signed_in):
    part = menu(signed_in(Role.EXAM_OFFICER), "/entries/requests")

    assert '<summary aria-current="true">Candidates and entries</summary>' in part
    assert re.search(r'aria-current="page">Requests<', part)


def test_somebody_with_few_entries_has_no_groups(signed_in):
    assert '<details name="rooms">' not in menu(signed_in(Role.WORKER))
