"""How venues are applied for and approved, and how their rooms are drawn and booked."""

from exam_centre.venues.service.applications import (
    apply_again,
    apply_for_venue,
    review_application,
)
from exam_centre.venues.service.rooms import add_room, book_room, draw_layout

__all__ = [
    "add_room",
    "apply_again",
    "apply_for_venue",
    "book_room",
    "draw_layout",
    "review_application",
]
