"""A plan to take away: CSV, workbook; one's own duties for the phone's calendar."""

from flask import Response, request

from exam_centre.calendar.models import Series
from exam_centre.kernel import clock
from exam_centre.timetable import queries
from exam_centre.timetable.documents import duty_calendar, plan_csv, plan_workbook
from exam_centre.timetable.models import Plan
from exam_centre.timetable.queries import lists
from exam_centre.timetable.rules import OFF_DUTY
from exam_centre.timetable.views.blueprint import PLANS, blueprint
from exam_centre.webkit.access import current_actor, requires, signed_in
from exam_centre.webkit.database import reader
from exam_centre.webkit.languages import language

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/plans/<token:token>/plan.csv")
@requires(*PLANS)
def download_csv(token: str) -> Response:
    """Give the plan as CSV, one line an entry course."""
    plan = queries.access_plan(reader(), current_actor(), token)
    content = plan_csv(queries.export_lines(reader(), plan))
    return _file(content, "text/csv; charset=utf-8", f"{_name(plan)}.csv")


@blueprint.get("/plans/<token:token>/plan.xlsx")
@requires(*PLANS)
def download_workbook(token: str) -> Response:
    """Give the plan as a workbook."""
    plan = queries.access_plan(reader(), current_actor(), token)
    name = _name(plan)
    content = plan_workbook(name, queries.export_lines(reader(), plan), clock.now())
    return _file(content, XLSX, f"{name}.xlsx")


@blueprint.get("/duties/mine.ics")
@signed_in
def my_calendar() -> Response:
    """Give one's own duties for a calendar."""
    duties = [
        duty
        for duty in lists.duties_of_person(reader(), current_actor().human())
        if duty.status not in OFF_DUTY
    ]
    content = duty_calendar(duties, request.host, language(), clock.now())
    return _file(content, "text/calendar; charset=utf-8", "duties.ics")


def _name(plan: Plan) -> str:
    """Return a file's name of plain characters."""
    code = reader().get_one(Series, plan.series_id).code
    plain = "".join(c for c in code if c.isascii() and c.isalnum()) or "plan"
    return f"{plain}-{plan.number}"


def _file(content: bytes, kind: str, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=kind, headers=disposition)
