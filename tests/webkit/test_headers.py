"""Every answer carries the headers that keep a browser honest."""

import re

import pytest

from config import Config
from exam_centre.app import create_app
from exam_centre.kernel.permissions import Role
from exam_centre.webkit.database import ENGINE
from tests.webkit.fixtures import csrf_of, settings

ADDRESSES = ("/", "/sign-in", "/health", "/nowhere", "/static/css/centre.css", "/_components")


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_has_the_headers(client, address):
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]

    assert {"default-src 'self'", "object-src 'none'", "base-uri 'none'"} <= set(policy.split("; "))
    assert {"frame-ancestors 'none'", "form-action 'self'"} <= set(policy.split("; "))
    assert "unsafe-inline" not in policy
    assert int(headers["Strict-Transport-Security"].split("=")[1].split(";")[0]) >= 31_536_000
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in headers


def test_the_nonce_is_new_each_time_and_on_every_script(client):
    answers = [client.get("/sign-in") for _ in range(2)]
    nonces = [
        re.search(r"'nonce-([^']+)'", a.headers["Content-Security-Policy"])[1] for a in answers
    ]
    page = answers[0].get_data(as_text=True)

    assert nonces[0] != nonces[1]
    assert re.findall(r"<script\b[^>]*nonce=\"([^\"]+)\"", page) == [nonces[0]]
    assert page.count("<script") == 1


def test_a_page_of_somebody_signed_in_is_kept_nowhere(signed_in, client):
    assert signed_in(Role.AUDITOR).get("/").headers["Cache-Control"] == "no-store"
    assert "no-store" not in client.get("/health").headers.get("Cache-Control", "")


def test_a_file_with_its_fingerprint_is_kept_for_a_year(client):
    page = client.get("/sign-in").get_data(as_text=True)
    address = re.search(r'href="(/static/css/[^"]+)"', page)[1]

    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert "immutable" not in client.get(address.split("?")[0]).headers["Cache-Control"]


def test_over_https_both_cookies_are_bound_to_the_host(sqlite_url, tmp_path):
    wanted = settings(sqlite_url, tmp_path) | {"EXAM_CENTRE_PUBLIC_URL": "https://localhost"}
    app = create_app(Config.from_environment(wanted))

    answer = app.test_client().get("/sign-in", base_url="https://localhost")

    app.extensions[ENGINE].dispose()
    assert answer.headers["Set-Cookie"].startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(
        answer.headers["Set-Cookie"].split("; ")
    )


def test_signing_out_makes_the_browser_forget_its_pages(signed_in):
    browser = signed_in(Role.AUDITOR)

    answer = browser.post("/sign-out", data={"csrf_token": csrf_of(browser, "/")})

    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert browser.get_cookie("sign-in") is None
