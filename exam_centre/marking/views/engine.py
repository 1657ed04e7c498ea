"""Marks of computer papers: the engine's file per room, its totals, and a second person's check."""

from collections.abc import Sequence
from decimal import Decimal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exam_centre.adapters.spreadsheets import FileRefused
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Permission
from exam_centre.marking import queries, service
from exam_centre.marking.forms import ActForm, FileForm
from exam_centre.marking.queries import pages
from exam_centre.marking.queries.engine import access_engine_room, engine_places, engine_rooms
from exam_centre.marking.rules.sheets import MOST_CELLS, WrongBody
from exam_centre.marking.rules.words import ATTENDANCE_NAMES, STATUS_NAMES
from exam_centre.marking.service.engine_files import (
    EngineRow,
    EngineVerdict,
    judge_engine_rows,
    keep_engine_rows,
    read_engine_rows,
    totals,
)
from exam_centre.marking.views.base import blueprint
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import show_refusal

LONGEST_TYPED = 64


@blueprint.get("/engine")
@requires(Permission.RUN_MARKING)
def engine() -> ResponseReturnValue:
    """Show the rooms with computer papers and how far their marks are."""
    found = pages.series_in_reach(reader(), current_actor(), [Permission.RUN_MARKING])
    asked = request.args.get("series", "")
    series = next((one for one in found if one.code == asked), found[0] if found else None)
    rooms = engine_rooms(reader(), current_actor(), series.id) if series else []
    return render_template("marking/engine.html", series=series, all_series=found, rooms=rooms)


@blueprint.route("/engine/<token:room>", methods=["GET", "POST"])
@requires(Permission.RUN_MARKING)
def engine_room(room: str) -> ResponseReturnValue:
    """Take the engine's file of a room and show what would become of every row."""
    room_session_id = access_engine_room(reader(), current_actor(), room)
    form = FileForm.from_request()
    verdicts: Sequence[EngineVerdict] = ()
    if form.submitted():
        try:
            rows = read_engine_rows(form.file.data.read())
            verdicts = judge_engine_rows(reader(), room_session_id, rows)
        except FileRefused as refusal:
            show_refusal(form.file, refusal)
    places = engine_places(reader(), room_session_id)
    count, total = totals(verdicts)
    marks = [place.score for place in places if place.score is not None]
    return render_template(
        "marking/engine_room.html",
        room=room,
        places=places,
        law=queries.law_engine_marks(reader(), [room_session_id]),
        form=form,
        act=ActForm(formdata=None),
        verdicts=sorted(verdicts, key=lambda v: (v.refusal is None, v.row.number)),
        faults=sum(verdict.refusal is not None for verdict in verdicts),
        count=count,
        total=total,
        kept_count=len(marks),
        kept_total=sum(marks, Decimal(0)),
        unchecked=sum(bool(place.imported_by) and not place.is_checked for place in places),
        status_names=STATUS_NAMES,
        attendance_names=ATTENDANCE_NAMES,
    )


@blueprint.post("/engine/<token:room>/keep")
@requires(Permission.RUN_MARKING)
def keep_engine(room: str) -> ResponseReturnValue:
    """Keep every row of the previewed file, or none."""
    actor, now, rows = current_actor(), clock.now(), _sent_rows()
    with unit_of_work() as session:
        room_session_id = access_engine_room(session, actor, room)
        kept = keep_engine_rows(session, actor, room_session_id, rows, now=now)
    words = ngettext(
        "One row imported. Somebody else checks the totals.",
        "%(num)s rows imported. Somebody else checks the totals.",
        kept,
    )
    flash(words, "success")
    return redirect(url_for(".engine_room", room=room), 303)


@blueprint.post("/engine/<token:room>/check")
@requires(Permission.RUN_MARKING)
def check_engine(room: str) -> ResponseReturnValue:
    """Sign that the imported marks are those of the engine."""
    actor, now = current_actor(), clock.now()
    with unit_of_work(serializable=True) as session:
        room_session_id = access_engine_room(session, actor, room)
        service.check_engine_marks(session, actor, room_session_id, now=now)
    flash(_("Checked. These marks count."), "success")
    return redirect(url_for(".engine_room", room=room), 303)


def _sent_rows() -> list[EngineRow]:
    people, marks = request.form.getlist("person_no"), request.form.getlist("mark")
    if len(people) != len(marks) or len(people) > MOST_CELLS:
        raise WrongBody
    return [
        EngineRow(nth, person[:LONGEST_TYPED], mark[:LONGEST_TYPED])
        for nth, (person, mark) in enumerate(zip(people, marks, strict=True), start=1)
    ]
