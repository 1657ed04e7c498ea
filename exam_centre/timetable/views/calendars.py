"""One's own exams and duties for a calendar: as a file, and at a secret address to subscribe to."""

from flask import Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.sentences import say
from exam_centre.timetable import queries, service
from exam_centre.timetable.documents import own_calendar
from exam_centre.timetable.forms import EmptyForm
from exam_centre.timetable.queries.calendars import Certainty
from exam_centre.timetable.views.blueprint import blueprint
from exam_centre.webkit.access import current_actor, public, signed_in
from exam_centre.webkit.database import reader
from exam_centre.webkit.languages import language
from exam_centre.webkit.limits import TRIES_PER_ADDRESS, limiter


@blueprint.get("/calendar")
@signed_in
def my_calendar() -> ResponseReturnValue:
    """Show how one's own exams and duties come into a calendar."""
    return _show()


@blueprint.get("/calendar.ics")
@signed_in
def download_calendar() -> Response:
    """Give one's own exams and duties as a calendar file."""
    content = _calendar_of(current_actor().human(), language())
    heads = {"Content-Disposition": 'attachment; filename="calendar.ics"'}
    return Response(content, content_type="text/calendar; charset=utf-8", headers=heads)


@blueprint.get("/calendar/<token:secret>.ics")
@limiter.limit(TRIES_PER_ADDRESS)
@public
def subscribed_calendar(secret: str) -> Response:
    """Give a calendar program what its owner's secret address stands for; signed in or not."""
    found = queries.person_of_address(reader(), secret)
    if found is None:
        raise NotFound(say("calendar"))
    return Response(_calendar_of(*found), content_type="text/calendar; charset=utf-8")


@blueprint.post("/calendar/address")
@signed_in
def make_address() -> ResponseReturnValue:
    """Make a secret address, or a new one that ends the one before; it is shown this once."""
    if not EmptyForm.from_request().submitted():
        return _show(), 400
    with unit_of_work() as session:
        secret = service.new_calendar_address(
            session, current_actor(), language=language(), now=clock.now()
        )
    # Not redirected: only the hash is kept, so this answer alone can show it.
    return _show(current_app.config["EXAM_CENTRE"].public_url + _path(secret))


@blueprint.post("/calendar/address/end")
@signed_in
def end_address() -> ResponseReturnValue:
    """End one's own secret address."""
    if not EmptyForm.from_request().submitted():
        return _show(), 400
    with unit_of_work() as session:
        service.end_calendar_address(session, current_actor(), now=clock.now())
    flash(_("The address is dead: calendars that asked there get no more news."), "success")
    return redirect(url_for(".my_calendar"), 303)


def _show(address: str = "") -> str:
    events = queries.own_events(reader(), current_actor().human())
    now = clock.now()
    return render_template(
        "timetable/calendar.html",
        ahead=[e for e in events if e.ends_at >= now and e.certainty is not Certainty.CANCELLED],
        address=address,
        known=queries.calendar_address(reader(), current_actor().human()),
        form=EmptyForm(formdata=None),
    )


def _path(secret: str) -> str:
    return url_for(".subscribed_calendar", secret=secret)


def _calendar_of(person_id: int, tongue: str) -> bytes:
    host = current_app.config["EXAM_CENTRE"].public_url.split("//", 1)[1].split("/")[0]
    events = queries.own_events(reader(), person_id)
    return own_calendar(events, host.split(":")[0], tongue, clock.now())
