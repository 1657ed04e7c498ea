"""What the operator of the bank may do: registers, faults, a look into any account."""

from flask import Blueprint, Response, request

from reference_bank import ledger, register
from reference_bank.bank import require_operator, the_bank
from reference_bank.faults import FaultPlan
from reference_bank.messages import NewAccount, NewIssuer, NewUnit, read_body
from reference_bank.models import Account
from reference_bank.refusals import Code, Refusal, wrong_member
from reference_bank.replies import (
    AccountReply,
    FaultDone,
    FaultReply,
    LedgerEntry,
    LedgerReply,
    RegisteredIssuer,
    RegisteredUnit,
    answer,
)

blueprint = Blueprint("operations", __name__)
blueprint.before_request(require_operator)


@blueprint.post("/api/v1/issuers")
def register_issuer() -> Response:
    """Register a key that may sign for an issuer."""
    new = read_body(request.get_data(), NewIssuer)
    with the_bank().database.writing() as session:
        is_new = register.register_issuer(session, new)
    return answer(RegisteredIssuer(key_id=new.key_id, issuer_id=new.issuer_id), _made(is_new))


@blueprint.post("/api/v1/accounts")
def open_account() -> Response:
    """Open a learning account."""
    new = read_body(request.get_data(), NewAccount)
    with the_bank().database.writing() as session:
        is_new = register.open_account(session, new)
    return answer(AccountReply(account=new.account), _made(is_new))


@blueprint.post("/api/v1/units")
def register_unit() -> Response:
    """Publish one version of an accreditation unit."""
    new = read_body(request.get_data(), NewUnit)
    with the_bank().database.writing() as session:
        is_new = register.register_unit(session, new)
    return answer(RegisteredUnit(code=new.code, version=new.version), _made(is_new))


@blueprint.get("/api/v1/accounts/<account>/ledger")
def show_ledger(account: str) -> Response:
    """Every effect on one account, and their sum."""
    with the_bank().database.reading() as session:
        if session.get(Account, account) is None:
            raise Refusal(Code.ACCOUNT_UNKNOWN, "The bank holds no such account.")
        return answer(
            LedgerReply(
                account=account,
                balance=str(ledger.balance_of(session, account)),
                entries=[
                    LedgerEntry(
                        bank_ref=row.bank_ref,
                        outcome_id=row.outcome_id,
                        version=row.version,
                        kind=row.kind,
                        amount=str(row.amount),
                        at=row.at,
                    )
                    for row in ledger.entries_of(session, account)
                ],
            )
        )


@blueprint.get("/faults")
def show_faults() -> Response:
    """The plan of faults and those done so far."""
    faults = the_bank().faults
    done = [FaultDone.model_validate(each._asdict()) for each in faults.done()]
    return answer(FaultReply(plan=faults.plan, done=done))


@blueprint.post("/faults")
def order_faults() -> Response:
    """Replace the plan of faults; an empty object ends them."""
    try:
        plan = FaultPlan.model_validate_json(request.get_data())
    except ValueError as error:
        raise wrong_member("plan", str(error)) from error
    the_bank().faults.replace(plan)
    return answer(FaultReply(plan=plan, done=[]))


def _made(is_new: bool) -> int:
    return 201 if is_new else 200
