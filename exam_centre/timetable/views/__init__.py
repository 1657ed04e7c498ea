"""Pages of the timetable: plans, grids, entries, duties, files."""

from exam_centre.timetable.views import downloads, duties, entries, grids, plans
from exam_centre.timetable.views.blueprint import NAVIGATION, blueprint

__all__ = ["NAVIGATION", "blueprint", "downloads", "duties", "entries", "grids", "plans"]
