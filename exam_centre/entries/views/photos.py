"""Photos: an archive of them, kept with consent, and the reasons why others are not."""

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from exam_centre.adapters.spreadsheets import FileRefused
from exam_centre.entries import jobs as room_jobs
from exam_centre.entries import service
from exam_centre.entries.forms import PhotosForm
from exam_centre.entries.views.blueprint import blueprint
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Permission
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.form import show_refusal


@blueprint.route("/photos", methods=["GET", "POST"])
@requires(Permission.ENTER_CANDIDATES)
def photos() -> ResponseReturnValue:
    """Take an archive of photos, and list those that can not be kept."""
    form = PhotosForm.from_request()
    report = service.PhotoReport()
    if form.submitted():
        try:
            with unit_of_work() as session:
                report = service.attach_photos(
                    session,
                    current_actor(),
                    form.archive.data.read(),
                    room_jobs.vault().storage,
                    now=clock.now(),
                )
            kept = report.kept + report.same
            flash(ngettext("One photo is kept.", "%(num)s photos are kept.", kept), "success")
        except FileRefused as refusal:
            show_refusal(form.archive, refusal)
    return render_template("entries/import_photos.html", form=form, report=report)
