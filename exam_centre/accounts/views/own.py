"""One's own page: password, language, phone, ties, and what one was told."""

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import refresh

from exam_centre.accounts import queries, service
from exam_centre.accounts.forms.own import (
    LanguageForm,
    LostPhoneForm,
    PasswordForm,
    PhoneForm,
)
from exam_centre.accounts.models import Person, User
from exam_centre.accounts.rules import (
    RELATION_SENTENCES,
    CodePurpose,
    PhoneChangeOpen,
    WeakPassword,
    WrongPhone,
    WrongSignIn,
)
from exam_centre.accounts.views.menu import blueprint, by_address
from exam_centre.kernel import clock
from exam_centre.kernel.sentences import Sentence
from exam_centre.webkit.access import current_actor, forget_sign_in, signed_in
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import ActForm, typed
from exam_centre.webkit.languages import CHOICE

TAIL = 4  # digits of a phone that are shown


@blueprint.get("/me")
@signed_in
def show_own() -> ResponseReturnValue:
    """Show what the records know about whoever is signed in."""
    actor = current_actor()
    person = reader().get_one(Person, actor.human())
    notices = queries.notices_of(reader(), person.id)
    return render_template(
        "accounts/own.html",
        person=person,
        phone_tail=person.phone[-TAIL:],
        work=queries.work_of(reader(), person.id),
        ties=queries.conflicts_of(reader(), person.id),
        relations=RELATION_SENTENCES,
        unread=sum(notice.read_at is None for notice in notices),
        language_form=LanguageForm(formdata=None, language=person.language),
        waiting=queries.open_phone_change(reader(), person.id),
    )


@blueprint.post("/me/language")
@signed_in
def choose_own_language() -> ResponseReturnValue:
    """Keep the language one is written to in, and show pages in it."""
    form = LanguageForm.from_request()
    if form.submitted():
        with saving() as writer:
            service.choose_language(writer, current_actor(), form.language.data, now=clock.now())
        session[CHOICE] = form.language.data
        refresh()  # So that the note below is said in the language just chosen.
        return done(_("The language is kept."), ".show_own")
    return redirect(url_for(".show_own"), 303)


@blueprint.route("/me/password", methods=["GET", "POST"])
@by_address
@signed_in
def change_password() -> ResponseReturnValue:
    """Change one's password; every browser signs in again."""
    form = PasswordForm.from_request()
    if form.submitted():
        actor = current_actor()
        with saving({WrongSignIn: form.old, WeakPassword: form.new}) as writer:
            service.change_password(
                writer,
                actor,
                writer.get_one(User, actor.user_id),
                old=typed(form.old),
                new=typed(form.new),
                now=clock.now(),
            )
        if not form.errors:
            flash(_("The password is changed. Sign in with the new one."), "success")
            response = redirect(url_for(".sign_in"), 303)
            forget_sign_in(response)
            return response
        if form.old.errors:  # Here the number is known to be right, so it can be said plainly.
            form.old.errors = [_("This is not your password now. Type it again.")]
    return render_template("accounts/change_password.html", form=form)


@blueprint.get("/me/phone")
@signed_in
def show_phone() -> ResponseReturnValue:
    """Show the two ways to a new phone: with the old one in hand, and without it."""
    return _phone_page(PhoneForm(formdata=None), LostPhoneForm(formdata=None))


@blueprint.post("/me/phone/code")
@by_address
@signed_in
def send_phone_code() -> ResponseReturnValue:
    """Send a code to the old phone."""
    if ActForm.from_request().submitted():
        actor = current_actor()
        with saving() as writer:
            login = writer.get_one(User, actor.user_id).login
            service.send_code(writer, login=login, purpose=CodePurpose.NEW_PHONE, now=clock.now())
        flash(_("A code is on its way to the phone the records know."), "success")
    return redirect(url_for(".show_phone", sent=1), 303)


@blueprint.post("/me/phone")
@by_address
@signed_in
def change_phone() -> ResponseReturnValue:
    """Put the new phone in the place of the one that got the code."""
    form = PhoneForm.from_request()
    if form.submitted():
        with saving({WrongPhone: form.phone}) as writer:
            changed = service.change_phone(
                writer,
                current_actor(),
                code=typed(form.code),
                phone=typed(form.phone),
                now=clock.now(),
            )
        if not form.errors and changed:
            return done(_("The new phone is kept. Codes go there from now on."), ".show_own")
        if not form.errors:
            form.code.errors = [_("This code does not work, or no longer. Ask for a new one.")]
    return _phone_page(form, LostPhoneForm(formdata=None, prefix="lost"))


@blueprint.post("/me/phone/lost")
@by_address
@signed_in
def ask_new_phone() -> ResponseReturnValue:
    """Ask for a new phone without the old one; somebody of the centre approves it."""
    actor = current_actor()
    form = LostPhoneForm.from_request(prefix="lost")
    if form.submitted():
        with saving({WrongPhone: form.phone, PhoneChangeOpen: form.phone}) as writer:
            service.ask_new_phone(
                writer,
                actor,
                writer.get_one(Person, actor.human()),
                phone=typed(form.phone),
                reason=typed(form.reason),
                now=clock.now(),
            )
        if not form.errors:
            return done(
                _("Asked. Go to your study centre with your document; they approve it."),
                ".show_own",
                kind="note",
            )
    return _phone_page(PhoneForm(formdata=None), form)


@blueprint.get("/me/notices")
@signed_in
def list_notices() -> ResponseReturnValue:
    """Show what one was told, newest first, and when one read it."""
    notices = queries.notices_of(reader(), current_actor().human())
    return render_template(
        "accounts/notices.html",
        notices=[(notice, Sentence(notice.text, notice.facts)) for notice in notices],
        act_form=ActForm(formdata=None),
    )


@blueprint.post("/me/notices/<token:notice>/read")
@signed_in
def read_notice(notice: str) -> ResponseReturnValue:
    """Keep that one read it."""
    if ActForm.from_request().submitted():
        with saving() as writer:
            service.read_notice(writer, current_actor(), notice, clock.now())
    return redirect(url_for(".list_notices"), 303)


def _phone_page(form: PhoneForm, lost_form: LostPhoneForm) -> ResponseReturnValue:
    person = reader().get_one(Person, current_actor().human())
    if not lost_form.is_submitted():
        lost_form = LostPhoneForm(formdata=None, prefix="lost")
    return render_template(
        "accounts/phone.html",
        form=form,
        lost_form=lost_form,
        act_form=ActForm(formdata=None),
        phone_tail=person.phone[-TAIL:],
        waiting=queries.open_phone_change(reader(), person.id),
    )
