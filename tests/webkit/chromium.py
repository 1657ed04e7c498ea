"""This machine's own browser, and the application on a port that browsers count as secure."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from config import ROOT
from deploy.prerequisites import CHROMIUM

ASSETS = ROOT / "static" / "assets"


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve the application on a port of its own; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def launching() -> Iterator[Callable[..., Browser]]:
    """Give what starts a browser with further options; skip, saying why, where there is none."""
    program = CHROMIUM.find()
    if program is None:
        pytest.skip("no Chromium on this machine; `make prerequisites` installs it")
    if not (ASSETS / "manifest.json").exists():
        pytest.skip("no browser modules here; `make assets` fetches them")
    with sync_playwright() as playwright:
        started: list[Browser] = []

        def start(*options: str) -> Browser:
            browser = playwright.chromium.launch(
                executable_path=program, args=["--no-sandbox", *options]
            )
            started.append(browser)
            return browser

        yield start
        for browser in started:
            browser.close()
