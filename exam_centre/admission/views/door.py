"""The door: look at somebody, compare, admit; search, refuse, take back; and the gate."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from flask import flash, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.admission import queries, service
from exam_centre.admission.forms import AdmitForm, LookForm, half_width, was_mangled
from exam_centre.admission.queries import Card, DoorRoom
from exam_centre.admission.rules import Action, Code, Fact, Identity, read_short_code
from exam_centre.admission.views.blueprint import (
    DOORS,
    blueprint,
    photos,
    reader_modules,
    slip_ring,
)
from exam_centre.admission.views.devices import device_at_this_browser
from exam_centre.kernel import clock
from exam_centre.kernel.database import in_unit_of_work
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.kernel.tokens import ForgedToken
from exam_centre.timetable.queries import access_room_session, place_of_room_session
from exam_centre.venues.queries import access_venue
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import typed

LONGEST_SEARCH = 64
FRAGMENT = "card"  # what the page's script asks for instead of a whole page
FORCED = {Code.TOO_LATE, Code.TOO_EARLY, Code.SLIP_REPLACED, Code.SETTLED, Code.BARRED}


@blueprint.get("/rooms/<token:room>/door")
@requires(Permission.CHECK_IN)
def show_door(room: str) -> ResponseReturnValue:
    """Stand at the door of a room: scan, type, or search."""
    return _door(room_at(room))


@blueprint.post("/rooms/<token:room>/door/look")
@requires(Permission.CHECK_IN)
def look(room: str) -> ResponseReturnValue:
    """Look at who a slip or a search is about; admits nobody."""
    here = room_at(room)
    form = LookForm.from_request()
    if not form.submitted() or not (typed(form.code) or form.placement.data):
        if not form.code.errors and not form.code.data:
            form.code.errors = [_("Scan a slip, or type its 12 digits.")]
        return _door(here, form=form)
    return _door(here, **_scan(here, form, Action.LOOK, Identity.NOT_CHECKED))


@blueprint.post("/rooms/<token:room>/door/admit")
@requires(Permission.CHECK_IN)
def admit(room: str) -> ResponseReturnValue:
    """Record what comparing gave: the person takes the seat, is in doubt, or is somebody else."""
    here = room_at(room)
    form = AdmitForm.from_request()
    if not form.submitted():
        flash(_("Nothing was recorded. Scan the slip again."), "problem")
        return _door(here)
    identity = Identity(str(form.identity.data))
    shown = _scan(here, form, Action.ADMIT, identity)
    return _door(room_at(room, afresh=True), **shown)


@blueprint.get("/placements/<token:placement>/photo")
@requires(Permission.CHECK_IN, Permission.RUN_ROOM, Permission.CLOSE_DAY)
def show_photo(placement: str) -> ResponseReturnValue:
    """Show the photo of who sits there, to those who compare it."""
    found = queries.access_placement(reader(), current_actor(), placement)
    key = queries.photo_keys_of(reader(), [found.id]).get(found.id, "")
    if not key:
        raise NotFound(say("photo"))
    response = make_response(photos().read(key))
    response.headers["Content-Type"] = "image/jpeg"
    return response


@blueprint.route("/venues/<token:venue>/gate", methods=["GET", "POST"])
@requires(Permission.CHECK_IN)
def show_gate(venue: str) -> ResponseReturnValue:
    """Stand at a venue's gate: say where to go, and admit nobody."""
    place = access_venue(reader(), current_actor(), venue)
    form = LookForm.from_request(scan_no=new_number())
    stop, sentence, mangled = None, None, False
    if form.submitted() and typed(form.code):
        mangled = was_mangled(typed(form.code))
        stop, sentence = _ask_the_way(half_width(form.code.data) or "", place.id)
    template = "admission/gate_card.html" if _wants_card() else "admission/gate.html"
    return render_template(
        template,
        venue=place,
        form=LookForm(formdata=None, scan_no=new_number()),
        stop=stop,
        sentence=sentence,
        mangled=mangled,
        modules=reader_modules(),
    )


def room_at(token: str, *, afresh: bool = False) -> DoorRoom:
    """Return the room session whose door the actor keeps. Raises NotFound."""
    session, actor = reader(), current_actor()
    if afresh:
        session.rollback()  # what was read before the write is from before it
    found = access_room_session(session, actor, token)
    rooms = queries.door_rooms(session, actor, DOORS, room_session_id=found.id)
    if not rooms:
        raise NotFound(say("door"))
    return rooms[0]


def new_number() -> str:
    """Return a scan number for a page: a retry sends the same, the next scan another."""
    return secrets.token_urlsafe(12)


def _ask_the_way(text: str, venue_id: int) -> tuple[Any, Sentence | None]:
    fact = Fact(scan_no="gate", here=0, device_at=clock.now(), token=text)
    try:
        caller = queries.find_caller(reader(), fact, slip_ring())
    except ForgedToken as refusal:
        return None, refusal.sentence
    stop = queries.next_stop(caller, clock.now()) if caller else None
    if caller is None or stop is None:
        return None, say("No slip has this code. Check the digits, or find the person by name.")
    if stop.place.venue_id != venue_id:
        return stop, say("This is another venue. The paper is sat at {venue}.", venue=stop.venue)
    if not (caller.slip_is_valid and stop.place.on_slip):
        return stop, say("A newer slip exists. The place below is from the newest plan.")
    return stop, None


def _door(
    here: DoorRoom,
    *,
    form: LookForm | None = None,
    answer: dict[str, Any] | None = None,
    card: Card | None = None,
    sent: dict[str, str] | None = None,
    mangled: bool = False,
) -> ResponseReturnValue:
    """Show the door with the last card, or the card alone where the page's script asks for it."""
    words = (request.args.get("q") or "").strip()[:LONGEST_SEARCH]
    found = queries.search_people(reader(), here, words) if words else []
    place = place_of_room_session(reader(), here.id)
    return render_template(
        "admission/door_card.html" if _wants_card() else "admission/door.html",
        room=here,
        form=form or LookForm(formdata=None, scan_no=new_number()),
        answer=answer,
        sentence=Sentence(answer["text"], answer["facts"]) if answer else None,
        card=card,
        sent=sent,
        mangled=mangled,
        is_here=card is not None and card.room_session_id == here.id,
        forced=_may_force(answer, place),
        number=new_number(),
        words=words,
        found=found,
        modules=reader_modules(),
    )


def _may_force(answer: dict[str, Any] | None, place: Place) -> bool:
    if answer is None or Code(answer["code"]) not in FORCED:
        return False
    return current_actor().may(Permission.RUN_ROOM, place)


def _scan(here: DoorRoom, form: LookForm, action: Action, identity: Identity) -> dict[str, Any]:
    """Record a scan and return what the page shows: the answer, the card, what was sent."""
    actor, now = current_actor(), clock.now()
    code, placement = half_width(form.code.data) or "", str(form.placement.data or "")
    found = queries.access_placement(reader(), actor, placement) if placement else None
    sent = {"code": code, "placement": "" if code else placement}
    ring = slip_ring()

    def work(session: Any) -> tuple[dict[str, Any], Card | None]:
        device = device_at_this_browser(session, actor, here, now)
        fact = Fact(
            scan_no=_number(str(form.scan_no.data), sent, action, identity),
            here=here.id,
            device_at=now + timedelta(milliseconds=device.clock_offset_ms or 0),
            token=code,
            placement_id=found.id if found and not code else None,
            identity=identity,
            action=action,
        )
        answer = service.record_scan(session, actor, device, fact, ring, now=now)
        return answer, _card(session, actor, answer)

    answer, card = in_unit_of_work(work)
    mangled = was_mangled(typed(form.code)) and read_short_code(code) is not None
    return {"answer": answer, "card": card, "sent": sent, "mangled": mangled}


def _card(session: Any, actor: Actor, answer: dict[str, Any]) -> Card | None:
    """Return the card of whom an answer is about; None beyond the actor's own rooms."""
    if answer["placement"] is None:
        return None
    try:
        found = queries.access_placement(session, actor, answer["placement"])
    except NotFound:
        return None
    return queries.cards_of(session, [found.id]).get(found.id)


def _number(page: str, sent: dict[str, str], action: Action, identity: Identity) -> str:
    """Return a scan number: the page's own, and a mark of what was sent with it.

    A retry has the same one. A page that a browser kept, sent again with another slip, does not:
    it would otherwise be answered with the first person's seat.
    """
    said = "|".join((sent["code"], sent["placement"], action.value, identity.value))
    return f"{page}-{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def _wants_card() -> bool:
    return request.headers.get("X-Door") == FRAGMENT
