"""Users: opened with a first code on paper, let in with a new one, kept out."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts import queries, service
from exam_centre.accounts.forms.people import OpenUserForm
from exam_centre.accounts.models import User
from exam_centre.accounts.rules import FIRST_CODE_LASTS, NoPhone
from exam_centre.accounts.views.menu import blueprint
from exam_centre.kernel import clock
from exam_centre.kernel.permissions import Permission
from exam_centre.organisation.rules import CodeTaken
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import ActForm, typed

GROUP = 5  # digits of a first code between two blanks, as it is read aloud


@blueprint.route("/people/<token:person>/users/open", methods=["GET", "POST"])
@requires(Permission.RUN_ACCOUNTS)
def open_user(person: str) -> ResponseReturnValue:
    """Open a user, and show the first code once where one is handed over."""
    actor = current_actor()
    known = queries.access_person(reader(), actor, person)
    numbers = [staff.staff_no for staff, _unit in queries.staff_of(reader(), known.id)]
    form = OpenUserForm.from_request(login=numbers[0] if numbers else "")
    if form.submitted():
        with saving({CodeTaken: form.login, NoPhone: form.way}) as session:
            found = queries.access_person(session, actor, person)
            by_phone = form.way.data == "phone"
            if by_phone and not found.phone:
                raise NoPhone
            now = clock.now()
            user = service.open_user(session, actor, found, login=typed(form.login), now=now)
            code = "" if by_phone else service.hand_out_code(session, actor, user, now=now)
        if not form.errors and code:
            return _code_page(person, user, code)
        if not form.errors:
            return done(
                _("The user is open. Codes go to the phone; now give a role."),
                ".show_person",
                person=person,
            )
    return render_template("accounts/open_user.html", form=form, person=known)


@blueprint.post("/people/<token:person>/users/<token:user>/first-code")
@requires(Permission.RUN_ACCOUNTS)
def hand_out_code(person: str, user: str) -> ResponseReturnValue:
    """Show a new first code once, for somebody who forgot the password or lost the paper."""
    actor = current_actor()
    if not ActForm.from_request().submitted():
        return done(_("Nothing was handed out. Try again."), ".show_person", person=person)
    with saving() as session:
        found = queries.access_user(session, actor, user)
        code = service.hand_out_code(session, actor, found, now=clock.now())
    return _code_page(person, found, code)


@blueprint.post("/people/<token:person>/users/<token:user>/disable")
@requires(Permission.RUN_ACCOUNTS)
def disable_user(person: str, user: str) -> ResponseReturnValue:
    """Keep a user out; all their sign-ins end now."""
    if ActForm.from_request().submitted():
        with saving() as session:
            found = queries.access_user(session, current_actor(), user)
            service.disable_user(session, current_actor(), found, now=clock.now())
    return done(_("The user is kept out."), ".show_person", person=person)


@blueprint.post("/people/<token:person>/users/<token:user>/enable")
@requires(Permission.RUN_ACCOUNTS)
def enable_user(person: str, user: str) -> ResponseReturnValue:
    """Let a user sign in again, with the roles they had."""
    if ActForm.from_request().submitted():
        with saving() as session:
            found = queries.access_user(session, current_actor(), user)
            service.enable_user(session, current_actor(), found, now=clock.now())
    return done(_("The user may sign in again."), ".show_person", person=person)


def _code_page(person: str, user: User, code: str) -> ResponseReturnValue:
    """Show a first code. It stands in this answer alone: no address leads to it again."""
    return render_template(
        "accounts/first_code.html",
        person=queries.access_person(reader(), current_actor(), person),
        login=user.login,
        code=[code[start : start + GROUP] for start in range(0, len(code), GROUP)],
        until=clock.now() + FIRST_CODE_LASTS,
    )
