"""Files: uploaded, looked at row by row, applied as a whole, undone as a whole."""

from hashlib import sha256

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from exam_centre.adapters.spreadsheets import FileRefused, OutSheet, write_xlsx
from exam_centre.calendar.models import Series
from exam_centre.calendar.queries import access_series
from exam_centre.entries import jobs as room_jobs
from exam_centre.entries import queries
from exam_centre.entries.forms import ActForm, UndoForm, UploadForm
from exam_centre.entries.models import ImportBatch
from exam_centre.entries.queries.imports import IMPORTERS as SEERS
from exam_centre.entries.rules import (
    IMPORT_SENTENCES,
    KIND_SENTENCES,
    VERDICT_SENTENCES,
    ImportKind,
    ImportStatus,
    PreviewOutdated,
    RowsInTheWay,
    RowsWrong,
    RowVerdict,
    SeriesMissing,
)
from exam_centre.entries.service import imports
from exam_centre.entries.service.imports.columns import ALIASES
from exam_centre.entries.views.blueprint import blueprint
from exam_centre.kernel import clock, jobs
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.errors import Forbidden, NotFound
from exam_centre.kernel.jobs import Job, JobStatus
from exam_centre.kernel.permissions import SENTENCES, Actor
from exam_centre.kernel.sealing import Seal
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import show_refusal
from exam_centre.webkit.languages import language, said
from exam_centre.webkit.paging import asked_window

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SMALL = 100_000  # bytes that are looked at within the request; more is for the runner
FEW = 300  # rows that are applied within the request; more is for the runner
UNDER_WAY = (JobStatus.WAITING, JobStatus.RUNNING)
ORDER = (RowVerdict.WRONG, RowVerdict.NEW, RowVerdict.CHANGED, RowVerdict.SAME)


@blueprint.get("/files")
@requires(*SEERS)
def list_imports() -> ResponseReturnValue:
    """List the files of one's units, newest first."""
    return render_template(
        "entries/imports.html",
        batches=queries.imports_of(reader(), current_actor()),
        kinds=KIND_SENTENCES,
        statuses=IMPORT_SENTENCES,
    )


@blueprint.route("/files/upload", methods=["GET", "POST"])
@requires(*SEERS)
def upload() -> ResponseReturnValue:
    """Take a file and look at it; a large one is looked at by the runner."""
    actor = current_actor()
    form = UploadForm.from_request()
    allowed = _kinds_of(actor)
    form.kind.choices = [(kind.value, said(KIND_SENTENCES[kind])) for kind in allowed]
    codes = queries.open_series_codes(reader())
    form.series.choices = [("", "–"), *((code, code) for code in codes)]
    if form.submitted():
        kind = ImportKind(form.kind.data)
        series = access_series(reader(), actor, form.series.data) if form.series.data else None
        name, data = form.file.data.filename or "", form.file.data.read()
        try:
            return _look(kind, name, data, series)
        except FileRefused as refusal:
            show_refusal(form.file, refusal)
        except SeriesMissing as refusal:
            show_refusal(form.series, refusal)
    return render_template(
        "entries/import_upload.html", form=form, kinds={k: KIND_SENTENCES[k] for k in allowed}
    )


@blueprint.get("/files/example/<kind>.xlsx")
@requires(*SEERS)
def example(kind: str) -> Response:
    """Give a file of one kind with its columns and one row, to be filled in."""
    if kind not in set(ImportKind):
        raise NotFound(say("kind of file"))
    importer = imports.IMPORTERS[ImportKind(kind)]
    header = [column.name for column in importer.columns]
    row = [*importer.example, *[""] * (len(header) - len(importer.example))]
    book = write_xlsx([OutSheet(kind, header, [row])], clock.now())
    disposition = {"Content-Disposition": f'attachment; filename="{kind}.xlsx"'}
    return Response(book, mimetype=XLSX, headers=disposition)


@blueprint.get("/files/looking/<token:job>")
@requires(*SEERS)
def looking(job: str) -> ResponseReturnValue:
    """Show how far the runner is with a file, then the file."""
    actor = current_actor()
    row = queries.job_of_person(reader(), job, room_jobs.LOOK, actor.human())
    if row.status is JobStatus.DONE:
        batch = queries.import_with_bytes(reader(), actor.human(), row.arguments["sha256"])
        if batch is not None:
            return redirect(url_for(".show_import", batch=batch.token), 303)
    return render_template(
        "entries/import_looking.html", job=row, is_running=row.status in UNDER_WAY
    )


@blueprint.get("/files/<token:batch>")
@requires(*SEERS)
def show_import(batch: str) -> ResponseReturnValue:
    """Show what a file would do, or did: one verdict at a time, the wrong rows first."""
    return _page(batch, UndoForm(formdata=None))


@blueprint.post("/files/<token:batch>/apply")
@requires(*SEERS)
def apply_import(batch: str) -> ResponseReturnValue:
    """Apply a file as a whole; a large one is applied by the runner."""
    if not ActForm.from_request().submitted():
        return redirect(url_for(".show_import", batch=batch), 303)
    actor = current_actor()
    found = queries.access_import(reader(), actor, batch)
    counts = queries.verdicts_of(reader(), found.id)
    rows = counts[RowVerdict.NEW] + counts[RowVerdict.CHANGED]
    if counts[RowVerdict.WRONG]:
        raise RowsWrong(counts[RowVerdict.WRONG])
    if rows > FEW:
        return _apply_later(found, actor)
    try:
        with unit_of_work() as session:
            own = queries.access_import(session, actor, batch)
            importer = imports.IMPORTERS[own.kind]
            imports.apply(session, actor, importer, own, seal=_seal(), now=clock.now())
    except PreviewOutdated as refusal:
        _judge_again(batch)
        flash(said(refusal.sentence), "attend")
        return redirect(url_for(".show_import", batch=batch), 303)
    flash(ngettext("One row is imported.", "%(num)s rows are imported.", rows), "success")
    return redirect(url_for(".show_import", batch=batch), 303)


@blueprint.post("/files/<token:batch>/again")
@requires(*SEERS)
def judge_import_again(batch: str) -> ResponseReturnValue:
    """Look at a file again, as things stand now."""
    if ActForm.from_request().submitted():
        _judge_again(batch)
        flash(_("The file was looked at again."), "note")
    return redirect(url_for(".show_import", batch=batch), 303)


@blueprint.post("/files/<token:batch>/discard")
@requires(*SEERS)
def discard_import(batch: str) -> ResponseReturnValue:
    """Give up a file that was not applied."""
    if ActForm.from_request().submitted():
        actor = current_actor()
        with unit_of_work() as session:
            own = queries.access_import(session, actor, batch)
            importer = imports.IMPORTERS[own.kind]
            imports.discard(session, actor, importer, own, now=clock.now())
        flash(_("The file is given up. Nothing of it was imported."), "note")
    return redirect(url_for(".list_imports"), 303)


@blueprint.post("/files/<token:batch>/undo")
@requires(*SEERS)
def undo_import(batch: str) -> ResponseReturnValue:
    """Undo an applied file, or say which rows stand in the way."""
    form = UndoForm.from_request()
    in_the_way: RowsInTheWay | None = None
    if form.submitted():
        actor = current_actor()
        try:
            with unit_of_work() as session:
                own = queries.access_import(session, actor, batch)
                imports.undo(
                    session,
                    actor,
                    imports.IMPORTERS[own.kind],
                    own,
                    reason=form.reason.data or "",
                    seal=_seal(),
                    now=clock.now(),
                )
            flash(_("The file is undone."), "success")
            return redirect(url_for(".show_import", batch=batch), 303)
        except RowsInTheWay as refusal:
            in_the_way = refusal
    return _page(batch, form, in_the_way)


def _page(
    batch: str, undo_form: UndoForm, in_the_way: RowsInTheWay | None = None
) -> ResponseReturnValue:
    session, actor = reader(), current_actor()
    found = queries.access_import(session, actor, batch)
    counts = queries.verdicts_of(session, found.id)
    window = asked_window("verdict")
    asked = window.kept.get("verdict", "")
    verdict = (
        RowVerdict(asked)
        if asked in set(RowVerdict)
        else next((each for each in ORDER if counts[each]), RowVerdict.NEW)
    )
    rows = queries.import_rows(session, found.id, verdict, offset=window.offset, limit=window.limit)
    job = queries.job_of_import(session, room_jobs.APPLY, "batch", found.id)
    importer = imports.IMPORTERS[found.kind]
    columns = [column.name for column in importer.columns]
    return render_template(
        "entries/import.html",
        batch=found,
        kind=KIND_SENTENCES[found.kind],
        status=IMPORT_SENTENCES[found.status],
        is_open=found.status is ImportStatus.PREVIEWED,
        is_applied=found.status is ImportStatus.APPLIED,
        notes=[imports.as_sentence(note) for note in found.notes],
        counts=[(each, VERDICT_SENTENCES[each], counts[each]) for each in ORDER],
        verdict=verdict,
        is_wrong=verdict is RowVerdict.WRONG,
        wrong=counts[RowVerdict.WRONG],
        to_do=counts[RowVerdict.NEW] + counts[RowVerdict.CHANGED],
        page=window.page(rows, counts[verdict]),
        lines=[(row, imports.said_of(row), _cell(row.cells, row.column)) for row in rows],
        shown=_first_cells(columns),
        cell=_cell,
        column_name=_column_name,
        job=job if job is not None and job.status in UNDER_WAY else None,
        act=ActForm(formdata=None),
        undo_form=undo_form,
        in_the_way=in_the_way,
    )


def _look(kind: ImportKind, name: str, data: bytes, series: Series | None) -> ResponseReturnValue:
    actor, importer = current_actor(), imports.IMPORTERS[kind]
    unit = queries.home_unit(reader(), actor, importer.permission)
    if unit is None:
        raise Forbidden(SENTENCES[importer.permission])
    if importer.needs_series and series is None:
        raise SeriesMissing
    if len(data) > SMALL:
        return _look_later(kind, name, data, series, unit)
    with unit_of_work() as session:
        batch = imports.preview(
            session,
            actor,
            importer,
            imports.Upload(name, data),
            session.get_one(Unit, unit.id),
            seal=_seal(),
            series=session.get_one(Series, series.id) if series else None,
            now=clock.now(),
        )
    return redirect(url_for(".show_import", batch=batch.token), 303)


def _look_later(
    kind: ImportKind, name: str, data: bytes, series: Series | None, unit: Unit
) -> ResponseReturnValue:
    actor = current_actor()
    arguments = {
        "key": room_jobs.vault().keep(data),
        "sha256": sha256(data).hexdigest(),
        "name": name,
        "kind": kind.value,
        "unit": unit.id,
        "series": series.id if series else None,
        "user": actor.user_id,
    }
    with unit_of_work() as session:
        job = jobs.ask(session, actor, room_jobs.LOOK, arguments, clock.now())
    return redirect(url_for(".looking", job=job.token), 303)


def _apply_later(batch: ImportBatch, actor: Actor) -> ResponseReturnValue:
    running = queries.job_of_import(reader(), room_jobs.APPLY, "batch", batch.id)
    if not _is_under_way(running):
        arguments = {"batch": batch.id, "user": actor.user_id}
        with unit_of_work() as session:
            jobs.ask(session, actor, room_jobs.APPLY, arguments, clock.now())
    flash(_("The file is being imported."), "note")
    return redirect(url_for(".show_import", batch=batch.token), 303)


def _is_under_way(job: Job | None) -> bool:
    return job is not None and job.status in UNDER_WAY


def _judge_again(batch: str) -> None:
    actor = current_actor()
    with unit_of_work() as session:
        own = queries.access_import(session, actor, batch)
        importer = imports.IMPORTERS[own.kind]
        imports.judge_again(session, actor, importer, own, seal=_seal(), now=clock.now())


def _kinds_of(actor: Actor) -> list[ImportKind]:
    return [
        kind
        for kind in ImportKind
        if kind in imports.IMPORTERS and actor.may(imports.IMPORTERS[kind].permission)
    ]


def _seal() -> Seal:
    return room_jobs.vault().load_seal()


def _cell(cells: dict[str, object], column: str) -> str:
    return imports.shown(cells, column, _seal())


def _first_cells(columns: list[str]) -> list[str]:
    return columns[:3]


def _column_name(column: str) -> str:
    """Return what a column is called in the reader's language."""
    return ALIASES[column][0] if language() == "zh" and column in ALIASES else column
