"""By hand in a draft: what was moved, undoing it step by step, locks, and the conflicts now."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import place_of_series
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable import queries, service
from exam_centre.timetable.forms import EmptyForm, LockForm, ReasonForm
from exam_centre.timetable.models import Plan
from exam_centre.timetable.queries import lists
from exam_centre.timetable.queries.effects import conflicts_of
from exam_centre.timetable.queries.lockable import what_is_called
from exam_centre.timetable.queries.locks import access_lock, locks_of
from exam_centre.timetable.queries.spots import acts_of
from exam_centre.timetable.queries.why import read_plan
from exam_centre.timetable.rules import MoveKind, NothingToPlan, PlanStatus
from exam_centre.timetable.views.blueprint import PLANS, blueprint, way_to
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.errors import STATUS_OF_KIND
from exam_centre.webkit.form import show_refusal, typed

ACTS_SHOWN = 30
KIND_WORDS: dict[MoveKind, Sentence] = {
    MoveKind.MOVE: say("Moved"),
    MoveKind.SWAP: say("Changed desks"),
    MoveKind.PUSH: say("Gave way"),
    MoveKind.VACATE: say("Seat taken back"),
    MoveKind.PAPER: say("Paper moved"),
    MoveKind.UNDO: say("Undone"),
}


@blueprint.get("/plans/<token:token>/by-hand")
@requires(*PLANS)
def show_hand(token: str) -> ResponseReturnValue:
    """Show what was done by hand, what is locked, and how many conflicts there are now."""
    return _show(token)


@blueprint.post("/plans/<token:token>/by-hand/undo")
@requires(Permission.PLAN_TIMETABLE)
def undo(token: str) -> ResponseReturnValue:
    """Take the newest act by hand back."""
    actor = current_actor()
    if not EmptyForm.from_request().submitted():
        return _show(token, status=400)
    try:
        with unit_of_work() as session:
            plan = queries.access_plan(session, actor, token)
            number = service.undo(session, actor, plan, now=clock.now())
    except Refusal as refusal:
        return _show(token, refusal=refusal, status=STATUS_OF_KIND[refusal.kind])
    flash(_("Act %(number)s is undone.", number=number), "success")
    return redirect(url_for(".show_hand", token=token), 303)


@blueprint.post("/plans/<token:token>/locks")
@requires(Permission.PLAN_TIMETABLE)
def add_lock(token: str) -> ResponseReturnValue:
    """Lock what is placed of a paper, in a room or at a venue."""
    actor, form = current_actor(), LockForm.from_request()
    if not form.submitted():
        return _show(token, lock_form=form, status=400)
    try:
        with unit_of_work() as session:
            plan = queries.access_plan(session, actor, token)
            what = what_is_called(session, plan, form.kind.data, typed(form.code))
            service.lock(session, actor, plan, what, reason=typed(form.reason), now=clock.now())
    except Refusal as refusal:
        show_refusal(form.code, refusal)
        return _show(token, lock_form=form, status=STATUS_OF_KIND[refusal.kind])
    flash(_("Locked. Searches and hands leave it where it is."), "success")
    return redirect(url_for(".show_hand", token=token) + "#locks", 303)


@blueprint.route("/plans/<token:token>/entries/<token:entry>/lock", methods=["GET", "POST"])
@requires(Permission.PLAN_TIMETABLE)
def lock_entry(token: str, entry: str) -> ResponseReturnValue:
    """Lock one entry where it is, with a reason."""
    actor, form = current_actor(), ReasonForm.from_request()
    plan = queries.access_plan(reader(), actor, token)
    lists.access_entry_of_plan(reader(), actor, entry)
    if form.submitted():
        try:
            with unit_of_work() as session:
                service.lock(
                    session,
                    actor,
                    queries.access_plan(session, actor, token),
                    lists.access_entry_of_plan(session, actor, entry),
                    reason=typed(form.reason),
                    now=clock.now(),
                )
        except Refusal as refusal:
            show_refusal(form.reason, refusal)
        else:
            flash(_("Locked. Searches and hands leave it where it is."), "success")
            return redirect(url_for(".show_entry", token=token, entry=entry), 303)
    return render_template("timetable/lock.html", plan=plan, form=form, way=way_to(plan))


@blueprint.post("/plans/<token:token>/locks/<token:lock>/remove")
@requires(Permission.PLAN_TIMETABLE)
def unlock(token: str, lock: str) -> ResponseReturnValue:
    """Take a lock away."""
    actor = current_actor()
    if EmptyForm.from_request().submitted():
        try:
            with unit_of_work() as session:
                plan = queries.access_plan(session, actor, token)
                row = access_lock(session, plan, lock)
                service.unlock(session, actor, plan, row, now=clock.now())
        except Refusal as refusal:
            return _show(token, refusal=refusal, status=STATUS_OF_KIND[refusal.kind])
        flash(_("The lock is taken away."), "success")
    return redirect(url_for(".show_hand", token=token) + "#locks", 303)


def _show(
    token: str,
    *,
    lock_form: LockForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    session, actor = reader(), current_actor()
    plan = queries.access_plan(session, actor, token)
    acts = acts_of(session, plan, limit=ACTS_SHOWN)
    may_plan = actor.may(Permission.PLAN_TIMETABLE, place_of_series(session, plan.series_id))
    return (
        render_template(
            "timetable/hand.html",
            plan=plan,
            zone=session.get_one(Series, plan.series_id).time_zone,
            acts=acts,
            next_undone=next((a for a in acts if not a.undone and a.undoes is None), None),
            locks=locks_of(session, plan),
            conflicts=conflicts_now(plan),
            may_move=may_plan and plan.status is PlanStatus.DRAFT,
            kind_words=KIND_WORDS,
            lock_form=lock_form or LockForm(formdata=None),
            form=EmptyForm(formdata=None),
            refusal=refusal,
            way=way_to(plan),
        ),
        status,
    )


def conflicts_now(plan: Plan) -> list[tuple[str, int]]:
    """Return (kind, how many) of what a plan breaks and lacks now; nothing where it is empty."""
    try:
        reading = read_plan(reader(), plan)
    except NothingToPlan:
        return []
    return conflicts_of(reading.planning.problem, reading.desks.placing)
