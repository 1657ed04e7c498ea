"""What the timetable gives away as files: plans as CSV, workbooks and paper; own calendars."""

from exam_centre.timetable.documents.calendars import own_calendar
from exam_centre.timetable.documents.exports import lists_workbook, plan_csv, plan_workbook
from exam_centre.timetable.documents.sheets import Footing, duty_sheet, room_lists, venue_sheet

__all__ = [
    "Footing",
    "duty_sheet",
    "lists_workbook",
    "own_calendar",
    "plan_csv",
    "plan_workbook",
    "room_lists",
    "venue_sheet",
]
