"""Roles given and taken away, users kept out and let in again."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts import queries, service
from exam_centre.accounts.forms.own import ActForm
from exam_centre.accounts.forms.people import RevokeForm
from exam_centre.accounts.rules import OwnRole
from exam_centre.accounts.views.menu import blueprint
from exam_centre.accounts.views.people import person_page, role_form_of
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Permission, Role
from exam_centre.kernel.sentences import say
from exam_centre.organisation.queries import units_within
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import show_refusal, typed


@blueprint.post("/people/<token:person>/roles")
@requires(Permission.RUN_ACCOUNTS)
def grant_role(person: str) -> ResponseReturnValue:
    """Give one of the person's users a role within a unit."""
    actor = current_actor()
    form = role_form_of(queries.access_person(reader(), actor, person), sent=True)
    if form.submitted():
        try:
            with unit_of_work() as session:
                units = units_within(session, actor, [Permission.RUN_ACCOUNTS])
                unit = next((known for known in units if known.code == form.unit.data), None)
                if unit is None:
                    raise NotFound(say("unit"))
                service.grant_role(
                    session,
                    actor,
                    queries.access_user(session, actor, form.user.data),
                    Role(form.role.data),
                    unit,
                    now=clock.now(),
                )
            flash(_("The role is given. It works from the next page on."), "success")
            return redirect(url_for(".show_person", person=person), 303)
        except OwnRole as refusal:
            show_refusal(form.role, refusal)
    return person_page(person, role_form=form)


@blueprint.post("/people/<token:person>/users/<token:user>/revoke")
@requires(Permission.RUN_ACCOUNTS)
def revoke_role(person: str, user: str) -> ResponseReturnValue:
    """Take a role away, from the user's very next request."""
    actor = current_actor()
    form = RevokeForm.from_request()
    if form.submitted():
        with unit_of_work() as session:
            grant = queries.access_grant(session, actor, user, typed(form.grant))
            service.revoke_role(session, actor, grant, now=clock.now())
        flash(_("The role is taken away."), "success")
    return redirect(url_for(".show_person", person=person), 303)


@blueprint.post("/people/<token:person>/users/<token:user>/disable")
@requires(Permission.RUN_ACCOUNTS)
def disable_user(person: str, user: str) -> ResponseReturnValue:
    """Keep a user out; all their sign-ins end now."""
    actor = current_actor()
    if ActForm.from_request().submitted():
        with unit_of_work() as session:
            found = queries.access_user(session, actor, user)
            service.disable_user(session, actor, found, now=clock.now())
        flash(_("The user is kept out."), "success")
    return redirect(url_for(".show_person", person=person), 303)


@blueprint.post("/people/<token:person>/users/<token:user>/enable")
@requires(Permission.RUN_ACCOUNTS)
def enable_user(person: str, user: str) -> ResponseReturnValue:
    """Let a user sign in again, with the roles they had."""
    actor = current_actor()
    if ActForm.from_request().submitted():
        with unit_of_work() as session:
            found = queries.access_user(session, actor, user)
            service.enable_user(session, actor, found, now=clock.now())
        flash(_("The user may sign in again."), "success")
    return redirect(url_for(".show_person", person=person), 303)
