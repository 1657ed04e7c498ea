"""What is done to a room on the day, one act a page: nothing happens on a page that only shows."""

from collections.abc import Callable
from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.service import second_person
from exam_centre.admission.queries import recheck_coverage
from exam_centre.invigilation import queries, service
from exam_centre.invigilation.forms import (
    ActForm,
    CountForm,
    ReasonForm,
    SignForm,
)
from exam_centre.invigilation.queries import RoomView
from exam_centre.invigilation.rules import Count
from exam_centre.invigilation.views.blueprint import SEES, blueprint, tell
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import NotFound, Refusal
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.queries import access_room_session
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import SafeForm, typed
from exam_centre.webkit.languages import said
from exam_centre.webkit.second_person import SecondPersonForm, second_signs

RUN = Permission.RUN_ROOM


@blueprint.post("/rooms/<token:room>/prepare")
@requires(*SEES)
def prepare(room: str) -> ResponseReturnValue:
    """Make the room's day: everybody placed there is expected."""
    with unit_of_work() as session:
        row = access_room_session(session, current_actor(), room)
        service.prepare_room(session, current_actor(), row.id, now=clock.now())
    flash(_("The room is prepared. Everybody placed here is expected."), "success")
    return _to_room(room)


@blueprint.post("/rooms/<token:room>/start")
@requires(RUN)
def start(room: str) -> ResponseReturnValue:
    """Start the room's clock."""
    return _press(room, service.start_clock, say("The clock of this room runs."))


@blueprint.post("/rooms/<token:room>/resume")
@requires(RUN)
def resume(room: str) -> ResponseReturnValue:
    """Go on after a stoppage; everybody gets the time back."""
    return _press(
        room, service.resume_clock, say("The clock goes on. Everybody got the time back.")
    )


@blueprint.route("/rooms/<token:room>/stop", methods=["GET", "POST"])
@requires(RUN)
def stop(room: str) -> ResponseReturnValue:
    """Stop the room's clock, with a reason."""
    form = ReasonForm.from_request()
    act = partial(service.stop_clock, reason=typed(form.reason))
    return _act(
        room,
        form,
        act,
        title=say("Stop the clock"),
        button=say("Stop the clock"),
        hint=say("Nobody writes while it stands. Everybody gets the time back when it goes on."),
        done=say("The clock stands."),
    )


@blueprint.route("/rooms/<token:room>/cancel", methods=["GET", "POST"])
@requires(Permission.CLOSE_DAY)
def cancel(room: str) -> ResponseReturnValue:
    """Give the room up before it runs."""
    form = ReasonForm.from_request()
    return _act(
        room,
        form,
        partial(service.cancel_room, reason=typed(form.reason)),
        title=say("Cancel this room"),
        button=say("Cancel the room"),
        hint=say("This can not be undone. Its people need other seats: tell the exam office."),
        done=say("The room is cancelled."),
        seal=True,
    )


@blueprint.route("/rooms/<token:room>/open", methods=["GET", "POST"])
@second_signs
@requires(RUN)
def open_room(room: str) -> ResponseReturnValue:
    """Open the room, before two people."""
    form = SignForm.from_request()
    return _act(
        room,
        form,
        _with_second(form, service.open_room),
        title=say("Open this room"),
        button=say("Open the room"),
        hint=say("Both of you saw the papers whole, the desks in place and the clock right."),
        done=say("The room is open. Two people signed."),
        seal=True,
    )


@blueprint.route("/rooms/<token:room>/close", methods=["GET", "POST"])
@second_signs
@requires(RUN)
def close(room: str) -> ResponseReturnValue:
    """Close the register with two signatures."""
    form = SignForm.from_request()
    return _act(
        room,
        form,
        _with_second(form, service.close_room),
        title=say("Close the register"),
        button=say("Close the register"),
        hint=say("From here on only a correction with evidence changes who was here."),
        done=say("The register is closed. Two people signed. Now count the scripts."),
        seal=True,
    )


@blueprint.route("/rooms/<token:room>/count", methods=["GET", "POST"])
@requires(RUN)
def count(room: str) -> ResponseReturnValue:
    """Count the scripts; what another person counted is never shown."""
    form = CountForm.from_request()
    if form.submitted():
        try:
            with unit_of_work() as session:
                outcome = service.count_scripts(
                    session,
                    current_actor(),
                    queries.day_in_scope(session, current_actor(), room),
                    count=form.count.data or 0,
                    now=clock.now(),
                )
            _tell_count(outcome)
            return _to_room(room)
        except Refusal as refusal:
            tell(refusal)
    seen = _seen(room)
    return render_template("invigilation/count.html", form=form, room=seen, spot=seen.spot)


@blueprint.route("/rooms/<token:room>/reconcile", methods=["GET", "POST"])
@requires(Permission.CLOSE_DAY)
def reconcile(room: str) -> ResponseReturnValue:
    """Declare the room's day complete, once nothing speaks against it."""
    form = ActForm.from_request()
    if form.submitted():
        try:
            with unit_of_work(serializable=True) as session:
                day = queries.day_in_scope(session, current_actor(), room)
                service.reconcile(session, current_actor(), day, now=clock.now())
            flash(_("The room is reconciled. Marking may begin."), "success")
            return _to_room(room)
        except Refusal as refusal:
            tell(refusal)
    seen = _seen(room)
    session, here = reader(), [seen.spot.room_session_id]
    return render_template(
        "invigilation/reconcile.html",
        form=form,
        room=seen,
        spot=seen.spot,
        laws=queries.laws_of_rooms(session, here),
        links=queries.links_of_rows(session, here),
        incidents=[(each, Sentence(each.text, each.facts)) for each in seen.incidents],
        compared=recheck_coverage(session, here),
    )


def _press(room: str, act: Callable[..., object], done: Sentence) -> ResponseReturnValue:
    """Do an act that is one button on the room's page, and go back to it."""
    if ActForm.from_request().submitted():
        try:
            with unit_of_work() as session:
                day = queries.day_in_scope(session, current_actor(), room)
                act(session, current_actor(), day, now=clock.now())
            flash(said(done), "success")
        except Refusal as refusal:
            tell(refusal)
    return _to_room(room)


def _act(
    room: str,
    form: SafeForm,
    act: Callable[..., object] | None,
    *,
    title: Sentence,
    button: Sentence,
    hint: Sentence,
    done: Sentence,
    seal: bool = False,
) -> ResponseReturnValue:
    """Show the page of one act, or do it. `act` None: the second person did not sign."""
    if act is not None and form.submitted():
        try:
            with unit_of_work() as session:
                day = queries.day_in_scope(session, current_actor(), room)
                act(session, current_actor(), day, now=clock.now())
            flash(said(done), "success")
            return _to_room(room)
        except Refusal as refusal:
            tell(refusal)
    seen = _seen(room)
    return render_template(
        "invigilation/act.html",
        form=form,
        room=seen,
        spot=seen.spot,
        title=title,
        button=button,
        hint=hint,
        seal=seal,
    )


def _with_second(
    form: SecondPersonForm, act: Callable[..., object]
) -> Callable[..., object] | None:
    """Return the act with its second signature, or None where nobody signed it."""
    second = _second(form) if form.submitted() else None
    return partial(act, second=second) if second else None


def _second(form: SecondPersonForm) -> Actor | None:
    return form.second(partial(second_person, reader(), current_actor()))


def _seen(room: str) -> RoomView:
    """Return a prepared room the actor runs or closes. Raises NotFound."""
    session = reader()
    row = access_room_session(session, current_actor(), room)
    seen = queries.room_view(session, row.id, clock.now())
    if seen.day is None:
        raise NotFound(say("room"))
    return seen


def _tell_count(outcome: Count) -> None:
    if outcome is Count.FIRST_KEPT:
        flash(_("Your count is kept. Somebody else counts now, and does not see it."), "attend")
    elif outcome is Count.AGREED:
        flash(_("Two people counted alike."), "success")
    else:
        flash(_("Two counts differ. An incident is open: both count again."), "problem")


def _to_room(room: str) -> ResponseReturnValue:
    return redirect(url_for(".show_room", room=room), 303)
