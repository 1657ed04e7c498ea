"""The blueprint of this room, what it offers in the menu, and the words its pages share."""

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exam_centre.entries.models import Candidate
from exam_centre.entries.queries.imports import IMPORTERS
from exam_centre.entries.rules import (
    EFFECT_SENTENCES,
    ENTRY_SENTENCES,
    NEED_SENTENCES,
    REQUEST_SENTENCES,
    RULE_SENTENCES,
    TAKE_SENTENCES,
)
from exam_centre.kernel.permissions import Permission
from exam_centre.webkit.access import current_actor
from exam_centre.webkit.navigation import NavItem

blueprint = Blueprint("entries", __name__, url_prefix="/entries")

SEERS = (
    Permission.ENTER_CANDIDATES,
    Permission.APPROVE_ENTRIES,
    Permission.PLAN_TIMETABLE,
    Permission.ISSUE_SLIPS,
)
ASKERS = (Permission.SEE_OWN, Permission.ENTER_CANDIDATES)
REQUEST_SEERS = (Permission.ENTER_CANDIDATES, Permission.APPROVE_ENTRIES)
NAVIGATION = (
    NavItem(_l("My entries"), "entries.show_mine", (Permission.SEE_OWN,)),
    NavItem(_l("Candidates"), "entries.list_candidates", SEERS),
    NavItem(_l("Entries"), "entries.list_series", SEERS),
    NavItem(_l("Requests"), "entries.list_access", REQUEST_SEERS),
    NavItem(_l("Files"), "entries.list_imports", IMPORTERS),
)
Places = list[tuple[str, str | None]]


@blueprint.context_processor
def words() -> dict[str, object]:
    """Give every page of the room the words for its statuses, needs and reasons."""
    return {
        "statuses": ENTRY_SENTENCES,
        "takes": TAKE_SENTENCES,
        "needs": NEED_SENTENCES,
        "effects": EFFECT_SENTENCES,
        "requests": REQUEST_SENTENCES,
        "rules": RULE_SENTENCES,
    }


def way_to_candidate(candidate: Candidate, name: str) -> Places:
    """Return the breadcrumb down to a candidate, or to one's own entries; the page adds itself."""
    if candidate.person_id == current_actor().person_id:
        return [(_("Home"), url_for("overview.home")), (_("My entries"), url_for(".show_mine"))]
    return [
        (_("Candidates"), url_for(".list_candidates")),
        (name, url_for(".show_candidate", person_no=candidate.person_no)),
    ]
