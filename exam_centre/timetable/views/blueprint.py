"""Where the pages of the timetable hang, what the menu says, and the words they share."""

from datetime import date

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exam_centre.calendar.models import Series
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.models import Plan
from exam_centre.timetable.rules import (
    BROKEN_WORDS,
    PROBLEM_WORDS,
    DutyRole,
    DutyStatus,
    PlanStatus,
    Stage,
    UnplacedReason,
)
from exam_centre.venues.models import Venue
from exam_centre.webkit.database import reader
from exam_centre.webkit.navigation import NavItem

blueprint = Blueprint("timetable", __name__, url_prefix="/timetable")

PLANS = (Permission.PLAN_TIMETABLE, Permission.PUBLISH_TIMETABLE)
NAVIGATION = (
    NavItem(_l("Timetable"), "timetable.list_series", PLANS),
    NavItem(
        _l("My duties"),
        "timetable.my_duties",
        (Permission.RUN_ROOM, Permission.CHECK_IN, Permission.CLOSE_DAY),
    ),
    NavItem(_l("My calendar"), "timetable.my_calendar", (Permission.SEE_OWN,)),
)
Places = list[tuple[str, str | None]]

STATUS_WORDS: dict[PlanStatus, Sentence] = {
    PlanStatus.DRAFT: say("Draft"),
    PlanStatus.PROPOSED: say("Proposed, waits for a second person"),
    PlanStatus.TIME_PUBLISHED: say("Times published"),
    PlanStatus.ROOM_PUBLISHED: say("Rooms published"),
    PlanStatus.FROZEN: say("Frozen: slips may go out"),
    PlanStatus.DISCARDED: say("Discarded"),
}
STAGE_WORDS: dict[Stage, Sentence] = {
    Stage.TIME: say("Times published by"),
    Stage.ROOM: say("Rooms published by"),
    Stage.SLIPS: say("Slips allowed by"),
}
REASON_WORDS: dict[UnplacedReason, Sentence] = {
    UnplacedReason.CLASH_NOT_HOLDABLE: say("Papers clash"),
    UnplacedReason.ON_SHIFT: say("On shift"),
    UnplacedReason.NO_SEAT: say("No seat left"),
    UnplacedReason.NO_FITTING_ROOM: say("No room suits"),
    UnplacedReason.PAPER_TOO_LONG: say("Paper too long"),
}
ROLE_WORDS: dict[DutyRole, Sentence] = {
    DutyRole.CHIEF: say("Chief"),
    DutyRole.FIRST: say("First invigilator"),
    DutyRole.SECOND: say("Second invigilator"),
    DutyRole.ROVER: say("Rover"),
    DutyRole.SUPERVISOR: say("Supervisor of the isolated"),
}
DUTY_WORDS: dict[DutyStatus, Sentence] = {
    DutyStatus.OFFERED: say("Offered"),
    DutyStatus.ACCEPTED: say("Accepted"),
    DutyStatus.DECLINED: say("Declined"),
    DutyStatus.ON_DUTY: say("On duty"),
    DutyStatus.REPLACED: say("Somebody else goes"),
    DutyStatus.COMPLETED: say("Done"),
}
SCORE_WORDS: dict[str, Sentence] = {
    "unplaced": say("Entries without a seat"),
    "clashes": say("Clashes of one person's papers"),
    "on_shift": say("Papers during a shift"),
    "held_over": say("Papers held over"),
    "sittings_beyond": say("Sittings beyond two a paper"),
    "sittings": say("Sittings"),
    "travel_metres": say("Kilometres travelled"),
    "wishes_missed": say("Wished venues missed"),
    "same_day": say("Pairs of one person's papers on one day"),
    "room_sessions": say("Rooms opened"),
    "leftovers": say("Rooms of three people or fewer"),
    "beside_paper": say("People beside the same paper"),
    "beside_team": say("People beside their own team"),
}
WORDS = {
    "problem_words": PROBLEM_WORDS,
    "conflict_words": BROKEN_WORDS | SCORE_WORDS,
    "status_words": STATUS_WORDS,
    "stage_words": STAGE_WORDS,
    "reason_words": REASON_WORDS,
    "role_words": ROLE_WORDS,
    "duty_words": DUTY_WORDS,
    "score_words": SCORE_WORDS,
}


@blueprint.context_processor
def words() -> dict[str, object]:
    """Give every page of the room the words for its statuses."""
    return dict(WORDS)


def way_to(plan: Plan | None = None, series: Series | None = None) -> Places:
    """Return the breadcrumb down to a series or a plan; the page adds itself."""
    places: Places = [(_("Timetable"), url_for("timetable.list_series"))]
    if plan is not None:
        series = reader().get_one(Series, plan.series_id)
    if series is not None:
        places.append((series.name, url_for("timetable.show_series", code=series.code)))
    if plan is not None:
        words = _("Version %(number)s", number=plan.number)
        places.append((words, url_for("timetable.show_plan", token=plan.token)))
    return places


def way_to_venue(venue: Venue, day: date) -> Places:
    """Return the breadcrumb down to a venue's exam day; the page adds itself."""
    return [
        (_("Exam day"), url_for("invigilation.show_day", day=day)),
        (venue.name, url_for("invigilation.show_board", venue=venue.token, day=day)),
    ]
