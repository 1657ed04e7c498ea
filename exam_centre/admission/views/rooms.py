"""The rooms of a day, and each room's register: who is here, who is not, and who says so."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.admission import documents, queries, service
from exam_centre.admission.documents import RoomPaper
from exam_centre.admission.forms import RecheckForm
from exam_centre.admission.models import DoubtPhoto
from exam_centre.admission.queries import DoorRoom, RegisterLine
from exam_centre.admission.rules import GIVES_A_SCRIPT, AttendanceStatus, Identity
from exam_centre.admission.views.blueprint import ROOMS, blueprint, fonts, photos
from exam_centre.kernel import clock
from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import NotFound, Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import say
from exam_centre.timetable.queries import access_room_session, place_of_room_session
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.languages import ZONE, language, said
from exam_centre.webkit.printing import as_pdf

PRINTS = {
    "door-list": (documents.door_list, say("Door list")),
    "register": (documents.attendance_register, say("Attendance register")),
    "desk-labels": (documents.desk_labels, say("Desk labels")),
    "seating-chart": (documents.seating_chart, say("Seating chart")),
    "access-cover": (documents.access_cover, say("Access arrangements")),
    "late-form": (documents.late_form, say("Late-arrival form")),
}
WITH_PHOTOS = "register"
FALL_BACK = "fall-back-pack"
FALL_BACK_WORDS = say("Paper fall-back pack")


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
    here = room_in_reach(room)
    lines = queries.register(reader(), here.id)
    place = place_of_room_session(reader(), here.id)
    actor = current_actor()
    return render_template(
        "admission/register.html",
        room=here,
        empty=[line for line in lines if line.status is AttendanceStatus.EXPECTED],
        others=[line for line in lines if line.status is not AttendanceStatus.EXPECTED],
        undos=queries.undos_of(reader(), here.id),
        photos=queries.doubt_photos_of(reader(), [line.placement_id for line in lines]),
        seatless=queries.people_without_seat(reader(), here),
        runs=actor.may(Permission.RUN_ROOM, place),
        corrects=here.closed > 0 and actor.may(Permission.CLOSE_DAY, place),
        checks_in=actor.may(Permission.CHECK_IN, place),
        prints={name: words for name, (_draw, words) in PRINTS.items()}
        | {FALL_BACK: FALL_BACK_WORDS},
    )


@blueprint.route("/rooms/<token:room>/recheck", methods=["GET", "POST"])
@requires(Permission.RUN_ROOM, Permission.CLOSE_DAY)
def recheck(room: str) -> ResponseReturnValue:
    """Compare everybody who came with the record once more, the same day, by another human."""
    here = room_in_reach(room)
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
    photos_taken = queries.doubt_photos_of(reader(), [x.placement_id for x in lines])
    return render_template(
        "admission/recheck.html",
        room=here,
        lines=sorted(lines, key=lambda x: x.recheck is not Identity.NOT_CHECKED),
        done=sum(1 for x in lines if x.recheck is not Identity.NOT_CHECKED),
        cards=queries.cards_of(reader(), [x.placement_id for x in lines]),
        photos=photos_taken,
        beside=_seen_photos(lines, photos_taken),
        form=form,
    )


@blueprint.get("/rooms/<token:room>/print/<name>.pdf")
@requires(*ROOMS)
def print_room(room: str, name: str) -> ResponseReturnValue:
    """Print one of a room's papers."""
    here = room_in_reach(room)
    if name not in (*PRINTS, FALL_BACK):
        raise NotFound(say("print"))
    kept = photos() if name in (WITH_PHOTOS, FALL_BACK) else None
    paper = RoomPaper.of(reader(), here, language(), kept)
    where = f"{here.venue} {here.room} {here.period}"
    if name == FALL_BACK:
        title = f"{said(FALL_BACK_WORDS)} {where}"
        return as_pdf(documents.fall_back_pack(paper, fonts(), title), title)
    what, words = PRINTS[name]
    return as_pdf(documents.room_pdf(paper, what, fonts()), f"{said(words)} {where}")


def room_in_reach(token: str) -> DoorRoom:
    """Return a room where one keeps the door or the register. Raises NotFound."""
    session, actor = reader(), current_actor()
    found = access_room_session(session, actor, token)
    rooms = queries.door_rooms(session, actor, ROOMS, room_session_id=found.id)
    if not rooms:
        raise NotFound(say("room session"))
    return rooms[0]


def _seen_photos(
    lines: Sequence[RegisterLine], taken: Mapping[int, Sequence[DoubtPhoto]]
) -> dict[int, DoubtPhoto]:
    """Return {placement id: its newest photograph}, of those the reader may compare again."""
    mine = {x.placement_id for x in lines if x.admitted_by_id == current_actor().person_id}
    return {
        placement_id: photo
        for placement_id, photos_of_one in taken.items()
        for photo in reversed(photos_of_one)
        if photo.agreed and placement_id not in mine
    }


def _asked_day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None
