"""How venues are applied for and approved, and how their rooms are drawn and booked."""

from exam_centre.venues.service.applications import (
    apply_again,
    apply_for_venue,
    review_application,
)
from exam_centre.venues.service.recording import (
    correct_room,
    correct_venue,
    record_approved,
    take_back_rooms,
    take_back_venues,
)
from exam_centre.venues.service.rooms import add_room, book_room, draw_layout

__all__ = [
    "add_room",
    "apply_again",
    "apply_for_venue",
    "book_room",
    "correct_room",
    "correct_venue",
    "draw_layout",
    "record_approved",
    "review_application",
    "take_back_rooms",
    "take_back_venues",
]
