"""One entry in a plan: why here, where else, and moves by hand within a draft."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Period
from exam_centre.calendar.queries import place_of_series
from exam_centre.entries.models import Candidate, Entry
from exam_centre.entries.queries import person_of_entry
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import NotFound, Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import Sentence
from exam_centre.papers.models import Paper
from exam_centre.timetable import queries, service
from exam_centre.timetable.forms import EmptyForm, MoveForm, PushForm, SwapForm
from exam_centre.timetable.models import Plan, RoomSession
from exam_centre.timetable.queries import lists, why
from exam_centre.timetable.queries.effects import conflicts_of
from exam_centre.timetable.queries.locks import lock_on
from exam_centre.timetable.queries.previews import Preview, preview_of
from exam_centre.timetable.rules import NothingToPlan, PlanStatus
from exam_centre.timetable.views.blueprint import PLANS, blueprint, way_to
from exam_centre.timetable.views.effects import words_of
from exam_centre.venues.models import Room, Seat, Venue
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.errors import STATUS_OF_KIND, wants_json
from exam_centre.webkit.form import show_refusal, typed
from exam_centre.webkit.languages import said
from exam_centre.webkit.paging import asked_window


@blueprint.get("/plans/<token:token>/entries")
@requires(*PLANS)
def list_entries(token: str) -> ResponseReturnValue:
    """Find an entry by its person."""
    plan = queries.access_plan(reader(), current_actor(), token)
    window = asked_window()
    lines, total = lists.find_entries(
        reader(), plan, window.text, offset=window.offset, limit=window.limit
    )
    return render_template(
        "timetable/entries.html", plan=plan, page=window.page(lines, total), way=way_to(plan)
    )


@blueprint.get("/plans/<token:token>/entries/<token:entry>")
@requires(*PLANS)
def show_entry(token: str, entry: str) -> ResponseReturnValue:
    """Show why an entry sits here and then, or nowhere, and where else it could be."""
    return _show(token, entry)


@blueprint.post("/plans/<token:token>/entries/<token:entry>/preview")
@requires(Permission.PLAN_TIMETABLE)
def preview(token: str, entry: str) -> ResponseReturnValue:
    """Say what a move would run into and cause, before it is made; a page or, for scripts, JSON."""
    actor, form = current_actor(), MoveForm.from_request()
    if not form.submitted():
        if wants_json():
            return {"against": [], "causes": []}, 200
        return _show(token, entry, move_form=form, status=400)
    session = reader()
    plan = queries.access_plan(session, actor, token)
    found = lists.access_entry_of_plan(session, actor, entry)
    try:
        told = preview_of(
            session,
            plan,
            why.read_plan(session, plan),
            found,
            service.desk_of(
                session, plan, typed(form.venue), typed(form.room), form.seat.data or 0
            ),
            service.period_of(session, plan, typed(form.period)),
        )
    except NotFound as refusal:
        told = Preview([refusal.sentence], None)
    causes = [] if told.effect is None else words_of(told.effect)
    if wants_json():
        return {
            "against": [said(sentence) for sentence in told.against],
            "causes": [said(sentence) for sentence in causes],
            "nothing": _("Nothing stands against it, and it costs nothing more."),
        }
    return _show(token, entry, move_form=form, told=(told.against, causes))


@blueprint.post("/plans/<token:token>/entries/<token:entry>/move")
@requires(Permission.PLAN_TIMETABLE)
def move(token: str, entry: str) -> ResponseReturnValue:
    """Give an entry another desk; a refusal says what stands against it."""
    actor, form = current_actor(), MoveForm.from_request()
    if not form.submitted():
        return _show(token, entry, move_form=form, status=400)
    try:
        with unit_of_work() as session:
            plan = queries.access_plan(session, actor, token)
            service.move(
                session,
                actor,
                plan,
                lists.access_entry_of_plan(session, actor, entry),
                service.desk_of(
                    session, plan, typed(form.venue), typed(form.room), form.seat.data or 0
                ),
                service.period_of(session, plan, typed(form.period)),
                now=clock.now(),
            )
    except Refusal as refusal:
        show_refusal(form.seat, refusal)
        return _show(token, entry, move_form=form, status=STATUS_OF_KIND[refusal.kind])
    flash(_("Moved. The plan has to be sealed again."), "success")
    return redirect(url_for(".show_entry", token=token, entry=entry), 303)


@blueprint.post("/plans/<token:token>/entries/<token:entry>/push")
@requires(Permission.PLAN_TIMETABLE)
def push(token: str, entry: str) -> ResponseReturnValue:
    """Let somebody give way to a desk of the same period, and this entry take theirs."""
    actor, form = current_actor(), PushForm.from_request()
    if not form.submitted():
        return _show(token, entry, status=400)
    try:
        with unit_of_work() as session:
            plan = queries.access_plan(session, actor, token)
            service.push(
                session,
                actor,
                plan,
                lists.access_entry_of_plan(session, actor, entry),
                lists.entry_of_number(session, plan, typed(form.person_no), typed(form.paper)),
                service.desk_of(
                    session, plan, typed(form.venue), typed(form.room), form.seat.data or 0
                ),
                now=clock.now(),
            )
    except Refusal as refusal:
        return _show(token, entry, refusal=refusal, status=STATUS_OF_KIND[refusal.kind])
    flash(_("Both have another desk. The plan has to be sealed again."), "success")
    return redirect(url_for(".show_entry", token=token, entry=entry), 303)


@blueprint.post("/plans/<token:token>/entries/<token:entry>/swap")
@requires(Permission.PLAN_TIMETABLE)
def swap(token: str, entry: str) -> ResponseReturnValue:
    """Let two people change desks."""
    actor, form = current_actor(), SwapForm.from_request()
    if not form.submitted():
        return _show(token, entry, swap_form=form, status=400)
    try:
        with unit_of_work() as session:
            plan = queries.access_plan(session, actor, token)
            service.swap(
                session,
                actor,
                plan,
                lists.access_entry_of_plan(session, actor, entry),
                lists.entry_of_number(session, plan, typed(form.person_no), typed(form.paper)),
                now=clock.now(),
            )
    except Refusal as refusal:
        show_refusal(form.person_no, refusal)
        return _show(token, entry, swap_form=form, status=STATUS_OF_KIND[refusal.kind])
    flash(_("The two changed desks. The plan has to be sealed again."), "success")
    return redirect(url_for(".show_entry", token=token, entry=entry), 303)


@blueprint.post("/plans/<token:token>/entries/<token:entry>/vacate")
@requires(Permission.PLAN_TIMETABLE)
def vacate(token: str, entry: str) -> ResponseReturnValue:
    """Take an entry's seat back; it is then neither placed nor listed until somebody does so."""
    actor = current_actor()
    if EmptyForm.from_request().submitted():
        try:
            with unit_of_work() as session:
                plan = queries.access_plan(session, actor, token)
                found = lists.access_entry_of_plan(session, actor, entry)
                service.leave(session, actor, plan, found, now=clock.now())
        except Refusal as refusal:
            return _show(token, entry, refusal=refusal, status=STATUS_OF_KIND[refusal.kind])
        flash(_("The seat is free. Place the entry again before the plan is sealed."), "attend")
    return redirect(url_for(".show_entry", token=token, entry=entry), 303)


def _show(
    token: str,
    entry_token: str,
    *,
    move_form: MoveForm | None = None,
    swap_form: SwapForm | None = None,
    refusal: Refusal | None = None,
    told: tuple[list[Sentence], list[Sentence]] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    session, actor = reader(), current_actor()
    plan = queries.access_plan(session, actor, token)
    entry: Entry = lists.access_entry_of_plan(session, actor, entry_token)
    placement = queries.standing_of_entry(session, plan, entry.id)
    spot = None
    if placement is not None:
        seat = session.get_one(Seat, placement.seat_id)
        room_session = session.get_one(RoomSession, placement.room_session_id)
        room = session.get_one(Room, room_session.room_id)
        venue = session.get_one(Venue, room.venue_id)
        period = session.get_one(Period, room_session.period_id)
        spot = (placement, seat, room, venue, period, room_session)
    explained, conflicts = _explained(plan, entry)
    place = place_of_series(session, plan.series_id)
    may_move = plan.status is PlanStatus.DRAFT and actor.may(Permission.PLAN_TIMETABLE, place)
    page = render_template(
        "timetable/entry.html",
        plan=plan,
        entry=entry,
        person=session.get_one(Person, person_of_entry(session, entry.id)),
        candidate=session.get_one(Candidate, entry.candidate_id),
        paper=session.get_one(Paper, entry.paper_id),
        spot=spot,
        why=explained,
        effect_words=words_of,
        conflicts=conflicts if may_move else [],
        lock=lock_on(session, plan, placement) if placement is not None else None,
        unplaced=lists.unplaced_entry(session, plan, entry.id),
        may_move=may_move,
        move_form=move_form or MoveForm(formdata=None),
        swap_form=swap_form or SwapForm(formdata=None),
        form=EmptyForm(formdata=None),
        refusal=refusal,
        told=told,
        way=way_to(plan),
    )
    return page, status


def _explained(plan: Plan, entry: Entry) -> tuple[why.Why | None, list[tuple[str, int]]]:
    """Return why an entry is where it is, and the conflicts of its plan, from one reading."""
    try:
        reading = why.read_plan(reader(), plan)
    except NothingToPlan:
        return None, []
    explained = why.why_of(reader(), plan, entry.id, reading)
    return explained, conflicts_of(reading.planning.problem, reading.desks.placing)
