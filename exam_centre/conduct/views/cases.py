"""Offence cases: opened, taken step by step, printed with the notice of rights."""

from functools import partial
from types import SimpleNamespace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.queries import names_of
from exam_centre.accounts.service import second_person
from exam_centre.adapters.pdf import Fonts, draw
from exam_centre.conduct import documents, queries, service
from exam_centre.conduct.forms import CaseForm, DecisionForm, RefusedToSignForm, StepForm
from exam_centre.conduct.models import CaseStep, Incident, OffenceCase
from exam_centre.conduct.rules import (
    CASE_FLOW,
    CASE_WORDS,
    STEP_PERMISSIONS,
    CaseStatus,
    OffenceClass,
)
from exam_centre.conduct.views.blueprint import blueprint, tell
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import NotFound, Refusal
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.queries.whereabouts import people_of_room
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import typed
from exam_centre.webkit.languages import language
from exam_centre.webkit.paging import asked_window
from exam_centre.webkit.printing import as_pdf, assets_dir
from exam_centre.webkit.second_person import second_signs

SEES = queries.SEES
KINDS = {  # how a step looks in the timeline
    CaseStatus.DECIDED: "seal",
    CaseStatus.VENUE_SIGNED: "seal",
    CaseStatus.APPEALED: "attend",
    CaseStatus.FINAL: "yes",
    CaseStatus.DROPPED: "held",
}


@blueprint.get("/cases")
@requires(*SEES)
def list_cases() -> ResponseReturnValue:
    """List offence cases, open ones first."""
    window = asked_window()
    lines, total = queries.cases_in_scope(
        reader(), current_actor(), limit=window.limit, offset=window.offset
    )
    return render_template("conduct/cases.html", page=window.page(lines, total))


@blueprint.route("/incidents/<token:incident>/case", methods=["GET", "POST"])
@requires(Permission.RECORD_INCIDENT)
def open_case(incident: str) -> ResponseReturnValue:
    """Open a case about one person of the incident's room."""
    session = reader()
    row = queries.access_incident(session, current_actor(), incident)
    if row.room_session_id is None:
        raise NotFound(say("room session"))
    people = people_of_room(session, row.room_session_id)
    about = next((p.token for p in people if p.placement_id == row.placement_id), "")
    form = CaseForm(people, seat=about)
    if form.submitted():
        chosen = {p.token: p.placement_id for p in people}
        try:
            with unit_of_work() as writer:
                case = service.open_case(
                    writer,
                    current_actor(),
                    queries.access_incident(writer, current_actor(), incident),
                    chosen[form.seat.data],
                    OffenceClass(form.offence.data),
                    text=typed(form.text),
                    now=clock.now(),
                )
                token = case.token
            flash(_("The case is open. Tell the candidate now what is recorded."), "success")
            return redirect(url_for(".show_case", case=token), 303)
        except Refusal as refusal:
            tell(refusal)
    return render_template("conduct/open_case.html", form=form, incident=row)


@blueprint.get("/cases/<token:case>")
@requires(*SEES)
def show_case(case: str) -> ResponseReturnValue:
    """Show a case, its steps, and the next one."""
    session, actor = reader(), current_actor()
    row = queries.access_case(session, actor, case)
    steps = queries.steps_of(session, row.id)
    names = names_of(session, [p for s in steps for p in (s.person_id, s.witness_id) if p])
    return render_template(
        "conduct/case.html",
        case=row,
        line=queries.case_line(session, row.id),
        steps=[_told(step, row, names) for step in steps],
        ways=_ways(row, actor),
    )


@blueprint.route("/cases/<token:case>/steps/<string:reached>", methods=["GET", "POST"])
@requires(*SEES)
def step(case: str, reached: str) -> ResponseReturnValue:
    """Take the case one step further."""
    row = queries.access_case(reader(), current_actor(), case)
    goal = _goal(row, reached)
    form = (DecisionForm if goal is CaseStatus.DECIDED else StepForm).from_request()
    if form.submitted():
        decides = form if isinstance(form, DecisionForm) else None
        try:
            with unit_of_work() as writer:
                service.step_case(
                    writer,
                    current_actor(),
                    queries.access_case(writer, current_actor(), case),
                    goal,
                    text=typed(form.text),
                    article=typed(decides.article) if decides else "",
                    sanction=typed(decides.sanction) if decides else "",
                    now=clock.now(),
                )
            flash(_("The step is recorded."), "success")
            return redirect(url_for(".show_case", case=case), 303)
        except Refusal as refusal:
            tell(refusal)
    return _step_page(row, goal, form)


@blueprint.route("/cases/<token:case>/refused-to-sign", methods=["GET", "POST"])
@second_signs
@requires(Permission.RECORD_INCIDENT)
def refused_to_sign(case: str) -> ResponseReturnValue:
    """Record that the candidate was told and did not sign, before a witness."""
    row = queries.access_case(reader(), current_actor(), case)
    goal = _goal(row, CaseStatus.TOLD.value)
    form = RefusedToSignForm.from_request()
    if form.submitted():
        witness = form.second(partial(second_person, reader(), current_actor()))
        if witness is not None:
            try:
                with unit_of_work() as writer:
                    service.step_case(
                        writer,
                        current_actor(),
                        queries.access_case(writer, current_actor(), case),
                        goal,
                        text=typed(form.text),
                        signed=False,
                        witness=witness,
                        now=clock.now(),
                    )
                flash(_("Both of you recorded the refusal."), "success")
                return redirect(url_for(".show_case", case=case), 303)
            except Refusal as refusal:
                tell(refusal)
    return render_template(
        "conduct/refused.html", case=row, line=queries.case_line(reader(), row.id), form=form
    )


@blueprint.get("/cases/<token:case>/record.pdf")
@requires(*SEES)
def print_case(case: str) -> ResponseReturnValue:
    """Print the offence record with the notice of rights."""
    session = reader()
    row = queries.access_case(session, current_actor(), case)
    line = queries.case_line(session, row.id)
    steps = queries.steps_of(session, row.id)
    document = documents.offence_record(
        line,
        session.get_one(Incident, row.incident_id),
        steps,
        names_of(session, [p for s in steps for p in (s.person_id, s.witness_id) if p]),
        language=language(),
    )
    return as_pdf(draw(document, Fonts.from_assets(assets_dir())), document.number)


def _goal(row: OffenceCase, reached: str) -> CaseStatus:
    """Return the status an address names, where the case may reach it from here."""
    goal = next((s for s in CASE_FLOW.moves[row.status] if s.value == reached), None)
    if goal is None:
        raise NotFound(say("step"))
    return goal


def _ways(row: OffenceCase, actor: Actor) -> list[CaseStatus]:
    """Return the steps this person may take next, the usual one first."""
    place = queries.place_of_case(reader(), row)
    order = list(CASE_WORDS)
    nexts = sorted(CASE_FLOW.moves[row.status], key=order.index)
    return [goal for goal in nexts if actor.may(STEP_PERMISSIONS[goal], place)]


def _step_page(row: OffenceCase, goal: CaseStatus, form: StepForm) -> str:
    return render_template(
        "conduct/step.html",
        case=row,
        line=queries.case_line(reader(), row.id),
        goal=goal,
        form=form,
        is_refused=request.method == "POST",
    )


def _told(step: CaseStep, case: OffenceCase, names: dict[int, str]) -> SimpleNamespace:
    """Return a step as the timeline shows it."""
    text: Sentence | str = step.text
    if step.reached is CaseStatus.DECIDED:
        text = say(
            "{text} Article: {article}. Sanction: {sanction}.",
            text=step.text,
            article=case.article,
            sanction=case.sanction,
        )
    people = [names[step.person_id]]
    if step.witness_id:
        people.append(names[step.witness_id])
    title = CASE_WORDS[step.reached]
    if step.reached is CaseStatus.TOLD:
        title = (
            say("Told, refused to sign, witnessed") if step.witness_id else say("Told, and signed")
        )
    return SimpleNamespace(
        at=step.at, title=title, text=text, people=people, kind=KINDS.get(step.reached, "")
    )
