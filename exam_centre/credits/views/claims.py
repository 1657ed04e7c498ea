"""The operator's queue: claims by state, each with its messages, receipts and next act."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.calendar.queries import access_series
from exam_centre.credits import jobs, queries, service
from exam_centre.credits.forms import EmptyForm, ReasonForm
from exam_centre.credits.models import Claim
from exam_centre.credits.queries import pages
from exam_centre.credits.rules import ClaimStatus
from exam_centre.credits.views.blueprint import blueprint
from exam_centre.kernel import clock
from exam_centre.kernel import jobs as kernel_jobs
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.jobs import JobStatus
from exam_centre.kernel.outbox import SendStatus
from exam_centre.kernel.permissions import Permission
from exam_centre.results.queries.pages import latest_job, series_for
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import show_refusal, typed
from exam_centre.webkit.paging import asked_window

SEES = (Permission.RUN_CREDITS, Permission.READ_AUDIT)
UNDER_WAY = (JobStatus.WAITING, JobStatus.RUNNING)
STUCK = (SendStatus.PARKED, SendStatus.DEAD)


@blueprint.get("/credits/")
@requires(*SEES)
def list_claims() -> ResponseReturnValue:
    """Show the queue: how many stand where, what is stuck, and the claims themselves."""
    session, actor = reader(), current_actor()
    window = asked_window("status")
    word = request.args.get("status", "")
    status = next((each for each in ClaimStatus if each.value == word), None)
    rows, total = pages.claims_in_reach(
        session, actor, status, window.text, limit=window.limit, offset=window.offset
    )
    return render_template(
        "credits/claims.html",
        counts=pages.counts_of_claims(session, actor),
        status=status,
        page=window.page(rows, total),
        stuck=len(queries.parked(session, actor)),
        series=series_for(session, actor, SEES),
        may_run=actor.may(Permission.RUN_CREDITS),
        has_key=jobs.desk().has_key,
        form=EmptyForm(formdata=None),
    )


@blueprint.get("/credits/series/<code>")
@requires(*SEES)
def show_series(code: str) -> ResponseReturnValue:
    """Show the law of credits for a series, with every pass that is not credited and why."""
    session, actor = reader(), current_actor()
    series = access_series(session, actor, code)
    job = latest_job(session, jobs.CLAIM, "series", series.id)
    return render_template(
        "credits/series.html",
        series=series,
        law=queries.law_credits(session, series.id),
        claimable=len(queries.pairs_to_claim(session, series.id)),
        job=job,
        is_running=job is not None and job.status in UNDER_WAY,
        may_run=actor.may(Permission.RUN_CREDITS),
        form=EmptyForm(formdata=None),
    )


@blueprint.post("/credits/series/<code>/claim")
@requires(Permission.RUN_CREDITS)
def claim_series(code: str) -> ResponseReturnValue:
    """Ask the runner to claim what a series has released."""
    actor = current_actor()
    series = access_series(reader(), actor, code)
    if EmptyForm.from_request().submitted():
        _ask(jobs.CLAIM, {"series": series.id, "user": actor.user_id})
        flash(_("The passes of this series are being claimed."), "note")
    return redirect(url_for(".show_series", code=code), 303)


@blueprint.post("/credits/push")
@requires(Permission.RUN_CREDITS)
def push() -> ResponseReturnValue:
    """Ask the runner to send what is due now instead of at the next full minute."""
    if EmptyForm.from_request().submitted():
        _ask(jobs.PUSH, {})
        flash(_("What is due is being sent."), "note")
    return redirect(url_for(".list_claims"), 303)


@blueprint.route("/credits/replay", methods=["GET", "POST"])
@requires(Permission.RUN_CREDITS)
def replay_all() -> ResponseReturnValue:
    """Send everything once more that waits for a person, after its cause was put right."""
    form = ReasonForm.from_request()
    actor = current_actor()
    if form.submitted():
        with unit_of_work() as session:
            count = service.replay_parked(
                session, actor, reason=typed(form.reason), now=clock.now()
            )
        flash(_("%(count)s messages go out again.", count=count), "success")
        return redirect(url_for(".list_claims"), 303)
    stuck = len(queries.parked(reader(), actor))
    return render_template("credits/replay_all.html", form=form, stuck=stuck)


@blueprint.get("/credits/claims/<token:token>")
@requires(*SEES)
def show_claim(token: str) -> ResponseReturnValue:
    """Show one claim: every message, every receipt, and what can be done."""
    session, actor = reader(), current_actor()
    claim = queries.access_claim(session, actor, token)
    messages = pages.messages_of(session, claim)
    may_run = actor.may(Permission.RUN_CREDITS)
    return render_template(
        "credits/claim.html",
        row=pages.row_of_claim(session, claim),
        messages=messages,
        account=pages.account_of(session, claim.person_id),
        bank_says=queries.bank_words(session, [claim.id]).get(claim.id, ""),
        may_replay=may_run and bool(messages) and messages[0].message.status in STUCK,
        may_claim_again=may_run and claim.status is ClaimStatus.RETURNED,
    )


@blueprint.route("/credits/claims/<token:token>/replay", methods=["GET", "POST"])
@requires(Permission.RUN_CREDITS)
def replay(token: str) -> ResponseReturnValue:
    """Send the same bytes under the same key once more."""
    form = ReasonForm.from_request()
    words = (
        _("Send the same message again"),
        _("Send it again"),
        _("The same bytes go out under the same key. Right where the bank was mended."),
    )

    def act(session: Any, claim: Claim) -> None:
        row = queries.last_row(session, claim)
        service.replay(session, current_actor(), row, reason=typed(form.reason), now=clock.now())

    return _act(token, form, act, words, _("The message goes out again."))


@blueprint.route("/credits/claims/<token:token>/again", methods=["GET", "POST"])
@requires(Permission.RUN_CREDITS)
def claim_again(token: str) -> ResponseReturnValue:
    """Claim anew with what the source says now."""
    form = ReasonForm.from_request()
    words = (
        _("Claim again from the source"),
        _("Claim again"),
        _("A new version is made of what the records say now. Right where the source was mended."),
    )

    def act(session: Any, claim: Claim) -> None:
        service.claim_again(
            session,
            current_actor(),
            claim,
            jobs.desk().issuer,
            reason=typed(form.reason),
            now=clock.now(),
        )

    return _act(token, form, act, words, _("The claim goes out as a new version."))


def _act(
    token: str,
    form: ReasonForm,
    act: Callable[[Any, Claim], None],
    words: tuple[str, str, str],
    done: str,
) -> ResponseReturnValue:
    """Ask for the reason, act, say what was done. `words`: heading, button, what it means."""
    actor = current_actor()
    claim = queries.access_claim(reader(), actor, token)
    if form.submitted():
        try:
            with unit_of_work() as session:
                act(session, queries.access_claim(session, actor, token))
        except Refusal as refusal:
            show_refusal(form.reason, refusal)
        else:
            flash(done, "success")
            return redirect(url_for(".show_claim", token=token), 303)
    row = pages.row_of_claim(reader(), claim)
    return render_template("credits/act.html", row=row, form=form, words=words)


def _ask(kind: str, arguments: dict[str, Any]) -> None:
    with unit_of_work() as session:
        kernel_jobs.ask(session, current_actor(), kind, arguments, clock.now())
