"""Where the pages of accounts hang, what the menu says, and the limits they share."""

from flask import Blueprint, current_app, request
from flask_babel import lazy_gettext as _l
from flask_limiter.util import get_remote_address

from config import Config
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sealing import Seal, load_seal
from exam_centre.webkit.limits import (
    CODES_PER_LOGIN,
    TRIES_PER_ADDRESS,
    TRIES_PER_LOGIN,
    limiter,
    login_at_address,
)
from exam_centre.webkit.navigation import NavItem

blueprint = Blueprint("accounts", __name__)

NAVIGATION = (
    NavItem(_l("People"), "accounts.list_people", (Permission.RUN_ACCOUNTS,)),
    NavItem(_l("My account"), "accounts.show_own", at_end=True),
)

by_address = limiter.shared_limit(TRIES_PER_ADDRESS, scope="sign_in", methods=["POST"])
by_login = limiter.limit(TRIES_PER_LOGIN, key_func=login_at_address, methods=["POST"])
by_message = limiter.limit(CODES_PER_LOGIN, key_func=login_at_address, methods=["POST"])


def document_at_address() -> str:
    """Return the key that counts tries for one document from one address."""
    return f"{get_remote_address()} {request.form.get('id_no', '').strip().casefold()[:64]}"


def seal() -> Seal:
    """Return the seal over this install's ID numbers."""
    config: Config = current_app.config["EXAM_CENTRE"]
    return load_seal(config.keys_dir)
