"""Roles narrowed to a venue, a room or a series: chosen, shown for what they open, then given."""

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts import service as accounts
from exam_centre.accounts.models import Person
from exam_centre.accounts.queries import (
    access_person,
    access_user,
    grants_of,
    key_of_grant,
    staff_of,
    users_of,
)
from exam_centre.accounts.rules import Narrowing, OpensNothing, OwnRole, reach_of
from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import list_series
from exam_centre.kernel import clock
from exam_centre.kernel.permissions import ROLE_PERMISSIONS, SENTENCES, Permission, Role
from exam_centre.organisation.models import Unit
from exam_centre.organisation.queries import units_within
from exam_centre.venues import queries
from exam_centre.venues.forms import RoleForm, ScopeForm
from exam_centre.venues.models import Room, Venue
from exam_centre.venues.views.menu import blueprint
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import ActForm, typed
from exam_centre.webkit.words import ROLE_NAMES


@dataclass(frozen=True)
class Chosen:
    """Where a role is to hold: in a unit, narrowed where the others are not None."""

    role: Role
    unit: Unit
    venue: Venue | None
    room: Room | None
    series: Series | None

    def narrowed(self) -> list[Narrowing]:
        """Return what it is narrowed to."""
        parts = {
            Narrowing.VENUE: self.venue,
            Narrowing.ROOM: self.room,
            Narrowing.SERIES: self.series,
        }
        return [kind for kind, part in parts.items() if part is not None]


@blueprint.get("/roles/<token:person>")
@requires(Permission.RUN_ACCOUNTS)
def show_roles(person: str) -> ResponseReturnValue:
    """Show where each role of a person reaches, and begin to give another one."""
    found = access_person(reader(), current_actor(), person)
    users = users_of(reader(), found.id)
    grants = {user.id: [row for row, _grant in grants_of(reader(), user.id)] for user in users}
    scopes = queries.scopes_of(reader(), [row for rows in grants.values() for row in rows])
    return render_template(
        "venues/roles.html",
        person=found,
        users=[
            (user, [(key_of_grant(user, row), row.role, scopes[row.id]) for row in grants[user.id]])
            for user in users
        ],
        role_names=ROLE_NAMES,
        form=_with_units(RoleForm(formdata=None), found),
        act_form=ActForm(formdata=None),
        is_me=current_actor().person_id == found.id,
    )


@blueprint.get("/roles/<token:person>/narrow")
@requires(Permission.RUN_ACCOUNTS)
def narrow_role(person: str) -> ResponseReturnValue:
    """Choose what the role is narrowed to within its unit."""
    found = access_person(reader(), current_actor(), person)
    form = _with_places(ScopeForm(formdata=request.args, meta={"csrf": False}), found)
    mine = {user.token for user in users_of(reader(), found.id)}
    if _unit_of(form) is None or form.user.data not in mine:
        return done(_("Choose a user, a role and a unit."), ".show_roles", "note", person=person)
    return _narrow_page(found, form)


@blueprint.route("/roles/<token:person>/give", methods=["GET", "POST"])
@requires(Permission.RUN_ACCOUNTS)
def give_role(person: str) -> ResponseReturnValue:
    """Show what the role opens and what it does not, and give it."""
    actor = current_actor()
    found = access_person(reader(), actor, person)
    asked = request.form if request.method == "POST" else request.args
    form = _with_places(ScopeForm(formdata=asked, meta={"csrf": False}), found)
    chosen = _chosen(form)
    if chosen is None:
        return _narrow_page(found, form)
    act_form = ActForm.from_request()
    if act_form.submitted():
        with saving({OwnRole: form.role, OpensNothing: form.role}) as session:
            accounts.grant_role(
                session,
                actor,
                access_user(session, actor, form.user.data),
                chosen.role,
                chosen.unit,
                venue_id=chosen.venue.id if chosen.venue else 0,
                room_id=chosen.room.id if chosen.room else 0,
                series_id=chosen.series.id if chosen.series else 0,
                now=clock.now(),
            )
        if not form.role.errors:
            return done(
                _("The role is given. It works from the next page on."),
                ".show_roles",
                person=person,
            )
    reach = reach_of(chosen.role, chosen.narrowed())
    return render_template(
        "venues/give_role.html",
        person=found,
        form=form,
        act_form=act_form,
        chosen=chosen,
        role_name=ROLE_NAMES[chosen.role],
        will=[SENTENCES[permission] for permission in reach.will],
        lost=[SENTENCES[permission] for permission in reach.lost],
        never=[
            sentence
            for permission, sentence in SENTENCES.items()
            if permission not in ROLE_PERMISSIONS[chosen.role]
        ],
        around=queries.around(reader(), chosen.unit),
        is_me=actor.person_id == found.id,
    )


def _narrow_page(person: Person, form: ScopeForm) -> ResponseReturnValue:
    return render_template(
        "venues/narrow_role.html",
        person=person,
        form=form,
        unit=_unit_of(form),
        role_name=ROLE_NAMES[Role(form.role.data)] if form.role.data in set(Role) else None,
    )


def _chosen(form: ScopeForm) -> Chosen | None:
    """Return what is chosen, or None with the reason at its field."""
    unit = _unit_of(form)
    if not form.validate() or unit is None:
        return None
    venues = {venue.token: venue for venue in queries.venues_below(reader(), unit)}
    venue = venues.get(form.venue.data)
    number = typed(form.room)
    room = queries.find_room(reader(), venue, number) if venue and number else None
    if number and venue is None:
        form.room.errors = [_("A room lies in a venue. Choose the venue as well.")]
        return None
    if number and room is None:
        form.room.errors = [_("This venue has no room of that number. Look at its page.")]
        return None
    series = next((s for s in _series() if s.code == form.series.data), None)
    return Chosen(Role(form.role.data), unit, venue, room, series)


def _unit_of(form: RoleForm) -> Unit | None:
    units = units_within(reader(), current_actor(), [Permission.RUN_ACCOUNTS])
    return next((unit for unit in units if unit.code == form.unit.data), None)


def _with_units(form: RoleForm, person: Person) -> RoleForm:
    units = units_within(reader(), current_actor(), [Permission.RUN_ACCOUNTS])
    form.user.choices = [(user.token, user.login) for user in users_of(reader(), person.id)]
    form.unit.choices = [(unit.code, unit.name) for unit in units]
    if form.unit.data is None:
        # Nobody should be given the whole network because it stands first in the list.
        homes = {staff.unit_id for staff, _unit in staff_of(reader(), person.id)}
        form.unit.data = next((unit.code for unit in units if unit.id in homes), None)
    return form


def _with_places(form: ScopeForm, person: Person) -> ScopeForm:
    _with_units(form, person)
    unit = _unit_of(form)
    venues = queries.venues_below(reader(), unit) if unit else []
    form.venue.choices = [("", _("Every venue of the unit"))]
    form.venue.choices += [(venue.token, f"{venue.name} ({venue.code})") for venue in venues]
    form.series.choices = [("", _("Every series"))]
    form.series.choices += [(series.code, series.name) for series in _series()]
    return form


def _series() -> list[Series]:
    return list_series(reader(), current_actor())
