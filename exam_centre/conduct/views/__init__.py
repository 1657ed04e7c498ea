"""Pages of incidents and offence cases."""

from exam_centre.conduct.views import cases, incidents
from exam_centre.conduct.views.blueprint import NAVIGATION, blueprint

__all__ = ["NAVIGATION", "blueprint", "cases", "incidents"]
