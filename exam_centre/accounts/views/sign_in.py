"""Signing in, by password or by a code to the phone, and signing out."""

from flask import flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts import service
from exam_centre.accounts.forms.sign_in import (
    AskCodeForm,
    CodeForm,
    FirstSignInForm,
    SignInForm,
)
from exam_centre.accounts.rules import CodePurpose, WeakPassword, WrongSignIn
from exam_centre.accounts.views.menu import blueprint, by_address, by_login, by_message
from exam_centre.kernel import clock
from exam_centre.webkit.access import current_token, forget_sign_in, keep_signed_in, public
from exam_centre.webkit.acting import saving
from exam_centre.webkit.form import typed
from exam_centre.webkit.languages import CHOICE
from exam_centre.webkit.links import safe_next


@blueprint.route("/sign-in", methods=["GET", "POST"])
@by_address
@by_login
@public
def sign_in() -> ResponseReturnValue:
    """Sign in with a password."""
    if g.actor is not None:
        return redirect(safe_next(request.args.get("next")))
    form = SignInForm.from_request(next=request.args.get("next", ""))
    if form.submitted():
        login, password = typed(form.login), typed(form.password)
        with saving({WrongSignIn: form.password}) as writer:
            token, _user = service.sign_in(writer, login=login, password=password, now=clock.now())
        if not form.errors:
            return _welcome(token, form.next.data)
    return render_template("accounts/sign_in.html", form=form)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@by_address
@by_message
@public
def ask_code() -> ResponseReturnValue:
    """Ask for a one-time code; the answer is the same whether or not the number is known."""
    form = AskCodeForm.from_request(next=request.args.get("next", ""))
    if not form.submitted():
        return render_template("accounts/ask_code.html", form=form)
    with saving() as writer:
        service.send_code(
            writer, login=typed(form.login), purpose=CodePurpose.SIGN_IN, now=clock.now()
        )
    # The number travels on in the form: an address would keep it in histories and logs.
    following = CodeForm(formdata=None, login=form.login.data, next=form.next.data)
    return render_template("accounts/enter_code.html", form=following)


@blueprint.post("/sign-in/code/enter")
@by_address
@by_login
@public
def enter_code() -> ResponseReturnValue:
    """Sign in with the code."""
    form = CodeForm.from_request()
    if form.submitted():
        login, code = typed(form.login), typed(form.code)
        with saving() as writer:
            opened = service.sign_in_with_code(writer, login=login, code=code, now=clock.now())
        if opened is not None:
            return _welcome(opened[0], form.next.data)
        form.code.errors = [_("This code does not work, or no longer. Ask for a new one.")]
    return render_template("accounts/enter_code.html", form=form)


@blueprint.route("/sign-in/first", methods=["GET", "POST"])
@by_address
@by_login
@public
def first_sign_in() -> ResponseReturnValue:
    """Choose a password with the first code, and be signed in."""
    form = FirstSignInForm.from_request()
    if form.submitted():
        with saving({WeakPassword: form.new}) as writer:
            opened = service.take_first_password(
                writer,
                login=typed(form.login),
                code=typed(form.code),
                password=typed(form.new),
                now=clock.now(),
            )
        if not form.errors and opened is not None:
            response = _welcome(opened[0], "")
            flash(_("The password is yours. The code is used up."), "success")
            return response
        if not form.errors:
            form.code.errors = [
                _("Number and code do not fit, or the code is over. Ask for a new one.")
            ]
    return render_template("accounts/first_sign_in.html", form=form)


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this browser's sign-in; harmless where there is none."""
    with saving() as writer:
        service.sign_out(writer, current_token(), clock.now())
    _start_anew()
    flash(_("You are signed out."), "success")
    response = redirect(url_for(".sign_in"), 303)
    forget_sign_in(response)
    return response


def _welcome(token: str, target: str | None) -> ResponseReturnValue:
    _start_anew()
    response = redirect(safe_next(target), 303)
    keep_signed_in(response, token)
    return response


def _start_anew() -> None:
    """Drop the browser's form session, so that none made by somebody else lives on."""
    chosen = session.get(CHOICE)
    session.clear()
    if chosen:
        session[CHOICE] = chosen
