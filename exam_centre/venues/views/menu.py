"""Where the pages of venues hang, what the menu says, and where a page of them stands."""

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from exam_centre.kernel.permissions import Permission
from exam_centre.organisation.models import Unit
from exam_centre.organisation.queries import units_above
from exam_centre.venues.models import Room, Venue
from exam_centre.venues.queries import SEERS
from exam_centre.webkit.database import reader
from exam_centre.webkit.navigation import NavItem

blueprint = Blueprint("venues", __name__, url_prefix="/venues")

NAVIGATION = (
    NavItem(
        _l("Venues"),
        "venues.list_venues",
        (Permission.SEE_ORGANISATION, Permission.RUN_VENUE, Permission.CLOSE_DAY),
    ),
    NavItem(_l("Applications"), "venues.list_applications", (Permission.REVIEW_VENUE,)),
)

Places = list[tuple[str, str | None]]
__all__ = ["NAVIGATION", "SEERS", "Places", "blueprint", "way_to"]


def way_to(venue: Venue | None = None, room: Room | None = None) -> Places:
    """Return the breadcrumb down to a venue or a room; the page adds itself."""
    places: Places = []
    if venue is not None:
        unit = reader().get_one(Unit, venue.unit_id)
        places += [(above.name, None) for above in units_above(reader(), unit)]
    places.append((_("Venues"), url_for("venues.list_venues")))
    if venue is not None:
        places.append((venue.name, url_for("venues.show_venue", venue=venue.token)))
    if venue is not None and room is not None:
        places.append((room.code, url_for("venues.show_room", room=room.token)))
    return places
