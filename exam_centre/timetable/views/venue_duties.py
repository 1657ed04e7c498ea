"""Who is on duty at a venue on its day, for whoever runs that day."""

from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue

from exam_centre.kernel import clock
from exam_centre.kernel.permissions import Permission
from exam_centre.timetable.queries.duty_lists import duties_of_day
from exam_centre.timetable.rules import DutyStatus
from exam_centre.timetable.views.blueprint import blueprint, way_to_venue
from exam_centre.venues.queries import access_venue
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader


@blueprint.get("/venues/<token:venue>/duties/<day:day>")
@requires(Permission.CLOSE_DAY)
def show_venue_duties(venue: str, day: date) -> ResponseReturnValue:
    """Show a venue's duties of a day; on that day one is given on from here."""
    actor = current_actor()
    found = access_venue(reader(), actor, venue)
    periods = duties_of_day(reader(), actor, found, day)
    return render_template(
        "timetable/venue_duties.html",
        venue=found,
        day=day,
        periods=periods,
        waiting=sum(
            line.status is not DutyStatus.ACCEPTED for _, lines in periods for line in lines
        ),
        is_today=day == clock.at_venue(clock.now(), found.time_zone).date(),
        way=way_to_venue(found, day),
    )
