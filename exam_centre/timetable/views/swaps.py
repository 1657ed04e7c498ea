"""Swapping duties among the staff: asking a colleague, and the colleague's word."""

from collections.abc import Callable
from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.rules import ReasonMissing
from exam_centre.kernel import clock
from exam_centre.kernel.errors import Forbidden
from exam_centre.timetable import service
from exam_centre.timetable.forms import AskSwapForm, EmptyForm
from exam_centre.timetable.models import Duty
from exam_centre.timetable.queries.duty_lists import line_of_duty, own_duty
from exam_centre.timetable.queries.stand_ins import swappable
from exam_centre.timetable.queries.swaps import access_swap, duty_beside
from exam_centre.timetable.rules import SwapAsked, SwapNotPossible, on_the_clock
from exam_centre.timetable.views.blueprint import ROLE_WORDS, blueprint
from exam_centre.webkit.access import current_actor, signed_in
from exam_centre.webkit.acting import done, saving
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import typed
from exam_centre.webkit.languages import said


@blueprint.route("/duties/<token:duty>/ask-swap", methods=["GET", "POST"])
@signed_in
def ask_swap(duty: str) -> ResponseReturnValue:
    """Ask a colleague to swap one's own duty for theirs."""
    actor, form = current_actor(), AskSwapForm.from_request()
    found = own_duty(reader(), actor, duty)
    form.other.choices = swap_choices(found)
    if form.submitted():
        refused_at = {
            SwapAsked: form.other,
            SwapNotPossible: form.other,
            Forbidden: form.other,
            ReasonMissing: form.reason,
        }
        with saving(refused_at) as session:
            mine = own_duty(session, actor, duty)
            other = duty_beside(session, mine, form.other.data)
            service.ask_swap(
                session, actor, mine, other, reason=typed(form.reason), now=clock.now()
            )
        if not form.errors:
            return done(_("Asked. The swap is made once they agree."), ".my_duties")
    line = line_of_duty(reader(), found)
    return render_template("timetable/ask_swap.html", form=form, line=line)


@blueprint.post("/swaps/<token:swap>/agree")
@signed_in
def agree_to_swap(swap: str) -> ResponseReturnValue:
    """Swap as a colleague asked."""
    act = partial(service.answer_swap, agree=True)
    return _answered(swap, act, _("Swapped. Your new duty stands here."))


@blueprint.post("/swaps/<token:swap>/decline")
@signed_in
def decline_swap(swap: str) -> ResponseReturnValue:
    """Keep one's own duty, and say so."""
    act = partial(service.answer_swap, agree=False)
    return _answered(swap, act, _("Declined. Your duty stays as it is."))


@blueprint.post("/swaps/<token:swap>/withdraw")
@signed_in
def withdraw_swap(swap: str) -> ResponseReturnValue:
    """Take back one's own question."""
    return _answered(swap, service.withdraw_swap, _("Withdrawn. Your duty stays as it is."))


def _answered(token: str, act: Callable[..., None], words: str) -> ResponseReturnValue:
    actor = current_actor()
    if EmptyForm.from_request().submitted():
        with saving() as session:
            act(session, actor, access_swap(session, actor, token), now=clock.now())
        flash(words, "success")
    return redirect(url_for(".my_duties"), 303)


def swap_choices(duty: Duty) -> list[tuple[str, str]]:
    """Return [(token, words)] of the duties one could be swapped with."""
    return [
        (
            one.token,
            f"{on_the_clock(one.starts_at, one.zone)} · {one.period} · "
            f"{one.room or said(ROLE_WORDS[one.role])} · {one.name}",
        )
        for one in swappable(reader(), duty)
    ]
