"""A plan to take away: CSV, workbooks, and sheets of paper for venues, rooms and staff."""

from datetime import date

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from exam_centre.adapters.pdf import Document, Fonts, Page, draw
from exam_centre.calendar.models import Series
from exam_centre.kernel import clock
from exam_centre.timetable import queries
from exam_centre.timetable.documents import (
    Footing,
    duty_sheet,
    lists_workbook,
    plan_csv,
    plan_workbook,
    room_lists,
    venue_sheet,
)
from exam_centre.timetable.models import Plan
from exam_centre.timetable.queries import grid, printing
from exam_centre.timetable.rules import GridBy
from exam_centre.timetable.views.blueprint import PLANS, blueprint, way_to
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.languages import language
from exam_centre.webkit.printing import as_pdf, assets_dir

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


@blueprint.get("/plans/<token:token>/lists.xlsx")
@requires(*PLANS)
def download_lists(token: str) -> Response:
    """Give a workbook for people: grids, who sits where, who is on duty."""
    plan = queries.access_plan(reader(), current_actor(), token)
    venues, rooms, papers = (
        grid.grid_of(reader(), plan, by=by) for by in (GridBy.VENUE, GridBy.ROOM, GridBy.PAPER)
    )
    content = lists_workbook(
        venues,
        rooms,
        papers,
        printing.seats_of_plan(reader(), plan),
        printing.duties_by_person(reader(), plan),
        language=language(),
        made_at=clock.now(),
    )
    return _file(content, XLSX, f"{_name(plan)}-lists.xlsx")


@blueprint.get("/plans/<token:token>/files")
@requires(*PLANS)
def list_files(token: str) -> ResponseReturnValue:
    """Show every file a plan can be taken away as."""
    plan = queries.access_plan(reader(), current_actor(), token)
    return render_template(
        "timetable/files.html",
        plan=plan,
        venues=printing.venues_of_plan(reader(), plan),
        days=list(printing.days_of_plan(reader(), plan)),
        way=way_to(plan),
    )


@blueprint.get("/plans/<token:token>/duties.pdf")
@requires(*PLANS)
def print_duties(token: str) -> Response:
    """Print everybody's duties."""
    plan = queries.access_plan(reader(), current_actor(), token)
    return _sheet(duty_sheet(printing.duties_by_person(reader(), plan), _footing(plan)))


@blueprint.get("/plans/<token:token>/venues/<token:venue>/<any(a4, a3):size>.pdf")
@requires(*PLANS)
def print_venue(token: str, venue: str, size: str) -> Response:
    """Print a venue's rooms by period, a page a day, on A4 or A3."""
    plan = queries.access_plan(reader(), current_actor(), token)
    found = printing.venue_of_plan(reader(), plan, venue)
    return _sheet(
        venue_sheet(
            found,
            grid.grid_of(reader(), plan, found.code),
            printing.days_of_plan(reader(), plan),
            _footing(plan),
            Page.WIDE if size == "a3" else Page.LANDSCAPE,
        )
    )


@blueprint.get("/plans/<token:token>/venues/<token:venue>/rooms/<day:day>.pdf")
@requires(*PLANS)
def print_rooms(token: str, venue: str, day: date) -> Response:
    """Print who sits in each room of a venue on one day, a page a room and period."""
    plan = queries.access_plan(reader(), current_actor(), token)
    found = printing.venue_of_plan(reader(), plan, venue)
    periods = printing.days_of_plan(reader(), plan).get(day, [])
    lines = printing.seats_of_plan(
        reader(), plan, venue_id=found.id, period_ids=[period.id for period in periods]
    )
    return _sheet(room_lists(found, day, lines, _footing(plan)))


def _sheet(document: Document) -> Response:
    return as_pdf(draw(document, Fonts.from_assets(assets_dir())), document.number)


def _footing(plan: Plan) -> Footing:
    series = reader().get_one(Series, plan.series_id)
    return Footing(series.name, series.code, plan.number, plan.result_sha256, language())


def _name(plan: Plan) -> str:
    """Return a file's name of plain characters."""
    code = reader().get_one(Series, plan.series_id).code
    plain = "".join(c for c in code if c.isascii() and c.isalnum()) or "plan"
    return f"{plain}-{plan.number}"


def _file(content: bytes, kind: str, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type=kind, headers=disposition)
