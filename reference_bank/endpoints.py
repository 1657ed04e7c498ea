"""What an issuer may ask of the bank; every request here is signed with a registered key."""

import re
import time
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, Response, request

from reference_bank import ledger, reconciliation
from reference_bank.bank import now, require_issuer, the_bank
from reference_bank.faults import FaultKind
from reference_bank.ledger import Received
from reference_bank.messages import AccountQuestion, read_body, read_outcome_message
from reference_bank.models import Outcome
from reference_bank.refusals import Code, Refusal, wrong_member
from reference_bank.register import judge_holder
from reference_bank.replies import PushEcho, PushResult, answer
from reference_bank.signatures import LOOK_UP, PUSH, QUESTION

MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
PROXY_PAGE = "<!doctype html><title>OK</title><p>It works!</p>"

blueprint = Blueprint("issuers", __name__, url_prefix="/api/v1")


@blueprint.put("/outcomes/<uuid:outcome_id>/versions/<int(max=1000000):version>")
def push(outcome_id: UUID, version: int) -> Response:
    """Receive one version of an outcome; the same version has its effect once."""
    issuer_id = require_issuer(PUSH)
    if request.headers["Idempotency-Key"] != f'"{outcome_id}:{version}"':
        raise Refusal(Code.KEY_MISMATCH, 'The key must be "<outcome id>:<version>", in quotes.')
    body = request.get_data()
    message = read_outcome_message(body)
    if message.outcome_id != str(outcome_id):
        raise wrong_member("outcome_id", "is not the one in the path")
    if message.version != version:
        raise wrong_member("version", "is not the one in the path")
    received = Received(issuer_id, message, body, now())

    fault = the_bank().faults.next_for(message.outcome_id, message.version)
    _fail_before_commit(fault)
    if fault is FaultKind.LIE:
        echo = ledger.echo(received, ledger.new_bank_ref(), PushResult.APPLIED)
        return answer(echo)
    with the_bank().database.writing() as session:
        echo = ledger.receive(session, received)
    return _answer_after_commit(fault, echo, received)


@blueprint.get("/outcomes/<uuid:outcome_id>")
def look_up(outcome_id: UUID) -> Response:
    """The standing version of an outcome; another issuer's is as good as unknown."""
    issuer_id = require_issuer(LOOK_UP)
    with the_bank().database.reading() as session:
        outcome = session.get(Outcome, str(outcome_id))
        if outcome is None or outcome.issuer_id != issuer_id:
            raise Refusal(Code.OUTCOME_UNKNOWN, "The bank never received this outcome.")
        return answer(reconciliation.known(outcome))


@blueprint.get("/digest")
def digest() -> Response:
    """256 digests over what the bank holds of this issuer."""
    issuer_id = require_issuer(LOOK_UP)
    with the_bank().database.reading() as session:
        return answer(reconciliation.digest(session, issuer_id, _month()))


@blueprint.get("/digest/<int(max=255):bucket>")
def bucket(bucket: int) -> Response:
    """The outcomes behind one of the digests."""
    issuer_id = require_issuer(LOOK_UP)
    with the_bank().database.reading() as session:
        return answer(reconciliation.bucket(session, issuer_id, _month(), bucket))


@blueprint.post("/accounts/validate")
def validate_account() -> Response:
    """Whether an account is that of a named person, asked before anything is pushed."""
    require_issuer(QUESTION)
    question = read_body(request.get_data(), AccountQuestion)
    with the_bank().database.reading() as session:
        return answer(judge_holder(session, question))


def _month() -> str | None:
    month = request.args.get("month")
    if month is not None and not MONTH.fullmatch(month):
        raise wrong_member("month", 'must look like "2026-11"')
    return month


def _fail_before_commit(fault: FaultKind) -> None:
    plan = the_bank().faults.plan
    if fault is FaultKind.UNAVAILABLE:
        raise Refusal(
            Code.UNAVAILABLE, "Ordered fault.", retry_after_seconds=plan.retry_after_seconds
        )
    if fault is FaultKind.TOO_MANY:
        raise Refusal(Code.TOO_MANY, "Ordered fault.", retry_after_seconds=plan.retry_after_seconds)
    if fault is FaultKind.ERROR_BEFORE_COMMIT:
        raise Refusal(Code.BROKEN, "Ordered fault.")
    if fault is FaultKind.TIMEOUT_BEFORE_COMMIT:
        time.sleep(plan.timeout_seconds)
        raise Refusal(Code.BROKEN, "Ordered fault.")
    if fault is FaultKind.SLOW:
        time.sleep(plan.slow_seconds)


def _answer_after_commit(fault: FaultKind, echo: PushEcho, received: Received) -> Response:
    if fault is FaultKind.ERROR_AFTER_COMMIT:
        raise Refusal(Code.BROKEN, "Ordered fault.")
    if fault is FaultKind.TIMEOUT_AFTER_COMMIT:
        time.sleep(the_bank().faults.plan.timeout_seconds)
    if fault is FaultKind.GARBAGE:
        return Response(PROXY_PAGE, content_type="text/html; charset=utf-8")
    if fault is FaultKind.WRONG_ECHO:
        other = replace(received, body=received.body + b" ")
        return answer(ledger.echo(other, echo.bank_ref, echo.result))
    return answer(echo)
