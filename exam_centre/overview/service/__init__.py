"""What somebody is here, and the two acts of an auditor: verify the trail, pick rooms."""

from exam_centre.overview.service.checking import check_trail, note_check, of_one_moment
from exam_centre.overview.service.duties import Duty, duties_of
from exam_centre.overview.service.picking import pick_rooms

__all__ = ["Duty", "check_trail", "duties_of", "note_check", "of_one_moment", "pick_rooms"]
