"""One outcome: the figure, its steps, its history, and the way to have it looked at again."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.queries import names_of
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.papers.models import Scheme
from exam_centre.results import queries, service
from exam_centre.results.forms import AppealForm, CorrectionForm
from exam_centre.results.queries import pages
from exam_centre.results.rules import OutcomeStatus
from exam_centre.results.rules.steps import steps_of
from exam_centre.results.views.blueprint import SEES, blueprint
from exam_centre.results.views.scores import score_of
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import show_refusal, typed


@blueprint.get("/outcomes/<token:token>")
@requires(*SEES, Permission.SEE_OWN)
def show_outcome(token: str) -> ResponseReturnValue:
    """Explain one outcome step by step; the office also sees its versions and signatures."""
    session, actor = reader(), current_actor()
    outcome = queries.access_outcome(session, actor, token)
    row = pages.row_of_outcome(session, outcome)
    versions = queries.history(session, outcome.entry_course_id)
    is_office = any(actor.may(permission) for permission in SEES)
    if not is_office:
        public = (OutcomeStatus.RELEASED, OutcomeStatus.CORRECTED)
        versions = [each for each in versions if each.status in public]
    batch = pages.batch_of(session, outcome)
    signed = (batch.prepared_by_id, batch.approved_by_id, batch.released_by_id) if batch else ()
    holds = queries.holds(session, [outcome.id]) if outcome.status in queries.IN_WORK else {}
    return render_template(
        "results/outcome.html",
        row=row,
        outcome=outcome,
        series=pages.series_of(session, outcome),
        explanation=queries.explanation_of(outcome),
        steps=steps_of(
            outcome.parts, session.get_one(Scheme, outcome.scheme_id).facts(), outcome.score
        ),
        holds=holds.get(outcome.id, []),
        versions=[(each, queries.explanation_of(each)) for each in versions],
        corrections=pages.corrections_of(session, outcome.entry_course_id),
        batch=batch,
        names=names_of(session, [key for key in signed if key is not None]),
        is_office=is_office,
        may_correct=outcome.status is OutcomeStatus.RELEASED
        and actor.may(Permission.CORRECT_RESULTS),
        may_appeal=outcome.status is OutcomeStatus.RELEASED
        and not is_office
        and not pages.open_appeals(session, [outcome.id]),
    )


@blueprint.route("/outcomes/<token:token>/correct", methods=["GET", "POST"])
@requires(Permission.CORRECT_RESULTS)
def correct(token: str) -> ResponseReturnValue:
    """Ask for a released outcome to be changed; another person decides."""
    session, actor = reader(), current_actor()
    outcome = queries.access_outcome(session, actor, token)
    form = CorrectionForm.from_request()
    if form.submitted():
        try:
            final, formative = score_of(form.final_score), score_of(form.formative_score)
            with unit_of_work() as writer:
                correction = service.file_correction(
                    writer,
                    actor,
                    queries.access_outcome(writer, actor, token),
                    final_score=final,
                    formative_score=formative,
                    reason=typed(form.reason),
                    evidence=typed(form.evidence),
                    now=clock.now(),
                )
        except Refusal as refusal:
            if not form.errors:
                show_refusal(form.final_score, refusal)
        else:
            flash(_("The correction is filed. Another person decides."), "success")
            return redirect(url_for(".show_correction", token=correction.token), 303)
    return render_template(
        "results/correct.html",
        row=pages.row_of_outcome(session, outcome),
        explanation=queries.explanation_of(outcome),
        series=pages.series_of(session, outcome),
        form=form,
    )


@blueprint.route("/outcomes/<token:token>/appeal", methods=["GET", "POST"])
@requires(Permission.SEE_OWN)
def appeal(token: str) -> ResponseReturnValue:
    """Let a candidate ask for another look at their own result."""
    session, actor = reader(), current_actor()
    outcome = queries.access_outcome(session, actor, token)
    form = AppealForm.from_request()
    if form.submitted():
        try:
            with unit_of_work() as writer:
                service.file_correction(
                    writer,
                    actor,
                    queries.access_outcome(writer, actor, token),
                    reason=typed(form.reason),
                    evidence="",
                    is_appeal=True,
                    now=clock.now(),
                )
        except Refusal as refusal:
            show_refusal(form.reason, refusal)
        else:
            flash(_("Your appeal is filed. You will be told what was decided."), "success")
            return redirect(url_for(".show_outcome", token=token), 303)
    return render_template(
        "results/appeal.html",
        row=pages.row_of_outcome(session, outcome),
        outcome=outcome,
        explanation=queries.explanation_of(outcome),
        until=pages.appeals_until(session, outcome.series_id),
        form=form,
    )
