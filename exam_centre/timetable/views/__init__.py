"""Pages of the timetable: plans, grids, entries, duties, files."""

from exam_centre.timetable.views import at_venue, downloads, duties, entries, grids, plans
from exam_centre.timetable.views.blueprint import NAVIGATION, blueprint

__all__ = [
    "NAVIGATION",
    "at_venue",
    "blueprint",
    "downloads",
    "duties",
    "entries",
    "grids",
    "plans",
]
