"""Empty seats: said by two people at one device, or noted by one and confirmed by another."""

from collections.abc import Sequence
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from exam_centre.accounts.queries import names_of
from exam_centre.accounts.service import second_person
from exam_centre.admission.queries import RegisterLine, who_noted
from exam_centre.invigilation import queries, service
from exam_centre.invigilation.forms import AbsenteesForm, ActForm, NotingForm
from exam_centre.invigilation.queries import RoomView
from exam_centre.invigilation.views.blueprint import blueprint, tell
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.timetable.queries import access_room_session
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.second_person import second_signs

RUN = Permission.RUN_ROOM


@blueprint.route("/rooms/<token:room>/absentees", methods=["GET", "POST"])
@second_signs
@requires(RUN)
def absentees(room: str) -> ResponseReturnValue:
    """Show the seats without a word, and say which stayed empty, two people together."""
    seen = _seen(room)
    form = AbsenteesForm(seen.silent)
    if form.submitted():
        second = form.second(partial(second_person, reader(), current_actor()))
        if second is not None:
            said = _say(room, seen, form.seats.data or [], second)
            if said is not None:
                flash(ngettext("One seat is absent.", "%(num)s seats are absent.", said), "success")
                return _back(room, seen, said)
    return _page(seen, form)


@blueprint.post("/rooms/<token:room>/absentees/note")
@requires(RUN)
def note_absentees(room: str) -> ResponseReturnValue:
    """Note empty seats alone; a colleague confirms them on whatever device they have."""
    seen = _seen(room)
    form = NotingForm(seen.silent)
    if form.submitted():
        ids = _placements(seen.silent, form.seats.data or [])
        try:
            with unit_of_work() as session:
                day = queries.day_in_scope(session, current_actor(), room)
                noted = service.note_empty(session, current_actor(), day, ids, now=clock.now())
            flash(
                ngettext(
                    "One seat is noted. Somebody else confirms it.",
                    "%(num)s seats are noted. Somebody else confirms them.",
                    noted,
                ),
                "success",
            )
            return redirect(url_for(".absentees", room=room), 303)
        except Refusal as refusal:
            tell(refusal)
    again = AbsenteesForm(seen.silent)
    again.seats.errors = form.seats.errors
    return _page(seen, again)


@blueprint.post("/rooms/<token:room>/absentees/confirm")
@requires(RUN)
def confirm_absentees(room: str) -> ResponseReturnValue:
    """Confirm, as another human, every seat somebody noted as empty."""
    seen = _seen(room)
    shown = set(request.form.getlist("seat"))
    noted = [line for line in seen.silent if line.noted_absent and line.token in shown]
    if ActForm.from_request().submitted() and noted:
        ids = [line.placement_id for line in noted]
        try:
            with unit_of_work() as session:
                day = queries.day_in_scope(session, current_actor(), room)
                said = service.confirm_noted(session, current_actor(), day, ids, now=clock.now())
            flash(ngettext("One seat is absent.", "%(num)s seats are absent.", said), "success")
            return _back(room, seen, said)
        except Refusal as refusal:
            tell(refusal)
    return _page(seen, AbsenteesForm(seen.silent, formdata=None))


def _say(room: str, seen: RoomView, tokens: Sequence[str], second: Actor) -> int | None:
    """Say by two that seats stayed empty; None with the refusal shown on the page."""
    try:
        with unit_of_work() as session:
            return service.say_absent(
                session,
                current_actor(),
                queries.day_in_scope(session, current_actor(), room),
                _placements(seen.silent, tokens),
                second=second,
                now=clock.now(),
            )
    except Refusal as refusal:
        tell(refusal)
        return None


def _placements(lines: Sequence[RegisterLine], tokens: Sequence[str]) -> list[int]:
    known = {line.token: line.placement_id for line in lines}
    return [known[token] for token in tokens]


def _page(seen: RoomView, form: AbsenteesForm) -> str:
    session, me = reader(), current_actor().person_id
    noted = who_noted(session, [line.placement_id for line in seen.silent if line.noted_absent])
    return render_template(
        "invigilation/absentees.html",
        form=form,
        act_form=ActForm(formdata=None),
        room=seen,
        spot=seen.spot,
        noted=[line for line in seen.silent if line.noted_absent],
        to_confirm=[line for line in seen.silent if noted.get(line.placement_id) not in (None, me)],
        noted_by=noted,
        names=names_of(session, set(noted.values())),
    )


def _back(room: str, seen: RoomView, said: int) -> ResponseReturnValue:
    """Go on to the room once nobody is left, else to who still is."""
    done = said >= len(seen.silent)
    return redirect(url_for(".show_room" if done else ".absentees", room=room), 303)


def _seen(room: str) -> RoomView:
    session = reader()
    row = access_room_session(session, current_actor(), room)
    return queries.room_view(session, row.id, clock.now())
