"""What marking prints: a bundle's mark sheet, a marker's own sheet, the report of a moderation."""

from flask import Response

from exam_centre.accounts.queries import names_of
from exam_centre.adapters.pdf import Document, Fonts, draw
from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.permissions import Permission
from exam_centre.kernel.sentences import say
from exam_centre.marking import documents, queries
from exam_centre.marking.documents import Reading
from exam_centre.marking.queries import pages
from exam_centre.marking.queries.grid import grid_of, sheet_facts
from exam_centre.marking.rules import AllocationStatus, BundleStatus, NotFinal, SampleUnread
from exam_centre.marking.views.base import blueprint
from exam_centre.marking.views.bundles import sees_marks, still_marks
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.languages import language
from exam_centre.webkit.printing import as_pdf, assets_dir


@blueprint.get("/bundles/<token:bundle>/mark-sheet.pdf")
@requires(Permission.RUN_MARKING, Permission.APPROVE_RESULTS)
def mark_sheet(bundle: str) -> Response:
    """Print a bundle's sheet; marks stand on it as soon as its page shows them to this person."""
    session, actor = reader(), current_actor()
    found = queries.access_bundle(session, actor, bundle)
    return _pdf(
        documents.mark_sheet(
            pages.line_of(session, found),
            queries.scripts_of(session, found),
            shows_marks=sees_marks(actor, found),
            language=language(),
        )
    )


@blueprint.get("/mine/<token:allocation>/mark-sheet.pdf")
@requires(Permission.ENTER_MARKS)
def own_mark_sheet(allocation: str) -> Response:
    """Print a marker's own round to be signed."""
    session, actor = reader(), current_actor()
    held = queries.access_allocation(session, actor, allocation)
    return _pdf(
        documents.own_mark_sheet(
            sheet_facts(session, held),
            grid_of(session, held),
            round_no=held.round,
            marker=names_of(session, [held.marker_id])[held.marker_id],
            is_submitted=held.status is AllocationStatus.SUBMITTED,
            language=language(),
        )
    )


@blueprint.get("/bundles/<token:bundle>/moderation-report.pdf")
@requires(Permission.RUN_MARKING, Permission.MODERATE, Permission.APPROVE_RESULTS)
def moderation_report(bundle: str) -> Response:
    """Print the report of a moderation once its whole sample is read."""
    session, actor = reader(), current_actor()
    found = queries.access_bundle(session, actor, bundle)
    if still_marks(actor, found):
        raise Forbidden(say("read the marks of a bundle that one still marks."))
    sample = queries.report_of(session, found)
    unread = sum(each.moderation.score is None for each in sample)
    if unread:
        raise SampleUnread(unread)
    if not sample and found.status not in (BundleStatus.MODERATED, BundleStatus.APPROVED):
        raise NotFinal
    people = {each.moderation.moderator_id for each in sample} | {found.approved_by_id or 0}
    names = names_of(session, people - {0})
    line = pages.line_of(session, found)
    reading = Reading(
        moderator=names[sample[0].moderation.moderator_id] if sample else "",
        approver=names[found.approved_by_id] if found.approved_by_id else "",
        tolerance=queries.rules_of_bundle(session, found).tolerance,
        scripts=line.codes,
    )
    return _pdf(documents.moderation_report(line, sample, reading, language=language()))


def _pdf(document: Document) -> Response:
    return as_pdf(draw(document, Fonts.from_assets(assets_dir())), document.number)
