"""Evidence: further files beside a request, and each of them handed out to who may open it."""

from urllib.parse import quote

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exam_centre.adapters.paperwork import ENDINGS, MIME_TYPES, BadDocument
from exam_centre.entries import jobs as room_jobs
from exam_centre.entries import queries, service
from exam_centre.entries.forms import DecideForm, EvidenceForm
from exam_centre.entries.rules import TooManyFiles
from exam_centre.entries.views.access import page_of
from exam_centre.entries.views.blueprint import blueprint
from exam_centre.entries.views.sending import sent_with
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Permission
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader

OPENERS = (Permission.SEE_OWN, Permission.APPROVE_ENTRIES)


@blueprint.post("/requests/access/<token:arrangement>/evidence")
@requires(*OPENERS)
def attach_evidence(arrangement: str) -> ResponseReturnValue:
    """Keep further files beside a request that waits for its decision."""
    actor = current_actor()
    form = EvidenceForm.from_request()
    if form.submitted():
        refused_at = dict.fromkeys((BadDocument, TooManyFiles), form.files)
        with saving(refused_at) as session:
            kept = service.attach_evidence(
                session,
                actor,
                queries.access_arrangement(session, actor, arrangement),
                sent_with(form.files),
                now=clock.now(),
            )
        if not form.errors:
            words = ngettext("One file is kept.", "%(num)s files are kept.", len(kept))
            told = words if kept else _("These files are kept already.")
            return done(told, ".show_access", arrangement=arrangement)
    found = queries.access_arrangement(reader(), actor, arrangement)
    return page_of(found, DecideForm(formdata=None), form)


@blueprint.get("/requests/access/evidence/<token:file>")
@requires(*OPENERS)
def fetch_evidence(file: str) -> Response:
    """Hand out one file for saving; who opened it is in the trail before it leaves."""
    actor = current_actor()
    with unit_of_work() as session:
        found = queries.access_evidence(session, actor, file)
        service.note_opening(session, actor, found, now=clock.now())
        content = room_jobs.vault().fetch(found.file_key)
        name, ending, mime = found.file_name, ENDINGS[found.kind], MIME_TYPES[found.kind]
    stem = quote(name.rpartition(".")[0] or name)
    # The plain name is for old programs. A file is saved and never shown as a page of ours.
    saved_as = f"attachment; filename=\"evidence{ending}\"; filename*=UTF-8''{stem}{ending}"
    return Response(content, mimetype=mime, headers={"Content-Disposition": saved_as})
