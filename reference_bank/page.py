"""One page for a person at the bank: accounts and the latest effects, in Chinese and English."""

from flask import Blueprint, Response, render_template, request
from sqlalchemy import func, select

from reference_bank.bank import the_bank
from reference_bank.models import Account, LedgerRow

LATEST = 100

blueprint = Blueprint("page", __name__)


@blueprint.get("/")
def show() -> Response:
    """Accounts with their balances and the latest ledger rows, for the operator alone."""
    given = request.authorization
    if given is None or not the_bank().is_operator(given.password):
        return Response(
            "需要操作员口令。 The operator's token is needed, as the password.",
            status=401,
            headers={"WWW-Authenticate": 'Basic realm="reference credit bank", charset="UTF-8"'},
        )
    balances = (
        select(Account, func.sum(LedgerRow.amount), func.count(LedgerRow.id))
        .outerjoin(LedgerRow, LedgerRow.account == Account.account)
        .group_by(Account.account)
        .order_by(Account.account)
    )
    with the_bank().database.reading() as session:
        return Response(
            render_template(
                "reference_bank/ledger.html",
                accounts=session.execute(balances).all(),
                rows=session.scalars(
                    select(LedgerRow).order_by(LedgerRow.id.desc()).limit(LATEST)
                ).all(),
            )
        )
