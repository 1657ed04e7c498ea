"""Public verification: by code, by file, by name; every certified fact and its status now."""

import hashlib
from typing import Any

from flask import Response, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from exam_centre.certificates import jobs, queries
from exam_centre.certificates.forms import CodeForm, FileForm, NameForm
from exam_centre.certificates.models import Certificate, Credential
from exam_centre.certificates.rules import (
    VERIFY_ALPHABET,
    VERIFY_CODE_LENGTH,
    Verification,
    Word,
    is_about,
)
from exam_centre.certificates.rules.printing import masked, plain_code
from exam_centre.certificates.views.blueprint import blueprint, verdict_of
from exam_centre.kernel import clock
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.webkit.access import public
from exam_centre.webkit.database import reader
from exam_centre.webkit.errors import wants_json
from exam_centre.webkit.form import typed
from exam_centre.webkit.languages import said
from exam_centre.webkit.limits import limiter

LOOKS_PER_ADDRESS = "30 per minute"  # an employer checks a pile; guessing 60 bits needs far more
UNKNOWN = Verification(Word.UNKNOWN, "", None, None, "", "", {})

limited = limiter.shared_limit(LOOKS_PER_ADDRESS, scope="verify")


@blueprint.route("/verify", methods=["GET", "POST"])
@public
def ask() -> ResponseReturnValue:
    """Ask for the code on a certificate, or for its file."""
    form = CodeForm.from_request()
    if form.submitted():
        return redirect(url_for(".show", code=plain_code(typed(form.code))[:40]), 303)
    return _ask(form, FileForm(formdata=None), 400 if form.errors else 200)


@blueprint.route("/verify/<code>", methods=["GET", "POST"])
@limited
@public
def show(code: str) -> ResponseReturnValue:
    """Tell what stands behind a code; the name on the paper may be compared with it."""
    credential = _find(code)
    if credential is None:
        return _answer(UNKNOWN, None, None, NameForm(formdata=None), 404)
    form = NameForm.from_request()
    same = None
    if form.submitted():
        same = is_about(queries.claims_of(credential), "name", typed(form.name))
    certificate = queries.certificate_of(reader(), credential)
    return _answer(_verification(credential), credential, certificate, form, 200, same=same)


@blueprint.post("/verify/file")
@limited
@public
def compare_file() -> ResponseReturnValue:
    """Compare a file's SHA-256 with those of the files as issued; the file is not kept."""
    form = FileForm.from_request()
    if not form.submitted():
        return _ask(CodeForm(formdata=None), form, 400)
    digest = hashlib.sha256(form.file.data.read()).hexdigest()
    certificate = queries.certificate_with_hash(reader(), digest)
    names = NameForm(formdata=None)
    if certificate is None:
        return _answer(UNKNOWN, None, None, names, 404, digest=digest)
    credential = queries.credential_behind(reader(), certificate)
    return _answer(_verification(credential), credential, certificate, names, 200, digest=digest)


@blueprint.get("/verify/root.pem")
@public
def root_certificate() -> ResponseReturnValue:
    """Hand out the root that the signatures in the files lead to."""
    identity = jobs.press().identity
    if identity is None:
        raise NotFound(say("root certificate"))
    return Response(identity.root_pem, mimetype="application/x-pem-file")


def _ask(form: CodeForm, file_form: FileForm, status: int) -> ResponseReturnValue:
    has_root = jobs.press().identity is not None
    page = render_template(
        "certificates/verify.html", form=form, file_form=file_form, has_root=has_root
    )
    return page, status


def _find(code: str) -> Credential | None:
    plain = plain_code(code)
    if len(plain) != VERIFY_CODE_LENGTH or not set(plain) <= set(VERIFY_ALPHABET):
        return None
    return queries.credential_of_certificate(reader(), plain)


def _verification(credential: Credential) -> Verification:
    return queries.verify(reader(), credential.stable_id, credential.number, now=clock.now())


def _answer(
    verification: Verification,
    credential: Credential | None,
    certificate: Certificate | None,
    form: NameForm,
    status: int,
    *,
    digest: str = "",
    same: bool | None = None,
) -> ResponseReturnValue:
    kind, title, sentence = _verdict(verification, by_file=bool(digest))
    if wants_json():
        return jsonify(_as_json(verification, certificate, said(sentence))), status
    name = queries.row_of(reader(), credential).name if credential else ""
    page = render_template(
        "certificates/verified.html",
        kind=kind,
        title=title,
        sentence=sentence,
        verification=verification,
        certificate=certificate,
        masked_name=masked(name) if name else "",
        digest=digest,
        same=same,
        form=form,
    )
    return page, status


def _verdict(verification: Verification, *, by_file: bool) -> tuple[str, Sentence, Sentence]:
    kind, title, sentence = verdict_of(verification)
    if verification.word is Word.UNKNOWN and by_file:
        sentence = say(
            "This is not a file we issued, or it was changed. Type the code on it instead."
        )
    return kind, title, sentence


def _as_json(
    verification: Verification, certificate: Certificate | None, sentence: str
) -> dict[str, Any]:
    return {
        "status": verification.word.value,
        "sentence": sentence,
        "credential": f"urn:uuid:{verification.stable_id}" if verification.stable_id else None,
        "version": verification.number,
        "newer_version": verification.newer,
        "revocation_reason": verification.reason or None,
        "credential_sha256": verification.sha256 or None,
        "file_sha256": certificate.file_sha256 if certificate else None,
        "serial": certificate.serial if certificate else None,
        "facts": verification.facts,
    }
