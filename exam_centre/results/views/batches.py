"""Release batches: three people, one hash; every refusal is shown where the batch stands."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.queries import names_of
from exam_centre.calendar.queries import access_series
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.laws import LawBroken
from exam_centre.kernel.permissions import Permission
from exam_centre.results import queries, service
from exam_centre.results.forms import EmptyForm, PrepareForm, ReasonForm
from exam_centre.results.queries import pages
from exam_centre.results.rules import BatchStatus, OutcomesHeld
from exam_centre.results.views.blueprint import blueprint
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.errors import STATUS_OF_KIND
from exam_centre.webkit.form import typed
from exam_centre.webkit.paging import asked_window

RELEASES = (
    Permission.COMPUTE_OUTCOMES,
    Permission.APPROVE_RESULTS,
    Permission.RELEASE_RESULTS,
)

MOST_PRINTED = 2_000  # outcomes on one sheet; longer ones are printed by course


@blueprint.get("/series/<code>/batches")
@requires(*RELEASES)
def list_batches(code: str) -> ResponseReturnValue:
    """List a series' batches, and how many outcomes wait for one."""
    return _list(code, PrepareForm(formdata=None), None, 200)


@blueprint.post("/series/<code>/batches")
@requires(Permission.COMPUTE_OUTCOMES)
def prepare(code: str) -> ResponseReturnValue:
    """Put every computed outcome that no batch holds into a new one."""
    actor = current_actor()
    form = PrepareForm.from_request()
    if not form.submitted():
        return _list(code, form, None, 400)
    try:
        with unit_of_work() as session:
            series = access_series(session, actor, code)
            batch = service.prepare_batch(
                session,
                actor,
                series,
                pages.ready_for_batch(session, series.id),
                embargo_until=form.not_before(series.time_zone),
                now=clock.now(),
            )
    except Refusal as refusal:
        return _list(code, form, refusal, STATUS_OF_KIND[refusal.kind])
    flash(_("The batch is prepared. Another person approves it."), "success")
    return redirect(url_for(".show_batch", token=batch.token), 303)


@blueprint.get("/batches/<token:token>")
@requires(*RELEASES)
def show_batch(token: str) -> ResponseReturnValue:
    """Show what a batch holds, who signed it, and the one act that comes next."""
    return _show(token, None, 200)


@blueprint.post("/batches/<token:token>/approve")
@requires(Permission.APPROVE_RESULTS)
def approve(token: str) -> ResponseReturnValue:
    """Approve a batch as another person than who prepared it."""
    actor = current_actor()
    if not EmptyForm.from_request().submitted():
        return _show(token, None, 400)
    try:
        with unit_of_work() as session:
            batch = queries.access_batch(session, actor, token)
            service.approve_batch(session, actor, batch, now=clock.now())
    except Refusal as refusal:
        return _show(token, refusal, STATUS_OF_KIND[refusal.kind])
    flash(_("The batch is approved. A third person releases it."), "success")
    return redirect(url_for(".show_batch", token=token), 303)


@blueprint.post("/batches/<token:token>/release")
@requires(Permission.RELEASE_RESULTS)
def release(token: str) -> ResponseReturnValue:
    """Release an approved batch as a third person."""
    actor = current_actor()
    if not EmptyForm.from_request().submitted():
        return _show(token, None, 400)
    try:
        with unit_of_work(serializable=True) as session:
            batch = queries.access_batch(session, actor, token)
            service.release_batch(session, actor, batch, now=clock.now())
    except Refusal as refusal:
        return _show(token, refusal, STATUS_OF_KIND[refusal.kind])
    flash(_("The results are released. Candidates can see them now."), "success")
    return redirect(url_for(".show_batch", token=token), 303)


@blueprint.route("/batches/<token:token>/discard", methods=["GET", "POST"])
@requires(Permission.COMPUTE_OUTCOMES)
def discard(token: str) -> ResponseReturnValue:
    """Give up a batch that can not be released, with a reason."""
    actor = current_actor()
    form = ReasonForm.from_request()
    batch = queries.access_batch(reader(), actor, token)
    if form.submitted():
        with unit_of_work() as session:
            service.discard_batch(
                session,
                actor,
                queries.access_batch(session, actor, token),
                reason=typed(form.reason),
                now=clock.now(),
            )
        flash(_("The batch is discarded; its outcomes are free for another one."), "success")
        return redirect(url_for(".show_batch", token=token), 303)
    return render_template("results/discard.html", batch=batch, form=form)


def _list(
    code: str, form: PrepareForm, refusal: Refusal | None, status: int
) -> ResponseReturnValue:
    session, actor = reader(), current_actor()
    series = access_series(session, actor, code)
    page = render_template(
        "results/batches.html",
        series=series,
        batches=pages.batches_of(session, actor, series.id),
        ready=len(pages.ready_for_batch(session, series.id)),
        may_prepare=actor.may(Permission.COMPUTE_OUTCOMES),
        form=form,
        refusal=refusal,
        held=_held(refusal),
    )
    return page, status


def _show(token: str, refusal: Refusal | None, status: int) -> ResponseReturnValue:
    session, actor = reader(), current_actor()
    batch = queries.access_batch(session, actor, token)
    signed = (batch.prepared_by_id, batch.approved_by_id, batch.released_by_id)
    window = asked_window()
    keys = [outcome.id for outcome in queries.outcomes_in(session, batch)]
    shown = keys[window.offset : window.offset + window.limit]
    found = pages.rows_of(session, actor, shown)
    rows = [found[key] for key in shown if key in found]
    page = render_template(
        "results/batch.html",
        batch=batch,
        series=pages.series_of_batch(session, batch),
        names=names_of(session, [key for key in signed if key is not None]),
        signed_before=actor.person_id in signed,
        size=len(keys),
        courses=pages.courses_in(session, batch),
        most_printed=MOST_PRINTED,
        page=window.page(rows, len(keys)),
        may_approve=batch.status is BatchStatus.PREPARED and actor.may(Permission.APPROVE_RESULTS),
        may_release=batch.status is BatchStatus.APPROVED and actor.may(Permission.RELEASE_RESULTS),
        may_discard=batch.status in (BatchStatus.PREPARED, BatchStatus.APPROVED)
        and actor.may(Permission.COMPUTE_OUTCOMES),
        form=EmptyForm(formdata=None),
        refusal=refusal,
        law=refusal.law if isinstance(refusal, LawBroken) else None,
        held=_held(refusal),
    )
    return page, status


def _held(refusal: Refusal | None) -> list[tuple[pages.OutcomeRow, list[object]]]:
    """Return the outcomes a refusal is about with every reason, those within reach."""
    if not isinstance(refusal, OutcomesHeld):
        return []
    rows = pages.rows_of(reader(), current_actor(), list(refusal.holds))
    return [(rows[key], list(why)) for key, why in refusal.holds.items() if key in rows]
