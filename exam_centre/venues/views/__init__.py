"""Pages of venues: the list, applications, suspensions, rooms, and roles there."""

from exam_centre.venues.views import applications, roles, rooms, suspensions, venues
from exam_centre.venues.views.menu import NAVIGATION, blueprint

__all__ = [
    "NAVIGATION",
    "applications",
    "blueprint",
    "roles",
    "rooms",
    "suspensions",
    "venues",
]
