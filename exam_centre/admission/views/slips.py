"""Slips of a series: issue them, print them by venue or enterprise, reprint one."""

import json
from typing import Any

from flask import Response, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.admission import documents, queries, service
from exam_centre.admission.forms import EmptyForm
from exam_centre.admission.jobs import ISSUE, MADE, PRINT
from exam_centre.admission.models import Slip
from exam_centre.admission.views.blueprint import blueprint, press, settings
from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import access_series
from exam_centre.entries.models import Candidate
from exam_centre.kernel import clock, jobs
from exam_centre.kernel.columns import new_token
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.jobs import Job, JobStatus
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.venues.queries import access_venue
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.languages import language
from exam_centre.webkit.paging import asked_window
from exam_centre.webkit.printing import as_pdf

UNDER_WAY = (JobStatus.WAITING, JobStatus.RUNNING)


@blueprint.get("/slips")
@requires(Permission.ISSUE_SLIPS)
def list_series() -> ResponseReturnValue:
    """List the series whose slips one issues."""
    return render_template(
        "admission/slip_series.html", series=queries.series_with_slips(reader(), current_actor())
    )


@blueprint.get("/slips/series/<code>")
@requires(Permission.ISSUE_SLIPS)
def show_series(code: str) -> ResponseReturnValue:
    """Show how far a series is with its slips, and print them."""
    session, actor = reader(), current_actor()
    series = access_series(session, actor, code)
    window = asked_window()
    found = queries.find_slips(session, actor, series.id, window.text) if window.text else []
    issuing = queries.newest_jobs(session, ISSUE, series.id, limit=1)
    prints = queries.newest_jobs(session, PRINT, series.id, actor.human())
    return render_template(
        "admission/slips.html",
        series=series,
        counts=queries.slip_counts(session, actor, series.id),
        venues=queries.venues_of_series(session, actor, series.id),
        enterprises=queries.enterprises_of_series(session, actor, series.id),
        found=found,
        listed=window.page(found, len(found)),
        issuing=issuing[0] if issuing else None,
        prints=[(each, _made(each)) for each in prints],
        under_way=any(each.status in UNDER_WAY for each in (*issuing, *prints)),
        running=UNDER_WAY,
        failed=JobStatus.FAILED,
        form=EmptyForm(formdata=None),
    )


@blueprint.post("/slips/series/<code>/issue")
@requires(Permission.ISSUE_SLIPS)
def issue_series(code: str) -> ResponseReturnValue:
    """Ask the runner for every slip that is due; one run at a time."""
    actor = current_actor()
    series = access_series(reader(), actor, code)
    running = queries.newest_jobs(reader(), ISSUE, series.id, limit=1)
    if EmptyForm.from_request().submitted():
        if not running or running[0].status not in UNDER_WAY:
            arguments = {"series": series.id, "user": actor.user_id}
            with unit_of_work() as session:
                service.check_issuing(session, actor, series)
                jobs.ask(session, actor, ISSUE, arguments, clock.now())
        flash(_("The slips are being issued."), "note")
    return redirect(url_for(".show_series", code=code), 303)


@blueprint.post("/slips/series/<code>/print/venue/<token:venue>")
@requires(Permission.ISSUE_SLIPS)
def print_venue(code: str, venue: str) -> ResponseReturnValue:
    """Print the slips whose first paper is sat at a venue, by its rooms and seats."""
    place = access_venue(reader(), current_actor(), venue)
    return _print(code, {"venue": place.id, "title": place.name})


@blueprint.post("/slips/series/<code>/print/enterprise/<enterprise>")
@requires(Permission.ISSUE_SLIPS)
def print_enterprise(code: str, enterprise: str) -> ResponseReturnValue:
    """Print the slips of the people of an enterprise."""
    found = queries.enterprise_id_of(reader(), enterprise)
    if found is None:
        raise NotFound(say("enterprise"))
    return _print(code, {"enterprise": found, "title": enterprise})


@blueprint.get("/slips/prints/<token:job>.pdf")
@requires(Permission.ISSUE_SLIPS)
def fetch_print(job: str) -> ResponseReturnValue:
    """Fetch a finished print; only who asked for it may."""
    found = queries.find_job(reader(), job, PRINT, current_actor().human())
    path = settings().files_dir / MADE / f"{found.arguments['file']}.pdf"
    if not path.exists():
        raise NotFound(say("print"))
    name = f"slips-{found.arguments['title']}.pdf"
    response: Response = send_file(path, mimetype="application/pdf", download_name=name)
    return response


@blueprint.get("/slips/<token:slip>.pdf")
@requires(Permission.ISSUE_SLIPS, Permission.SEE_OWN)
def print_slip(slip: str) -> ResponseReturnValue:
    """Print one slip: the office, or its owner."""
    session = reader()
    found = queries.access_slip(session, current_actor(), slip)
    facts = queries.slip_facts(session, [found.id])[0]
    pdf = documents.slip_pdf(session, facts, press(), language())
    return as_pdf(pdf, f"slip-{facts.candidate.person_no}")


@blueprint.post("/slips/<token:slip>/reissue")
@requires(Permission.ISSUE_SLIPS)
def reissue_slip(slip: str) -> ResponseReturnValue:
    """Issue a person's slip anew; the one before is void at once."""
    actor = current_actor()
    if not EmptyForm.from_request().submitted():
        raise NotFound(say("slip"))
    with unit_of_work() as session:
        before: Slip = queries.access_slip(session, actor, slip)
        candidate = session.get_one(Candidate, before.candidate_id)
        series = session.get_one(Series, before.series_id)
        fresh = service.issue_slip(session, actor, candidate, series, now=clock.now())
        code, number, person_no = series.code, fresh.number, candidate.person_no
    flash(
        _("Slip version %(number)s is valid now. The one before is void.", number=number), "success"
    )
    return redirect(url_for(".show_series", code=code, q=person_no), 303)


def _print(code: str, wanted: dict[str, Any]) -> ResponseReturnValue:
    actor = current_actor()
    series = access_series(reader(), actor, code)
    if EmptyForm.from_request().submitted():
        config = settings()
        arguments = wanted | {
            "series": series.id,
            "user": actor.user_id,
            "file": new_token(),
            "keys": str(config.keys_dir),
            "files": str(config.files_dir),
            "assets": str(config.assets_dir),
        }
        with unit_of_work() as session:
            jobs.ask(session, actor, PRINT, arguments, clock.now())
        flash(_("The slips are being printed into one file."), "note")
    return redirect(url_for(".show_series", code=code), 303)


def _made(job: Job) -> dict[str, Any] | None:
    """Return what a finished print says: how many slips, and who was left out and why."""
    path = settings().files_dir / MADE / f"{job.arguments['file']}.json"
    if job.status is not JobStatus.DONE or not path.exists():
        return None
    told: dict[str, Any] = json.loads(path.read_text())
    for each in told["stopped"]:
        each["sentence"] = Sentence(each["text"], each["facts"])
    return told
