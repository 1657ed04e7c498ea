"""Every route says who may open it, and every unsafe one asks for its form's token."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.routing.converters import NumberConverter

from exam_centre.kernel.permissions import Role
from exam_centre.webkit.access import access_of
from exam_centre.webkit.converters import BoundedInt, PublicDay, PublicToken
from tests.factories.times import EXAM_DAY

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
TOKEN = "A" * 22


def address_of(app: Flask, rule: Rule) -> str:
    """Return some address the rule answers to."""
    values: dict[str, object] = {}
    for name, converter in rule._converters.items():
        values[name] = TOKEN if isinstance(converter, PublicToken) else 1
        if isinstance(converter, PublicDay):
            values[name] = EXAM_DAY
        elif not isinstance(converter, BoundedInt | PublicToken):
            values[name] = "x"
    with app.test_request_context():
        built = rule.build(values, append_unknown=False)
    assert built is not None, rule.rule
    return built[1]


def unsafe_addresses(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted(UNSAFE & (rule.methods or set())):
            yield method, address_of(app, rule)


def undeclared(app: Flask) -> list[str]:
    rules = app.url_map.iter_rules()
    return [r.rule for r in rules if access_of(app.view_functions[r.endpoint]) is None]


def test_every_route_says_who_may_open_it(app):
    assert undeclared(app) == []


def test_a_route_that_says_nothing_is_found_and_closed(app, signed_in):
    app.add_url_rule("/forgotten", view_func=lambda: "secret", endpoint="forgotten")

    assert undeclared(app) == ["/forgotten"]
    answer = signed_in(*Role).get("/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("origin", [{}, {"X-CSRFToken": "made up"}])
def test_every_unsafe_route_refuses_a_request_without_its_token(app, signed_in, origin):
    browser = signed_in(*Role)
    addresses = list(unsafe_addresses(app))
    headers = {"Accept": "application/json"} | origin

    codes = {
        (method, address): browser.open(address, method=method, headers=headers).json["code"]
        for method, address in addresses
    }

    assert ("POST", "/sign-out") in codes
    # What a device's own token opens takes no cookie, so a foreign page can not borrow it.
    by_token = {address for _, address in codes if address.startswith("/api/")}
    assert {codes[key] for key in codes if key[1] in by_token} <= {"stale_form", "unknown_device"}
    assert {codes[key] for key in codes if key[1] not in by_token} == {"stale_form"}, codes


def test_no_route_takes_a_number_that_is_too_large_for_a_column(app):
    kinds = {c for rule in app.url_map.iter_rules() for c in rule._converters.values()}

    assert not [kind for kind in kinds if isinstance(kind, NumberConverter)]
    assert app.url_map.converters["int"] is BoundedInt


def test_a_file_of_ours_is_public_and_a_page_is_not(app):
    assert access_of(app.view_functions["static"]).is_public
    assert not access_of(app.view_functions["overview.home"]).is_public
