"""The exam day and the day board of a venue: what is wrong first, then every room."""

from datetime import date, datetime
from itertools import groupby

from flask import render_template, request
from flask.typing import ResponseReturnValue

from exam_centre.accounts.queries import names_of
from exam_centre.admission.queries import recheck_coverage
from exam_centre.invigilation import queries
from exam_centre.invigilation.rules import FINISHED
from exam_centre.invigilation.views.blueprint import SEES, blueprint
from exam_centre.kernel import clock
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence
from exam_centre.timetable.queries.whereabouts import RoomSpot, spots_in_scope
from exam_centre.venues.queries import access_venue
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.languages import ZONE

ROOMS_SHOWN = 40  # more than one person runs in a day: then periods lead to boards alone


@blueprint.get("/")
@requires(*SEES)
def show_day() -> ResponseReturnValue:
    """Show an exam day: the rooms the reader runs, and the boards of the venues they close."""
    session, actor = reader(), current_actor()
    today = clock.at_venue(clock.now(), ZONE).date()
    days = queries.exam_days(session, actor, SEES, ZONE)
    day = _asked_day(days, today)
    starts, ends = clock.day_at_venue(day, ZONE)
    spots = spots_in_scope(session, actor, starts, ends, permissions=SEES)
    mine = queries.duties_in(session, actor.person_id, [s.room_session_id for s in spots])
    venues = [
        (venue, [(period, list(rooms)) for period, rooms in groupby(each, key=_period)])
        for venue, each in groupby(
            sorted(spots, key=lambda s: (s.venue, s.venue_token, s.starts_at, s.series, s.room)),
            key=_venue,
        )
    ]
    shown = spots if len(spots) <= ROOMS_SHOWN else [s for s in spots if s.room_session_id in mine]
    states = {state.spot.token: state for state in queries.room_states(session, shown)}
    return render_template(
        "invigilation/day.html",
        day=day,
        today=today,
        earlier=max((d for d in days if d < day), default=None),
        later=min((d for d in days if d > day), default=None),
        venues=venues,
        states=states,
        mine=[(spot, mine[spot.room_session_id]) for spot in spots if spot.room_session_id in mine],
        closes=actor.may(Permission.CLOSE_DAY),
    )


@blueprint.get("/venues/<token:venue>/<day:day>")
@requires(Permission.CLOSE_DAY)
def show_board(venue: str, day: date) -> ResponseReturnValue:
    """Show a venue's board: one day, or one of its periods."""
    session, actor = reader(), current_actor()
    found = access_venue(session, actor, venue)
    whole = clock.day_at_venue(day, found.time_zone)
    spots = spots_in_scope(
        session, actor, *whole, permissions=[Permission.CLOSE_DAY], venue_id=found.id
    )
    asked = request.args.get("period", "")
    wanted = [spot for spot in spots if asked in ("", spot.period)]
    rooms = [spot.room_session_id for spot in wanted]
    states = queries.room_states(session, wanted)
    incidents = queries.venue_incidents(session, found.id, rooms, *whole)
    done, due = recheck_coverage(session, rooms)
    closed = queries.closed_day(session, found.id, day)
    signed = [closed.closed_by_id, closed.countersigned_by_id] if closed else []
    names = names_of(session, signed)
    return render_template(
        "invigilation/board.html",
        venue=found,
        day=day,
        periods=list(dict.fromkeys((spot.period, spot.starts_at) for spot in spots)),
        asked=asked,
        states=states,
        incidents=[(row, Sentence(row.text, row.facts)) for row in incidents],
        room_codes={spot.room_session_id: spot.room for spot in wanted},
        laws=queries.laws_of_rooms(session, rooms),
        links=queries.links_of_rows(session, rooms),
        waiting=[state for state in states if state.status not in FINISHED],
        compared=(done, due),
        closed=closed,
        closed_by=[names[person_id] for person_id in signed],
        now=clock.now(),
    )


def _asked_day(days: list[date], today: date) -> date:
    """Return the day asked for, else today, else the next exam day, else the last one."""
    text = request.args.get("day", "")
    by_name = {day.isoformat(): day for day in days}
    if text in by_name:
        return by_name[text]
    if not days or today in days:
        return today
    return min((day for day in days if day > today), default=days[-1])


def _venue(spot: RoomSpot) -> tuple[str, str]:
    return spot.venue, spot.venue_token


def _period(spot: RoomSpot) -> tuple[str, str, datetime, str]:
    return spot.series_name, spot.period, spot.starts_at, spot.zone
