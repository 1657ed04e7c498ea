"""What admission hands out: slips, the day's papers of a room, and what a device has to know."""

from exam_centre.admission.documents.calendar_file import calendar_file
from exam_centre.admission.documents.packs import Pack, pack_for
from exam_centre.admission.documents.papers import access_cover, fall_back_pack, late_form
from exam_centre.admission.documents.rooms import (
    RoomPaper,
    attendance_register,
    desk_labels,
    door_list,
    room_pdf,
    seating_chart,
)
from exam_centre.admission.documents.slips import (
    Press,
    SlipsPdf,
    Stopped,
    slip_document,
    slip_pdf,
    slips_pdf,
    slips_pdf_of_venue,
)

__all__ = [
    "Pack",
    "Press",
    "RoomPaper",
    "SlipsPdf",
    "Stopped",
    "access_cover",
    "attendance_register",
    "calendar_file",
    "desk_labels",
    "door_list",
    "fall_back_pack",
    "late_form",
    "pack_for",
    "room_pdf",
    "seating_chart",
    "slip_document",
    "slip_pdf",
    "slips_pdf",
    "slips_pdf_of_venue",
]
