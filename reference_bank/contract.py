"""Writes openapi.json, the bank's published contract, from the typed bodies."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from reference_bank import messages, replies
from reference_bank.faults import FaultPlan

FILE = Path(__file__).with_name("openapi.json")
REFERENCE = "#/components/schemas/{model}"
SIGNED: list[dict[str, list[str]]] = [{"issuerSignature": []}]
OPERATOR: list[dict[str, list[str]]] = [{"operatorToken": []}]


@dataclass(frozen=True)
class Operation:
    """One path and method of the contract."""

    path: str
    method: str
    summary: str
    security: list[dict[str, list[str]]]
    reply: type[BaseModel]
    refusals: tuple[int, ...]
    body: tuple[type[BaseModel], ...] = ()  # several: one of them, told apart by `kind`
    successes: tuple[int, ...] = (200,)
    months: bool = False


OPERATIONS = (
    Operation(
        "/api/v1/outcomes/{outcome_id}/versions/{version}",
        "put",
        "Receive one version of an outcome. Repeating the same version has no further effect.",
        SIGNED,
        replies.PushEcho,
        (400, 401, 403, 404, 409, 413, 422, 429, 500, 503),
        body=(messages.Upsert, messages.StateChange),
    ),
    Operation(
        "/api/v1/outcomes/{outcome_id}",
        "get",
        "The standing version of an outcome.",
        SIGNED,
        replies.KnownOutcome,
        (401, 404),
    ),
    Operation(
        "/api/v1/digest",
        "get",
        "256 digests: bucket sha256(id)[0], over sorted lines id|version|body_sha256.",
        SIGNED,
        replies.DigestReply,
        (401, 422),
        months=True,
    ),
    Operation(
        "/api/v1/digest/{bucket}",
        "get",
        "The outcomes behind one digest, with their states.",
        SIGNED,
        replies.BucketReply,
        (401, 404, 422),
        months=True,
    ),
    Operation(
        "/api/v1/accounts/validate",
        "post",
        "Whether an account is that of a named person.",
        SIGNED,
        replies.AccountVerdict,
        (400, 401, 422),
        body=(messages.AccountQuestion,),
    ),
    Operation(
        "/api/v1/issuers",
        "post",
        "Register a key that may sign for an issuer.",
        OPERATOR,
        replies.RegisteredIssuer,
        (401, 409, 422),
        body=(messages.NewIssuer,),
        successes=(200, 201),
    ),
    Operation(
        "/api/v1/accounts",
        "post",
        "Open a learning account.",
        OPERATOR,
        replies.AccountReply,
        (401, 409, 422),
        body=(messages.NewAccount,),
        successes=(200, 201),
    ),
    Operation(
        "/api/v1/units",
        "post",
        "Publish one version of an accreditation unit.",
        OPERATOR,
        replies.RegisteredUnit,
        (401, 409, 422),
        body=(messages.NewUnit,),
        successes=(200, 201),
    ),
    Operation(
        "/api/v1/accounts/{account}/ledger",
        "get",
        "Every effect on one account, and their sum.",
        OPERATOR,
        replies.LedgerReply,
        (401, 404),
    ),
    Operation(
        "/faults",
        "get",
        "The plan of faults and those done so far.",
        OPERATOR,
        replies.FaultReply,
        (401,),
    ),
    Operation(
        "/faults",
        "post",
        "Replace the plan of faults.",
        OPERATOR,
        replies.FaultReply,
        (401, 422),
        body=(FaultPlan,),
    ),
)

PATH_PARAMETERS: dict[str, dict[str, Any]] = {
    "outcome_id": {"type": "string", "format": "uuid"},
    "version": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
    "bucket": {"type": "integer", "minimum": 0, "maximum": 255},
    "account": {"type": "string"},
}
MONTH_PARAMETER = {
    "name": "month",
    "in": "query",
    "required": False,
    "description": "Only outcomes awarded in this month, in UTC.",
    "schema": {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
}
KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": 'The quoted text "<outcome id>:<version>".',
    "schema": {"type": "string"},
}
SIGNATURE_RULE = (
    "RFC 9421, one Ed25519 signature that lives for 300 seconds at most, with created, expires and "
    "keyid. A push has the tag credit-bank-push and covers @method, @target-uri, content-digest, "
    "content-type and idempotency-key. Other requests have the tag credit-bank-query and cover "
    "@method and @target-uri, and with a body also content-digest and content-type. "
    "Content-Digest is that of RFC 9530."
)


def contract() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Credit bank", "version": "1.0.0"},
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "issuerSignature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Signature",
                    "description": SIGNATURE_RULE,
                },
                "operatorToken": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def as_text() -> str:
    """The document as it is published."""
    return json.dumps(contract(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _described(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": operation.summary,
        "security": operation.security,
        "responses": {
            **{str(n): _content("A reply.", (operation.reply,)) for n in operation.successes},
            **{
                str(n): _content("A refusal.", (replies.Problem,), "application/problem+json")
                for n in operation.refusals
            },
        },
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in PATH_PARAMETERS.items()
        if f"{{{name}}}" in operation.path
    ]
    parameters += [MONTH_PARAMETER] if operation.months else []
    parameters += [KEY_PARAMETER] if operation.method == "put" else []
    if parameters:
        described["parameters"] = parameters
    if operation.body:
        described["requestBody"] = {"required": True} | _content("A body.", operation.body)
    return described


def _content(
    description: str, models: tuple[type[BaseModel], ...], media_type: str = "application/json"
) -> dict[str, Any]:
    references = [{"$ref": REFERENCE.format(model=model.__name__)} for model in models]
    schema: dict[str, Any] = references[0] if len(references) == 1 else {"oneOf": references}
    return {"description": description, "content": {media_type: {"schema": schema}}}


def _schemas() -> dict[str, Any]:
    bodies = [(model, "validation") for each in OPERATIONS for model in each.body]
    answers = [(each.reply, "serialization") for each in OPERATIONS]
    models: list[Any] = list(dict.fromkeys([*bodies, *answers, (replies.Problem, "serialization")]))
    _, definitions = models_json_schema(models, ref_template=REFERENCE)
    schemas: dict[str, Any] = definitions["$defs"]
    return schemas


if __name__ == "__main__":
    FILE.write_text(as_text(), encoding="utf-8")
