"""The paper fall-back pack keyed back in: a room's list, line by line, signed by two people."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exam_centre.accounts.service import second_person
from exam_centre.admission import queries, service
from exam_centre.admission.forms import PaperSheetForm, paper_sheet
from exam_centre.admission.models import PaperLine
from exam_centre.admission.queries import DoorRoom
from exam_centre.admission.rules import (
    OUTCOME_SENTENCES,
    PAPER_SENTENCES,
    Identity,
    PaperFact,
    PaperOutcome,
    PaperVerdict,
    TimeAhead,
)
from exam_centre.admission.views.blueprint import blueprint
from exam_centre.admission.views.rooms import room_in_reach
from exam_centre.kernel import clock
from exam_centre.kernel.clock import at_venue
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import moment_on, show_refusal
from exam_centre.webkit.languages import said
from exam_centre.webkit.second_person import second_signs

ON_THE_PAGE = ("conflict", "bad_input", "forbidden")  # what can be mended on the page


@blueprint.route("/rooms/<token:room>/paper", methods=["GET", "POST"])
@second_signs
@requires(Permission.RUN_ROOM)
def key_paper(room: str) -> ResponseReturnValue:
    """Key a room's paper list in, and show what it changed and where it differs."""
    here = room_in_reach(room)
    lines = queries.register(reader(), here.id)
    form = paper_sheet(lines).from_request()
    if form.submitted():
        second = form.second(partial(second_person, reader(), current_actor()))
        if second is not None:
            kept = _kept(here, form, second)
            if kept is not None:
                _tell(kept)
                return redirect(url_for(".key_paper", room=room), 303)
    keyed = queries.paper_lines_of(reader(), here.id)
    return render_template(
        "admission/paper.html",
        room=here,
        lines=lines,
        form=form,
        keyed=sorted(keyed, key=lambda line: line.verdict is not PaperVerdict.CONFLICT),
        by_placement={line.placement_id: line for line in lines},
        names=queries.people_who_keyed(reader(), keyed),
        outcomes=OUTCOME_SENTENCES,
        verdicts=PAPER_SENTENCES,
    )


def _kept(here: DoorRoom, form: PaperSheetForm, second: Actor) -> Sequence[PaperLine] | None:
    """Key the lines in; None with the refusal shown on the page."""
    try:
        with unit_of_work() as session:
            return service.key_paper(
                session,
                current_actor(),
                here.id,
                [_fact(here, form, token) for token in form.lines if form.keyed(token)],
                second=second,
                now=clock.now(),
            )
    except TimeAhead as refusal:
        for token, line in form.lines.items():
            if line.placement_id == refusal.placement_id:
                show_refusal(form[f"at_{token}"], refusal)
    except Refusal as refusal:
        if refusal.kind not in ON_THE_PAGE:
            raise
        flash(said(refusal.sentence), "problem")
    return None


def _fact(here: DoorRoom, form: PaperSheetForm, token: str) -> PaperFact:
    minute = form.minute(token)
    identity = str(form[f"identity_{token}"].data or Identity.NOT_CHECKED.value)
    outcome = PaperOutcome(form.keyed(token))
    came = outcome is PaperOutcome.PRESENT
    return PaperFact(
        placement_id=form.lines[token].placement_id,
        outcome=outcome,
        at=_moment(here, *minute) if minute and came else None,
        identity=Identity(identity),
        reason=str(form[f"reason_{token}"].data or ""),
    )


def _moment(here: DoorRoom, hour: int, minute: int) -> datetime:
    """Return the moment nearest to the paper's start at which the venue's clock showed this."""
    starts = at_venue(here.starts_at, here.time_zone)
    days = [starts.date() + timedelta(days=off) for off in (-1, 0, 1)]
    shown = [moment_on(datetime.combine(day, time(hour, minute)), here.time_zone) for day in days]
    return min(shown, key=lambda each: abs(each - starts)).astimezone(UTC)


def _tell(kept: Sequence[PaperLine]) -> None:
    count = Counter(line.verdict for line in kept)
    if not kept:
        flash(_("This list was keyed in already. Nothing changed."), "success")
        return
    flash(ngettext("One line was keyed in.", "%(num)s lines were keyed in.", len(kept)), "success")
    differing = count[PaperVerdict.CONFLICT]
    if differing:
        flash(
            ngettext(
                "One line differs. The register stands, and an incident is open.",
                "%(num)s lines differ. The register stands, and an incident is open for each.",
                differing,
            ),
            "attend",
        )
