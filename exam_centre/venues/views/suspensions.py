"""A venue suspended with a reason, and brought back."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.rules import ReasonMissing
from exam_centre.kernel import clock
from exam_centre.kernel.errors import IllegalMove
from exam_centre.kernel.permissions import Permission
from exam_centre.venues import queries, service
from exam_centre.venues.forms import StatusForm
from exam_centre.venues.views.menu import blueprint, way_to
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import typed


@blueprint.route("/<token:venue>/suspend", methods=["GET", "POST"])
@requires(Permission.REVIEW_VENUE)
def suspend_venue(venue: str) -> ResponseReturnValue:
    """Keep a venue from being used; the next page says what stands there in plans."""
    actor = current_actor()
    known = queries.access_venue(reader(), actor, venue)
    form = StatusForm.from_request()
    if form.submitted():
        with saving({ReasonMissing: form.reason, IllegalMove: form.reason}) as session:
            service.suspend_venue(
                session,
                actor,
                queries.access_venue(session, actor, venue),
                reason=typed(form.reason),
                now=clock.now(),
            )
        if not form.errors:
            return done(
                _("The venue is suspended. Look at what was planned there."),
                "timetable.show_at_venue",
                venue=venue,
            )
    return render_template("venues/suspend.html", form=form, venue=known, way=way_to(known))


@blueprint.route("/<token:venue>/bring-back", methods=["GET", "POST"])
@requires(Permission.REVIEW_VENUE)
def bring_back_venue(venue: str) -> ResponseReturnValue:
    """Let a suspended venue be used again."""
    actor = current_actor()
    known = queries.access_venue(reader(), actor, venue)
    form = StatusForm.from_request()
    if form.submitted():
        with saving({ReasonMissing: form.reason, IllegalMove: form.reason}) as session:
            service.bring_back_venue(
                session,
                actor,
                queries.access_venue(session, actor, venue),
                reason=typed(form.reason),
                now=clock.now(),
            )
        if not form.errors:
            return done(_("The venue may be used again."), ".show_venue", venue=venue)
    return render_template(
        "venues/bring_back.html",
        form=form,
        venue=known,
        way=way_to(known),
        suspension=queries.open_suspension(reader(), known.id),
    )
