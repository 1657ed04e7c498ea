"""Where the pages of conduct hang, and the words they share."""

from flask import Blueprint, flash
from flask_babel import lazy_gettext as _l

from exam_centre.conduct.queries import SEES
from exam_centre.conduct.rules import (
    CASE_WORDS,
    INCIDENT_WORDS,
    KIND_WORDS,
    OFFENCE_WORDS,
    CaseStatus,
    IncidentStatus,
)
from exam_centre.kernel.errors import Refusal
from exam_centre.webkit.languages import said
from exam_centre.webkit.navigation import NavItem

blueprint = Blueprint("conduct", __name__, url_prefix="/conduct")

NAVIGATION: tuple[NavItem, ...] = (NavItem(_l("Incidents"), "conduct.list_incidents", SEES),)
ON_THE_PAGE = ("conflict", "bad_input")  # refusals a page can be sent again after


@blueprint.context_processor
def words() -> dict[str, object]:
    """Give every page of the room the words for its kinds and statuses."""
    return {
        "kind_words": KIND_WORDS,
        "incident_words": INCIDENT_WORDS,
        "offence_words": OFFENCE_WORDS,
        "case_words": CASE_WORDS,
        "OPEN": IncidentStatus.OPEN,
        "CaseStatus": CaseStatus,
    }


def tell(refusal: Refusal) -> None:
    """Show a refusal on the page that is about to be drawn again; let every other kind fly."""
    if refusal.kind not in ON_THE_PAGE:
        raise refusal
    flash(said(refusal.sentence), "problem")
