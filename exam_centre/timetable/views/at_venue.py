"""What stands at one venue in plans, and what to do about it where the venue is not to be used."""

from flask import render_template
from flask.typing import ResponseReturnValue

from exam_centre.kernel import clock
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.queries.at_venue import standing_at_venue
from exam_centre.timetable.rules import PlanStatus
from exam_centre.timetable.views.blueprint import PLANS, blueprint
from exam_centre.venues.queries import access_venue, open_suspension
from exam_centre.venues.rules import VENUE_SENTENCES, VenueStatus
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader

NEW_VERSION = say(
    "Candidates were told these seats. Draw up a new version, move everybody away from here, and "
    "publish it."
)
TO_DO: dict[PlanStatus, Sentence] = {
    PlanStatus.DRAFT: say("Nobody was told yet. Move everybody away from here, then propose it."),
    PlanStatus.PROPOSED: say("Take the proposal back, then move everybody away from here."),
    PlanStatus.TIME_PUBLISHED: NEW_VERSION,
    PlanStatus.ROOM_PUBLISHED: NEW_VERSION,
    PlanStatus.FROZEN: NEW_VERSION,
}


@blueprint.get("/venues/<token:venue>")
@requires(*PLANS, Permission.REVIEW_VENUE)
def show_at_venue(venue: str) -> ResponseReturnValue:
    """Show how many placements of which plans stand at a venue from now on."""
    found = access_venue(reader(), current_actor(), venue)
    lines = standing_at_venue(reader(), found.id, clock.now())
    return render_template(
        "timetable/at_venue.html",
        venue=found,
        lines=lines,
        total=sum(line.placements for line in lines),
        to_do=TO_DO,
        is_usable=found.status is VenueStatus.APPROVED,
        venue_word=VENUE_SENTENCES[found.status],
        suspension=open_suspension(reader(), found.id),
        may_plan=any(current_actor().may(permission) for permission in PLANS),
    )
