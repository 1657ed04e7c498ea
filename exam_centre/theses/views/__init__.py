"""The pages of theses: the work, the topic it begins with, the defence it ends with."""

from exam_centre.theses.views import defences as defences
from exam_centre.theses.views import stages as stages
from exam_centre.theses.views import topics as topics
from exam_centre.theses.views.base import NAVIGATION, blueprint

__all__ = ["NAVIGATION", "blueprint"]
