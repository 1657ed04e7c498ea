"""Long lists show a part, find, and lead to their other parts; the menu shows what is open."""

import pytest

from exam_centre.kernel.permissions import Role
from exam_centre.webkit.paging import LAST_PAGE, LONGEST_SEARCH, asked_window


@pytest.mark.parametrize(
    ("address", "number"),
    [("/", 1), ("/?page=3", 3), ("/?page=0", 1), ("/?page=-1", 1), ("/?page=３", 1),
     ("/?page=x", 1), ("/?page=99999999", LAST_PAGE), ("/?page=" + "9" * 5000, 1)],
)  # fmt: skip
def test_a_page_number_that_is_none_is_the_first(app, address, number):
    with app.test_request_context(address):
        window = asked_window()

    assert window.number == number
    assert window.offset == (number - 1) * window.limit


def test_a_page_knows_its_place_and_its_neighbours(app):
    with app.test_request_context("/?page=2&q=%E7%8E%8B%E3%80%80&status=open&odd=1"):
        page = asked_window("status", size=20).page(["row"] * 20, 45)

        assert (page.first, page.last, page.pages) == (21, 40, 3)
        assert page.text == "王"
        assert page.address(3) == "/?status=open&q=%E7%8E%8B&page=3"
        assert page.address(1) == "/?status=open&q=%E7%8E%8B"
        assert page.all_address == "/?status=open"


def test_an_empty_list_has_one_page_and_a_long_search_is_cut(app):
    with app.test_request_context("/?q=" + "x" * 500):
        page = asked_window().page([], 0)

    assert (page.first, page.last, page.pages) == (0, 0, 1)
    assert len(page.text) == LONGEST_SEARCH


def test_the_menu_shows_what_a_role_opens_and_where_one_stands(signed_in, client):
    worker = signed_in(Role.WORKER).get("/me").get_data(as_text=True)
    office = signed_in(Role.EXAM_OFFICER, login="A2")
    queue = office.get("/venues/applications").get_data(as_text=True)

    assert 'href="/venues/"' not in worker
    assert '<a href="/me" aria-current="page">' in worker
    assert 'href="/venues/"' in queue
    assert '<a href="/venues/applications" aria-current="page">' in queue
    assert queue.split("</nav>")[0].count('aria-current="page"') == 1
    assert 'class="rooms"' not in client.get("/sign-in").get_data(as_text=True)
