"""Who is on duty: a plan's list, and everybody's own duties to accept or decline."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from exam_centre.accounts.models import Person
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.timetable import queries, service
from exam_centre.timetable.forms import EmptyForm, ReplaceForm, SwapDutiesForm
from exam_centre.timetable.models import Duty
from exam_centre.timetable.queries import duty_lists
from exam_centre.timetable.queries.stand_ins import StandIn, stand_ins
from exam_centre.timetable.queries.swaps import SWAPPED, swaps_of
from exam_centre.timetable.rules import DutyStatus
from exam_centre.timetable.views.blueprint import (
    PLANS,
    Places,
    blueprint,
    way_to,
    way_to_venue,
)
from exam_centre.timetable.views.swaps import swap_choices
from exam_centre.webkit.access import current_actor, requires, signed_in
from exam_centre.webkit.database import reader
from exam_centre.webkit.errors import STATUS_OF_KIND
from exam_centre.webkit.form import show_refusal, typed
from exam_centre.webkit.paging import asked_window

NOBODY = ("", _l("Nobody yet: leave it free"))


@blueprint.get("/plans/<token:token>/duties")
@requires(*PLANS)
def list_duties(token: str) -> ResponseReturnValue:
    """Show the duty list of a plan."""
    plan = queries.access_plan(reader(), current_actor(), token)
    window = asked_window()
    lines, total = duty_lists.duties_of_plan(
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
@requires(Permission.PLAN_TIMETABLE, Permission.CLOSE_DAY)
def replace_duty(duty: str) -> ResponseReturnValue:
    """Give a duty to somebody else; who plans the series may leave it free for the next roster."""
    actor, form = current_actor(), ReplaceForm.from_request()
    found = duty_lists.access_duty(reader(), actor, duty)
    plans = service.plans_duty(reader(), actor, found)
    people = {one.staff_no: one for one in stand_ins(reader(), found) if plans or one.is_near}
    form.person.choices = [(number, _named(one)) for number, one in people.items()]
    if plans:
        form.person.choices.append(NOBODY)
    if not form.submitted():
        return _show_replace(found, form)
    chosen = people.get(form.person.data)
    try:
        with unit_of_work() as session:
            row = duty_lists.access_duty(session, actor, duty)
            by = session.get_one(Person, chosen.person_id) if chosen else None
            service.replace_duty(
                session, actor, row, by=by, reason=typed(form.reason), now=clock.now()
            )
    except Refusal as refusal:
        show_refusal(form.person, refusal)
        return _show_replace(found, form), STATUS_OF_KIND[refusal.kind]
    words = _("%(name)s is asked, and both were told.", name=chosen.name) if chosen else None
    flash(words or _("The duty is free. Offer the open duties again."), "success")
    return redirect(_list_of(found), 303)


@blueprint.route("/duties/<token:duty>/swap", methods=["GET", "POST"])
@requires(Permission.PLAN_TIMETABLE)
def swap_duties(duty: str) -> ResponseReturnValue:
    """Let two people change their duties."""
    actor, form = current_actor(), SwapDutiesForm.from_request()
    found = duty_lists.access_duty(reader(), actor, duty)
    form.other.choices = swap_choices(found)
    if not form.submitted():
        return _show_swap(found, form)
    try:
        with unit_of_work() as session:
            one, other = (
                duty_lists.access_duty(session, actor, t) for t in (duty, form.other.data)
            )
            service.swap_duties(
                session, actor, one, other, reason=typed(form.reason), now=clock.now()
            )
    except Refusal as refusal:
        show_refusal(form.other, refusal)
        return _show_swap(found, form), STATUS_OF_KIND[refusal.kind]
    flash(_("Swapped. Both were told and answer anew."), "success")
    return redirect(_list_of(found), 303)


def _named(one: StandIn) -> str:
    """Return somebody as a list to choose from names them."""
    where = _("of this venue's unit") if one.is_near else _("of another unit")
    many = ngettext("one duty so far", "%(num)s duties so far", one.duties)
    return f"{one.name} {one.staff_no} · {where} · {many}"


def _show_replace(found: Duty, form: ReplaceForm) -> str:
    return render_template(
        "timetable/replace.html",
        form=form,
        line=duty_lists.line_of_duty(reader(), found),
        way=_way_to(found),
        plans=service.plans_duty(reader(), current_actor(), found),
    )


def _show_swap(found: Duty, form: SwapDutiesForm) -> str:
    line = duty_lists.line_of_duty(reader(), found)
    return render_template("timetable/swap_duties.html", form=form, line=line, way=_way_to(found))


def _way_to(found: Duty) -> Places:
    """Return the breadcrumb: down to the plan for who plans, to the venue's day for who runs it."""
    if service.plans_duty(reader(), current_actor(), found):
        return way_to(duty_lists.plan_of_duty(reader(), found))
    return way_to_venue(*duty_lists.venue_and_day(reader(), found))


def _list_of(found: Duty) -> str:
    """Return the address of the list the duty stands on for whoever acts."""
    if service.plans_duty(reader(), current_actor(), found):
        token = duty_lists.plan_of_duty(reader(), found).token
        return url_for(".list_duties", token=token)
    venue, day = duty_lists.venue_and_day(reader(), found)
    return url_for(".show_venue_duties", venue=venue.token, day=day)


@blueprint.get("/duties")
@signed_in
def my_duties() -> ResponseReturnValue:
    """Show one's own duties, the next first, to accept, decline or swap."""
    me, now = current_actor().human(), clock.now()
    return render_template(
        "timetable/my_duties.html",
        lines=duty_lists.duties_of_person(reader(), me),
        swaps=swaps_of(reader(), me, now),
        offered=DutyStatus.OFFERED,
        swapped=SWAPPED,
        now=now,
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
            duty = duty_lists.access_duty(session, actor, token)
            service.answer_duty(session, actor, duty, accept=accept, now=clock.now())
        flash(_("Accepted. Thank you.") if accept else _("Declined. Someone else goes."), "success")
    return redirect(url_for(".my_duties"), 303)
