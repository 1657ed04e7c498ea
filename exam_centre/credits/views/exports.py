"""Files for the credit bank: choose, look what stays out and why, sign, fetch."""

from io import BytesIO

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.rules import ReasonMissing
from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import access_series
from exam_centre.credits import jobs, queries, service
from exam_centre.credits.documents import as_read
from exam_centre.credits.forms import ExportForm, ReasonForm
from exam_centre.credits.models import CreditExport
from exam_centre.credits.rules import COLUMNS, Destination
from exam_centre.credits.views.blueprint import blueprint
from exam_centre.credits.views.claims import UNDER_WAY
from exam_centre.kernel import clock
from exam_centre.kernel import jobs as kernel_jobs
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import say
from exam_centre.results.queries.pages import latest_job, series_for
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import show_refusal, typed

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE_NAMES = {
    Destination.COURSE_RESULTS: "course-results",
    Destination.CONVERSION: "certificate-conversion",
}


@blueprint.route("/credits/exports", methods=["GET", "POST"])
@requires(Permission.RUN_CREDITS)
def list_exports() -> ResponseReturnValue:
    """List one's own files; ask for one, which reads no ID number yet."""
    session, actor = reader(), current_actor()
    form = ExportForm.from_request()
    series = series_for(session, actor, (Permission.RUN_CREDITS,))
    form.series.choices = [(each.code, each.name) for each in series]
    if request.method == "GET" and not form.series.data and series:
        form.series.data = series[0].code
    if form.submitted():
        chosen = access_series(session, actor, form.series.data)
        with unit_of_work() as writer:
            row = service.ask_export(
                writer,
                actor,
                writer.get_one(Series, chosen.id),
                Destination(form.destination.data),
                now=clock.now(),
            )
            arguments = {"export": row.id, "user": actor.user_id}
            kernel_jobs.ask(writer, actor, jobs.LOOK, arguments, clock.now())
            token = row.token
        return redirect(url_for(".show_export", token=token), 303)
    return render_template(
        "credits/exports.html",
        form=form,
        rows=queries.exports_of(session, actor),
        columns=COLUMNS,
    )


@blueprint.route("/credits/exports/<token:token>", methods=["GET", "POST"])
@requires(Permission.RUN_CREDITS)
def show_export(token: str) -> ResponseReturnValue:
    """Show what a file will say and what stays out; whoever signs has it written."""
    session, actor = reader(), current_actor()
    row = queries.access_export(session, actor, token)
    form = ReasonForm.from_request()
    if form.submitted() and row.looked_at and row.lines and not row.reason:
        try:
            with unit_of_work() as writer:
                mine = queries.access_export(writer, actor, token)
                service.sign_export(writer, actor, mine, reason=typed(form.reason), now=clock.now())
                arguments = {"export": mine.id, "user": actor.user_id}
                kernel_jobs.ask(writer, actor, jobs.WRITE, arguments, clock.now())
        except ReasonMissing as refusal:
            show_refusal(form.reason, refusal)
        else:
            flash(_("The file is being written."), "note")
            return redirect(url_for(".show_export", token=token), 303)
    job = latest_job(session, jobs.WRITE if row.reason else jobs.LOOK, "export", row.id)
    return render_template(
        "credits/export.html",
        row=row,
        series=session.get_one(Series, row.series_id),
        obstacles=as_read(row.obstacles),
        form=form,
        job=job,
        is_running=job is not None and job.status in UNDER_WAY,
    )


@blueprint.get("/credits/exports/<token:token>/file")
@requires(Permission.RUN_CREDITS)
def download_export(token: str) -> ResponseReturnValue:
    """Hand out the workbook; the trail keeps that it was fetched."""
    actor = current_actor()
    row = queries.access_export(reader(), actor, token)
    if not row.file_key:
        raise NotFound(say("export"))
    content = jobs.read_export(row)
    with unit_of_work() as session:
        service.note_download(
            session, actor, queries.access_export(session, actor, token), now=clock.now()
        )
    return send_file(
        BytesIO(content),
        mimetype=WORKBOOK,
        as_attachment=True,
        download_name=_file_name(row),
    )


def _file_name(row: CreditExport) -> str:
    series = reader().get_one(Series, row.series_id)
    return f"{FILE_NAMES[row.destination]}-{series.code}-{row.asked_at:%Y%m%d}.xlsx"
