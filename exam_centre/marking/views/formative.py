"""Marks of the term for the office: courses, candidates, and one mark with its earlier versions."""

from decimal import Decimal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.accounts.rules import ReasonMissing
from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import access_series
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.marking import service
from exam_centre.marking.forms import FormativeForm
from exam_centre.marking.queries.formative import (
    FormativeLine,
    Recorded,
    access_formative,
    earlier_marks,
    find_course,
    formative_courses,
    formative_lines,
    series_with_formative,
)
from exam_centre.marking.rules import Given, MarkStatus, read_mark
from exam_centre.marking.rules.words import TERM_STATUS_NAMES
from exam_centre.marking.views.base import blueprint
from exam_centre.marking.views.words import RECORDED_NAMES
from exam_centre.papers.models import Course
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.errors import STATUS_OF_KIND
from exam_centre.webkit.form import show_refusal, typed
from exam_centre.webkit.paging import asked_window

DECIMALS = 2


@blueprint.get("/formative")
@requires(Permission.RUN_MARKING)
def formative() -> ResponseReturnValue:
    """Show the courses of a series with a formative part, those with most missing first."""
    session, actor = reader(), current_actor()
    found = series_with_formative(session, actor)
    asked = request.args.get("series", "")
    series = next((one for one in found if one.code == asked), found[0] if found else None)
    lines = formative_courses(session, actor, series.id) if series else []
    return render_template(
        "marking/formative.html",
        series=series,
        all_series=found,
        lines=lines,
        missing=sum(line.entered - line.recorded for line in lines),
    )


@blueprint.get("/formative/<series>/<course>")
@requires(Permission.RUN_MARKING)
def formative_course(series: str, course: str) -> ResponseReturnValue:
    """List the candidates of one course with their mark of the term, those without one first."""
    session, actor = reader(), current_actor()
    of_series, of_course = access_series(session, actor, series), find_course(session, course)
    window = asked_window("shown")
    asked = request.args.get("shown", "")
    shown = Recorded(asked) if asked in set(Recorded) else Recorded.ALL
    lines, total = formative_lines(
        session,
        actor,
        of_series.id,
        of_course.id,
        shown=shown,
        text=window.text,
        offset=window.offset,
        limit=window.limit,
    )
    return render_template(
        "marking/formative_course.html",
        series=of_series,
        course=of_course,
        page=window.page(lines, total),
        shown=shown,
        recorded_names=RECORDED_NAMES,
        status_names=TERM_STATUS_NAMES,
    )


@blueprint.route("/formative/<series>/<course>/<person_no>", methods=["GET", "POST"])
@requires(Permission.RUN_MARKING)
def formative_mark(series: str, course: str, person_no: str) -> ResponseReturnValue:
    """Enter or change one mark of the term; a change says why, and the earlier mark stays."""
    session, actor = reader(), current_actor()
    of_series, of_course = access_series(session, actor, series), find_course(session, course)
    line = access_formative(session, actor, of_series.id, of_course.id, person_no)
    form = FormativeForm.from_request(**_known(line))
    status = 200
    if form.submitted():
        try:
            _keep(form, series, course, person_no)
        except Refusal as refusal:
            field = form.reason if isinstance(refusal, ReasonMissing) else form.score
            show_refusal(field, refusal)
            status = STATUS_OF_KIND[refusal.kind]
        else:
            flash(_("Kept for %(name)s.", name=line.name), "success")
            return redirect(url_for(".formative_course", series=series, course=course), 303)
        line = access_formative(session, actor, of_series.id, of_course.id, person_no)
    return _page(of_series, of_course, line, form), status


def _keep(form: FormativeForm, series: str, course: str, person_no: str) -> None:
    """Keep what was typed. Raises what the field's rule and the service raise."""
    actor, now = current_actor(), clock.now()
    number = typed(form.score)
    score: Decimal | None = read_mark(number, DECIMALS) if number else None
    status = MarkStatus(form.status.data) if form.status.data else None
    assert form.dated.data is not None, "the form asks for a day"
    reader().rollback()
    with unit_of_work() as session:
        of_series, of_course = access_series(session, actor, series), find_course(session, course)
        line = access_formative(session, actor, of_series.id, of_course.id, person_no)
        service.change_formative(
            session,
            actor,
            line.candidate,
            of_course,
            of_series,
            score=score,
            status=status,
            source=typed(form.source),
            dated=form.dated.data,
            seen=request.form.get("seen", ""),
            reason=typed(form.reason),
            now=now,
        )


def _page(series: Series, course: Course, line: FormativeLine, form: FormativeForm) -> str:
    mark = line.mark
    return render_template(
        "marking/formative_mark.html",
        series=series,
        course=course,
        line=line,
        form=form,
        seen=str(Given(mark.score, mark.status)) if mark else "",
        earlier=earlier_marks(reader(), line.candidate.id, course.id, series.id),
        status_names=TERM_STATUS_NAMES,
    )


def _known(line: FormativeLine) -> dict[str, object]:
    mark = line.mark
    if mark is None:
        return {"dated": clock.at_venue(clock.now(), "Asia/Shanghai").date()}
    return {
        "score": str(Given(mark.score, None)) if mark.score is not None else "",
        "status": mark.status.value if mark.status is not None else "",
        "source": mark.source,
        "dated": mark.dated,
    }
