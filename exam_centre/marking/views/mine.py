"""A marker's own pages: what is left, the sheet, proofreading, submitting."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Permission
from exam_centre.marking import queries, service
from exam_centre.marking.forms import ActForm, ReasonForm
from exam_centre.marking.models import Allocation
from exam_centre.marking.queries.assignments import MARKS, assignment_papers
from exam_centre.marking.queries.grid import GridLine, grid_of, sheet_facts, totals_of
from exam_centre.marking.queries.pages import own_lines
from exam_centre.marking.rules import AllocationStatus, MarkChanged, MarkStatus
from exam_centre.marking.rules.sheets import meant
from exam_centre.marking.rules.words import (
    ROUND_NAMES,
    STATUS_NAMES,
    grouped,
)
from exam_centre.marking.service.sheets import Cell, CellVerdict, keep_cells
from exam_centre.marking.views.base import blueprint
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import typed
from exam_centre.webkit.languages import said

LONGEST_TYPED = 40


@dataclass(frozen=True)
class ShownCell:
    """One line of the sheet as the page shows it."""

    line: GridLine
    text: str
    tail: str = ""
    version: int | None = None
    fault: str = ""
    stored: str = ""  # on record instead of what was typed, after somebody else's change


@blueprint.get("/mine")
@requires(Permission.ENTER_MARKS)
def mine() -> ResponseReturnValue:
    """Show what is left to mark, and what is done."""
    lines = own_lines(reader(), current_actor())
    waiting = [x for x in lines if x.allocation.status is AllocationStatus.ALLOCATED]
    done = [x for x in lines if x.allocation.status is AllocationStatus.SUBMITTED]
    return render_template(
        "marking/mine.html",
        waiting=waiting,
        done=done,
        left=sum(line.left for line in waiting),
        assignments=[
            each for each in assignment_papers(reader(), current_actor(), MARKS) if each.left
        ],
        round_names=ROUND_NAMES,
        grouped=grouped,
        now=clock.now(),
    )


@blueprint.route("/mine/<token:allocation>", methods=["GET", "POST"])
@requires(Permission.ENTER_MARKS)
def sheet(allocation: str) -> ResponseReturnValue:
    """Show the sheet; a post keeps all of it, for browsers without the grid's script."""
    actor = current_actor()
    held = queries.access_allocation(reader(), actor, allocation)
    if held.status is not AllocationStatus.ALLOCATED and request.method == "GET":
        return redirect(url_for(".proof", allocation=allocation))
    form = ActForm.from_request()
    verdicts: list[CellVerdict] = []
    if form.submitted():
        cells = _sent_cells(grid_of(reader(), held))
        reader().rollback()
        with unit_of_work() as session:
            own = queries.access_allocation(session, actor, allocation)
            verdicts = keep_cells(session, actor, own, cells, now=clock.now())
        kept = sum(verdict.refusal is None for verdict in verdicts)
        if kept:
            flash(ngettext("One mark kept.", "%(num)s marks kept.", kept), "success")
        if kept == len(verdicts):
            return redirect(url_for(".sheet", allocation=allocation), 303)
        held = queries.access_allocation(reader(), actor, allocation)
    lines = grid_of(reader(), held)
    return render_template(
        "marking/sheet.html",
        held=held,
        facts=sheet_facts(reader(), held),
        cells=_shown(lines, verdicts),
        totals=totals_of(lines),
        form=form,
        status_names=STATUS_NAMES,
        round_names=ROUND_NAMES,
        grouped=grouped,
    )


@blueprint.get("/mine/<token:allocation>/proof")
@requires(Permission.ENTER_MARKS)
def proof(allocation: str) -> ResponseReturnValue:
    """Show the sheet to be read against the scripts, and to be submitted."""
    return _proof(queries.access_allocation(reader(), current_actor(), allocation))


@blueprint.post("/mine/<token:allocation>/submit")
@requires(Permission.ENTER_MARKS)
def submit(allocation: str) -> ResponseReturnValue:
    """Lock the marker's round."""
    actor = current_actor()
    with unit_of_work(serializable=True) as session:
        held = queries.access_allocation(session, actor, allocation)
        service.submit(session, actor, held, now=clock.now())
    flash(_("Submitted. These marks are locked now."), "success")
    return redirect(url_for(".mine"), 303)


@blueprint.route("/mine/<token:allocation>/give-back", methods=["GET", "POST"])
@requires(Permission.ENTER_MARKS)
def give_back(allocation: str) -> ResponseReturnValue:
    """Give a bundle back: the marker knows somebody in it, or can not go on."""
    actor = current_actor()
    held = queries.access_allocation(reader(), actor, allocation)
    form = ReasonForm.from_request()
    if form.submitted():
        reader().rollback()
        with unit_of_work() as session:
            own = queries.access_allocation(session, actor, allocation)
            service.return_allocation(
                session, actor, own, reason=typed(form.reason), now=clock.now()
            )
        flash(_("Given back. The exam office finds another marker."), "success")
        return redirect(url_for(".mine"), 303)
    return render_template(
        "marking/give_back.html",
        held=held,
        facts=sheet_facts(reader(), held),
        form=form,
        grouped=grouped,
    )


def _proof(held: Allocation) -> ResponseReturnValue:
    lines = grid_of(reader(), held)
    return render_template(
        "marking/proof.html",
        held=held,
        facts=sheet_facts(reader(), held),
        lines=lines,
        totals=totals_of(lines),
        law=queries.law_round(reader(), held),
        is_open=held.status is AllocationStatus.ALLOCATED,
        form=ActForm(formdata=None),
        status_names=STATUS_NAMES,
        round_names=ROUND_NAMES,
        grouped=grouped,
        shown_text=shown_text,
    )


def shown_text(text: str) -> str:
    """Return what stands in a cell in the marker's language."""
    return _("missing") if text == MarkStatus.MISSING.value else text


def _sent_cells(lines: list[GridLine]) -> list[Cell]:
    """Return the cells of the posted sheet that say something new."""
    cells = []
    for each in lines:
        place = each.line.position
        text = request.form.get(f"mark-{place}", "").strip(" ")[:LONGEST_TYPED]
        is_new = meant(text) != meant(each.text)
        if f"mark-{place}" in request.form and is_new and not each.line.place_holder:
            version = request.form.get(f"version-{place}", "")
            known = version.isascii() and version.isdecimal() and len(version) < 9
            tail = request.form.get(f"tail-{place}", "").strip()[:LONGEST_TYPED]
            cells.append(Cell(place, text, int(version) if known else None, tail))
    return cells


def _shown(lines: list[GridLine], verdicts: list[CellVerdict]) -> list[ShownCell]:
    refused = {v.place: v.refusal for v in verdicts if v.refusal is not None}
    shown = []
    for each in lines:
        place, refusal = each.line.position, refused.get(each.line.position)
        version = each.line.version
        if refusal is None:
            shown.append(ShownCell(each, shown_text(each.text), version=version))
            continue
        changed = isinstance(refusal, MarkChanged)
        shown.append(
            ShownCell(
                line=each,
                text=request.form.get(f"mark-{place}", "")[:LONGEST_TYPED],
                tail=request.form.get(f"tail-{place}", "")[:LONGEST_TYPED],
                version=version,
                fault=said(refusal.sentence),
                stored=shown_text(each.text) if changed else "",
            )
        )
    return shown
