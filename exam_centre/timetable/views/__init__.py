"""Pages of the timetable: plans, grids, entries, duties, files."""

from exam_centre.timetable.views import (
    at_venue,
    calendars,
    downloads,
    duties,
    entries,
    grids,
    hand,
    paper_moves,
    paper_times,
    pictures,
    plans,
    sealed,
    swaps,
    venue_duties,
)
from exam_centre.timetable.views.blueprint import NAVIGATION, blueprint

__all__ = [
    "NAVIGATION",
    "at_venue",
    "blueprint",
    "calendars",
    "downloads",
    "duties",
    "entries",
    "grids",
    "hand",
    "paper_moves",
    "paper_times",
    "pictures",
    "plans",
    "sealed",
    "swaps",
    "venue_duties",
]
