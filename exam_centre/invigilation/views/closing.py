"""Closing a venue's day: one list of what is still open, and the act that two people sign."""

from datetime import date
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.queries import names_of
from exam_centre.accounts.service import second_person
from exam_centre.invigilation import queries, service
from exam_centre.invigilation.forms import SignForm
from exam_centre.invigilation.rules import Check
from exam_centre.invigilation.views.blueprint import blueprint, tell
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.venues.models import Venue
from exam_centre.venues.queries import access_venue
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.second_person import second_signs

CHECK_WORDS: dict[Check, Sentence] = {
    Check.ROOMS: say("Rooms"),
    Check.ABSENTEES: say("Absentees"),
    Check.INCIDENTS: say("Incidents"),
    Check.BAGS: say("Bags and papers"),
    Check.COMPARED: say("Comparing people again"),
}
PAGES = {  # the kind of page a row is mended on -> its endpoint and what its address names
    "room": ("invigilation.show_room", "room"),
    "absentees": ("invigilation.absentees", "room"),
    "incident": ("conduct.show_incident", "incident"),
    "bag": ("custody.show_bag", "bag"),
    "bags": ("custody.list_room", "room"),
    "recheck": ("admission.recheck", "room"),
}


@blueprint.route("/venues/<token:venue>/<day:day>/close", methods=["GET", "POST"])
@second_signs
@requires(Permission.CLOSE_DAY)
def close_day(venue: str, day: date) -> ResponseReturnValue:
    """Say why the day can not be closed yet, or close it with two signatures."""
    found = access_venue(reader(), current_actor(), venue)
    form = SignForm.from_request()
    prove = partial(second_person, reader(), current_actor())
    second = form.second(prove) if form.submitted() else None
    if second is not None:
        try:
            with unit_of_work(serializable=True) as session:
                mine = access_venue(session, current_actor(), venue)
                service.close_day(
                    session, current_actor(), mine, day, second=second, now=clock.now()
                )
            flash(_("The day is closed. Two people signed. Print the report."), "success")
            return redirect(url_for(".close_day", venue=venue, day=day), 303)
        except Refusal as refusal:
            tell(refusal)
    return _shown(found, day, form)


def _shown(venue: Venue, day: date, form: SignForm) -> str:
    session = reader()
    states = queries.room_states(session, queries.spots_of_day(session, venue, day))
    checks = queries.day_checks(session, venue, day, states)
    rooms = [state.spot.room_session_id for state in states]
    links = {
        subject: _address(kind, token)
        for subject, (kind, token) in queries.links_of_checks(session, venue.id, rooms).items()
    }
    closed = queries.closed_day(session, venue.id, day)
    signed = [closed.closed_by_id, closed.countersigned_by_id] if closed else []
    return render_template(
        "invigilation/close_day.html",
        venue=venue,
        day=day,
        states=states,
        checks=checks,
        red=[each for each in checks if not each.green],
        check_words=CHECK_WORDS,
        links=links,
        closed=closed,
        names=names_of(session, signed),
        form=form,
    )


def _address(kind: str, token: str) -> str:
    endpoint, name = PAGES[kind]
    named: dict[str, Any] = {name: token}
    return url_for(endpoint, **named)
