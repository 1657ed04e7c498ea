"""The blueprint of marking and its entries of the menu."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from exam_centre.kernel.permissions import Permission
from exam_centre.webkit.navigation import NavItem

blueprint = Blueprint("marking", __name__, url_prefix="/marking")

NAVIGATION: tuple[NavItem, ...] = (
    NavItem(_l("Marking"), "marking.office", (Permission.RUN_MARKING,)),
    NavItem(_l("Computer papers' marks"), "marking.engine", (Permission.RUN_MARKING,)),
    NavItem(_l("My marking"), "marking.mine", (Permission.ENTER_MARKS,)),
    NavItem(
        _l("Assignments"),
        "marking.assignments",
        (Permission.ENTER_MARKS, Permission.RUN_MARKING),
    ),
    NavItem(_l("Formative marks"), "marking.formative", (Permission.RUN_MARKING,)),
    NavItem(_l("Moderation"), "marking.samples", (Permission.MODERATE,)),
    NavItem(_l("Approve marks"), "marking.approvals", (Permission.APPROVE_RESULTS,)),
)
