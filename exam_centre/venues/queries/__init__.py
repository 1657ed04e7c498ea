"""Venues, applications, rooms, seats, bookings and suspensions, read only."""

from exam_centre.venues.queries.applications import (
    ApplicationLine,
    applications_of,
    line_of,
    list_applications,
    reviews_for,
    steps_of,
    turn_of,
)
from exam_centre.venues.queries.lists import (
    ParkLine,
    VenueLine,
    counts_of,
    list_venues,
    parks_with_venues,
)
from exam_centre.venues.queries.reaching import (
    SEERS,
    access_application,
    access_room,
    access_venue,
    place_of_room,
    place_of_venue,
)
from exam_centre.venues.queries.rooms import (
    bookings_ahead,
    bookings_of,
    layout_of,
    layouts_of,
    rooms_of,
    seats_of,
    seats_of_rooms,
)
from exam_centre.venues.queries.scopes import (
    Around,
    Scope,
    around,
    find_room,
    scopes_of,
    venues_below,
)
from exam_centre.venues.queries.suspensions import (
    open_suspension,
    suspensions_of,
    withdrawal_of,
)

__all__ = [
    "SEERS",
    "ApplicationLine",
    "Around",
    "ParkLine",
    "Scope",
    "VenueLine",
    "access_application",
    "access_room",
    "access_venue",
    "applications_of",
    "around",
    "bookings_ahead",
    "bookings_of",
    "counts_of",
    "find_room",
    "layout_of",
    "layouts_of",
    "line_of",
    "list_applications",
    "list_venues",
    "open_suspension",
    "parks_with_venues",
    "place_of_room",
    "place_of_venue",
    "reviews_for",
    "rooms_of",
    "scopes_of",
    "seats_of",
    "seats_of_rooms",
    "steps_of",
    "suspensions_of",
    "turn_of",
    "venues_below",
    "withdrawal_of",
]
