"""The versions of a plan, and one version's way from a draft to what is public."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.queries import names_of
from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import place_of_series
from exam_centre.kernel import clock, jobs
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.jobs import JobStatus
from exam_centre.kernel.laws import LawBroken
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence
from exam_centre.timetable import queries, service
from exam_centre.timetable.forms import EFFORTS, EmptyForm, ReasonForm, SearchForm, SeedForm
from exam_centre.timetable.jobs import CURVE, FAILED, SOLVE
from exam_centre.timetable.models import Plan
from exam_centre.timetable.queries import lists, plan_versions
from exam_centre.timetable.rules import (
    BY_HAND,
    PlanHasProblems,
    PlanStatus,
    Stage,
)
from exam_centre.timetable.views.blueprint import PLANS, blueprint, way_to
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.errors import STATUS_OF_KIND
from exam_centre.webkit.form import show_refusal, typed

UNDER_WAY = (JobStatus.WAITING, JobStatus.RUNNING)
NEXT_STAGE = {
    PlanStatus.PROPOSED: Stage.TIME,
    PlanStatus.TIME_PUBLISHED: Stage.ROOM,
    PlanStatus.ROOM_PUBLISHED: Stage.SLIPS,
}
Act = Callable[[Any, Plan], object]


@blueprint.get("/")
@requires(*PLANS)
def list_series() -> ResponseReturnValue:
    """List the series somebody here plans, with the version in force."""
    found = plan_versions.planned_series(reader(), current_actor())
    return render_template(
        "timetable/list.html",
        lines=[
            (
                series,
                queries.plan_in_force(reader(), series.id),
                queries.newest_plan(reader(), series.id),
            )
            for series in found
        ],
        way=way_to(),
    )


@blueprint.get("/series/<code>")
@requires(*PLANS)
def show_series(code: str) -> ResponseReturnValue:
    """Show every version of a series' plan: state, worth, and who published what."""
    series = plan_versions.access_planned_series(reader(), current_actor(), code)
    plans = queries.plans_of_series(reader(), series.id)
    stages = queries.publications_of(reader(), [plan.id for plan in plans])
    humans = [h for rows in stages.values() for row in rows for h in (row.first_id, row.second_id)]
    return render_template(
        "timetable/series.html",
        series=series,
        plans=plans,
        stages=stages,
        placed=plan_versions.placed_by(reader(), [plan.id for plan in plans]),
        names=names_of(reader(), humans + [plan.made_by_id for plan in plans]),
        in_force=queries.plan_in_force(reader(), series.id),
        may_plan=current_actor().may(
            Permission.PLAN_TIMETABLE, place_of_series(reader(), series.id)
        ),
        form=EmptyForm(formdata=None),
        way=way_to(),
    )


@blueprint.post("/series/<code>/draft")
@requires(Permission.PLAN_TIMETABLE)
def draft(code: str) -> ResponseReturnValue:
    """Begin the next version: the first plan, or a repair of the one in force."""
    actor = current_actor()
    if not EmptyForm.from_request().submitted():
        return redirect(url_for(".show_series", code=code), 303)
    with unit_of_work() as session:
        series = plan_versions.access_planned_series(session, actor, code)
        plan = service.draft_plan(session, actor, series, now=clock.now())
        token = plan.token
    flash(_("A new version is begun. Two people give it a seed."), "success")
    return redirect(url_for(".show_plan", token=token), 303)


@blueprint.get("/plans/<token:token>")
@requires(*PLANS)
def show_plan(token: str) -> ResponseReturnValue:
    """Show one version: what is wrong, how good it is, and its one next act."""
    return _show(token)


@blueprint.post("/plans/<token:token>/seed")
@requires(Permission.PLAN_TIMETABLE)
def give_seed(token: str) -> ResponseReturnValue:
    """Give one's part of the seed."""
    actor, form = current_actor(), SeedForm.from_request()
    if not form.submitted():
        return _show(token, seed_form=form, status=400)
    try:
        with unit_of_work() as session:
            plan = queries.access_plan(session, actor, token)
            service.add_seed_part(session, actor, plan, typed(form.part), now=clock.now())
    except Refusal as refusal:
        show_refusal(form.part, refusal)
        return _show(token, seed_form=form, status=STATUS_OF_KIND[refusal.kind])
    flash(_("Your part of the seed is kept."), "success")
    return redirect(url_for(".show_plan", token=token), 303)


@blueprint.post("/plans/<token:token>/search")
@requires(Permission.PLAN_TIMETABLE)
def search(token: str) -> ResponseReturnValue:
    """Ask the runner to search for a plan; one search at a time."""
    actor, form = current_actor(), SearchForm.from_request()
    if not form.submitted():
        return _show(token, search_form=form, status=400)
    try:
        with unit_of_work() as session:
            plan = queries.access_plan(session, actor, token)
            service.seed_for(session, plan)
            prepared = service.prepare(session, actor, plan)
            entries = len(prepared.planning.entries)
            running = lists.search_of_plan(session, SOLVE, plan.id)
            if running is None or running.status not in UNDER_WAY:
                arguments = {
                    "plan": plan.id,
                    "user": actor.user_id,
                    "iterations": entries * EFFORTS[form.effort.data],
                    "keep_own": form.keep_own.data,
                }
                plan.summary = {k: v for k, v in plan.summary.items() if k not in (CURVE, FAILED)}
                jobs.ask(session, actor, SOLVE, arguments, clock.now())
    except Refusal as refusal:
        return _show(token, refusal=refusal)
    return redirect(url_for(".show_plan", token=token), 303)


@blueprint.post("/plans/<token:token>/stop")
@requires(Permission.PLAN_TIMETABLE)
def stop(token: str) -> ResponseReturnValue:
    """Stop the search; what was there before stays."""
    actor = current_actor()
    if EmptyForm.from_request().submitted():
        with unit_of_work() as session:
            plan = queries.access_plan(session, actor, token)
            running = lists.search_of_plan(session, SOLVE, plan.id)
            if running is not None and running.status in UNDER_WAY:
                jobs.cancel(session, actor, running.token, clock.now())
        flash(_("The search is stopped. Nothing was changed."), "success")
    return redirect(url_for(".show_plan", token=token), 303)


@blueprint.post("/plans/<token:token>/seal")
@requires(Permission.PLAN_TIMETABLE)
def seal(token: str) -> ResponseReturnValue:
    """Seal a draft anew, e.g. after moves by hand."""

    def act(session: Any, plan: Plan) -> None:
        made_by = service.made_by(session, plan)
        service.seal_plan(session, current_actor(), plan, algorithm=made_by, now=clock.now())

    return _do(token, act, _("The plan is sealed."))


@blueprint.post("/plans/<token:token>/propose")
@requires(Permission.PLAN_TIMETABLE)
def propose(token: str) -> ResponseReturnValue:
    """Put a sealed plan before the second person."""
    return _do(
        token,
        lambda session, plan: service.propose(session, current_actor(), plan, now=clock.now()),
        _("The plan is proposed. Another person publishes it."),
    )


@blueprint.post("/plans/<token:token>/publish")
@requires(Permission.PUBLISH_TIMETABLE)
def publish(token: str) -> ResponseReturnValue:
    """Publish the next stage as the second person."""

    def act(session: Any, plan: Plan) -> None:
        stage = NEXT_STAGE.get(plan.status, Stage.TIME)
        service.publish(session, current_actor(), plan, stage, now=clock.now())

    return _do(token, act, _("Published. Everyone concerned can see it now."))


@blueprint.post("/plans/<token:token>/roster")
@requires(Permission.PLAN_TIMETABLE)
def roster(token: str) -> ResponseReturnValue:
    """Offer the duties that are not manned yet."""
    return _do(
        token,
        lambda session, plan: service.roster_plan(session, current_actor(), plan, now=clock.now()),
        _("The duties are offered."),
    )


@blueprint.route("/plans/<token:token>/take-back", methods=["GET", "POST"])
@requires(Permission.PLAN_TIMETABLE)
def take_back(token: str) -> ResponseReturnValue:
    """Make a proposal a draft again, with a reason."""
    return _with_reason(token, service.take_back, "timetable/take_back.html")


@blueprint.route("/plans/<token:token>/discard", methods=["GET", "POST"])
@requires(Permission.PLAN_TIMETABLE)
def discard(token: str) -> ResponseReturnValue:
    """Give a version up, with a reason."""
    return _with_reason(token, service.discard_plan, "timetable/discard.html")


def _with_reason(token: str, act: Callable[..., None], template: str) -> ResponseReturnValue:
    actor, form = current_actor(), ReasonForm.from_request()
    plan = queries.access_plan(reader(), actor, token)
    if form.submitted():
        try:
            with unit_of_work() as session:
                changed = queries.access_plan(session, actor, token)
                act(session, actor, changed, reason=typed(form.reason), now=clock.now())
            return redirect(url_for(".show_plan", token=token), 303)
        except Refusal as refusal:
            show_refusal(form.reason, refusal)
    return render_template(template, plan=plan, form=form, way=way_to(plan))


def _do(token: str, act: Act, done: str) -> ResponseReturnValue:
    actor = current_actor()
    if not EmptyForm.from_request().submitted():
        return _show(token, status=400)
    try:
        with unit_of_work(serializable=True) as session:
            act(session, queries.access_plan(session, actor, token))
    except Refusal as refusal:
        return _show(token, refusal=refusal)
    flash(done, "success")
    return redirect(url_for(".show_plan", token=token), 303)


def _show(
    token: str,
    *,
    seed_form: SeedForm | None = None,
    search_form: SearchForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    session, actor = reader(), current_actor()
    plan = queries.access_plan(session, actor, token)
    parts = queries.seed_parts(session, plan)
    stages = queries.publications_of(session, [plan.id]).get(plan.id, [])
    place = place_of_series(session, plan.series_id)
    running = lists.search_of_plan(session, SOLVE, plan.id)
    humans = [part.person_id for part in parts] + [plan.made_by_id]
    humans += [h for row in stages for h in (row.first_id, row.second_id)]
    failed = plan.summary.get(FAILED)
    page = render_template(
        "timetable/plan.html",
        plan=plan,
        series=session.get_one(Series, plan.series_id),
        parts=parts,
        mine=any(part.person_id == actor.person_id for part in parts),
        stages=stages,
        names=names_of(session, humans),
        law=queries.law_entries(session, plan),
        unplaced=lists.unplaced_of(session, plan, "", offset=0, limit=5),
        job=running,
        is_running=running is not None and running.status in UNDER_WAY,
        has_failed=running is not None and running.status is JobStatus.FAILED,
        failed=Sentence(failed[0], failed[1]) if failed else None,
        solver=plan.summary.get("solver"),
        by_hand=BY_HAND,
        rostered=plan.summary.get("roster"),
        next_stage=NEXT_STAGE.get(plan.status),
        repairs=queries.plan_in_force(session, plan.series_id),
        impact=queries.impact_of(session, plan),
        may_plan=actor.may(Permission.PLAN_TIMETABLE, place),
        may_publish=actor.may(Permission.PUBLISH_TIMETABLE, place),
        is_proposer=actor.person_id == plan.proposed_by_id,
        seed_form=seed_form or SeedForm(formdata=None),
        search_form=search_form or SearchForm(formdata=None),
        form=EmptyForm(formdata=None),
        refusal=refusal,
        refusal_law=refusal.law if isinstance(refusal, LawBroken) else None,
        refusal_kinds=refusal.kinds if isinstance(refusal, PlanHasProblems) else (),
        way=way_to(plan),
    )
    return page, STATUS_OF_KIND[refusal.kind] if refusal is not None else status
