"""What is done with plans: placing, duties, sealing, publication."""

from exam_centre.timetable.service.duties import (
    answer_duty,
    assign_duty,
    replace_duty,
)
from exam_centre.timetable.service.placing import (
    discard_plan,
    draft_plan,
    hold_over,
    leave_unplaced,
    place,
    vacate,
)
from exam_centre.timetable.service.publishing import (
    add_seed_part,
    propose,
    publish,
    seal_plan,
    take_back,
)

__all__ = [
    "add_seed_part",
    "answer_duty",
    "assign_duty",
    "discard_plan",
    "draft_plan",
    "hold_over",
    "leave_unplaced",
    "place",
    "propose",
    "publish",
    "replace_duty",
    "seal_plan",
    "take_back",
    "vacate",
]
