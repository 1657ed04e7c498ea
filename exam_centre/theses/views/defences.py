"""The defence: set and moved by the office or the chair, and put into one's own calendar."""

from datetime import timedelta

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field

from exam_centre.accounts.rules import ReasonMissing
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import NotFound, Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import say
from exam_centre.organisation.rules import HOME_ZONE
from exam_centre.theses import queries, service
from exam_centre.theses.documents import defence_calendar
from exam_centre.theses.forms import DefenceForm
from exam_centre.theses.models import Thesis
from exam_centre.theses.queries import Defence
from exam_centre.theses.rules import (
    AHEAD_OF_DEFENCE,
    AtWorkThen,
    DefenceKind,
    DefenceMoved,
    DefendsThen,
    PlaceMissing,
    RoomTaken,
    SitsThen,
    WrongSpan,
)
from exam_centre.theses.service import Wanted
from exam_centre.theses.views.base import access, blueprint, done
from exam_centre.venues.models import Room, Venue
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.errors import STATUS_OF_KIND
from exam_centre.webkit.form import moment_on, show_refusal, typed
from exam_centre.webkit.languages import language

A_MINUTE = timedelta(minutes=1)
SEES = (Permission.SEE_OWN, Permission.RUN_MARKING, Permission.ENTER_MARKS)


@blueprint.route("/<token:thesis>/defence", methods=["GET", "POST"])
@requires(Permission.RUN_MARKING, Permission.ENTER_MARKS)
def set_defence(thesis: str) -> ResponseReturnValue:
    """Set the defence of a thesis, or move it with a reason."""
    found = access(thesis)
    defence = queries.defence_of(reader(), found)
    rooms = queries.rooms_near(reader(), found.entry_id)
    form = DefenceForm.from_request(**_known(defence, found))
    form.room.choices = _by_venue(rooms)
    status = 200
    if form.submitted():
        try:
            _set(thesis, form, {room.token: (venue, room) for venue, room in rooms})
            return done(thesis, _("The defence is set. Everybody in it was told."))
        except (
            AtWorkThen, DefenceMoved, DefendsThen, PlaceMissing, ReasonMissing, RoomTaken,
            SitsThen, WrongSpan,
        ) as refusal:  # fmt: skip
            show_refusal(_field(form, refusal), refusal)
            status = STATUS_OF_KIND[refusal.kind]
        found = access(thesis)
        defence = queries.defence_of(reader(), found)
    elif form.is_submitted():
        status = 400
    page = render_template("theses/defence.html", thesis=found, defence=defence, form=form)
    return page, status


@blueprint.get("/<token:thesis>/defence.ics")
@requires(*SEES)
def defence_file(thesis: str) -> Response:
    """Give the defence as a calendar file."""
    defence = queries.defence_of(reader(), access(thesis))
    if defence is None:
        raise NotFound(say("defence"))
    content = defence_calendar(defence, request.host, language())
    heads = {"Content-Disposition": 'attachment; filename="defence.ics"'}
    return Response(content, content_type="text/calendar; charset=utf-8", headers=heads)


def _set(token: str, form: DefenceForm, rooms: dict[str, tuple[Venue, Room]]) -> None:
    kind = DefenceKind(form.kind.data)
    venue, room = rooms.get(form.room.data or "", (None, None))
    of_room = room if kind is DefenceKind.ROOM else None
    zone = venue.time_zone if of_room is not None and venue is not None else HOME_ZONE
    assert form.starts.data is not None, "the form asks for it"
    starts_at = moment_on(form.starts.data, zone)
    seen = request.form.get("seen", "")
    number = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 5 else 0
    room_id = of_room.id if of_room is not None else None
    reader().rollback()
    with unit_of_work(serializable=True) as session:
        found = queries.access_thesis(session, current_actor(), token)
        service.set_defence(
            session,
            current_actor(),
            found,
            Wanted(
                starts_at=starts_at,
                ends_at=starts_at + (form.minutes.data or 0) * A_MINUTE,
                kind=kind,
                room=session.get_one(Room, room_id) if room_id is not None else None,
                place=typed(form.place),
                through_shift=bool(form.through_shift.data),
            ),
            seen=number,
            reason=typed(form.reason),
            now=clock.now(),
        )


def _field(form: DefenceForm, refusal: Refusal) -> Field:
    if isinstance(refusal, RoomTaken):
        return form.room
    if isinstance(refusal, PlaceMissing):
        return form.room if form.kind.data == DefenceKind.ROOM.value else form.place
    if isinstance(refusal, ReasonMissing):
        return form.reason
    return form.starts


def _by_venue(rooms: list[tuple[Venue, Room]]) -> dict[str, list[tuple[str, str]]]:
    """Return the choices of rooms, grouped by venue."""
    choices: dict[str, list[tuple[str, str]]] = {"": [("", _("no room"))]}
    for venue, room in rooms:
        choices.setdefault(f"{venue.code} {venue.name}", []).append((room.token, room.code))
    return choices


def _known(defence: Defence | None, found: Thesis) -> dict[str, object]:
    if defence is None or found.status not in AHEAD_OF_DEFENCE:
        return {}
    slot = defence.slot
    return {
        "kind": slot.kind.value,
        "starts": clock.at_venue(slot.starts_at, defence.zone).replace(tzinfo=None),
        "minutes": (slot.ends_at - slot.starts_at) // A_MINUTE,
        "room": defence.room_token or "",
        "place": slot.place,
        "through_shift": slot.through_shift,
    }
