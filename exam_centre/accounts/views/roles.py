"""Roles given within a unit, and taken away; narrower ones are given where venues are known."""

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts import queries, service
from exam_centre.accounts.forms.people import RevokeForm
from exam_centre.accounts.rules import OwnRole
from exam_centre.accounts.views.menu import blueprint
from exam_centre.accounts.views.people import person_page, role_form_of
from exam_centre.kernel import clock
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Permission, Role
from exam_centre.organisation.queries import access_unit
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import typed


@blueprint.post("/people/<token:person>/roles")
@requires(Permission.RUN_ACCOUNTS)
def grant_role(person: str) -> ResponseReturnValue:
    """Give one of the person's users a role within a unit."""
    actor = current_actor()
    form = role_form_of(queries.access_person(reader(), actor, person), sent=True)
    if form.submitted():
        with saving({OwnRole: form.role, NotFound: form.unit}) as session:
            service.grant_role(
                session,
                actor,
                queries.access_user(session, actor, form.user.data),
                Role(form.role.data),
                access_unit(session, actor, form.unit.data),
                now=clock.now(),
            )
        if not form.errors:
            return done(
                _("The role is given. It works from the next page on."),
                ".show_person",
                person=person,
            )
    return person_page(person, role_form=form)


@blueprint.post("/people/<token:person>/users/<token:user>/revoke")
@requires(Permission.RUN_ACCOUNTS)
def revoke_role(person: str, user: str) -> ResponseReturnValue:
    """Take a role away, from the user's very next request."""
    form = RevokeForm.from_request()
    if form.submitted():
        with saving() as session:
            grant = queries.access_grant(session, current_actor(), user, typed(form.grant))
            service.revoke_role(session, current_actor(), grant, now=clock.now())
    return done(_("The role is taken away."), ".show_person", person=person)
