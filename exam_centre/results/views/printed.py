"""What results print: the sheet of a batch to sign, its release sheet, a correction."""

from flask import Response, request

from exam_centre.accounts.queries import names_of
from exam_centre.adapters.pdf import Document, Fonts, draw
from exam_centre.results import documents, queries
from exam_centre.results.documents import Release
from exam_centre.results.queries import pages
from exam_centre.results.rules import TooLongToPrint, portions
from exam_centre.results.views.batches import MOST_PRINTED, RELEASES
from exam_centre.results.views.blueprint import SEES, blueprint
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.languages import language
from exam_centre.webkit.printing import as_pdf, assets_dir


@blueprint.get("/batches/<token:token>/result-sheet.pdf")
@requires(*RELEASES)
def result_sheet(token: str) -> Response:
    """Print the outcomes of a batch to be signed, all of them or those of one course."""
    release = _release(token)
    course = request.args.get("course", "")
    if sum(course in ("", row.course_code) for row in release.rows) > MOST_PRINTED:
        raise TooLongToPrint(MOST_PRINTED)
    return _pdf(documents.result_sheet(release, course=course, language=language()))


@blueprint.get("/batches/<token:token>/release-sheet.pdf")
@requires(*RELEASES)
def release_sheet(token: str) -> Response:
    """Print what a batch released, by whom and when, with the hash over its content."""
    return _pdf(documents.release_sheet(_release(token), language=language()))


@blueprint.get("/corrections/<token:token>/form.pdf")
@requires(*SEES)
def correction_form(token: str) -> Response:
    """Print a correction or an appeal to be signed."""
    session = reader()
    correction = queries.access_correction(session, current_actor(), token)
    outcome = pages.outcome_of(session, correction)
    people = (correction.asked_by_id, correction.examined_by_id, correction.decided_by_id)
    return _pdf(
        documents.correction_form(
            correction,
            pages.row_of_outcome(session, outcome),
            pages.series_of(session, outcome),
            queries.explanation_of(outcome),
            pages.version_after(session, correction),
            names_of(session, [key for key in people if key is not None]),
            language=language(),
        )
    )


def _release(token: str) -> Release:
    session, actor = reader(), current_actor()
    batch = queries.access_batch(session, actor, token)
    outcomes = queries.outcomes_in(session, batch)
    signed = (batch.prepared_by_id, batch.approved_by_id, batch.released_by_id)
    rows = [
        row
        for some in portions([outcome.id for outcome in outcomes])
        for row in pages.rows_of(session, actor, some).values()
    ]
    return Release(
        batch=batch,
        series=pages.series_of_batch(session, batch),
        rows=rows,
        names=names_of(session, [key for key in signed if key is not None]),
        computed_sha256=queries.content_of(session, outcomes),
    )


def _pdf(document: Document) -> Response:
    return as_pdf(draw(document, Fonts.from_assets(assets_dir())), document.number)
