"""The page of one room on the day: its state, its clocks, and the one thing to do now."""

from flask import render_template
from flask.typing import ResponseReturnValue

from exam_centre.admission.rules import AttendanceStatus, Identity
from exam_centre.invigilation import queries
from exam_centre.invigilation.forms import ActForm
from exam_centre.invigilation.queries import RoomView
from exam_centre.invigilation.views.blueprint import SEES, blueprint
from exam_centre.kernel import clock
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.queries import access_room_session, place_of_room_session
from exam_centre.timetable.queries.whereabouts import people_of_room
from exam_centre.venues.queries import layout_of, seats_of
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader

S = AttendanceStatus
MAP_KINDS = {
    S.EXPECTED: "blueprint",
    S.PRESENT: "yes",
    S.ABSENT: "no",
    S.REFUSED: "no",
    S.REMOVED: "no",
    S.VOIDED: "no",
}
LEGEND = (
    ("blueprint", say("no word yet")),
    ("yes", say("present")),
    ("attend", say("came late")),
    ("held", say("doubt about the person")),
    ("no", say("absent, not admitted or sent out")),
)


@blueprint.get("/rooms/<token:room>")
@requires(*SEES)
def show_room(room: str) -> ResponseReturnValue:
    """Show a room as it is now."""
    session, actor = reader(), current_actor()
    row = access_room_session(session, actor, room)
    seen = queries.room_view(session, row.id, clock.now())
    place = place_of_room_session(session, row.id)
    day = seen.day
    mine_first = day is not None and day.first_counter_id == actor.person_id
    return render_template(
        "invigilation/room.html",
        room=seen,
        spot=seen.spot,
        act_form=ActForm(formdata=None),
        layout=layout_of(session, row.room_id),
        seats=seats_of(session, row.room_id),
        map_kinds=map_kinds(seen),
        map_names={line.seat: line.name for line in seen.lines},
        legend=LEGEND,
        incidents=[(each, Sentence(each.text, each.facts)) for each in seen.incidents],
        staff=queries.staff_of_rooms(session, [row.id]).get(row.id, []),
        runs=actor.may(Permission.RUN_ROOM, place),
        closes=actor.may(Permission.CLOSE_DAY, place),
        i_counted_first=mine_first,
    )


@blueprint.get("/rooms/<token:room>/roll-call")
@requires(*SEES)
def roll_call(room: str) -> ResponseReturnValue:
    """Show who must be outside, seat by seat; the page needs no network once it is loaded."""
    session = reader()
    row = access_room_session(session, current_actor(), room)
    seen = queries.room_view(session, row.id, clock.now())
    return render_template(
        "invigilation/roll_call.html",
        room=seen,
        spot=seen.spot,
        staff=queries.staff_of_rooms(session, [row.id]).get(row.id, []),
        people=len(people_of_room(session, row.id)),
    )


def map_kinds(seen: RoomView) -> dict[int, str]:
    """Return {seat: how its desk is drawn}; of two people one after the other, who sits there now.

    A doubt about a person outweighs that they came late.
    """
    kinds: dict[int, str] = {}
    for line in seen.lines:
        if line.seat in kinds and line.starts_at > seen.now:
            continue
        kind = MAP_KINDS[line.status]
        if line.status is S.PRESENT and line.minutes_late:
            kind = "attend"
        doubt = Identity.UNSURE in (line.identity, line.recheck)
        if line.status is S.PRESENT and (doubt or line.recheck is Identity.MISMATCH):
            kind = "held"
        kinds[line.seat] = kind
    return kinds
