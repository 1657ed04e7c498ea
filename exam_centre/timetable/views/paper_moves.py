"""One paper in a plan: where else its sittings could be, a further one, and moving them."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from exam_centre.calendar.queries import place_of_series
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.papers.queries import access_paper
from exam_centre.timetable import queries, service
from exam_centre.timetable.forms import PaperMoveForm
from exam_centre.timetable.queries.paper_options import sittings_of
from exam_centre.timetable.queries.why import read_plan
from exam_centre.timetable.rules import NothingToPlan, PlanStatus
from exam_centre.timetable.views.blueprint import PLANS, blueprint, way_to
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.errors import STATUS_OF_KIND
from exam_centre.webkit.form import typed


@blueprint.get("/plans/<token:token>/papers/<paper>")
@requires(*PLANS)
def show_paper(token: str, paper: str) -> ResponseReturnValue:
    """Show where else each sitting of a paper could be, and at what cost."""
    return _show(token, paper)


@blueprint.post("/plans/<token:token>/papers/<paper>/move")
@requires(Permission.PLAN_TIMETABLE)
def move_paper(token: str, paper: str) -> ResponseReturnValue:
    """Move a sitting to another period, or open a further one for whoever waits."""
    actor, form = current_actor(), PaperMoveForm.from_request()
    if not form.submitted():
        return _show(token, paper, status=400)
    source = typed(form.source)
    try:
        with unit_of_work() as session:
            plan = queries.access_plan(session, actor, token)
            people = service.move_paper(
                session,
                actor,
                plan,
                access_paper(session, paper),
                service.period_of(session, plan, source) if source else None,
                service.period_of(session, plan, typed(form.target)),
                part=form.part.data,
                now=clock.now(),
            )
    except Refusal as refusal:
        return _show(token, paper, refusal=refusal, status=STATUS_OF_KIND[refusal.kind])
    flash(
        ngettext(
            "One entry has another place. It is undone as one act.",
            "%(num)s entries have another place. They are undone as one act.",
            people,
        ),
        "success",
    )
    return redirect(url_for(".show_hand", token=token), 303)


def _show(
    token: str, code: str, *, refusal: Refusal | None = None, status: int = 200
) -> ResponseReturnValue:
    session, actor = reader(), current_actor()
    plan = queries.access_plan(session, actor, token)
    paper = access_paper(session, code)
    may_plan = actor.may(Permission.PLAN_TIMETABLE, place_of_series(session, plan.series_id))
    try:
        reading = read_plan(session, plan)
    except NothingToPlan:
        sittings = []
    else:
        sittings = sittings_of(reading.desks, paper.id)
    page = render_template(
        "timetable/paper.html",
        plan=plan,
        paper=paper,
        sittings=sittings,
        may_move=may_plan and plan.status is PlanStatus.DRAFT,
        form=PaperMoveForm(formdata=None),
        refusal=refusal,
        way=way_to(plan),
    )
    return page, status
