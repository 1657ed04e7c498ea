"""The sealed allocation of a plan, to take away and repeat elsewhere."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from exam_centre.accounts.queries import names_of
from exam_centre.calendar.models import Series
from exam_centre.kernel.errors import Refusal
from exam_centre.timetable import queries
from exam_centre.timetable.service.reproducing import allocation_file, file_sha256
from exam_centre.timetable.views.blueprint import PLANS, blueprint, way_to
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader

COMMANDS = ("sha256sum {}", "flask --app wsgi timetable reproduce {}")  # for who repeats it


@blueprint.get("/plans/<token:token>/sealed")
@requires(*PLANS)
def show_sealed(token: str) -> ResponseReturnValue:
    """Show what a plan was made of, and how strangers repeat it, or why they can not."""
    plan = queries.access_plan(reader(), current_actor(), token)
    parts = queries.seed_parts(reader(), plan)
    refusal, content = None, b""
    try:
        content = allocation_file(reader(), plan)
    except Refusal as refused:
        refusal = refused
    return render_template(
        "timetable/sealed.html",
        plan=plan,
        parts=parts,
        names=names_of(reader(), [part.person_id for part in parts]),
        solver=plan.summary.get("solver"),
        refusal=refusal,
        sha256=file_sha256(content) if content else "",
        kilobytes=-(-len(content) // 1000),
        commands=[command.format(_name(plan.series_id, plan.number)) for command in COMMANDS],
        way=way_to(plan),
    )


@blueprint.get("/plans/<token:token>/sealed.json")
@requires(*PLANS)
def download_sealed(token: str) -> ResponseReturnValue:
    """Give the sealed allocation as a file, the same bytes each time."""
    plan = queries.access_plan(reader(), current_actor(), token)
    content = allocation_file(reader(), plan)
    name = _name(plan.series_id, plan.number)
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, content_type="application/json", headers=disposition)


def _name(series_id: int, number: int) -> str:
    """Return a file's name of plain characters."""
    code = reader().get_one(Series, series_id).code
    plain = "".join(c for c in code if c.isascii() and c.isalnum()) or "plan"
    return f"{plain}-{number}-sealed.json"
