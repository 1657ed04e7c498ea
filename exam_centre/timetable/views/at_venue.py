"""What stands at one venue in plans, what to do where it is not to be used, and its last day."""

from functools import partial

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.rules import ReasonMissing
from exam_centre.accounts.service import second_person
from exam_centre.kernel import clock
from exam_centre.kernel.errors import Forbidden, IllegalMove, SamePerson
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable import service
from exam_centre.timetable.forms import WithdrawByTwoForm, WithdrawForm
from exam_centre.timetable.queries.at_venue import (
    StandingAtVenue,
    duties_at_venue,
    roles_of,
    standing_at_venue,
)
from exam_centre.timetable.rules import PlanStatus, SecondPersonNeeded
from exam_centre.timetable.views.blueprint import PLANS, blueprint
from exam_centre.venues.models import Venue
from exam_centre.venues.queries import (
    access_venue,
    bookings_ahead,
    open_suspension,
    withdrawal_of,
)
from exam_centre.venues.rules import VENUE_SENTENCES, VenueStatus
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import typed
from exam_centre.webkit.second_person import second_signs

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
        reason=_reason(found),
        may_plan=any(current_actor().may(permission) for permission in PLANS),
    )


@blueprint.route("/venues/<token:venue>/withdraw", methods=["GET", "POST"])
@second_signs
@requires(Permission.REVIEW_VENUE)
def withdraw_venue(venue: str) -> ResponseReturnValue:
    """Take a venue out of use for good, with everything that stands on it in sight."""
    actor, now = current_actor(), clock.now()
    known = access_venue(reader(), actor, venue)
    lines = standing_at_venue(reader(), known.id, now)
    two = service.is_public(lines)
    form = (WithdrawByTwoForm if two else WithdrawForm).from_request()
    if form.submitted():
        second = None
        if isinstance(form, WithdrawByTwoForm):
            second = form.second(partial(second_person, reader(), actor))
        if second is not None or not two:
            refused_at = {
                ReasonMissing: form.reason,
                IllegalMove: form.reason,
                SecondPersonNeeded: form.reason,
                SamePerson: form.reason,
                Forbidden: form.reason,
            }
            with saving(refused_at) as session:
                told = service.withdraw_venue(
                    session,
                    actor,
                    access_venue(session, actor, venue),
                    reason=typed(form.reason),
                    second=second,
                    now=now,
                )
            if not form.errors:
                return _withdrawn(venue, told)
    return _withdraw_page(known, form, lines, two)


def _withdrawn(venue: str, told: service.Told) -> ResponseReturnValue:
    flash(
        _(
            "Told: %(candidates)s candidates, %(staff)s of the staff, %(planners)s planners.",
            candidates=told.candidates,
            staff=told.staff,
            planners=told.planners,
        ),
        "attend",
    )
    words = _("The venue is withdrawn. Look at what was planned there.")
    return done(words, ".show_at_venue", venue=venue)


def _withdraw_page(
    venue: Venue, form: WithdrawForm, lines: list[StandingAtVenue], two: bool
) -> str:
    duties = duties_at_venue(reader(), venue.id, clock.now())
    return render_template(
        "timetable/withdraw_venue.html",
        venue=venue,
        form=form,
        two=two,
        lines=lines,
        roles=roles_of(duties),
        bookings=bookings_ahead(reader(), venue.id, clock.now()),
        possible=venue.status in (VenueStatus.APPROVED, VenueStatus.SUSPENDED),
        venue_word=VENUE_SENTENCES[venue.status],
    )


def _reason(venue: Venue) -> str:
    """Return why a venue is not to be used, "" where it is."""
    suspension = open_suspension(reader(), venue.id)
    row = withdrawal_of(reader(), venue.id) or suspension
    return row.reason if row else ""
