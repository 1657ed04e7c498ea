"""What verifiers' programs fetch: status lists, the issuer's keys, and the words we use."""

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from exam_centre.certificates import jobs, queries
from exam_centre.certificates.rules import OWN_WORDS, Purpose
from exam_centre.kernel import clock
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.sentences import say
from exam_centre.webkit.access import public
from exam_centre.webkit.database import reader
from exam_centre.webkit.limits import limiter

# Every credential names these addresses for ever.
blueprint = Blueprint("certificates_api", __name__)

FETCHES_PER_ADDRESS = "120 per minute"
FRESH_SECONDS = 300
DID_CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"]
limited = limiter.shared_limit(FETCHES_PER_ADDRESS, scope="credential_files")


@blueprint.get("/status/<purpose>/<int:list_no>")
@limited
@public
def status_list(purpose: str, list_no: int) -> ResponseReturnValue:
    """Publish one status list, signed anew so that an old copy goes stale."""
    wanted = next((each for each in Purpose if each.value == purpose), None)
    if wanted is None:
        raise NotFound(say("status list"))
    token = queries.status_list(reader(), list_no, wanted, jobs.press().signer, now=clock.now())
    response = Response(token, mimetype="application/vc+jwt")
    return _fresh(response)


@blueprint.get("/.well-known/did.json")
@limited
@public
def did_document() -> ResponseReturnValue:
    """Publish the issuer's keys where its did:web leads."""
    signer = jobs.press().signer
    keys = signer.key_set()["keys"]
    methods = [
        {
            "id": key["kid"],
            "type": "JsonWebKey2020",
            "controller": signer.issuer_id,
            "publicKeyJwk": key,
        }
        for key in keys
    ]
    document = {
        "@context": DID_CONTEXTS,
        "id": signer.issuer_id,
        "verificationMethod": methods,
        "assertionMethod": [key["kid"] for key in keys],
    }
    return _fresh(jsonify(document))


@blueprint.get("/.well-known/jwks.json")
@limited
@public
def key_set() -> ResponseReturnValue:
    """Publish the same keys as a plain key set."""
    return _fresh(jsonify(jobs.press().signer.key_set()))


@blueprint.get("/vocabulary")
@limited
@public
def vocabulary() -> ResponseReturnValue:
    """Name the words of our own that stand in credentials."""
    return _fresh(jsonify({word: f"{request.base_url}#{word}" for word in OWN_WORDS}))


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    response.headers["Access-Control-Allow-Origin"] = "*"  # verifiers run in browsers, too
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
