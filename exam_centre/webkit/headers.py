"""The headers on every answer: what a browser may load, keep, tell others and use."""

import secrets

from flask import Flask, Response, g, request

HSTS = "max-age=63072000; includeSubDomains"
NO_FEATURES = ("microphone", "geolocation", "payment", "usb", "display-capture")
PERMISSIONS = ", ".join(["camera=(self)", *(f"{feature}=()" for feature in NO_FEATURES)])
YEAR = "public, max-age=31536000, immutable"


def csp_nonce() -> str:
    """Return this answer's nonce; only script elements that carry it are run."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def policy(nonce: str) -> str:
    """Return the content security policy of a page."""
    return "; ".join(
        (
            "default-src 'self'",
            # The camera's reader is WebAssembly; that opens no way for scripts.
            f"script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        )
    )


def init_headers(app: Flask) -> None:
    """Put the headers on every answer, errors and files included."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = policy(csp_nonce())
        headers["Strict-Transport-Security"] = HSTS
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["Permissions-Policy"] = PERMISSIONS
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if g.get("actor") is not None and request.endpoint != "static":
            headers["Cache-Control"] = "no-store"
        elif request.endpoint == "static" and "v" in request.args and response.status_code == 200:
            headers["Cache-Control"] = YEAR
        return response
