"""Skill rooms on a phone: who draws which station, and what each assessor gives."""

from decimal import Decimal, InvalidOperation
from functools import partial

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exam_centre.accounts.service import second_person
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Permission
from exam_centre.papers.rules import Mode
from exam_centre.practicals import queries, service
from exam_centre.practicals.forms import DrawForm, MarkForm
from exam_centre.practicals.rules import (
    FEWEST_ASSESSORS,
    PRESENCE_SENTENCES,
    AlreadyMarked,
    WrongScore,
)
from exam_centre.timetable.queries import place_of_room_session
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import show_refusal, typed
from exam_centre.webkit.navigation import NavItem
from exam_centre.webkit.second_person import second_signs

blueprint = Blueprint("practicals", __name__, url_prefix="/practicals")

NAVIGATION: tuple[NavItem, ...] = (
    NavItem(_l("Practicals"), "practicals.rooms", (Permission.CHECK_IN, Permission.ENTER_MARKS)),
)


@blueprint.get("/")
@requires(Permission.CHECK_IN, Permission.ENTER_MARKS)
def rooms() -> ResponseReturnValue:
    """Show the rooms with practicals and orals."""
    found = queries.rooms_in_reach(reader(), current_actor())
    return render_template("practicals/rooms.html", rooms=found)


@blueprint.get("/rooms/<token:room>")
@requires(Permission.CHECK_IN, Permission.ENTER_MARKS)
def room(room: str) -> ResponseReturnValue:
    """Show one room: names for the door, stations alone for assessors."""
    actor = current_actor()
    found = queries.access_assessed_room(reader(), actor, room)
    place = place_of_room_session(reader(), found.id)
    return render_template(
        "practicals/room.html",
        where=queries.where_of(reader(), found.id),
        works=queries.works_of_room(reader(), found.id),
        checks_in=actor.may(Permission.CHECK_IN, place),
        assesses=actor.may(Permission.ENTER_MARKS, place),
        status_names=PRESENCE_SENTENCES,
        fewest=FEWEST_ASSESSORS,
        practical=Mode.PRACTICAL,
        present=AttendanceStatus.PRESENT,
    )


@blueprint.route("/draws/<token:placement>", methods=["GET", "POST"])
@second_signs
@requires(Permission.CHECK_IN)
def draw(placement: str) -> ResponseReturnValue:
    """Draw a station by lot; a second person signs that it was the lot."""
    actor = current_actor()
    room_session, work = queries.access_work(reader(), actor, placement)
    # Names are for the door; an assessor of the same room has the permission elsewhere perhaps.
    place = place_of_room_session(reader(), room_session.id)
    actor.require(Permission.CHECK_IN, place)
    form = DrawForm.from_request()
    if form.submitted():
        second = form.second(partial(second_person, reader(), actor))
        if second is not None and not second.may(Permission.CHECK_IN, place):
            form.second_login.errors = [_("This person does not work at this door.")]
        elif second is not None:
            reader().rollback()
            with unit_of_work() as session:
                drawn = service.draw_station(
                    session, actor, work.placement_id, second=second, now=clock.now()
                )
                station = drawn.station
            flash(_("Station %(station)s.", station=station), "success")
            return redirect(url_for(".draw", placement=placement), 303)
    return render_template(
        "practicals/draw.html",
        room_token=room_session.token,
        work=work,
        form=form,
        status_names=PRESENCE_SENTENCES,
        present=AttendanceStatus.PRESENT,
    )


@blueprint.route("/marks/<token:placement>", methods=["GET", "POST"])
@requires(Permission.ENTER_MARKS)
def mark(placement: str) -> ResponseReturnValue:
    """Give one's own mark; the other assessors' stay unseen."""
    actor = current_actor()
    room_session, work = queries.access_work(reader(), actor, placement)
    actor.require(Permission.ENTER_MARKS, place_of_room_session(reader(), room_session.id))
    form = MarkForm.from_request()
    if form.submitted():
        try:
            score = _read_score(typed(form.score))
            reader().rollback()
            with unit_of_work() as session:
                service.mark(session, actor, work.placement_id, score=score, now=clock.now())
            flash(_("Your mark is kept."), "success")
            return redirect(url_for(".room", room=room_session.token), 303)
        except (WrongScore, AlreadyMarked) as refusal:
            show_refusal(form.score, refusal)
    own = work.marks.get(actor.human())
    return render_template(
        "practicals/mark.html", room_token=room_session.token, work=work, form=form, own=own
    )


def _read_score(text: str) -> Decimal:
    """Return what was typed as a number, or raise WrongScore; the service looks at its size."""
    if not text.isascii() or not text.replace(".", "", 1).isdigit():
        raise WrongScore(text)
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise WrongScore(text) from error
