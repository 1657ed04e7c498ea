"""Verify the audit trail from a page, and read what was found."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.kernel import clock, jobs
from exam_centre.kernel.audit import Finding
from exam_centre.kernel.columns import new_token
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.jobs import JobStatus
from exam_centre.kernel.permissions import Permission
from exam_centre.overview import queries
from exam_centre.overview.forms import ActForm
from exam_centre.overview.jobs import VERIFY
from exam_centre.overview.rules import Meaning, meaning_of
from exam_centre.overview.views.blueprint import blueprint
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader

UNDER_WAY = (JobStatus.WAITING, JobStatus.RUNNING)


@dataclass(frozen=True)
class Fault:
    """A finding for a reader: where, as far as they may know it, and what it means."""

    where: str | None  # None: in a chain beyond their reach
    finding: Finding
    meaning: Meaning | None


@blueprint.get("/audit/verify")
@requires(Permission.READ_AUDIT)
def check_trail() -> ResponseReturnValue:
    """Show the newest verification, how far one is, and those before."""
    session, actor = reader(), current_actor()
    checks = queries.latest_checks(session, VERIFY)
    newest = next((check for check in checks if check.report is not None), None)
    findings = newest.report.findings if newest and newest.report else ()
    names = queries.streams_in_reach(session, actor, {finding.stream for finding in findings})
    running = checks[0].job if checks and checks[0].job.status in UNDER_WAY else None
    return render_template(
        "overview/check.html",
        newest=newest,
        faults=[_fault(finding, names) for finding in findings],
        running=running,
        failed=checks[0].job if checks and checks[0].job.status is JobStatus.FAILED else None,
        before=[check for check in checks if check.report and check is not newest],
        form=ActForm(formdata=None),
    )


@blueprint.post("/audit/verify")
@requires(Permission.READ_AUDIT)
def verify() -> ResponseReturnValue:
    """Ask the runner to verify the trail; one run at a time."""
    actor = current_actor()
    checks = queries.latest_checks(reader(), VERIFY, limit=1)
    if ActForm.from_request().submitted():
        if not checks or checks[0].job.status not in UNDER_WAY:
            arguments = {
                "user": actor.user_id,
                "check": new_token(),
                "keys": str(current_app.config["EXAM_CENTRE"].keys_dir),
            }
            with unit_of_work() as session:
                jobs.ask(session, actor, VERIFY, arguments, clock.now())
        flash(_("The trail is being verified."), "note")
    return redirect(url_for(".check_trail"), 303)


def _fault(finding: Finding, names: Mapping[str, str]) -> Fault:
    return Fault(names.get(finding.stream), finding, meaning_of(finding.problem))
