"""The office's pages: issue for a series, print, take back, suspend, resume."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.calendar.queries import access_series
from exam_centre.certificates import jobs, queries, service
from exam_centre.certificates.forms import EmptyForm, ReasonForm, RevokeForm
from exam_centre.certificates.models import Credential
from exam_centre.certificates.rules import LIVE, CredentialStatus, RevocationReason
from exam_centre.certificates.rules.printing import TEMPLATE
from exam_centre.certificates.views.blueprint import blueprint
from exam_centre.kernel import clock
from exam_centre.kernel import jobs as kernel_jobs
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.jobs import JobStatus
from exam_centre.kernel.permissions import Permission
from exam_centre.results.queries.pages import latest_job, series_for
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import show_refusal, typed
from exam_centre.webkit.paging import asked_window

SEES = (Permission.ISSUE_CERTIFICATES, Permission.RUN_CREDITS, Permission.READ_AUDIT)
UNDER_WAY = (JobStatus.WAITING, JobStatus.RUNNING)


@blueprint.get("/certificates/")
@requires(*SEES)
def list_series() -> ResponseReturnValue:
    """List the series with how many passes are certified and printed."""
    actor = current_actor()
    series = series_for(reader(), actor, SEES)
    tallies = queries.tallies(reader(), actor, [each.id for each in series])
    return render_template("certificates/series_list.html", series=series, tallies=tallies)


@blueprint.get("/certificates/series/<code>")
@requires(*SEES)
def show_series(code: str) -> ResponseReturnValue:
    """List a series' credentials, what could not be printed first."""
    session, actor = reader(), current_actor()
    series = access_series(session, actor, code)
    window = asked_window()
    rows, total = queries.credentials_of_series(
        session, actor, series.id, window.text, limit=window.limit, offset=window.offset
    )
    job = latest_job(session, jobs.ISSUE, "series", series.id)
    waiting = queries.unprinted(session, series.id, TEMPLATE)
    printed_on = queries.names_of_credentials(session, waiting)
    undrawable = {key: jobs.press().fonts.missing(text) for key, text in printed_on.items()}
    return render_template(
        "certificates/series.html",
        series=series,
        tally=queries.tallies(session, actor, [series.id])[series.id],
        uncertified=len(queries.uncertified(session, series.id)),
        unprinted=len(waiting),
        undrawable=[(printed_on[key], signs) for key, signs in undrawable.items() if signs],
        page=window.page(rows, total),
        job=job,
        is_running=job is not None and job.status in UNDER_WAY,
        may_issue=actor.may(Permission.ISSUE_CERTIFICATES),
        form=EmptyForm(formdata=None),
    )


@blueprint.post("/certificates/series/<code>/issue")
@requires(Permission.ISSUE_CERTIFICATES)
def issue(code: str) -> ResponseReturnValue:
    """Ask the runner to issue and print what a series has released; one run at a time."""
    actor = current_actor()
    series = access_series(reader(), actor, code)
    running = latest_job(reader(), jobs.ISSUE, "series", series.id)
    if EmptyForm.from_request().submitted():
        if running is None or running.status not in UNDER_WAY:
            arguments = {"series": series.id, "user": actor.user_id}
            with unit_of_work() as session:
                kernel_jobs.ask(session, actor, jobs.ISSUE, arguments, clock.now())
        flash(_("The certificates are being issued."), "note")
    return redirect(url_for(".show_series", code=code), 303)


@blueprint.get("/certificates/credentials/<token:token>")
@requires(*SEES)
def show_credential(token: str) -> ResponseReturnValue:
    """Show one credential, every certified fact, its versions and its printed form."""
    session, actor = reader(), current_actor()
    credential = queries.access_credential(session, actor, token)
    may_issue = actor.may(Permission.ISSUE_CERTIFICATES)
    row = queries.row_of(session, credential)
    return render_template(
        "certificates/credential.html",
        row=row,
        verification=queries.verify(
            session, credential.stable_id, credential.number, now=clock.now()
        ),
        versions=queries.versions_of(session, credential.entry_course_id),
        may_print=may_issue
        and row.certificate is None
        and credential.status is CredentialStatus.ACTIVE,
        may_revoke=may_issue and credential.status in LIVE,
        may_suspend=may_issue and credential.status is CredentialStatus.ACTIVE,
        may_resume=may_issue and credential.status is CredentialStatus.SUSPENDED,
        form=EmptyForm(formdata=None),
    )


@blueprint.post("/certificates/credentials/<token:token>/print")
@requires(Permission.ISSUE_CERTIFICATES)
def print_one(token: str) -> ResponseReturnValue:
    """Print one credential; a character that no font has stops it with the sentence."""
    actor = current_actor()
    credential = queries.access_credential(reader(), actor, token)
    if EmptyForm.from_request().submitted():
        jobs.print_certificate(actor, credential.id, clock.now())
        jobs.tell_ready(queries.series_of(reader(), credential), clock.now)
        flash(_("The certificate is printed."), "success")
    return redirect(url_for(".show_credential", token=token), 303)


@blueprint.route("/certificates/credentials/<token:token>/revoke", methods=["GET", "POST"])
@requires(Permission.ISSUE_CERTIFICATES)
def revoke(token: str) -> ResponseReturnValue:
    """Take a credential back for good; verifiers are told at once."""
    form = RevokeForm.from_request()
    words = (_("Revoke this certificate"), _("Revoke the certificate for good"))

    def act(session: Any, credential: Credential) -> None:
        reason = RevocationReason(form.reason.data)
        service.revoke(session, current_actor(), credential, reason=reason, now=clock.now())

    return _change(token, form, act, words, _("The certificate is revoked."))


@blueprint.route("/certificates/credentials/<token:token>/suspend", methods=["GET", "POST"])
@requires(Permission.ISSUE_CERTIFICATES)
def suspend(token: str) -> ResponseReturnValue:
    """Tell verifiers to wait."""
    form = ReasonForm.from_request()
    words = (_("Suspend this certificate"), _("Suspend the certificate"))

    def act(session: Any, credential: Credential) -> None:
        reason = typed(form.reason)
        service.suspend(session, current_actor(), credential, reason=reason, now=clock.now())

    return _change(token, form, act, words, _("The certificate is suspended."))


@blueprint.route("/certificates/credentials/<token:token>/resume", methods=["GET", "POST"])
@requires(Permission.ISSUE_CERTIFICATES)
def resume(token: str) -> ResponseReturnValue:
    """End a suspension."""
    form = ReasonForm.from_request()
    words = (_("End the suspension"), _("Put the certificate in force again"))

    def act(session: Any, credential: Credential) -> None:
        reason = typed(form.reason)
        service.resume(session, current_actor(), credential, reason=reason, now=clock.now())

    return _change(token, form, act, words, _("The certificate is in force again."))


def _change(
    token: str,
    form: RevokeForm | ReasonForm,
    act: Callable[[Any, Credential], None],
    words: tuple[str, str],
    done: str,
) -> ResponseReturnValue:
    """Ask for the reason, act, and say what was done. `words` are the page's and the button's."""
    actor = current_actor()
    credential = queries.access_credential(reader(), actor, token)
    if form.submitted():
        try:
            with unit_of_work() as session:
                act(session, queries.access_credential(session, actor, token))
        except Refusal as refusal:
            show_refusal(form.reason, refusal)
        else:
            flash(done, "success")
            return redirect(url_for(".show_credential", token=token), 303)
    return render_template(
        "certificates/change.html",
        row=queries.row_of(reader(), credential),
        form=form,
        words=words,
        is_choice=isinstance(form, RevokeForm),
    )
