"""What is done to rooms on the day, and to a venue's day as a whole."""

from exam_centre.invigilation.service.closing import (
    close_room,
    confirm_noted,
    count_scripts,
    note_empty,
    reconcile,
    say_absent,
)
from exam_centre.invigilation.service.days import close_day
from exam_centre.invigilation.service.rooms import (
    cancel_room,
    open_room,
    prepare_room,
    resume_clock,
    start_clock,
    stop_clock,
)

__all__ = [
    "cancel_room",
    "close_day",
    "close_room",
    "confirm_noted",
    "count_scripts",
    "note_empty",
    "open_room",
    "prepare_room",
    "reconcile",
    "resume_clock",
    "say_absent",
    "start_clock",
    "stop_clock",
]
