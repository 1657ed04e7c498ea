"""The pages of marking: the office, the marker's grid, the moderator's sample, the engine."""

from exam_centre.marking.views import assignments as assignments
from exam_centre.marking.views import bundles as bundles
from exam_centre.marking.views import engine as engine
from exam_centre.marking.views import files as files
from exam_centre.marking.views import formative as formative
from exam_centre.marking.views import formative_sheet as formative_sheet
from exam_centre.marking.views import mine as mine
from exam_centre.marking.views import moderating as moderating
from exam_centre.marking.views import office as office
from exam_centre.marking.views import printed as printed
from exam_centre.marking.views.base import NAVIGATION, blueprint

__all__ = ["NAVIGATION", "blueprint"]
