"""Where a form may send people on to: pages of this application and nothing else."""

import re
from urllib.parse import urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

LOCAL_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")  # printable ASCII without a backslash
LONGEST = 500
HOME = "overview.home"


def safe_next(target: str | None) -> str:
    """Return `target` where it is the address of one of our own pages, else home."""
    if target and len(target) <= LONGEST and LOCAL_PATH.fullmatch(target) and _is_page(target):
        return target
    return url_for(HOME)


def here() -> str:
    """Return the present address without the host, to come back to; home after a post."""
    if request.method != "GET" or request.url_rule is None:
        return url_for(HOME)
    return safe_next(request.full_path.rstrip("?"))


def _is_page(target: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return False
    try:
        adapter.match(urlsplit(target).path, method="GET")
    except (HTTPException, RequestRedirect):
        return False
    return True
