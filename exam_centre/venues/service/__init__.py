"""How venues are applied for, approved and suspended, and how their rooms are drawn and booked."""

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
from exam_centre.venues.service.suspensions import bring_back_venue, suspend_venue
from exam_centre.venues.service.withdrawing import withdraw_venue

__all__ = [
    "add_room",
    "apply_again",
    "apply_for_venue",
    "book_room",
    "bring_back_venue",
    "correct_room",
    "correct_venue",
    "draw_layout",
    "record_approved",
    "review_application",
    "suspend_venue",
    "take_back_rooms",
    "take_back_venues",
    "withdraw_venue",
]
