"""Incidents: the list, a new one from a phone, what was done about it, the printed log."""

from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.queries import names_of
from exam_centre.adapters.pdf import Fonts, draw
from exam_centre.conduct import documents, queries, service
from exam_centre.conduct.forms import IncidentForm, ReopenForm, ResolveForm
from exam_centre.conduct.models import Incident
from exam_centre.conduct.rules import IncidentKind
from exam_centre.conduct.views.blueprint import blueprint, tell
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.queries import access_room_session
from exam_centre.timetable.queries.whereabouts import (
    RoomSpot,
    SeatPerson,
    people_of_room,
    room_spots,
    spots_in_scope,
)
from exam_centre.venues.models import Venue
from exam_centre.venues.queries import access_venue
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import typed
from exam_centre.webkit.languages import language, on_day
from exam_centre.webkit.paging import asked_window
from exam_centre.webkit.printing import as_pdf, assets_dir

SEES = queries.SEES
AROUND_NOW = timedelta(hours=14)  # a room one would report from has its period today


@blueprint.get("/incidents")
@requires(*SEES)
def list_incidents() -> ResponseReturnValue:
    """List incidents, open ones first."""
    window = asked_window()
    lines, total = queries.incidents_in_scope(
        reader(), current_actor(), text=window.text, limit=window.limit, offset=window.offset
    )
    return render_template(
        "conduct/incidents.html",
        page=window.page(lines, total),
        may_record=current_actor().may(Permission.RECORD_INCIDENT),
    )


@blueprint.get("/incidents/new")
@requires(Permission.RECORD_INCIDENT)
def choose_room() -> ResponseReturnValue:
    """Ask where it happened: a room that runs about now, or the venue at large."""
    now = clock.now()
    spots = spots_in_scope(
        reader(),
        current_actor(),
        now - AROUND_NOW,
        now + AROUND_NOW,
        permissions=[Permission.RECORD_INCIDENT],
    )
    venues = {spot.venue_token: spot.venue for spot in spots}
    return render_template("conduct/choose_room.html", spots=spots, venues=venues)


@blueprint.route("/rooms/<token:room>/incidents/new", methods=["GET", "POST"])
@requires(Permission.RECORD_INCIDENT)
def record_in_room(room: str) -> ResponseReturnValue:
    """Record what happened in a room; the address may name the seat."""
    session = reader()
    room_session = access_room_session(session, current_actor(), room)
    spot = room_spots(session, [room_session.id])[room_session.id]
    people = people_of_room(session, room_session.id)
    return _record(spot.venue_id, spot.zone, people, spot=spot)


@blueprint.route("/venues/<token:venue>/incidents/new", methods=["GET", "POST"])
@requires(Permission.RECORD_INCIDENT)
def record_at_venue(venue: str) -> ResponseReturnValue:
    """Record what happened at a venue outside its rooms."""
    found = access_venue(reader(), current_actor(), venue)
    return _record(found.id, found.time_zone, [], venue=found)


def _record(
    venue_id: int,
    zone: str,
    people: list[SeatPerson],
    *,
    spot: RoomSpot | None = None,
    venue: Venue | None = None,
) -> ResponseReturnValue:
    now = clock.now()
    asked = request.args.get("seat", "")
    seated = next((p.token for p in people if str(p.seat) == asked), "")
    form = IncidentForm(people, at=clock.at_venue(now, zone).time(), seat=seated)
    if not people:
        del form.seat
    if form.submitted():
        chosen = {p.token: p.placement_id for p in people}
        with unit_of_work() as session:
            incident = service.record_incident(
                session,
                current_actor(),
                venue_id,
                IncidentKind(form.kind.data),
                say("{words}", words=typed(form.what)),
                happened_at=form.happened_at(now, zone),
                room_session_id=spot.room_session_id if spot else None,
                placement_id=chosen.get(form.seat.data) if people else None,
                now=now,
            )
            number, token = incident.number, incident.token
        flash(_("Incident %(number)s is recorded.", number=number), "success")
        return redirect(url_for(".show_incident", incident=token), 303)
    return render_template("conduct/record.html", form=form, spot=spot, venue=venue)


@blueprint.get("/incidents/<token:incident>")
@requires(*SEES)
def show_incident(incident: str) -> ResponseReturnValue:
    """Show an incident, what can be done about it, and the cases that came of it."""
    return _shown(queries.access_incident(reader(), current_actor(), incident))


@blueprint.post("/incidents/<token:incident>/resolve")
@requires(*SEES)
def resolve(incident: str) -> ResponseReturnValue:
    """Say what was done, and close it."""
    form = ResolveForm.from_request()
    if form.submitted():
        try:
            with unit_of_work() as session:
                row = queries.access_incident(session, current_actor(), incident)
                number = row.number
                service.resolve_incident(
                    session,
                    current_actor(),
                    row,
                    resolution=typed(form.resolution),
                    now=clock.now(),
                )
        except Refusal as refusal:
            tell(refusal)
        else:
            flash(_("Incident %(number)s is resolved.", number=number), "success")
            return redirect(url_for(".show_incident", incident=incident), 303)
    row = queries.access_incident(reader(), current_actor(), incident)
    return _shown(row, resolve_form=form), 409


@blueprint.post("/incidents/<token:incident>/reopen")
@requires(Permission.CLOSE_DAY)
def reopen(incident: str) -> ResponseReturnValue:
    """Open a resolved incident again."""
    form = ReopenForm.from_request()
    if form.submitted():
        try:
            with unit_of_work() as session:
                row = queries.access_incident(session, current_actor(), incident)
                number = row.number
                service.reopen_incident(
                    session, current_actor(), row, reason=typed(form.reason), now=clock.now()
                )
        except Refusal as refusal:
            tell(refusal)
        else:
            flash(_("Incident %(number)s is open again.", number=number), "success")
            return redirect(url_for(".show_incident", incident=incident), 303)
    row = queries.access_incident(reader(), current_actor(), incident)
    return _shown(row, reopen_form=form), 409


def _shown(
    row: Incident, resolve_form: ResolveForm | None = None, reopen_form: ReopenForm | None = None
) -> str:
    session, actor = reader(), current_actor()
    place = queries.place_of_incident(session, row.venue_id, row.room_session_id)
    spot = room_spots(session, [row.room_session_id or 0]).get(row.room_session_id or 0)
    line = queries.line_of(session, row.id)
    people = people_of_room(session, row.room_session_id) if row.room_session_id else []
    closes = actor.may(Permission.CLOSE_DAY, place)
    return render_template(
        "conduct/incident.html",
        incident=row,
        line=line,
        spot=spot,
        sentence=Sentence(row.text, row.facts),
        about=next((p for p in people if p.placement_id == row.placement_id), None),
        names=names_of(
            session, [p for p in (row.recorded_by_id, row.owner_id, row.resolved_by_id) if p]
        ),
        cases=queries.cases_of_incident(session, row.id),
        resolve_form=resolve_form or ResolveForm(formdata=None),
        reopen_form=reopen_form or ReopenForm(formdata=None),
        may_resolve=closes or actor.person_id == row.owner_id,
        may_reopen=closes,
        may_open_case=bool(people) and actor.may(Permission.RECORD_INCIDENT, place),
    )


@blueprint.get("/venues/<token:venue>/incident-log/<day:day>.pdf")
@requires(*SEES)
def incident_log(venue: str, day: date) -> ResponseReturnValue:
    """Print a venue's incidents of one day, as far as the reader may see them."""
    session = reader()
    found = access_venue(session, current_actor(), venue)
    lines, _total = queries.incidents_in_scope(
        session,
        current_actor(),
        venue_id=found.id,
        happened=clock.day_at_venue(day, found.time_zone),
    )
    people = {p for line in lines for p in (line.incident.recorded_by_id,) if p}
    document = documents.incident_log(
        lines,
        names_of(session, people),
        venue=found.name,
        day=on_day(day),
        number=f"IL-{found.code}-{day:%Y%m%d}",
        language=language(),
    )
    return as_pdf(draw(document, Fonts.from_assets(assets_dir())), document.number)
