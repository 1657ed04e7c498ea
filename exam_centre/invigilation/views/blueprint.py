"""Where the pages of the exam day hang, and the words they share."""

from flask import Blueprint, flash
from flask_babel import lazy_gettext as _l

from exam_centre.admission.rules import AttendanceStatus
from exam_centre.conduct.rules import KIND_WORDS
from exam_centre.invigilation.rules import (
    ATTENDANCE_WORDS,
    DUTY_WORDS,
    STATUS_WORDS,
    RoomDayStatus,
    Step,
)
from exam_centre.kernel.errors import Refusal
from exam_centre.kernel.permissions import Permission
from exam_centre.webkit.languages import said
from exam_centre.webkit.navigation import NavItem

blueprint = Blueprint("invigilation", __name__, url_prefix="/invigilation")

SEES = (Permission.RUN_ROOM, Permission.CLOSE_DAY)
NAVIGATION: tuple[NavItem, ...] = (NavItem(_l("Exam day"), "invigilation.show_day", SEES),)
ON_THE_PAGE = ("conflict", "bad_input")  # refusals a page can be sent again after


@blueprint.context_processor
def words() -> dict[str, object]:
    """Give every page of the room the words for its statuses."""
    return {
        "status_words": STATUS_WORDS,
        "attendance_words": ATTENDANCE_WORDS,
        "duty_words": DUTY_WORDS,
        "kind_words": KIND_WORDS,
        "Status": RoomDayStatus,
        "Attended": AttendanceStatus,
        "Step": Step,
    }


def tell(refusal: Refusal) -> None:
    """Show a refusal on the page that is about to be drawn again; let every other kind fly."""
    if refusal.kind not in ON_THE_PAGE:
        raise refusal
    flash(said(refusal.sentence), "problem")
