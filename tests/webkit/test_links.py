"""After a form, people go on to pages of ours and to no other."""

import pytest

from exam_centre.webkit.access import public
from exam_centre.webkit.converters import LARGEST
from exam_centre.webkit.links import safe_next

ELSEWHERE = [
    "//evil.example", "/\\evil.example", "/\t/evil.example", "https:evil.example", "\\\\evil",
    "https://evil.example/", "http:///evil.example", "javascript:alert(1)", "///evil.example",
    "/%2f/evil.example\n", " /sign-in", "/sign-in\r\nX: y", "/nowhere", "/sign-out", "", None,
    "/sign-in\\@evil", "evil.example", "?next=/", "#", "data:text/html,x", "/" + "a" * 600,
    "//localhost@evil.example", "/.evil.example", "/sign-in//evil", "/。evil", "ftp://x/", "/\x00",
]  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_an_address_that_is_no_page_of_ours_leads_home(app, target):
    with app.test_request_context():
        assert safe_next(target) == "/"


@pytest.mark.parametrize("target", ["/sign-in", "/sign-in/code?next=/", "/", "/health"])
def test_a_page_of_ours_is_gone_on_to(app, target):
    with app.test_request_context():
        assert safe_next(target) == target


@pytest.mark.parametrize(
    ("number", "status"),
    [("0", 200), (str(LARGEST), 200), (str(LARGEST + 1), 404), ("9" * 30, 404), ("-1", 404),
     ("１２", 404), ("1_0", 404), ("1.0", 404)],
)  # fmt: skip
def test_a_number_in_an_address_is_one_a_column_can_hold(app, number, status):
    app.add_url_rule("/number/<int:n>", view_func=public(lambda n: str(n)), endpoint="number")

    assert app.test_client().get(f"/number/{number}").status_code == status
