"""Printed documents as answers: a PDF that opens in the browser under a name people can find."""

from pathlib import Path
from urllib.parse import quote

from flask import Response, current_app


def assets_dir() -> Path:
    """Return the folder the fonts of printed documents lie in."""
    folder: Path = current_app.config["EXAM_CENTRE"].assets_dir
    return folder


def as_pdf(pdf: bytes, name: str) -> Response:
    """Answer with a PDF file. `name` has no ending; it may be Chinese."""
    # The plain name is for old programs; browsers read the second one.
    disposition = f"inline; filename=\"document.pdf\"; filename*=UTF-8''{quote(name)}.pdf"
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": disposition})
