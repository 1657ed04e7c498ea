"""What is done with plans: placing, duties, sealing, publication."""

from exam_centre.timetable.service.duties import (
    answer_duty,
    assign_duty,
    replace_duty,
)
from exam_centre.timetable.service.moving import desk_of, move, period_of, swap
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
from exam_centre.timetable.service.roster import Rostered, roster_plan
from exam_centre.timetable.service.solving import (
    Prepared,
    Solved,
    keep,
    prepare,
    search,
    seed_for,
    solve_plan,
)

__all__ = [
    "Prepared",
    "Rostered",
    "Solved",
    "add_seed_part",
    "answer_duty",
    "assign_duty",
    "desk_of",
    "discard_plan",
    "draft_plan",
    "hold_over",
    "keep",
    "leave_unplaced",
    "move",
    "period_of",
    "place",
    "prepare",
    "propose",
    "publish",
    "replace_duty",
    "roster_plan",
    "seal_plan",
    "search",
    "seed_for",
    "solve_plan",
    "swap",
    "take_back",
    "vacate",
]
