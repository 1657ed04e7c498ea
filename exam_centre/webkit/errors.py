"""One table from refusals to HTTP, and one page for everything that did not work."""

import errno
from http import HTTPStatus

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask.globals import request_ctx
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.laws import LawBroken
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.webkit.languages import said
from exam_centre.webkit.log import request_id

STATUS_OF_KIND: dict[str, int] = {
    "refused": HTTPStatus.CONFLICT,
    "not_found": HTTPStatus.NOT_FOUND,
    "forbidden": HTTPStatus.FORBIDDEN,
    "conflict": HTTPStatus.CONFLICT,
    "bad_input": HTTPStatus.BAD_REQUEST,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "not_signed_in": HTTPStatus.UNAUTHORIZED,
}

TITLES: dict[int, Sentence] = {
    400: say("This can not be read"),
    401: say("Please sign in"),
    403: say("Not yours to open"),
    404: say("Nothing here"),
    409: say("This can not be done now"),
    413: say("Too large"),
    429: say("Too many tries"),
    500: say("A fault on our side"),
    503: say("Back in a moment"),
    507: say("No room left"),
}

SENTENCES: dict[int, Sentence] = {
    400: say("The request could not be understood. Go back, load the page again and repeat."),
    404: say("There is no page at this address. Check it, or start again from home."),
    405: say("This address takes no such request. Go back and use the buttons of the page."),
    413: say("The file is larger than this page takes. Nothing was kept."),
    429: say("That was tried too often. Wait a few minutes, then try again."),
    500: say("Nothing of what you sent was kept. Tell the help line the number below."),
    503: say("The records can not be reached right now. Nothing was lost: repeat in a minute."),
    507: say("The disk is full, so nothing was kept. Tell the help line: they can make room."),
}

STALE_FORM = say("The page was open for too long, or in two windows. Load it again and repeat.")

RETRY_SECONDS = 30
PLAIN = "text/plain; charset=utf-8"
DISK_FULL_STATE = "53100"
GONE_STATES = ("08", "53", "57P")  # no connection, no resources, shut down
SQLITE_STORAGE = ("SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_BUSY")


def storage_status(error: Exception) -> int | None:
    """Return 507 where the disk is full, 503 where the database is gone, None for other faults."""
    if isinstance(error, OSError):
        return 507 if error.errno in (errno.ENOSPC, errno.EDQUOT) else None
    if isinstance(error, PoolTimeout):
        return 503
    if not isinstance(error, DBAPIError):
        return None
    state = getattr(error.orig, "sqlstate", None) or ""
    name = getattr(error.orig, "sqlite_errorname", "")
    if state == DISK_FULL_STATE or name == "SQLITE_FULL":
        return 507
    if error.connection_invalidated or state.startswith(GONE_STATES):
        return 503
    if name.startswith(SQLITE_STORAGE):
        return 503
    # A server that does not answer at all has no state to give.
    is_silent = type(error.orig).__name__ == "OperationalError" and not state and not name
    return 503 if is_silent else None


def init_errors(app: Flask) -> None:
    """Answer every refusal and every fault, as a page or as JSON, in the page's language."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)


def _refused(refusal: Refusal) -> Response:
    law = refusal.law if isinstance(refusal, LawBroken) else None
    return _answer(STATUS_OF_KIND[refusal.kind], refusal.code, refusal.sentence, law=law)


def _stale_form(_error: CSRFError) -> Response:
    return _answer(400, "stale_form", STALE_FORM)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None or status < 400:
        return make_response(error.get_response())
    sentence = SENTENCES.get(status, SENTENCES[400] if status < 500 else SENTENCES[500])
    answer = _answer(status, HTTPStatus(status).name.lower(), sentence)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def _fault(error: Exception) -> Response:
    status = storage_status(error) or 500
    structlog.get_logger("fault").error("fault", status=status, exc_info=error)
    answer = _answer(status, HTTPStatus(status).name.lower(), SENTENCES[status])
    if status == 503:
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _answer(status: int, code: str, sentence: Sentence, law: object = None) -> Response:
    # Errors may come before anyone asked who acts; the page then greets nobody.
    g.setdefault("actor", None)
    if wants_json():
        body = {"code": code, "sentence": said(sentence), "request_id": request_id()}
        return make_response(jsonify(body), status)
    if not _has_addresses():
        return make_response(f"{said(sentence)}\n", status, {"Content-Type": PLAIN})
    title = TITLES.get(status, TITLES[400] if status < 500 else TITLES[500])
    page = render_template(
        "webkit/error.html",
        status=status,
        title=title,
        sentence=sentence,
        law=law,
        request_id=request_id(),
    )
    return make_response(page, status)


def _has_addresses() -> bool:
    """Say whether a page can name addresses; a request to a foreign host name has none."""
    return getattr(request_ctx, "url_adapter", None) is not None


def wants_json() -> bool:
    """Say whether this request asks for JSON; one that asks for nothing gets a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.is_json or best == "application/json"
