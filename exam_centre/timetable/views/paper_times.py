"""When papers may be sat in a series: windows of periods, and orders between papers."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import periods_of, place_of_series
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.papers.queries import access_paper
from exam_centre.timetable import service
from exam_centre.timetable.forms import EmptyForm, OrderForm, WindowForm
from exam_centre.timetable.queries import paper_times, plan_versions
from exam_centre.timetable.views.blueprint import PLANS, blueprint, way_to
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.errors import STATUS_OF_KIND
from exam_centre.webkit.form import show_refusal, typed
from exam_centre.webkit.languages import at_moment


@blueprint.get("/series/<code>/paper-times")
@requires(*PLANS)
def show_paper_times(code: str) -> ResponseReturnValue:
    """Show in which periods papers may be sat, and in which order."""
    return _show(code)


@blueprint.post("/series/<code>/paper-times/windows")
@requires(Permission.PLAN_TIMETABLE)
def set_window(code: str) -> ResponseReturnValue:
    """Let a paper be sat from one period to another only."""
    actor = current_actor()
    form = _window_form(_series(code), WindowForm.from_request())
    if not form.submitted():
        return _show(code, window_form=form, status=400)
    try:
        with unit_of_work() as session:
            series = plan_versions.access_planned_series(session, actor, code)
            periods = {period.code: period for period in periods_of(session, [series.id])}
            service.set_window(
                session,
                actor,
                series,
                access_paper(session, typed(form.paper)),
                periods[form.first.data],
                periods[form.last.data],
                reason=typed(form.reason),
                now=clock.now(),
            )
    except Refusal as refusal:
        show_refusal(form.last if refusal.code == "window_backwards" else form.paper, refusal)
        return _show(code, window_form=form, status=STATUS_OF_KIND[refusal.kind])
    flash(_("Kept. Searches place the paper in these periods only."), "success")
    return redirect(url_for(".show_paper_times", code=code), 303)


@blueprint.post("/series/<code>/paper-times/orders")
@requires(Permission.PLAN_TIMETABLE)
def set_order(code: str) -> ResponseReturnValue:
    """Ask something of the sittings of two papers."""
    actor, form = current_actor(), OrderForm.from_request()
    if not form.submitted():
        return _show(code, order_form=form, status=400)
    field = form.first_paper
    try:
        with unit_of_work() as session:
            series = plan_versions.access_planned_series(session, actor, code)
            first = access_paper(session, typed(form.first_paper))
            field = form.second_paper
            service.set_order(
                session,
                actor,
                series,
                first,
                access_paper(session, typed(form.second_paper)),
                form.kind.data,
                reason=typed(form.reason),
                now=clock.now(),
            )
    except Refusal as refusal:
        show_refusal(field, refusal)
        return _show(code, order_form=form, status=STATUS_OF_KIND[refusal.kind])
    flash(_("Kept. Searches keep to this order."), "success")
    return redirect(url_for(".show_paper_times", code=code), 303)


@blueprint.post("/series/<code>/paper-times/windows/<token:window>/remove")
@requires(Permission.PLAN_TIMETABLE)
def lift_window(code: str, window: str) -> ResponseReturnValue:
    """Let a paper be sat in every period again."""
    actor = current_actor()
    if EmptyForm.from_request().submitted():
        with unit_of_work() as session:
            series = plan_versions.access_planned_series(session, actor, code)
            row = paper_times.access_window(session, series.id, window)
            service.lift_window(session, actor, row, now=clock.now())
        flash(_("Taken away. The paper may be sat in every period."), "success")
    return redirect(url_for(".show_paper_times", code=code), 303)


@blueprint.post("/series/<code>/paper-times/orders/<token:order>/remove")
@requires(Permission.PLAN_TIMETABLE)
def lift_order(code: str, order: str) -> ResponseReturnValue:
    """Ask it of two papers no longer."""
    actor = current_actor()
    if EmptyForm.from_request().submitted():
        with unit_of_work() as session:
            series = plan_versions.access_planned_series(session, actor, code)
            row = paper_times.access_order(session, series.id, order)
            service.lift_order(session, actor, row, now=clock.now())
        flash(_("Taken away. The two papers no longer wait for each other."), "success")
    return redirect(url_for(".show_paper_times", code=code), 303)


def _series(code: str) -> Series:
    return plan_versions.access_planned_series(reader(), current_actor(), code)


def _window_form(series: Series, form: WindowForm) -> WindowForm:
    """Return a form with the periods of a series to choose from, each with its date."""
    choices: list[tuple[str, str]] = [
        (period.code, f"{period.code} · {at_moment(period.starts_at, series.time_zone)}")
        for period in periods_of(reader(), [series.id])
    ]
    form.first.choices = form.last.choices = choices
    return form


def _show(
    code: str,
    *,
    window_form: WindowForm | None = None,
    order_form: OrderForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    session, actor, series = reader(), current_actor(), _series(code)
    page = render_template(
        "timetable/paper_times.html",
        series=series,
        windows=paper_times.windows_of(session, series.id),
        orders=paper_times.orders_of(session, series.id),
        may_plan=actor.may(Permission.PLAN_TIMETABLE, place_of_series(session, series.id)),
        window_form=window_form or _window_form(series, WindowForm(formdata=None)),
        order_form=order_form or OrderForm(formdata=None),
        form=EmptyForm(formdata=None),
        way=way_to(series=series),
    )
    return page, status
