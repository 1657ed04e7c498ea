"""Photographs of people in doubt: taken with consent, shown to who compares them again."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.adapters.storage import BadPhoto
from exam_centre.admission import queries, service
from exam_centre.admission.forms import PhotoForm
from exam_centre.admission.rules import ConsentMissing
from exam_centre.admission.views.blueprint import blueprint, photos
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.timetable.queries import place_of_room_session
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import show_refusal
from exam_centre.webkit.languages import said


@blueprint.route("/placements/<token:placement>/photograph", methods=["GET", "POST"])
@requires(Permission.CHECK_IN, Permission.RUN_ROOM)
def photograph(placement: str) -> ResponseReturnValue:
    """Read the words to somebody in doubt, then photograph them, or note that they said no."""
    found = queries.access_placement(reader(), current_actor(), placement)
    room = queries.room_token_of(reader(), found)
    form = PhotoForm.from_request()
    if form.submitted():
        agreed = form.answer.data == "yes"
        sent = form.photo.data
        try:
            with unit_of_work() as session:
                service.photograph(
                    session,
                    current_actor(),
                    found.id,
                    agreed=agreed,
                    content=sent.read() if agreed and sent else b"",
                    storage=photos(),
                    now=clock.now(),
                )
            if agreed:
                flash(_("The photograph is kept for who compares the person again."), "success")
            else:
                flash(_("No photograph was taken. Two people compare the documents."), "attend")
            return redirect(url_for(".show_register", room=room), 303)
        except (BadPhoto, ConsentMissing) as refusal:
            show_refusal(form.photo, refusal)
        except Refusal as refusal:
            if refusal.kind != "conflict":
                raise
            flash(said(refusal.sentence), "problem")
    session = reader()
    place = place_of_room_session(session, found.room_session_id)
    return render_template(
        "admission/photograph.html",
        card=queries.cards_of(session, [found.id])[found.id],
        room=room,
        form=form,
        at_door=current_actor().may(Permission.CHECK_IN, place),
    )


@blueprint.get("/doubt-photos/<token:photo>")
@requires(Permission.RUN_ROOM, Permission.CLOSE_DAY)
def show_doubt_photo(photo: str) -> Response:
    """Show the photograph of somebody in doubt to who compares them again, and to nobody else."""
    found = queries.access_doubt_photo(reader(), current_actor(), photo)
    response = make_response(photos().read(found.file_key))
    response.headers["Content-Type"] = "image/jpeg"
    return response
