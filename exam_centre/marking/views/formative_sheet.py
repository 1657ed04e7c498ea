"""Many formative marks on one page: typed or pasted, and kept all together or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exam_centre.accounts.rules import ReasonMissing
from exam_centre.calendar.queries import access_series
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.marking import service
from exam_centre.marking.forms import FormativeSheetForm
from exam_centre.marking.queries.formative import FormativeLine, find_course, formative_sheet
from exam_centre.marking.rules import FormativeClash, Given, SheetHasFaults
from exam_centre.marking.rules.sheets import meant
from exam_centre.marking.service import FormativeCell
from exam_centre.marking.views.base import blueprint
from exam_centre.marking.views.mine import LONGEST_TYPED, shown_text
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.errors import STATUS_OF_KIND
from exam_centre.webkit.form import show_refusal, typed
from exam_centre.webkit.languages import said
from exam_centre.webkit.paging import asked_window

SHEET_ROWS = 200
ZONE = "Asia/Shanghai"
MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class SheetLine:
    """One line of the sheet as the page shows it."""

    line: FormativeLine
    text: str  # what stands in its field
    seen: str  # the mark the sheet showed when it was opened
    fault: str = ""
    stored: str | None = None  # on record meanwhile, where somebody else changed it

    @property
    def first(self) -> str:
        """What stood in the field when the sheet was opened."""
        return shown_text(self.seen)


@blueprint.route("/formative/<series>/<course>/sheet", methods=["GET", "POST"])
@requires(Permission.RUN_MARKING)
def formative_grid(series: str, course: str) -> ResponseReturnValue:
    """Show the candidates of a course, a field each; a post keeps the whole sheet or nothing."""
    session, actor = reader(), current_actor()
    of_series, of_course = access_series(session, actor, series), find_course(session, course)
    window = asked_window(size=SHEET_ROWS)
    form = FormativeSheetForm.from_request(dated=clock.at_venue(clock.now(), ZONE).date())
    refusals: Mapping[str, Refusal] = {}
    status = 400 if form.is_submitted() else 200
    if form.submitted():
        try:
            kept = _keep(form, series, course)
        except SheetHasFaults as faults:
            refusals = faults.refusals
        except ReasonMissing as refusal:
            show_refusal(form.reason, refusal)
            status = STATUS_OF_KIND[refusal.kind]
        else:
            _say_kept(kept)
            here = url_for(
                ".formative_grid", series=series, course=course, page=request.args.get("page")
            )
            return redirect(here, 303)
        of_series, of_course = access_series(session, actor, series), find_course(session, course)
    if any(isinstance(each, FormativeClash) for each in refusals.values()):
        status = STATUS_OF_KIND[FormativeClash.kind]
    lines, total = formative_sheet(
        session, actor, of_series.id, of_course.id, offset=window.offset, limit=window.limit
    )
    page = render_template(
        "marking/formative_sheet.html",
        series=of_series,
        course=of_course,
        page=window.page([_shown(line, refusals) for line in lines], total),
        recorded=sum(line.mark is not None for line in lines),
        wrong=len(refusals),
        strangers=_strangers(lines, refusals),
        form=form,
        mine=MINE,
        theirs=THEIRS,
    )
    return page, status


def _keep(form: FormativeSheetForm, series: str, course: str) -> int:
    actor, now = current_actor(), clock.now()
    cells = _sent_cells()
    assert form.dated.data is not None, "the form asks for a day"
    reader().rollback()
    with unit_of_work(serializable=True) as session:
        return service.keep_formative_sheet(
            session,
            actor,
            access_series(session, actor, series),
            find_course(session, course),
            cells,
            source=typed(form.source),
            dated=form.dated.data,
            reason=typed(form.reason),
            now=now,
        )


def _sent_cells() -> list[FormativeCell]:
    """Return what was typed and says something new.

    Where the page asked whose mark holds, "theirs" leaves the line alone, and "mine" is typed in
    sight of theirs; without an answer it is asked again.
    """
    cells = []
    for name in request.form:
        number = name.removeprefix("mark-")
        if number == name:
            continue
        text = request.form.get(name, "").strip(" ")[:LONGEST_TYPED]
        seen = request.form.get(f"seen-{number}", "")[:LONGEST_TYPED]
        choice = request.form.get(f"choice-{number}", "")
        if choice == MINE:
            seen = request.form.get(f"stored-{number}", "")[:LONGEST_TYPED]
        if choice != THEIRS and meant(text) != meant(seen):
            cells.append(FormativeCell(number, text, seen))
    return cells


def _shown(line: FormativeLine, refusals: Mapping[str, Refusal]) -> SheetLine:
    number = line.candidate.person_no
    stands = str(Given(line.mark.score, line.mark.status)) if line.mark is not None else ""
    if f"mark-{number}" not in request.form:
        return SheetLine(line, shown_text(stands), stands)
    text = request.form[f"mark-{number}"].strip(" ")[:LONGEST_TYPED]
    seen = request.form.get(f"seen-{number}", "")[:LONGEST_TYPED]
    refusal = refusals.get(number)
    if refusal is None:
        # Of what the person did not touch, the mark on record is shown, also where it is new.
        is_theirs = request.form.get(f"choice-{number}", "") == THEIRS
        if is_theirs or meant(text) == meant(seen):
            return SheetLine(line, shown_text(stands), stands)
        return SheetLine(line, text, seen)
    clash = isinstance(refusal, FormativeClash)
    return SheetLine(line, text, seen, said(refusal.sentence), stands if clash else None)


def _strangers(lines: list[FormativeLine], refusals: Mapping[str, Refusal]) -> list[str]:
    """Return what is wrong with lines that no longer stand on the page."""
    here = {line.candidate.person_no for line in lines}
    return [said(each.sentence) for number, each in refusals.items() if number not in here]


def _say_kept(kept: int) -> None:
    if kept:
        flash(ngettext("One mark kept.", "%(num)s marks kept.", kept), "success")
    else:
        flash(_("Nothing was changed, so nothing was kept."), "attend")
