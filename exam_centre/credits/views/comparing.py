"""The two ledgers compared: every difference in its class, until somebody has dealt with it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.credits import jobs, service
from exam_centre.credits.forms import CompareForm, ReasonForm
from exam_centre.credits.queries import pages
from exam_centre.credits.rules import DifferenceKind, DifferenceStatus
from exam_centre.credits.views.blueprint import blueprint
from exam_centre.credits.views.claims import SEES, UNDER_WAY
from exam_centre.kernel import clock
from exam_centre.kernel import jobs as kernel_jobs
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.results.queries.pages import latest_job
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import show_refusal, typed


@blueprint.route("/credits/comparisons", methods=["GET", "POST"])
@requires(*SEES)
def list_comparisons() -> ResponseReturnValue:
    """List the comparisons; who runs credits starts one here."""
    session, actor = reader(), current_actor()
    form = CompareForm.from_request()
    may_run = actor.may(Permission.RUN_CREDITS)
    if form.submitted():
        actor.require(Permission.RUN_CREDITS)
        arguments = {"month": typed(form.month), "user": actor.user_id}
        with unit_of_work() as writer:
            kernel_jobs.ask(writer, actor, jobs.RECONCILE, arguments, clock.now())
        flash(_("The ledgers are being compared."), "note")
        return redirect(url_for(".list_comparisons"), 303)
    job = latest_job(session, jobs.RECONCILE, "user", actor.user_id)
    return render_template(
        "credits/comparisons.html",
        rows=pages.reconciliations(session, actor),
        form=form,
        may_run=may_run,
        job=job,
        is_running=job is not None and job.status in UNDER_WAY,
    )


@blueprint.get("/credits/comparisons/<token:token>")
@requires(*SEES)
def show_comparison(token: str) -> ResponseReturnValue:
    """Show what one comparison found, in its four classes."""
    session, actor = reader(), current_actor()
    found = pages.access_reconciliation(session, actor, token)
    differences = pages.differences_of(session, found)
    return render_template(
        "credits/comparison.html",
        found=found,
        classes=[(kind, [d for d in differences if d.kind is kind]) for kind in DifferenceKind],
        claims=pages.claims_behind(session, actor, [each.stable_id for each in differences]),
        may_run=actor.may(Permission.RUN_CREDITS),
    )


@blueprint.route("/credits/comparisons/<token:token>/<stable_id>", methods=["GET", "POST"])
@requires(Permission.RUN_CREDITS)
def explain(token: str, stable_id: str) -> ResponseReturnValue:
    """Close a difference that somebody has looked into, with what explains it."""
    session, actor = reader(), current_actor()
    found = pages.access_reconciliation(session, actor, token)
    difference = pages.find_difference(session, found, stable_id)
    form = ReasonForm.from_request()
    if form.submitted():
        try:
            with unit_of_work() as writer:
                mine = pages.find_difference(
                    writer, pages.access_reconciliation(writer, actor, token), stable_id
                )
                service.explain_difference(
                    writer, actor, mine, reason=typed(form.reason), now=clock.now()
                )
        except Refusal as refusal:
            show_refusal(form.reason, refusal)
        else:
            flash(_("The difference is explained."), "success")
            return redirect(url_for(".show_comparison", token=token), 303)
    return render_template(
        "credits/explain.html",
        found=found,
        difference=difference,
        is_open=difference.status is DifferenceStatus.OPEN,
        form=form,
    )
