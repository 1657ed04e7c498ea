"""The pages of admission: slips, doors, registers, devices, and a worker's own exams."""

from flask_babel import lazy_gettext as _l

from exam_centre.admission.views import acts, devices, door, own, paper, photos, rooms, slips
from exam_centre.admission.views.blueprint import ROOMS, blueprint
from exam_centre.kernel.permissions import Permission
from exam_centre.webkit.navigation import NavItem

NAVIGATION: tuple[NavItem, ...] = (
    NavItem(_l("My exams"), "admission.show_mine", (Permission.SEE_OWN,)),
    NavItem(_l("Slips"), "admission.list_series", (Permission.ISSUE_SLIPS,)),
    NavItem(_l("Doors and rooms"), "admission.list_doors", ROOMS),
    NavItem(_l("Devices"), "admission.list_devices", (Permission.RUN_DEVICES,)),
)

__all__ = [
    "NAVIGATION",
    "acts",
    "blueprint",
    "devices",
    "door",
    "own",
    "paper",
    "photos",
    "rooms",
    "slips",
]
