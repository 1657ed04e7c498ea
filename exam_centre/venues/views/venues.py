"""The list of venues, one venue, and asking for a new one."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.queries import names_of
from exam_centre.kernel import clock
from exam_centre.kernel.permissions import Permission
from exam_centre.organisation.models import Park
from exam_centre.organisation.queries import access_park, access_unit, parks_within, units_within
from exam_centre.organisation.rules import CodeTaken, WrongPosition
from exam_centre.venues import queries, service
from exam_centre.venues.forms import ApplyAgainForm, ApplyForm
from exam_centre.venues.models import VenueApplication
from exam_centre.venues.rules import (
    APPLICATION_KIND_SENTENCES,
    APPLICATION_SENTENCES,
    ROOM_KIND_SENTENCES,
    VENUE_KIND_SENTENCES,
    VENUE_SENTENCES,
    ApplicationKind,
    ApplicationOpen,
    ApplicationStatus,
    ParkElsewhere,
    VenueKind,
    VenueStatus,
)
from exam_centre.venues.views.menu import SEERS, blueprint, way_to
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import typed
from exam_centre.webkit.paging import asked_window

# What may be asked about a venue the records know.
KINDS_AGAIN: dict[VenueStatus, tuple[ApplicationKind, ...]] = {
    VenueStatus.APPLIED: (ApplicationKind.CHANGE,),
    VenueStatus.APPROVED: (ApplicationKind.CONTINUE, ApplicationKind.CHANGE),
    VenueStatus.SUSPENDED: (ApplicationKind.CONTINUE, ApplicationKind.CHANGE),
    VenueStatus.REFUSED: (ApplicationKind.NEW,),
    VenueStatus.WITHDRAWN: (ApplicationKind.CHANGE,),
}


@blueprint.get("/")
@requires(*SEERS)
def list_venues() -> ResponseReturnValue:
    """Show the venues within reach, park by park, and find one."""
    window = asked_window("status")
    asked = window.kept.get("status", "")
    status = VenueStatus(asked) if asked in set(VenueStatus) else None
    lines, total = queries.list_venues(
        reader(),
        current_actor(),
        text=window.text,
        status=status,
        offset=window.offset,
        limit=window.limit,
    )
    return render_template(
        "venues/list.html",
        page=window.page(lines, total),
        status=status,
        parks=queries.parks_with_venues(reader(), current_actor()),
        statuses=VENUE_SENTENCES,
        kinds=VENUE_KIND_SENTENCES,
        may_apply=bool(units_within(reader(), current_actor(), [Permission.APPLY_FOR_VENUE])),
    )


@blueprint.get("/<token:venue>")
@requires(*SEERS)
def show_venue(venue: str) -> ResponseReturnValue:
    """Show one venue: whether it may be used, its rooms, and how it was approved."""
    found = queries.access_venue(reader(), current_actor(), venue)
    rooms = queries.rooms_of(reader(), [found.id])
    applications = queries.applications_of(reader(), found.id)
    steps = {
        application.id: queries.steps_of(reader(), application.id) for application in applications
    }
    suspensions = queries.suspensions_of(reader(), found.id)
    humans = [step.person_id for taken in steps.values() for step in taken]
    humans += [row.suspended_by_id for row in suspensions]
    humans += [row.lifted_by_id for row in suspensions if row.lifted_by_id]
    withdrawal = queries.withdrawal_of(reader(), found.id)
    if withdrawal is not None:
        humans += [withdrawal.withdrawn_by_id, withdrawal.second_id or 0]
    place = queries.place_of_venue(reader(), found.id)
    actor = current_actor()
    return render_template(
        "venues/venue.html",
        venue=found,
        way=way_to(found),
        park=reader().get_one(Park, found.park_id),
        rooms=rooms,
        seats=queries.seats_of_rooms(reader(), [room.id for room in rooms]),
        applications=applications,
        steps=steps,
        names=names_of(reader(), humans + [a.applied_by_id for a in applications]),
        statuses=VENUE_SENTENCES,
        kinds=VENUE_KIND_SENTENCES,
        room_kinds=ROOM_KIND_SENTENCES,
        asked_words=APPLICATION_KIND_SENTENCES,
        reached_words=APPLICATION_SENTENCES,
        refused=ApplicationStatus.REFUSED,
        may_run=actor.may(Permission.RUN_VENUE, place),
        may_apply=actor.may(Permission.APPLY_FOR_VENUE, place)
        and found.status is not VenueStatus.WITHDRAWN,
        may_review=actor.may(Permission.REVIEW_VENUE, place),
        may_plan=actor.may(Permission.PLAN_TIMETABLE),
        suspensions=suspensions,
        withdrawal=withdrawal,
        may_open=actor.may(Permission.APPLY_FOR_VENUE, place)
        or actor.may(Permission.REVIEW_VENUE, place),
    )


@blueprint.route("/apply", methods=["GET", "POST"])
@requires(Permission.APPLY_FOR_VENUE)
def apply() -> ResponseReturnValue:
    """Ask for a new venue."""
    actor = current_actor()
    units = units_within(reader(), actor, [Permission.APPLY_FOR_VENUE])
    parks = parks_within(reader(), actor, [Permission.APPLY_FOR_VENUE])
    form = ApplyForm.from_request(unit=units[-1].code if units else None)
    form.unit.choices = [(unit.code, unit.name) for unit in units]
    form.park.choices = [(park.code, park.name) for park in parks]
    if form.submitted() and form.latitude.data is not None and form.longitude.data is not None:
        refused_at = {
            CodeTaken: form.code,
            ParkElsewhere: form.park,
            WrongPosition: form.latitude,
        }
        with saving(refused_at) as session:
            application = service.apply_for_venue(
                session,
                actor,
                access_unit(session, actor, form.unit.data),
                access_park(session, actor, form.park.data),
                code=typed(form.code),
                name=typed(form.name),
                kind=VenueKind(form.kind.data),
                latitude=form.latitude.data,
                longitude=form.longitude.data,
                statement=typed(form.statement),
                now=clock.now(),
            )
        if not form.errors:
            return _filed(application)
    return render_template(
        "venues/apply.html", form=form, way=way_to(), can_apply=bool(units and parks)
    )


@blueprint.route("/<token:venue>/apply", methods=["GET", "POST"])
@requires(Permission.APPLY_FOR_VENUE)
def apply_again(venue: str) -> ResponseReturnValue:
    """Ask to go on with, or to change, a venue the records know."""
    actor = current_actor()
    known = queries.access_venue(reader(), actor, venue)
    kinds = KINDS_AGAIN[known.status]
    form = ApplyAgainForm.from_request(kind=request.args.get("kind", kinds[0].value))
    form.offer(kinds)
    if form.submitted():
        with saving({ApplicationOpen: form.kind}) as session:
            application = service.apply_again(
                session,
                actor,
                queries.access_venue(session, actor, venue),
                kind=form.asked(),
                statement=typed(form.statement),
                now=clock.now(),
            )
        if not form.errors:
            return _filed(application)
    return render_template("venues/apply_again.html", form=form, venue=known, way=way_to(known))


def _filed(application: VenueApplication) -> ResponseReturnValue:
    return done(
        _("The application is filed. The next level reviews it."),
        ".show_application",
        application=application.token,
    )
