"""What is printed of rooms on the day, of those on duty in them, and of a venue's day."""

from exam_centre.invigilation.documents.days import Ending, day_report
from exam_centre.invigilation.documents.duties import Needs, duty_card
from exam_centre.invigilation.documents.held_over import held_over_log
from exam_centre.invigilation.documents.rooms import absentee_list, roll_call, room_record_sheet

__all__ = [
    "Ending",
    "Needs",
    "absentee_list",
    "day_report",
    "duty_card",
    "held_over_log",
    "roll_call",
    "room_record_sheet",
]
