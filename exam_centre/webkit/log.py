"""The log: one line an event, with the request's number and without names."""

import logging
import secrets
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request

REQUEST_ID_HEADER = "X-Request-ID"


def configure_log(level: str, *, as_json: bool) -> None:
    """Set up structlog for this process: JSON lines for machines, plain ones for a desk."""
    chain: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    if as_json:
        chain.append(structlog.processors.JSONRenderer(ensure_ascii=False))
    else:
        chain.append(structlog.dev.ConsoleRenderer(colors=False))
    structlog.configure(
        processors=chain,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=False,
    )


def request_id() -> str:
    """Return the number of this request; it stands in the log, the answer and the audit trail."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    return str(g.request_id)


def init_log(app: Flask) -> None:
    """Number each request and write one line when it is answered."""
    log = structlog.get_logger("request")

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id())

    @app.after_request
    def end(response: Response) -> Response:
        response.headers[REQUEST_ID_HEADER] = request_id()
        # The rule and not the address: addresses hold tokens, and a query may hold a name.
        rule = request.url_rule.rule if request.url_rule else "(none)"
        log.info(
            "answered",
            method=request.method,
            rule=rule,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000),
        )
        return response
