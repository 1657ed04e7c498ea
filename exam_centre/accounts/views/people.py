"""The people within reach: found, shown, their ID number and name, ties, a lost phone."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts import queries, service
from exam_centre.accounts.forms.own import LostPhoneForm
from exam_centre.accounts.forms.people import (
    NameForm,
    PhoneDecisionForm,
    RevealForm,
    RoleForm,
    TieForm,
)
from exam_centre.accounts.models import Person, User
from exam_centre.accounts.rules import (
    ID_TYPE_SENTENCES,
    RELATION_SENTENCES,
    USER_SENTENCES,
    PhoneChangeOpen,
    Purpose,
    ReasonMissing,
    Relation,
    TieToOneself,
    WrongName,
    WrongPhone,
)
from exam_centre.accounts.views.menu import blueprint, seal
from exam_centre.kernel import clock
from exam_centre.kernel.errors import ConflictOfInterest, SamePerson
from exam_centre.kernel.permissions import Permission
from exam_centre.organisation.models import Unit
from exam_centre.organisation.queries import units_within
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import ActForm, typed
from exam_centre.webkit.paging import asked_window
from exam_centre.webkit.words import ROLE_NAMES


@blueprint.get("/people")
@requires(Permission.RUN_ACCOUNTS)
def list_people() -> ResponseReturnValue:
    """Find somebody by name, number, or the end of the ID number."""
    window = asked_window()
    lines, total = queries.list_people(
        reader(), current_actor(), text=window.text, offset=window.offset, limit=window.limit
    )
    return render_template(
        "accounts/people.html",
        page=window.page(lines, total),
        waiting=queries.phone_changes_waiting(reader(), current_actor()),
    )


@blueprint.get("/people/<token:person>")
@requires(Permission.RUN_ACCOUNTS)
def show_person(person: str) -> ResponseReturnValue:
    """Show one person: work, staff numbers, users with their roles, and ties."""
    return person_page(person)


@blueprint.route("/people/<token:person>/id-number", methods=["GET", "POST"])
@requires(Permission.RUN_ACCOUNTS)
def reveal_id_number(person: str) -> ResponseReturnValue:
    """Show the whole ID number once, for a purpose that the trail keeps."""
    actor = current_actor()
    found = queries.access_person(reader(), actor, person)
    form = RevealForm.from_request()
    number = ""
    if form.submitted():
        with saving({ReasonMissing: form.reason}) as session:
            number = service.reveal_id_number(
                session,
                actor,
                seal(),
                queries.access_person(session, actor, person),
                purpose=Purpose(form.purpose.data),
                reason=typed(form.reason),
                now=clock.now(),
            )
    return render_template("accounts/id_number.html", form=form, person=found, number=number)


@blueprint.route("/people/<token:person>/name", methods=["GET", "POST"])
@requires(Permission.RUN_ACCOUNTS)
def correct_name(person: str) -> ResponseReturnValue:
    """Write somebody's name as the document prints it."""
    actor = current_actor()
    found = queries.access_person(reader(), actor, person)
    form = NameForm.from_request(name=found.name)
    if form.submitted():
        refused_at = {
            WrongName: form.name,
            ReasonMissing: form.reason,
            ConflictOfInterest: form.name,
        }
        with saving(refused_at) as session:
            service.correct_name(
                session,
                actor,
                queries.access_person(session, actor, person),
                name=typed(form.name),
                reason=typed(form.reason),
                now=clock.now(),
            )
        if not form.errors:
            return done(
                _("The name is corrected, and the person is told."), ".show_person", person=person
            )
    return render_template("accounts/correct_name.html", form=form, person=found)


@blueprint.post("/people/<token:person>/ties")
@requires(Permission.RUN_ACCOUNTS)
def declare_tie(person: str) -> ResponseReturnValue:
    """Put a tie between this person and another into the register."""
    actor = current_actor()
    form = TieForm.from_request()
    if form.submitted():
        other = queries.find_user(reader(), typed(form.login))
        if other is None:
            form.login.errors = [_("Nobody signs in with this number. Look it up first.")]
            return person_page(person, tie_form=form)
        with saving({TieToOneself: form.login}) as session:
            service.declare_conflict(
                session,
                actor,
                queries.access_person(session, actor, person),
                session.get_one(Person, other.person_id),
                Relation(form.relation.data),
                now=clock.now(),
            )
        if not form.errors:
            return done(_("The tie is in the register."), ".show_person", person=person)
    return person_page(person, tie_form=form)


@blueprint.post("/people/<token:person>/phone")
@requires(Permission.RUN_ACCOUNTS)
def ask_phone_for(person: str) -> ResponseReturnValue:
    """Ask for a new phone for somebody who lost theirs; another person approves it."""
    actor = current_actor()
    form = LostPhoneForm.from_request()
    if form.submitted():
        with saving({WrongPhone: form.phone, PhoneChangeOpen: form.phone}) as session:
            service.ask_new_phone(
                session,
                actor,
                queries.access_person(session, actor, person),
                phone=typed(form.phone),
                reason=typed(form.reason),
                now=clock.now(),
            )
        if not form.errors:
            return done(_("Asked. Somebody else approves it."), ".show_person", person=person)
    return person_page(person, phone_form=form)


@blueprint.route("/people/phones/<token:change>", methods=["GET", "POST"])
@requires(Permission.RUN_ACCOUNTS)
def decide_phone(change: str) -> ResponseReturnValue:
    """Approve or refuse a new phone, as another human than the one who asked."""
    actor = current_actor()
    found = queries.access_phone_change(reader(), actor, change)
    form = PhoneDecisionForm.from_request()
    if form.submitted():
        with saving({SamePerson: form.decision, ConflictOfInterest: form.decision}) as session:
            service.decide_new_phone(
                session,
                actor,
                queries.access_phone_change(session, actor, change),
                approve=form.decision.data == "approve",
                now=clock.now(),
            )
        if not form.errors:
            return done(_("The decision is signed."), ".list_people")
    names = queries.names_of(reader(), [found.asked_by_id])
    return render_template(
        "accounts/decide_phone.html",
        form=form,
        change=found,
        person=reader().get_one(Person, found.person_id),
        asked_by=names.get(found.asked_by_id, ""),
    )


def person_page(
    token: str,
    *,
    role_form: RoleForm | None = None,
    tie_form: TieForm | None = None,
    phone_form: LostPhoneForm | None = None,
) -> ResponseReturnValue:
    """Draw one person's page, with the form that was refused where there is one."""
    session, actor = reader(), current_actor()
    person = queries.access_person(session, actor, token)
    users = queries.users_of(session, person.id)
    return render_template(
        "accounts/person.html",
        person=person,
        work=queries.work_of(session, person.id),
        staff=queries.staff_of(session, person.id),
        users=[(user, _roles(user)) for user in users],
        ties=queries.conflicts_of(session, person.id),
        waiting=queries.open_phone_change(session, person.id),
        is_me=actor.person_id == person.id,
        id_types=ID_TYPE_SENTENCES,
        relations=RELATION_SENTENCES,
        user_words=USER_SENTENCES,
        role_names=ROLE_NAMES,
        role_form=role_form or role_form_of(person, sent=False),
        tie_form=tie_form or TieForm(formdata=None),
        phone_form=phone_form or LostPhoneForm(formdata=None),
        act_form=ActForm(formdata=None),
    )


def role_form_of(person: Person, *, sent: bool) -> RoleForm:
    """Return the form that gives a role; `sent` reads it from the request."""
    form = RoleForm.from_request() if sent else RoleForm(formdata=None)
    units = units_within(reader(), current_actor(), [Permission.RUN_ACCOUNTS])
    form.user.choices = [(u.token, u.login) for u in queries.users_of(reader(), person.id)]
    form.unit.choices = [(unit.code, unit.name) for unit in units]
    return form


def _roles(user: User) -> list[tuple[str, object, str, bool]]:
    """Return (public name, role, unit's name, whether it is narrowed further) of a user."""
    return [
        (
            queries.key_of_grant(user, grant),
            grant.role,
            reader().get_one(Unit, grant.unit_id).name,
            bool(grant.venue_id or grant.series_id or grant.room_id),
        )
        for grant, _scope in queries.grants_of(reader(), user.id)
    ]
