"""How often one address may try: counted before anything expensive happens."""

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

# A whole factory may sign in from behind one address after a shift; guessing needs far more.
TRIES_PER_ADDRESS = "60 per minute"
# Counted for a login at an address: nobody can lock somebody else out from afar.
TRIES_PER_LOGIN = "10 per 5 minutes"
CODES_PER_LOGIN = "3 per 10 minutes"  # each one is a text message that somebody pays for

limiter = Limiter(get_remote_address, headers_enabled=True, strategy="moving-window")


def login_at_address() -> str:
    """Return the key that counts tries for one login from one address."""
    return f"{get_remote_address()} {request.form.get('login', '').strip().casefold()[:64]}"


def init_limits(app: Flask) -> None:
    """Count in the memory of each process; many machines set a shared store instead."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", "memory://")
    limiter.init_app(app)
