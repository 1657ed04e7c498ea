"""Assignments: one person types the marks, another looks at them and signs."""

from decimal import Decimal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.marking import service
from exam_centre.marking.forms import ActForm
from exam_centre.marking.queries import assignments as found_by
from exam_centre.marking.queries.assignments import CHECKS, MARKS, AssignmentLine, Shown
from exam_centre.marking.rules import Given, MarkStatus
from exam_centre.marking.rules.sheets import meant
from exam_centre.marking.rules.words import STATUS_NAMES
from exam_centre.marking.service import AssignmentCell, AssignmentVerdict
from exam_centre.marking.views.base import blueprint
from exam_centre.marking.views.words import SHOWN_NAMES
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.errors import STATUS_OF_KIND
from exam_centre.webkit.languages import said
from exam_centre.webkit.paging import asked_window

LONGEST_TYPED = 40


@blueprint.get("/assignments")
@requires(Permission.ENTER_MARKS, Permission.RUN_MARKING)
def assignments() -> ResponseReturnValue:
    """Show the papers with assignments: what is left to mark, and what waits for a check."""
    session, actor = reader(), current_actor()
    return render_template(
        "marking/assignments.html",
        to_mark=found_by.assignment_papers(session, actor, MARKS),
        to_check=found_by.assignment_papers(session, actor, CHECKS),
        marks=actor.may(Permission.ENTER_MARKS),
        checks=actor.may(Permission.RUN_MARKING),
    )


@blueprint.route("/assignments/<series>/<token:paper>", methods=["GET", "POST"])
@requires(Permission.ENTER_MARKS)
def assignment_sheet(series: str, paper: str) -> ResponseReturnValue:
    """Type marks for the assignments of one paper; each is judged by itself."""
    session, actor = reader(), current_actor()
    found = found_by.access_assignments(session, actor, MARKS, series, paper)
    asked = request.args.get("shown", "")
    shown = Shown(asked) if asked in set(Shown) else Shown.LEFT
    window = asked_window("shown")
    form = ActForm.from_request()
    verdicts: list[AssignmentVerdict] = []
    if form.submitted():
        verdicts = _keep(series, paper, _sent_cells())
        kept = sum(verdict.refusal is None for verdict in verdicts)
        if kept:
            flash(ngettext("One mark kept.", "%(num)s marks kept.", kept), "success")
        if kept == len(verdicts):
            here = url_for(
                ".assignment_sheet",
                series=series,
                paper=paper,
                shown=shown.value,
                q=window.text or None,
            )
            return redirect(here, 303)
        found = found_by.access_assignments(session, actor, MARKS, series, paper)
    lines, total = found_by.assignments_to_mark(
        session,
        actor,
        found,
        shown,
        text=window.text,
        offset=window.offset,
        limit=window.limit,
    )
    refused = {each.entry: said(each.refusal.sentence) for each in verdicts if each.refusal}
    return render_template(
        "marking/assignment_sheet.html",
        found=found,
        page=window.page(lines, total),
        shown=shown,
        shown_names=SHOWN_NAMES,
        status_names=STATUS_NAMES,
        refused=refused,
        typed=request.form,
        form=form,
        text_of=_text_of,
    )


@blueprint.route("/assignments/<series>/<token:paper>/check", methods=["GET", "POST"])
@requires(Permission.RUN_MARKING)
def check_sheet(series: str, paper: str) -> ResponseReturnValue:
    """Look at marks somebody else gave to assignments, and sign those that are right."""
    session, actor = reader(), current_actor()
    found = found_by.access_assignments(session, actor, CHECKS, series, paper)
    window = asked_window()
    form = ActForm.from_request()
    refusal: Refusal | None = None
    if form.submitted():
        tokens = request.form.getlist("entry")
        reader().rollback()
        try:
            with unit_of_work(serializable=True) as writer:
                entries = found_by.entries_by_token(writer, actor, CHECKS, found, tokens)
                count = len(
                    service.check_assignments(
                        writer, actor, list(entries.values()), now=clock.now()
                    )
                )
        except Refusal as refused:
            refusal = refused
        else:
            _say_checked(count)
            return redirect(url_for(".check_sheet", series=series, paper=paper), 303)
        found = found_by.access_assignments(session, actor, CHECKS, series, paper)
    lines, total = found_by.assignments_to_check(
        session, actor, found, text=window.text, offset=window.offset, limit=window.limit
    )
    own = [line for line in lines if line.mark and line.mark.marker_id == actor.person_id]
    others = [line for line in lines if line not in own]
    page = render_template(
        "marking/check_sheet.html",
        found=found,
        page=window.page(lines, total),
        others=others,
        own=own,
        total=_sum_of(others),
        status_names=STATUS_NAMES,
        refusal=refusal,
        form=form,
    )
    return page, STATUS_OF_KIND[refusal.kind] if refusal else 200


def _keep(series: str, paper: str, cells: list[AssignmentCell]) -> list[AssignmentVerdict]:
    actor, now = current_actor(), clock.now()
    reader().rollback()
    with unit_of_work() as session:
        found = found_by.access_assignments(session, actor, MARKS, series, paper)
        tokens = [cell.entry for cell in cells]
        entries = found_by.entries_by_token(session, actor, MARKS, found, tokens)
        return service.keep_assignments(session, actor, entries, cells, now=now)


def _sent_cells() -> list[AssignmentCell]:
    """Return what was typed and says something new; an empty field says nothing."""
    cells = []
    for name, text in request.form.items():
        token = name.removeprefix("mark-")
        typed = text.strip(" ")[:LONGEST_TYPED]
        was = request.form.get(f"was-{token}", "")
        if token == name or not typed or meant(typed) == meant(was):
            continue
        version = request.form.get(f"version-{token}", "")
        known = version.isascii() and version.isdecimal() and len(version) < 9
        cells.append(AssignmentCell(token, typed, int(version) if known else None))
    return cells


def _text_of(line: AssignmentLine) -> str:
    """Return a mark as its marker would type it, "" where there is none."""
    if line.mark is None:
        return ""
    given = Given(line.mark.score, line.mark.status)
    return _("missing") if given.status is MarkStatus.MISSING else str(given)


def _sum_of(lines: list[AssignmentLine]) -> Decimal:
    scores = [line.mark.score for line in lines if line.mark and line.mark.score is not None]
    return sum(scores, Decimal(0))


def _say_checked(count: int) -> None:
    if count:
        words = ngettext(
            "Checked. One mark counts now.", "Checked. %(num)s marks count now.", count
        )
        flash(words, "success")
    else:
        flash(_("Nothing was chosen, so nothing was checked."), "attend")
