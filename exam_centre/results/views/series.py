"""A series' results at a glance: how far they are, what is wrong, and what comes next."""

from enum import StrEnum
from typing import TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.calendar.queries import access_series
from exam_centre.kernel import clock, jobs
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.jobs import JobStatus
from exam_centre.kernel.permissions import Permission
from exam_centre.results import queries, service
from exam_centre.results.forms import EmptyForm
from exam_centre.results.jobs import COMPUTE
from exam_centre.results.queries import pages
from exam_centre.results.queries.pages import Wanted
from exam_centre.results.rules import OutcomeStatus, Verdict
from exam_centre.results.views.blueprint import SEES, blueprint
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.paging import asked_window

UNDER_WAY = (JobStatus.WAITING, JobStatus.RUNNING)
Choice = TypeVar("Choice", bound=StrEnum)
FEW = 20  # waiting parts shown at once; the law's rows name all of them


@blueprint.get("/")
@requires(*SEES)
def list_series() -> ResponseReturnValue:
    """List the series whose results somebody here works on."""
    actor = current_actor()
    series = pages.series_for(reader(), actor, SEES)
    counts = pages.counts_by_status(reader(), actor, [each.id for each in series])
    return render_template("results/series_list.html", series=series, counts=counts)


@blueprint.get("/series/<code>")
@requires(*SEES)
def show_series(code: str) -> ResponseReturnValue:
    """Show law 7, what is held, the counts by status and the distribution of scores."""
    session, actor = reader(), current_actor()
    series = access_series(session, actor, code)
    waiting = queries.waiting(session, series.id)
    running = pages.latest_job(session, COMPUTE, "series", series.id)
    return render_template(
        "results/series.html",
        series=series,
        law=queries.law_outcomes(session, series.id),
        counts=pages.counts_by_status(session, actor, [series.id])[series.id],
        bands=pages.distribution(session, actor, series.id),
        waiting=waiting[:FEW],
        waiting_count=len(waiting),
        ready=len(pages.ready_for_batch(session, series.id)),
        job=running,
        is_running=running is not None and running.status in UNDER_WAY,
        may_compute=actor.may(Permission.COMPUTE_OUTCOMES),
        form=EmptyForm(formdata=None),
    )


@blueprint.post("/series/<code>/compute")
@requires(Permission.COMPUTE_OUTCOMES)
def compute(code: str) -> ResponseReturnValue:
    """Ask the runner to compute the series' outcomes; one run at a time."""
    actor = current_actor()
    series = access_series(reader(), actor, code)
    running = pages.latest_job(reader(), COMPUTE, "series", series.id)
    if EmptyForm.from_request().submitted():
        if running is None or running.status not in UNDER_WAY:
            arguments = {"series": series.id, "user": actor.user_id}
            with unit_of_work() as session:
                jobs.ask(session, actor, COMPUTE, arguments, clock.now())
        flash(_("The outcomes are being computed."), "note")
    return redirect(url_for(".show_series", code=code), 303)


@blueprint.get("/series/<code>/outcomes")
@requires(*SEES)
def list_outcomes(code: str) -> ResponseReturnValue:
    """List a series' outcomes, by status, verdict or words, a page at a time."""
    session, actor = reader(), current_actor()
    series = access_series(session, actor, code)
    window = asked_window("status", "verdict")
    wanted = Wanted(_chosen(OutcomeStatus, "status"), _chosen(Verdict, "verdict"), window.text)
    rows, total = pages.outcomes_of_series(
        session, actor, series.id, wanted, limit=window.limit, offset=window.offset
    )
    return render_template(
        "results/outcomes.html",
        series=series,
        wanted=wanted,
        page=window.page(rows, total),
    )


@blueprint.get("/series/<code>/holds")
@requires(*SEES)
def show_holds(code: str) -> ResponseReturnValue:
    """List the outcomes that can not be released yet, each with every reason."""
    session, actor = reader(), current_actor()
    series = access_series(session, actor, code)
    found = queries.holds(session, [each.id for each in queries.in_work(session, series.id)])
    rows = pages.rows_of(session, actor, list(found))
    return render_template(
        "results/holds.html",
        series=series,
        held=[(rows[key], found[key]) for key in sorted(found) if key in rows],
        may_compute=actor.may(Permission.COMPUTE_OUTCOMES),
        form=EmptyForm(formdata=None),
    )


@blueprint.post("/series/<code>/holds")
@requires(Permission.COMPUTE_OUTCOMES)
def hold(code: str) -> ResponseReturnValue:
    """Hold what something is open for and free the rest."""
    actor = current_actor()
    if EmptyForm.from_request().submitted():
        with unit_of_work() as session:
            series = access_series(session, actor, code)
            count = service.hold_and_free(session, actor, series, now=clock.now())
        flash(_("%(count)s outcomes are held now.", count=count), "success")
    return redirect(url_for(".show_holds", code=code), 303)


def _chosen(kind: type[Choice], name: str) -> Choice | None:
    word = request.args.get(name, "")
    return next((each for each in kind if each.value == word), None)
