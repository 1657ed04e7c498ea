"""Text that can not be meant is refused at the edge, wherever in a request it stands."""

import json

import pytest
from flask import request

from exam_centre.webkit.access import public
from exam_centre.webkit.text import UnreadableText, check_text, outer_blanks_off

JSON = {"Accept": "application/json"}


@pytest.fixture
def echo(app):
    """An endpoint that gives back what it was sent."""

    @app.get("/echo/<name>")
    @public
    def echo_name(name: str) -> str:
        return name + request.args.get("q", "")

    return app.test_client()


@pytest.mark.parametrize(
    "text", ["\x00", "a\x00b", "\ud800", "\x1b[31m", "\x7f", "\x85", "caf\ufffd", "\x08"]
)
def test_a_character_no_keyboard_types_is_refused(text):
    with pytest.raises(UnreadableText):
        check_text(text)


@pytest.mark.parametrize(
    "text", ["王立", "𠮷野家", "Ana Ruiz", "one\r\ntwo\tthree", "e\u0301", "👩\u200d🏫", "", "１２"]
)
def test_what_people_write_is_taken_as_it_is(text):
    check_text(text)


def test_outer_blanks_are_the_only_thing_taken_away():
    assert outer_blanks_off("\u3000 王 立 \n") == "王 立"
    assert outer_blanks_off(None) is None


@pytest.mark.parametrize("address", ["/echo/%00", "/echo/x?q=%00", "/echo/x?%01=x"])
def test_an_address_with_such_a_character_is_a_bad_request(echo, address):
    answer = echo.get(address, headers=JSON)

    assert (answer.status_code, answer.json["code"]) == (400, "unreadable_text")


def test_an_address_without_one_is_answered(echo):
    assert echo.get("/echo/王立?q=好").get_data(as_text=True) == "王立好"


@pytest.mark.parametrize("value", ["\x00", ["a", {"b": "\ud800"}], {"\x00": 1}])
def test_a_body_with_such_a_character_is_a_bad_request(client, value):
    body = json.dumps({"value": value})

    answer = client.post("/language", data=body, content_type="application/json", headers=JSON)

    assert (answer.status_code, answer.json["code"]) == (400, "unreadable_text")


@pytest.mark.parametrize("depth", [500, 200_000])  # the second is too deep for the parser itself
def test_a_body_nested_without_end_is_a_bad_request(client, depth):
    body = "[" * depth + "]" * depth

    answer = client.post("/language", data=body, content_type="application/json", headers=JSON)

    assert (answer.status_code, answer.json["code"]) == (400, "too_deep")


def test_a_form_field_with_such_a_character_is_a_bad_request(client):
    answer = client.post("/sign-in", data={"login": "A\x00"}, headers=JSON)

    assert (answer.status_code, answer.json["code"]) == (400, "unreadable_text")
