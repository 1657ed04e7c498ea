"""The counters of a venue's day board, asked for every few seconds while somebody looks at it."""

from datetime import date

from flask import Blueprint, Response, jsonify

from exam_centre.invigilation import queries
from exam_centre.invigilation.rules import STATUS_WORDS
from exam_centre.kernel import clock
from exam_centre.kernel.permissions import Permission
from exam_centre.timetable.queries.whereabouts import spots_in_scope
from exam_centre.venues.queries import access_venue
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.languages import at_time, said

blueprint = Blueprint("invigilation_api", __name__, url_prefix="/invigilation/api")


@blueprint.get("/venues/<token:venue>/<day:day>")
@requires(Permission.CLOSE_DAY)
def counters(venue: str, day: date) -> Response:
    """Return where each room of a venue's day stands.

    Out: {"at": "09:12", "rooms": {room: {"state": "Running", "status": "running", "due": 30,
    "expected": 2, "present": 27, "late": 1, "absent": 1, "refused": 0, "incidents": 0}}}; a room
    is named by its session's public id.
    """
    session, actor = reader(), current_actor()
    found = access_venue(session, actor, venue)
    spots = spots_in_scope(
        session,
        actor,
        *clock.day_at_venue(day, found.time_zone),
        permissions=[Permission.CLOSE_DAY],
        venue_id=found.id,
    )
    rooms = {
        state.spot.token: {
            "state": said(STATUS_WORDS[state.status]),
            "status": state.status.value if state.status else "",
            "due": state.due,
            "expected": state.expected,
            "present": state.present,
            "late": state.late,
            "absent": state.absent,
            "refused": state.refused,
            "incidents": state.incidents,
        }
        for state in queries.room_states(session, spots)
    }
    return jsonify(at=at_time(clock.now(), found.time_zone), rooms=rooms)
