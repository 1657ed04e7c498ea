"""Turns refusals and errors of the web into problem+json, in one place."""

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from reference_bank.refusals import Refusal
from reference_bank.replies import Problem, ProblemMember, answer


def register_problems(app: Flask) -> None:
    """Make every refusal of the app answer in the same form."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _web_error)


def _refused(refusal: Refusal) -> Response:
    problem = Problem(
        type=f"urn:credit-bank:problem:{refusal.code}",
        title=refusal.code.replace("_", " ").capitalize(),
        status=refusal.status,
        code=refusal.code,
        detail=refusal.sentence,
        members=[
            ProblemMember(member=each.member, sentence=each.sentence) for each in refusal.members
        ],
    )
    response = answer(problem, refusal.status, "application/problem+json")
    if refusal.retry_after_seconds is not None:
        response.headers["Retry-After"] = str(refusal.retry_after_seconds)
    return response


def _web_error(error: HTTPException) -> Response:
    status = error.code or 500
    problem = Problem(
        type="about:blank",
        title=error.name,
        status=status,
        code=error.name.casefold().replace(" ", "_"),
        detail=error.description or error.name,
    )
    response = answer(problem, status, "application/problem+json")
    for name, value in error.get_headers():
        if name.casefold() == "allow":
            response.headers[name] = value
    return response
