"""A number somebody forgot: name, document and a code to the known phone tell it."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts import service
from exam_centre.accounts.forms.own import ForgottenCodeForm, ForgottenForm
from exam_centre.accounts.rules import IdType
from exam_centre.accounts.views.menu import blueprint, by_address, document_at_address, seal
from exam_centre.kernel import clock
from exam_centre.webkit.access import public
from exam_centre.webkit.acting import saving
from exam_centre.webkit.form import typed
from exam_centre.webkit.limits import CODES_PER_LOGIN, TRIES_PER_LOGIN, limiter

by_document = limiter.limit(TRIES_PER_LOGIN, key_func=document_at_address, methods=["POST"])
by_code = limiter.limit(CODES_PER_LOGIN, key_func=document_at_address, methods=["POST"])


@blueprint.route("/forgotten-number", methods=["GET", "POST"])
@by_address
@by_code
@public
def ask_forgotten() -> ResponseReturnValue:
    """Ask for a code; the answer is the same whether or not the person is known."""
    form = ForgottenForm.from_request()
    if not form.submitted():
        return render_template("accounts/forgotten.html", form=form)
    with saving() as session:
        service.send_forgotten(
            session,
            seal(),
            name=typed(form.name),
            id_type=IdType(form.id_type.data),
            id_no=typed(form.id_no),
            now=clock.now(),
        )
    following = ForgottenCodeForm(
        formdata=None, name=form.name.data, id_type=form.id_type.data, id_no=form.id_no.data
    )
    return render_template("accounts/forgotten_code.html", form=following)


@blueprint.post("/forgotten-number/code")
@by_address
@by_document
@public
def tell_forgotten() -> ResponseReturnValue:
    """Tell the numbers to whoever holds the phone."""
    form = ForgottenCodeForm.from_request()
    if form.submitted():
        with saving() as session:
            logins = service.tell_forgotten(
                session,
                seal(),
                name=typed(form.name),
                id_type=IdType(form.id_type.data),
                id_no=typed(form.id_no),
                code=typed(form.code),
                now=clock.now(),
            )
        if logins:
            return render_template("accounts/forgotten_told.html", logins=logins)
        form.code.errors = [_("This code does not work, or no longer. Ask for a new one.")]
    return render_template("accounts/forgotten_code.html", form=form)
