"""Who is on duty: a plan's list, and everybody's own duties to accept or decline."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Permission
from exam_centre.timetable import queries, service
from exam_centre.timetable.forms import EmptyForm, ReasonForm
from exam_centre.timetable.queries import lists
from exam_centre.timetable.rules import DutyStatus
from exam_centre.timetable.views.blueprint import PLANS, blueprint, way_to
from exam_centre.webkit.access import current_actor, requires, signed_in
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import typed
from exam_centre.webkit.paging import asked_window


@blueprint.get("/plans/<token:token>/duties")
@requires(*PLANS)
def list_duties(token: str) -> ResponseReturnValue:
    """Show the duty list of a plan."""
    plan = queries.access_plan(reader(), current_actor(), token)
    window = asked_window()
    lines, total = lists.duties_of_plan(
        reader(), plan, window.text, offset=window.offset, limit=window.limit
    )
    return render_template(
        "timetable/duties.html",
        plan=plan,
        page=window.page(lines, total),
        rostered=plan.summary.get("roster"),
        free=DutyStatus.OFFERED,
        way=way_to(plan),
    )


@blueprint.route("/duties/<token:duty>/replace", methods=["GET", "POST"])
@requires(Permission.PLAN_TIMETABLE)
def replace_duty(duty: str) -> ResponseReturnValue:
    """Free a duty for somebody else, with a reason."""
    actor, form = current_actor(), ReasonForm.from_request()
    lists.access_duty(reader(), actor, duty)
    if form.submitted():
        with unit_of_work() as session:
            found = lists.access_duty(session, actor, duty)
            service.replace_duty(session, actor, found, reason=typed(form.reason), now=clock.now())
            token = lists.plan_of_duty(session, found).token
        flash(_("The duty is free. Offer the open duties again."), "success")
        return redirect(url_for(".list_duties", token=token), 303)
    return render_template("timetable/replace.html", form=form, way=way_to())


@blueprint.get("/duties")
@signed_in
def my_duties() -> ResponseReturnValue:
    """Show one's own duties, the next first, to accept or decline."""
    return render_template(
        "timetable/my_duties.html",
        lines=lists.duties_of_person(reader(), current_actor().human()),
        offered=DutyStatus.OFFERED,
        form=EmptyForm(formdata=None),
    )


@blueprint.post("/duties/<token:duty>/accept")
@signed_in
def accept_duty(duty: str) -> ResponseReturnValue:
    """Accept one's own duty."""
    return _answer(duty, accept=True)


@blueprint.post("/duties/<token:duty>/decline")
@signed_in
def decline_duty(duty: str) -> ResponseReturnValue:
    """Decline one's own duty."""
    return _answer(duty, accept=False)


def _answer(token: str, *, accept: bool) -> ResponseReturnValue:
    actor = current_actor()
    if EmptyForm.from_request().submitted():
        with unit_of_work() as session:
            duty = lists.access_duty(session, actor, token)
            service.answer_duty(session, actor, duty, accept=accept, now=clock.now())
        flash(_("Accepted. Thank you.") if accept else _("Declined. Someone else goes."), "success")
    return redirect(url_for(".my_duties"), 303)
