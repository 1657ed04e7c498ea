"""The parts of one running bank, and how an endpoint reaches them."""

import hmac
from datetime import UTC, datetime
from typing import cast

from flask import current_app, request

from reference_bank.configuration import BankConfig
from reference_bank.database import Database
from reference_bank.faults import FaultBox
from reference_bank.refusals import Code, Refusal
from reference_bank.register import load_issuer_keys
from reference_bank.signatures import Purpose, Request, issuer_of

EXTENSION = "reference_bank"


class Bank:
    """Database, faults and the operator's token of one app."""

    def __init__(self, config: BankConfig) -> None:
        self.database = Database(config.database)
        self.faults = FaultBox(config.faults)
        self._operator_token = config.operator_token
        if config.issuer_keys is not None:
            with self.database.writing() as session:
                load_issuer_keys(session, config.issuer_keys)

    def is_operator(self, token: str | None) -> bool:
        """Whether a token is the operator's; nobody is the operator of a bank without one."""
        if self._operator_token is None or token is None:
            return False
        return hmac.compare_digest(self._operator_token.encode(), token.encode())


def the_bank() -> Bank:
    """The bank behind the current request."""
    return cast(Bank, current_app.extensions[EXTENSION])


def require_operator() -> None:
    """Refuse a request that does not bear the operator's token."""
    given = request.authorization
    if given is None or given.type != "bearer" or not the_bank().is_operator(given.token):
        raise Refusal(Code.OPERATOR_ONLY, "This needs the operator's bearer token.")


def require_issuer(purpose: Purpose) -> str:
    """The id of the issuer who signed the current request, or a refusal."""
    incoming = Request(request.method, request.url, dict(request.headers), request.get_data())
    with the_bank().database.reading() as session:
        return issuer_of(session, incoming, purpose)


def now() -> datetime:
    """The bank's clock, in UTC."""
    return datetime.now(UTC)
