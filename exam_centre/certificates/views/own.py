"""The holder's pages: the certificate to look at, to keep as a picture, and to download."""

from flask import Response, render_template, send_file
from flask.typing import ResponseReturnValue

from exam_centre.adapters.picture import draw_picture
from exam_centre.adapters.qr import as_svg
from exam_centre.certificates import jobs, queries
from exam_centre.certificates.documents import certificate_picture, verify_address
from exam_centre.certificates.views.blueprint import blueprint
from exam_centre.certificates.views.office import SEES
from exam_centre.kernel import clock
from exam_centre.kernel.permissions import Permission
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader

CREDENTIAL_TYPE = "application/vc+jwt"


@blueprint.get("/certificates/<token:token>")
@requires(Permission.SEE_OWN, *SEES)
def show_certificate(token: str) -> ResponseReturnValue:
    """Show a certificate large; below it the file, for browsers that keep files."""
    session, actor = reader(), current_actor()
    certificate = queries.access_certificate(session, actor, token)
    credential = queries.credential_behind(session, certificate)
    address = verify_address(jobs.press().public_url, certificate.verify_code)
    return render_template(
        "certificates/certificate.html",
        certificate=certificate,
        row=queries.row_of(session, credential),
        verification=queries.verify(
            session, credential.stable_id, credential.number, now=clock.now()
        ),
        address=address,
        code=as_svg(address),
        is_own=not any(actor.may(permission) for permission in SEES),
    )


@blueprint.get("/certificates/<token:token>/file")
@requires(Permission.SEE_OWN, *SEES)
def download_file(token: str) -> ResponseReturnValue:
    """Hand out the signed PDF file, as issued."""
    certificate = queries.access_certificate(reader(), current_actor(), token)
    return send_file(
        jobs.press().storage.open(certificate.file_key),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"certificate-{certificate.serial}.pdf",
    )


@blueprint.get("/certificates/<token:token>/picture")
@requires(Permission.SEE_OWN, *SEES)
def show_picture(token: str) -> ResponseReturnValue:
    """Draw the certificate as a picture that a phone keeps at a long press."""
    session = reader()
    certificate = queries.access_certificate(session, current_actor(), token)
    credential = queries.credential_behind(session, certificate)
    facts = queries.facts_of(session, [credential.outcome_id])[credential.outcome_id]
    press = jobs.press()
    picture = certificate_picture(
        facts,
        credential,
        issuer_name=press.issuer_name,
        serial=certificate.serial,
        verify_code=certificate.verify_code,
        public_url=press.public_url,
    )
    return Response(draw_picture(picture, press.fonts, press.assets_dir), mimetype="image/png")


@blueprint.get("/certificates/<token:token>/credential")
@requires(Permission.SEE_OWN, *SEES)
def download_credential(token: str) -> ResponseReturnValue:
    """Hand out the signed credential, for wallets and for programs that verify."""
    session = reader()
    certificate = queries.access_certificate(session, current_actor(), token)
    credential = queries.credential_behind(session, certificate)
    response = Response(credential.jwt, mimetype=CREDENTIAL_TYPE)
    name = f"credential-{certificate.serial}.jwt"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
