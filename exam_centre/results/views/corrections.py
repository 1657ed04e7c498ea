"""Corrections and appeals: examined by one, decided by another, applied as a new version."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.queries import names_of
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.results import queries, service
from exam_centre.results.forms import DecisionForm, EmptyForm, ExamineForm
from exam_centre.results.models import Correction
from exam_centre.results.queries import pages
from exam_centre.results.rules import CorrectionStatus
from exam_centre.results.views.blueprint import SEES, blueprint
from exam_centre.results.views.scores import score_of
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.errors import STATUS_OF_KIND
from exam_centre.webkit.form import show_refusal, typed
from exam_centre.webkit.paging import asked_window


@blueprint.get("/corrections")
@requires(*SEES)
def list_corrections() -> ResponseReturnValue:
    """List corrections and appeals in reach, those that wait for somebody first."""
    window = asked_window()
    rows, total = pages.corrections_in_reach(
        reader(), current_actor(), limit=window.limit, offset=window.offset
    )
    return render_template("results/corrections.html", page=window.page(rows, total))


@blueprint.get("/corrections/<token:token>")
@requires(*SEES)
def show_correction(token: str) -> ResponseReturnValue:
    """Show one correction: what stands, what should stand, who did what, what comes next."""
    correction = queries.access_correction(reader(), current_actor(), token)
    return _show(correction, DecisionForm(formdata=None), None, 200)


@blueprint.route("/corrections/<token:token>/examine", methods=["GET", "POST"])
@requires(Permission.CORRECT_RESULTS)
def examine(token: str) -> ResponseReturnValue:
    """Keep what looking again gave."""
    session, actor = reader(), current_actor()
    correction = queries.access_correction(session, actor, token)
    form = ExamineForm.from_request()
    if form.submitted():
        try:
            final, formative = score_of(form.final_score), score_of(form.formative_score)
            with unit_of_work() as writer:
                service.examine_correction(
                    writer,
                    actor,
                    queries.access_correction(writer, actor, token),
                    final_score=final,
                    formative_score=formative,
                    evidence=typed(form.evidence),
                    now=clock.now(),
                )
        except Refusal as refusal:
            if not form.errors:
                show_refusal(form.evidence, refusal)
        else:
            flash(_("What was found is kept. Another person decides."), "success")
            return redirect(url_for(".show_correction", token=token), 303)
    outcome = pages.outcome_of(session, correction)
    return render_template(
        "results/examine.html",
        correction=correction,
        row=pages.row_of_outcome(session, outcome),
        explanation=queries.explanation_of(outcome),
        form=form,
    )


@blueprint.post("/corrections/<token:token>/decide")
@requires(Permission.CORRECT_RESULTS)
def decide(token: str) -> ResponseReturnValue:
    """Accept or reject, as another person than who asked and who examined."""
    session, actor = reader(), current_actor()
    correction = queries.access_correction(session, actor, token)
    form = DecisionForm.from_request()
    if not form.submitted():
        return _show(correction, form, None, 400)
    try:
        with unit_of_work() as writer:
            service.decide_correction(
                writer,
                actor,
                queries.access_correction(writer, actor, token),
                approve=form.decision.data == "approve",
                now=clock.now(),
            )
    except Refusal as refusal:
        show_refusal(form.decision, refusal)
        return _show(correction, form, None, STATUS_OF_KIND[refusal.kind])
    flash(_("The decision is kept, and the candidate is told."), "success")
    return redirect(url_for(".show_correction", token=token), 303)


@blueprint.post("/corrections/<token:token>/apply")
@requires(Permission.CORRECT_RESULTS)
def apply(token: str) -> ResponseReturnValue:
    """Write the next version of the outcome; its own batch makes it public."""
    session, actor = reader(), current_actor()
    correction = queries.access_correction(session, actor, token)
    if not EmptyForm.from_request().submitted():
        return _show(correction, DecisionForm(formdata=None), None, 400)
    try:
        with unit_of_work() as writer:
            mine = queries.access_correction(writer, actor, token)
            service.apply_correction(writer, actor, mine, now=clock.now())
    except Refusal as refusal:
        form = DecisionForm(formdata=None)
        return _show(correction, form, refusal, STATUS_OF_KIND[refusal.kind])
    flash(_("The next version is written. A release batch makes it public."), "success")
    return redirect(url_for(".show_correction", token=token), 303)


def _show(
    correction: Correction, form: DecisionForm, refusal: Refusal | None, status: int
) -> ResponseReturnValue:
    session, actor = reader(), current_actor()
    outcome = pages.outcome_of(session, correction)
    people = (correction.asked_by_id, correction.examined_by_id, correction.decided_by_id)
    may = actor.may(Permission.CORRECT_RESULTS)
    page = render_template(
        "results/correction.html",
        correction=correction,
        outcome=outcome,
        row=pages.row_of_outcome(session, outcome),
        series=pages.series_of(session, outcome),
        explanation=queries.explanation_of(outcome),
        names=names_of(session, [key for key in people if key is not None]),
        new=pages.version_after(session, correction),
        form=form,
        refusal=refusal,
        may_decide=may and correction.status is CorrectionStatus.FILED,
        may_apply=may and correction.status is CorrectionStatus.DECIDED,
        took_part=actor.person_id in people[:2],
    )
    return page, status
