"""Where the pages of the overview hang."""

from flask import Blueprint

from exam_centre.kernel.permissions import Permission

blueprint = Blueprint("overview", __name__)

SEES_SERIES = (
    Permission.RUN_SERIES,
    Permission.PLAN_TIMETABLE,
    Permission.APPROVE_RESULTS,
    Permission.RELEASE_RESULTS,
    Permission.RUN_CREDITS,
    Permission.READ_AUDIT,
)
