"""Addresses of our own styles, scripts and icons: a changed file gets a new address."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, url_for

DIGITS = 12


@cache
def _fingerprint(path: Path, _changed_at: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:DIGITS]


def init_static_files(app: Flask, folder: Path) -> None:
    """Give pages `static_url("css/centre.css")`; a name that is no file raises at once."""

    def static_url(name: str) -> str:
        path = folder / name
        version = _fingerprint(path, path.stat().st_mtime_ns)
        return url_for("static", filename=name, v=version)

    app.jinja_env.globals["static_url"] = static_url
