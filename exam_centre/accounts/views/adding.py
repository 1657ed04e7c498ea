"""People added by hand: on the staff of a unit, or at work at an enterprise; and their numbers."""

from typing import TypeVar

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field

from exam_centre.accounts import queries, service
from exam_centre.accounts.forms.people import (
    AddForm,
    AddStaffForm,
    AddWorkerForm,
    StaffForm,
    WorkForm,
)
from exam_centre.accounts.models import Person
from exam_centre.accounts.rules import NameDiffers, WrongIdNumber, WrongName, WrongPhone
from exam_centre.accounts.views.menu import blueprint, seal
from exam_centre.kernel import clock
from exam_centre.kernel.errors import NotFound, Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.organisation.queries import access_enterprise, access_unit, units_within
from exam_centre.organisation.rules import CodeTaken
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import typed

Places = list[tuple[str, str | None]]
AnyStaffForm = TypeVar("AnyStaffForm", bound=StaffForm)


@blueprint.route("/people/add/staff", methods=["GET", "POST"])
@requires(Permission.RUN_ACCOUNTS)
def add_staff() -> ResponseReturnValue:
    """Add somebody on the staff of a unit; a human the records know gets this number as well."""
    actor = current_actor()
    form = _with_units(AddStaffForm.from_request())
    if form.submitted():
        refused_at = _document(form) | {CodeTaken: form.staff_no, NotFound: form.unit}
        with saving(refused_at) as session:
            person = service.take_on_staff(
                session,
                actor,
                seal(),
                form.registration(),
                access_unit(session, actor, form.unit.data),
                staff_no=typed(form.staff_no),
                trained_until=form.trained_until.data,
                subjects=typed(form.subjects),
                now=clock.now(),
            )
        if not form.errors:
            return _added(person)
    return render_template("accounts/add_staff.html", form=form, way=_way())


@blueprint.route("/people/add/worker", methods=["GET", "POST"])
@requires(Permission.RUN_ACCOUNTS)
def add_worker() -> ResponseReturnValue:
    """Add somebody who works at an enterprise; rosters bring whole teams."""
    actor = current_actor()
    form = AddWorkerForm.from_request()
    if form.submitted():
        with saving(_document(form) | {NotFound: form.enterprise}) as session:
            person = service.take_on_worker(
                session,
                actor,
                seal(),
                form.registration(),
                access_enterprise(session, actor, typed(form.enterprise)),
                work_no=typed(form.work_no),
                team=typed(form.team),
                now=clock.now(),
            )
        if not form.errors:
            return _added(person)
    return render_template("accounts/add_worker.html", form=form, way=_way())


@blueprint.route("/people/<token:person>/staff", methods=["GET", "POST"])
@requires(Permission.RUN_ACCOUNTS)
def add_staff_number(person: str) -> ResponseReturnValue:
    """Give somebody a staff number; with two of them they stay one human."""
    actor = current_actor()
    known = queries.access_person(reader(), actor, person)
    form = _with_units(StaffForm.from_request())
    if form.submitted():
        with saving({CodeTaken: form.staff_no, NotFound: form.unit}) as session:
            service.add_staff(
                session,
                actor,
                queries.access_person(session, actor, person),
                access_unit(session, actor, form.unit.data),
                staff_no=typed(form.staff_no),
                trained_until=form.trained_until.data,
                subjects=typed(form.subjects),
                now=clock.now(),
            )
        if not form.errors:
            return done(_("The staff number is given."), ".show_person", person=person)
    return render_template(
        "accounts/add_staff_number.html", form=form, person=known, way=_way(known)
    )


@blueprint.route("/people/<token:person>/work", methods=["GET", "POST"])
@requires(Permission.RUN_ACCOUNTS)
def change_work(person: str) -> ResponseReturnValue:
    """Say where somebody works from today; earlier work ends today."""
    actor = current_actor()
    known = queries.access_person(reader(), actor, person)
    form = WorkForm.from_request()
    if form.submitted():
        with saving({NotFound: form.enterprise}) as session:
            service.employ(
                session,
                actor,
                queries.access_person(session, actor, person),
                access_enterprise(session, actor, typed(form.enterprise)),
                work_no=typed(form.work_no),
                team=typed(form.team),
                now=clock.now(),
            )
        if not form.errors:
            return done(_("The work is kept, from today."), ".show_person", person=person)
    return render_template("accounts/change_work.html", form=form, person=known, way=_way(known))


def _with_units(form: AnyStaffForm) -> AnyStaffForm:
    units = units_within(reader(), current_actor(), [Permission.RUN_ACCOUNTS])
    form.unit.choices = [(unit.code, unit.name) for unit in units]
    return form


def _document(form: AddForm) -> dict[type[Refusal], Field]:
    """Return at which fields what the records say about a document is shown."""
    return {
        WrongIdNumber: form.id_no,
        WrongName: form.name,
        NameDiffers: form.name,
        WrongPhone: form.phone,
    }


def _added(person: Person) -> ResponseReturnValue:
    return done(
        _("%(name)s is in the records. Open a user, so that they can sign in.", name=person.name),
        ".show_person",
        person=person.token,
    )


def _way(person: Person | None = None) -> Places:
    """Return the breadcrumb down to somebody; the page adds itself."""
    way: Places = [(_("People"), url_for(".list_people"))]
    if person is not None:
        way.append((person.name, url_for(".show_person", person=person.token)))
    return way
