"""Nothing a browser gets names another host: venues work without the internet."""

import re
from pathlib import Path

import pytest

from exam_centre.kernel.permissions import Role
from tests.architecture.sources import ROOT, short

OUTSIDE = re.compile(r"""(?:https?:|wss?:)?//[\w\[][\w.:\]-]*\.[a-z]{2,}|https?://[\w.\[]""", re.I)
NAMESPACES = ("http://www.w3.org/",)
OURS = ("templates", "static/css", "static/js", "static/icons", "static/door")
ADDRESSES = ("/", "/sign-in", "/sign-in/code", "/_components", "/nowhere", "/health")


def hosts(text: str) -> list[str]:
    """Return every address of another host in a text; names of XML languages are none."""
    for namespace in NAMESPACES:
        text = text.replace(namespace, "")
    return OUTSIDE.findall(text)


def files() -> list[Path]:
    return [p for folder in OURS for p in sorted((ROOT / folder).rglob("*")) if p.is_file()]


@pytest.mark.parametrize("path", files(), ids=short)
def test_a_file_names_no_other_host(path: Path):
    assert hosts(path.read_text()) == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_rendered_page_names_no_other_host(signed_in, client, address):
    for browser in (client, signed_in(Role.AUDITOR)):
        assert hosts(browser.get(address).get_data(as_text=True)) == []


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example.com/x.js">',
        "@import url(//fonts.example.org/css);",
        'fetch("http://10.0.0.1/x")',
        "new WebSocket('wss://live.example.net')",
    ],
)
def test_another_host_is_found(text):
    assert hosts(text) != []
