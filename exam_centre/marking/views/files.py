"""A marker's sheet as a spreadsheet: out without names, in with a verdict on every row."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exam_centre.adapters.spreadsheets import FileRefused, OutSheet, write_xlsx
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Permission
from exam_centre.marking import queries
from exam_centre.marking.forms import ActForm, FileForm
from exam_centre.marking.models import Allocation
from exam_centre.marking.queries.grid import grid_of, sheet_facts
from exam_centre.marking.rules.sheets import MOST_CELLS, NameColumn, WrongBody
from exam_centre.marking.rules.words import STATUS_NAMES, grouped
from exam_centre.marking.service.files import FileRow, judge_rows, keep_rows, read_rows
from exam_centre.marking.views.base import blueprint
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import show_refusal
from exam_centre.webkit.languages import said

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_TYPED = 40


@blueprint.get("/mine/<token:allocation>/sheet.xlsx")
@requires(Permission.ENTER_MARKS)
def sheet_file(allocation: str) -> Response:
    """Give the sheet as a workbook: places, codes, marks; nobody's name."""
    held = queries.access_allocation(reader(), current_actor(), allocation)
    rows = [
        (
            each.line.position,
            each.line.code,
            "" if each.line.place_holder else each.text,
            said(STATUS_NAMES[each.line.status])
            if each.line.place_holder and each.line.status
            else "",
        )
        for each in grid_of(reader(), held)
    ]
    header = (_("Place"), "secret_code", "score", _("No script"))
    first = sheet_facts(reader(), held).first_code
    book = write_xlsx([OutSheet(first, header, rows)], clock.now())
    name = f"marks-{first}-{held.round}.xlsx"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(book, mimetype=XLSX, headers=disposition)


@blueprint.route("/mine/<token:allocation>/file", methods=["GET", "POST"])
@requires(Permission.ENTER_MARKS)
def mark_file(allocation: str) -> ResponseReturnValue:
    """Take a filled-in workbook and show what would become of every row."""
    held = queries.access_allocation(reader(), current_actor(), allocation)
    form = FileForm.from_request()
    if form.submitted():
        try:
            rows = read_rows(form.file.data.read())
            return _preview(held, rows, form)
        except (FileRefused, NameColumn) as refusal:
            show_refusal(form.file, refusal)
    return _page(held, form, ())


@blueprint.post("/mine/<token:allocation>/file/keep")
@requires(Permission.ENTER_MARKS)
def keep_file(allocation: str) -> ResponseReturnValue:
    """Keep every row of the previewed file, or none."""
    actor = current_actor()
    rows, versions = _sent_rows()
    with unit_of_work() as session:
        held = queries.access_allocation(session, actor, allocation)
        kept = keep_rows(session, actor, held, rows, versions, now=clock.now())
    flash(ngettext("One mark kept.", "%(num)s marks kept.", kept), "success")
    return redirect(url_for(".sheet", allocation=allocation), 303)


def _preview(held: Allocation, rows: list[FileRow], form: FileForm) -> ResponseReturnValue:
    verdicts = judge_rows(reader(), held, rows)
    # What is wrong stands first.
    shown = sorted(verdicts, key=lambda v: (v.refusal is None, v.row.number))
    return _page(held, form, shown)


def _page(held: Allocation, form: FileForm, verdicts: object) -> ResponseReturnValue:
    return render_template(
        "marking/file.html",
        held=held,
        facts=sheet_facts(reader(), held),
        form=form,
        keep=ActForm(formdata=None),
        verdicts=verdicts,
        grouped=grouped,
    )


def _sent_rows() -> tuple[list[FileRow], list[int | None]]:
    codes, marks = request.form.getlist("code"), request.form.getlist("mark")
    numbers, versions = request.form.getlist("row"), request.form.getlist("version")
    if len({len(codes), len(marks), len(numbers), len(versions)}) > 1 or len(codes) > MOST_CELLS:
        raise WrongBody
    rows = [
        FileRow(_whole(number) or 0, code[:LONGEST_TYPED], mark[:LONGEST_TYPED])
        for number, code, mark in zip(numbers, codes, marks, strict=True)
    ]
    return rows, [_whole(version) for version in versions]


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None
