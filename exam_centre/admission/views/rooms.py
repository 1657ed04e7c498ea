"""The rooms of a day, and each room's register: who is here, who is not, and who says so."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.service import second_person
from exam_centre.admission import documents, queries, service
from exam_centre.admission.documents import RoomPaper
from exam_centre.admission.forms import EmptyForm, NotesForm, RecheckForm
from exam_centre.admission.queries import DoorRoom
from exam_centre.admission.rules import GIVES_A_SCRIPT, AttendanceStatus, Identity
from exam_centre.admission.views.blueprint import ROOMS, blueprint, fonts, photos
from exam_centre.kernel import clock
from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import NotFound, Refusal
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import say
from exam_centre.timetable.queries import access_room_session, place_of_room_session
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import show_refusal
from exam_centre.webkit.languages import ZONE, language, said
from exam_centre.webkit.printing import as_pdf
from exam_centre.webkit.second_person import second_signs

PRINTS = {
    "door-list": (documents.door_list, say("Door list")),
    "register": (documents.attendance_register, say("Attendance register")),
    "desk-labels": (documents.desk_labels, say("Desk labels")),
    "seating-chart": (documents.seating_chart, say("Seating chart")),
}


@blueprint.get("/door")
@requires(*ROOMS)
def list_doors() -> ResponseReturnValue:
    """List the rooms of a day where one keeps the door or the register."""
    session, actor = reader(), current_actor()
    day = (
        _asked_day()
        or at_venue(
            queries.next_day(session, actor, ROOMS, clock.now()) or clock.now(), ZONE
        ).date()
    )
    since = datetime.combine(day, datetime.min.time(), UTC) - timedelta(hours=8)
    rooms = queries.door_rooms(session, actor, ROOMS, since=since, until=since + timedelta(days=1))
    return render_template(
        "admission/doors.html",
        rooms=rooms,
        day=day,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1),
        now=clock.now(),
        checks_in=actor.may(Permission.CHECK_IN),
    )


@blueprint.get("/rooms/<token:room>/register")
@requires(*ROOMS)
def show_register(room: str) -> ResponseReturnValue:
    """Show everybody of a room with what became of them, the empty seats first."""
    here = _room(room)
    lines = queries.register(reader(), here.id)
    place = place_of_room_session(reader(), here.id)
    actor = current_actor()
    noted = [line for line in lines if _is_noted(line)]
    return render_template(
        "admission/register.html",
        room=here,
        empty=[line for line in lines if line.status is AttendanceStatus.EXPECTED],
        others=[line for line in lines if line.status is not AttendanceStatus.EXPECTED],
        noted=noted,
        seatless=queries.people_without_seat(reader(), here),
        runs=actor.may(Permission.RUN_ROOM, place),
        corrects=here.closed > 0 and actor.may(Permission.CLOSE_DAY, place),
        checks_in=actor.may(Permission.CHECK_IN, place),
        prints={name: words for name, (_draw, words) in PRINTS.items()},
        form=EmptyForm(formdata=None),
    )


@blueprint.post("/placements/<token:placement>/absent")
@requires(Permission.RUN_ROOM)
def note_absent(placement: str) -> ResponseReturnValue:
    """Note that a seat stayed empty; a second person confirms."""
    actor = current_actor()
    if not EmptyForm.from_request().submitted():
        raise NotFound(say("placement"))
    with unit_of_work() as session:
        found = queries.access_placement(session, actor, placement)
        room = queries.room_token_of(session, found)
        try:
            service.note_absent(session, actor, found.id, clock.now())
            flash(_("Noted. Somebody else confirms it."), "success")
        except Refusal as refusal:
            if refusal.kind != "conflict":
                raise
            flash(said(refusal.sentence), "problem")
    return redirect(url_for(".show_register", room=room), 303)


@blueprint.route("/rooms/<token:room>/absences", methods=["GET", "POST"])
@second_signs
@requires(Permission.RUN_ROOM)
def confirm_absences(room: str) -> ResponseReturnValue:
    """Confirm the noted empty seats: as another human, or the colleague signs on this device."""
    here = _room(room)
    lines = [line for line in queries.register(reader(), here.id) if _is_noted(line)]
    form = NotesForm.from_request()
    oneself = request.form.get("who") == "me"
    if oneself and EmptyForm.from_request().submitted():
        return _confirm(here, lines, form, current_actor())
    if not oneself and form.submitted():
        second = form.second(partial(second_person, reader(), current_actor()))
        if second is not None:
            return _confirm(here, lines, form, second)
    return _absences(here, lines, form)


@blueprint.route("/rooms/<token:room>/recheck", methods=["GET", "POST"])
@requires(Permission.RUN_ROOM, Permission.CLOSE_DAY)
def recheck(room: str) -> ResponseReturnValue:
    """Compare everybody who came with the record once more, the same day, by another human."""
    here = _room(room)
    form = RecheckForm.from_request()
    if form.submitted():
        placement = request.form.get("placement", "")
        try:
            with unit_of_work() as session:
                found = queries.access_placement(session, current_actor(), placement)
                identity = Identity(str(form.identity.data))
                service.recheck_identity(
                    session, current_actor(), found.id, identity, now=clock.now()
                )
            if identity is Identity.MATCH:
                flash(_("Compared."), "success")
            else:
                flash(_("Compared, and an incident is open: results wait for it."), "attend")
        except Refusal as refusal:
            if refusal.kind != "conflict":
                raise
            flash(said(refusal.sentence), "problem")
        return redirect(url_for(".recheck", room=room), 303)
    lines = [x for x in queries.register(reader(), here.id) if x.status in GIVES_A_SCRIPT]
    return render_template(
        "admission/recheck.html",
        room=here,
        lines=sorted(lines, key=lambda x: x.recheck is not Identity.NOT_CHECKED),
        done=sum(1 for x in lines if x.recheck is not Identity.NOT_CHECKED),
        cards=queries.cards_of(reader(), [x.placement_id for x in lines]),
        form=form,
    )


@blueprint.get("/rooms/<token:room>/print/<name>.pdf")
@requires(*ROOMS)
def print_room(room: str, name: str) -> ResponseReturnValue:
    """Print one of a room's papers."""
    here = _room(room)
    if name not in PRINTS:
        raise NotFound(say("print"))
    what, words = PRINTS[name]
    kept = photos() if name == "register" else None
    paper = RoomPaper.of(reader(), here, language(), kept)
    title = f"{said(words)} {here.venue} {here.room} {here.period}"
    return as_pdf(documents.room_pdf(paper, what, fonts()), title)


def _room(token: str) -> DoorRoom:
    session, actor = reader(), current_actor()
    found = access_room_session(session, actor, token)
    rooms = queries.door_rooms(session, actor, ROOMS, room_session_id=found.id)
    if not rooms:
        raise NotFound(say("room session"))
    return rooms[0]


def _is_noted(line: queries.RegisterLine) -> bool:
    return line.status is AttendanceStatus.EXPECTED and line.noted_absent


def _confirm(
    here: DoorRoom,
    lines: list[queries.RegisterLine],
    form: NotesForm,
    who: Actor,
) -> ResponseReturnValue:
    try:
        with unit_of_work() as session:
            ids = [line.placement_id for line in lines]
            count = service.confirm_absences(session, who, ids, clock.now())
        flash(_("%(count)s absences are confirmed. Two people said so.", count=count), "success")
        return redirect(url_for(".show_register", room=here.token), 303)
    except Refusal as refusal:
        if refusal.kind not in ("conflict", "forbidden"):
            raise
        show_refusal(form.second_login, refusal)
        return _absences(here, lines, form)


def _absences(
    here: DoorRoom, lines: list[queries.RegisterLine], form: NotesForm
) -> ResponseReturnValue:
    return render_template("admission/absences.html", room=here, lines=lines, form=form)


def _asked_day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None
