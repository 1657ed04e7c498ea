"""The queue of applications, and the review of one."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.queries import names_of
from exam_centre.accounts.rules import ReasonMissing
from exam_centre.kernel import clock
from exam_centre.kernel.errors import SamePerson
from exam_centre.kernel.permissions import Permission
from exam_centre.organisation.models import Park, Unit
from exam_centre.venues import queries, service
from exam_centre.venues.forms import ReviewForm
from exam_centre.venues.models import Venue
from exam_centre.venues.rules import (
    APPLICATION_KIND_SENTENCES,
    APPLICATION_SENTENCES,
    VENUE_KIND_SENTENCES,
    ApplicationStatus,
    ReviewElsewhere,
    ReviewOver,
)
from exam_centre.venues.views.menu import blueprint, way_to
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import typed


@blueprint.get("/applications")
@requires(Permission.APPLY_FOR_VENUE, Permission.REVIEW_VENUE)
def list_applications() -> ResponseReturnValue:
    """Show what waits for a review: one's own turn first."""
    lines = queries.list_applications(reader(), current_actor())
    return render_template(
        "venues/applications.html",
        way=way_to(),
        mine=[line for line in lines if line.is_mine],
        others=[line for line in lines if not line.is_mine],
        kinds=APPLICATION_KIND_SENTENCES,
    )


@blueprint.get("/applications/<token:application>")
@requires(Permission.APPLY_FOR_VENUE, Permission.REVIEW_VENUE)
def show_application(application: str) -> ResponseReturnValue:
    """Show one application, who reviewed it so far, and whose turn it is."""
    return _page(application, ReviewForm(formdata=None))


@blueprint.post("/applications/<token:application>")
@requires(Permission.REVIEW_VENUE)
def review(application: str) -> ResponseReturnValue:
    """Take the application one level up, or refuse it."""
    form = ReviewForm.from_request()
    if form.submitted():
        approve = form.decision.data == "approve"
        refused_at = {ReasonMissing: form.reason} | dict.fromkeys(
            (SamePerson, ReviewElsewhere, ReviewOver), form.decision
        )
        with saving(refused_at) as session:
            service.review_application(
                session,
                current_actor(),
                queries.access_application(session, current_actor(), application),
                approve=approve,
                reason=typed(form.reason),
                now=clock.now(),
            )
        if not form.errors:
            return done(_("Your review is signed."), ".list_applications")
    return _page(application, form)


def _page(token: str, form: ReviewForm) -> ResponseReturnValue:
    session, actor = reader(), current_actor()
    found = queries.access_application(session, actor, token)
    venue = session.get_one(Venue, found.venue_id)
    steps = queries.steps_of(session, found.id)
    line = queries.line_of(session, actor, found, venue)
    return render_template(
        "venues/application.html",
        form=form,
        way=way_to(venue),
        application=found,
        venue=venue,
        park=session.get_one(Park, venue.park_id),
        unit=session.get_one(Unit, venue.unit_id),
        line=line,
        steps=steps,
        names=names_of(session, [step.person_id for step in steps] + [found.applied_by_id]),
        kinds=APPLICATION_KIND_SENTENCES,
        venue_kinds=VENUE_KIND_SENTENCES,
        words=APPLICATION_SENTENCES,
        refused=ApplicationStatus.REFUSED,
        may_review=line.is_mine,
    )
