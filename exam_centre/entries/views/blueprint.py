"""The blueprint of this room, and what it offers in the menu."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from exam_centre.entries.queries.imports import IMPORTERS
from exam_centre.kernel.permissions import Permission
from exam_centre.webkit.navigation import NavItem

blueprint = Blueprint("entries", __name__, url_prefix="/entries")

SEERS = (
    Permission.ENTER_CANDIDATES,
    Permission.APPROVE_ENTRIES,
    Permission.PLAN_TIMETABLE,
    Permission.ISSUE_SLIPS,
)
NAVIGATION = (
    NavItem(_l("Candidates"), "entries.list_candidates", SEERS),
    NavItem(_l("Files"), "entries.list_imports", IMPORTERS),
)
