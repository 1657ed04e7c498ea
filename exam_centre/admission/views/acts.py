"""Acts at a door that take words, and mostly a second person."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.service import second_person
from exam_centre.admission import queries, service
from exam_centre.admission.forms import (
    CorrectionForm,
    ProtestForm,
    ReasonForm,
    RefuseForm,
)
from exam_centre.admission.rules import AttendanceStatus, Identity
from exam_centre.admission.views.blueprint import blueprint
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import SafeForm, show_refusal, typed
from exam_centre.webkit.languages import said
from exam_centre.webkit.second_person import SecondPersonForm, second_signs

ON_THE_PAGE = ("conflict", "bad_input", "forbidden")  # what can be mended on the page
Act = Callable[..., Any]


@blueprint.route("/placements/<token:placement>/undo", methods=["GET", "POST"])
@requires(Permission.CHECK_IN)
def undo_admission(placement: str) -> ResponseReturnValue:
    """Take an admission back, with a reason."""
    form = ReasonForm.from_request()
    act = partial(service.undo_admission, reason=typed(form.reason))
    return _act(
        placement,
        form,
        act if form.submitted() else None,
        say("Take the admission back"),
        say("The scan stays in the records; the person is expected again."),
        say("The admission is taken back."),
        back="admission.show_register" if "register" in request.args else "admission.show_door",
    )


@blueprint.route("/placements/<token:placement>/undo-absence", methods=["GET", "POST"])
@requires(Permission.RUN_ROOM)
def undo_absence(placement: str) -> ResponseReturnValue:
    """Take back that a seat stayed empty, with a reason."""
    form = ReasonForm.from_request()
    act = partial(service.undo_absence, reason=typed(form.reason))
    return _act(
        placement,
        form,
        act if form.submitted() else None,
        say("Take the absence back"),
        say("Who said it stays in the records; the person is expected again, and may be admitted."),
        say("The absence is taken back. The person is expected again."),
        back="admission.show_register",
    )


@blueprint.route("/placements/<token:placement>/refuse", methods=["GET", "POST"])
@second_signs
@requires(Permission.CHECK_IN)
def refuse_entry(placement: str) -> ResponseReturnValue:
    """Refuse somebody entry: two people and the reason."""
    form = RefuseForm.from_request()
    second = _second(form)
    act = partial(service.refuse, reason=typed(form.reason), second=second) if second else None
    return _act(
        placement,
        form,
        act,
        say("Refuse this person entry"),
        say("Two people look, and two sign. The person is told the reason."),
        say("Entry is refused. Two people signed."),
        seal=True,
    )


@blueprint.route("/placements/<token:placement>/protest", methods=["GET", "POST"])
@second_signs
@requires(Permission.RUN_ROOM)
def admit_under_protest(placement: str) -> ResponseReturnValue:
    """Admit somebody whom the door refused: two people, the comparison and the reason."""
    form = ProtestForm.from_request()
    second = _second(form)
    act = (
        partial(
            service.admit_under_protest,
            identity=Identity(str(form.identity.data)),
            reason=typed(form.reason),
            second=second,
        )
        if second
        else None
    )
    return _act(
        placement,
        form,
        act,
        say("Admit under protest"),
        say("The door said no. You two decide against it, and the records say so."),
        say("Admitted under protest. Two people signed."),
        seal=True,
    )


@blueprint.route("/placements/<token:placement>/correct", methods=["GET", "POST"])
@second_signs
@requires(Permission.CLOSE_DAY)
def correct_attendance(placement: str) -> ResponseReturnValue:
    """Correct a closed register: two people and the evidence."""
    form = CorrectionForm.from_request()
    second = _second(form)
    act = (
        partial(
            service.correct_attendance,
            after=AttendanceStatus(str(form.after.data)),
            second=second,
            evidence=typed(form.evidence),
        )
        if second
        else None
    )
    return _act(
        placement,
        form,
        act,
        say("Correct the register"),
        say("The register is closed. What it said stays readable beside the correction."),
        say("The register is corrected. Two people signed."),
        seal=True,
        back="admission.show_register",
    )


def _second(form: SecondPersonForm) -> Actor | None:
    prove = partial(second_person, reader(), current_actor())
    return form.second(prove) if form.submitted() else None


def _act(
    token: str,
    form: SafeForm,
    act: Act | None,
    title: Sentence,
    hint: Sentence,
    done: Sentence,
    *,
    seal: bool = False,
    back: str = "admission.show_door",
) -> ResponseReturnValue:
    """Show the form of one act about one person, or do it; None: not everybody signed yet."""
    found = queries.access_placement(reader(), current_actor(), token)
    card = queries.cards_of(reader(), [found.id])[found.id]
    room = queries.room_token_of(reader(), found)
    if act is not None:
        try:
            with unit_of_work() as session:
                act(session, current_actor(), found.id, now=clock.now())
            flash(said(done), "success")
            return redirect(url_for(back, room=room), 303)
        except Refusal as refusal:
            if refusal.kind not in ON_THE_PAGE:
                raise
            show_refusal(form.evidence if "evidence" in form else form.reason, refusal)
    return render_template(
        "admission/act.html",
        form=form,
        card=card,
        title=title,
        hint=hint,
        seal=seal,
        back=url_for(back, room=room),
        corrections=queries.corrections_of(reader(), found.id),
        two=isinstance(form, SecondPersonForm),
        home=_("Doors and rooms"),
    )
