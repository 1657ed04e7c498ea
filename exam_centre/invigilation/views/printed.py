"""What is printed of a room and of a venue's day."""

from datetime import date

from flask import Response

from exam_centre.accounts.queries import names_of
from exam_centre.adapters.pdf import Document, Fonts, draw
from exam_centre.admission.queries import recheck_coverage
from exam_centre.conduct.queries import incidents_in_scope
from exam_centre.invigilation import documents, queries
from exam_centre.invigilation.views.blueprint import SEES, blueprint
from exam_centre.kernel import clock
from exam_centre.kernel.permissions import Permission
from exam_centre.timetable.queries import access_room_session
from exam_centre.timetable.queries.whereabouts import room_spots, spots_in_scope
from exam_centre.venues.queries import access_venue
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.languages import language, on_day
from exam_centre.webkit.printing import as_pdf, assets_dir


@blueprint.get("/rooms/<token:room>/record-sheet.pdf")
@requires(*SEES)
def record_sheet(room: str) -> Response:
    """Print a room's record sheet."""
    session = reader()
    row = access_room_session(session, current_actor(), room)
    seen = queries.room_view(session, row.id, clock.now())
    day = seen.day
    signed = [p for p in (day.closed_by_id, day.countersigned_by_id) if p] if day else []
    return _pdf(
        documents.room_record_sheet(
            seen,
            queries.paper_bags(session, row.id),
            names_of(session, signed),
            queries.staff_of_rooms(session, [row.id]).get(row.id, []),
            language=language(),
        )
    )


@blueprint.get("/rooms/<token:room>/roll-call.pdf")
@requires(*SEES)
def print_roll_call(room: str) -> Response:
    """Print a room's evacuation roll call, best before it is needed."""
    session = reader()
    row = access_room_session(session, current_actor(), room)
    seen = queries.room_view(session, row.id, clock.now())
    staff = queries.staff_of_rooms(session, [row.id]).get(row.id, [])
    return _pdf(documents.roll_call(seen, staff, language=language()))


@blueprint.get("/rooms/<token:room>/absentees.pdf")
@requires(*SEES)
def print_absentees(room: str) -> Response:
    """Print who was absent in a room, and the two people who said so."""
    session = reader()
    row = access_room_session(session, current_actor(), room)
    seen = queries.room_view(session, row.id, clock.now())
    said_by = queries.who_said_absent(session, row.id)
    return _pdf(documents.absentee_list(seen, said_by, language=language()))


@blueprint.get("/rooms/<token:room>/duty-card.pdf")
@requires(*SEES)
def print_duty_card(room: str) -> Response:
    """Print the card that everybody on duty in a room carries, with what to say when."""
    session = reader()
    row = access_room_session(session, current_actor(), room)
    seen = queries.room_view(session, row.id, clock.now())
    staff = queries.staff_of_rooms(session, [row.id]).get(row.id, [])
    needs = documents.Needs(queries.seats_with_needs(session, row.id, seen.spot.series_id))
    return _pdf(documents.duty_card(seen, staff, needs, language=language()))


@blueprint.get("/rooms/<token:room>/held-over-log.pdf")
@requires(*SEES)
def print_held_over_log(room: str) -> Response:
    """Print the log of who waits in this room between two papers; blank where nobody does."""
    session = reader()
    row = access_room_session(session, current_actor(), room)
    spot = room_spots(session, [row.id])[row.id]
    people = queries.held_people(session, row.id)
    return _pdf(documents.held_over_log(spot, people, language=language()))


@blueprint.get("/venues/<token:venue>/<day:day>/report.pdf")
@requires(Permission.CLOSE_DAY)
def day_report(venue: str, day: date) -> Response:
    """Print a venue's day report, as the day stands now."""
    session, actor = reader(), current_actor()
    found = access_venue(session, actor, venue)
    whole = clock.day_at_venue(day, found.time_zone)
    spots = spots_in_scope(
        session, actor, *whole, permissions=[Permission.CLOSE_DAY], venue_id=found.id
    )
    rooms = [spot.room_session_id for spot in spots]
    incidents, _total = incidents_in_scope(session, actor, venue_id=found.id, happened=whole)
    closed = queries.closed_day(session, found.id, day)
    signed = [closed.closed_by_id, closed.countersigned_by_id] if closed else []
    names = names_of(session, signed)
    states = queries.room_states(session, queries.spots_of_day(session, found, day))
    return _pdf(
        documents.day_report(
            queries.room_states(session, spots),
            queries.laws_of_rooms(session, rooms),
            incidents,
            queries.heads_of_day(session, found.id, day),
            venue=found.name,
            code=found.code,
            day=on_day(day),
            compared=recheck_coverage(session, rooms),
            ending=documents.Ending(
                queries.day_checks(session, found, day, states),
                closed,
                [names[person_id] for person_id in signed],
                found.time_zone,
            ),
            number=f"VD-{found.code}-{day:%Y%m%d}",
            language=language(),
        )
    )


def _pdf(document: Document) -> Response:
    return as_pdf(draw(document, Fonts.from_assets(assets_dir())), document.number)
