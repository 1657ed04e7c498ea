"""The pages of candidates and of the files they come in."""

from exam_centre.entries.views import candidates, imports, photos
from exam_centre.entries.views.blueprint import NAVIGATION, blueprint

__all__ = ["NAVIGATION", "blueprint", "candidates", "imports", "photos"]
