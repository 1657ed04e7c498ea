"""Pages of venues: the list, applications and their reviews, rooms and their desks."""

from exam_centre.venues.views import applications, rooms, venues
from exam_centre.venues.views.menu import NAVIGATION, blueprint

__all__ = ["NAVIGATION", "applications", "blueprint", "rooms", "venues"]
