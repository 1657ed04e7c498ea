"""What is done with plans: placing, duties, sealing, publication."""

from exam_centre.timetable.service.calendars import end_calendar_address, new_calendar_address
from exam_centre.timetable.service.duties import (
    answer_duty,
    assign_duty,
    plans_duty,
    replace_duty,
    swap_duties,
)
from exam_centre.timetable.service.leaving import Told, is_public, withdraw_venue
from exam_centre.timetable.service.locking import ensure_unlocked, lock, unlock
from exam_centre.timetable.service.move_log import undo
from exam_centre.timetable.service.moving import desk_of, leave, move, period_of, push, swap
from exam_centre.timetable.service.paper_moving import move_paper
from exam_centre.timetable.service.paper_times import (
    lift_order,
    lift_window,
    set_order,
    set_window,
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
from exam_centre.timetable.service.roster import Rostered, roster_plan
from exam_centre.timetable.service.solving import (
    Prepared,
    Solved,
    keep,
    made_by,
    prepare,
    search,
    seed_for,
    solve_plan,
)
from exam_centre.timetable.service.swapping import answer_swap, ask_swap, withdraw_swap

__all__ = [
    "Prepared",
    "Rostered",
    "Solved",
    "Told",
    "add_seed_part",
    "answer_duty",
    "answer_swap",
    "ask_swap",
    "assign_duty",
    "desk_of",
    "discard_plan",
    "draft_plan",
    "end_calendar_address",
    "ensure_unlocked",
    "hold_over",
    "is_public",
    "keep",
    "leave",
    "leave_unplaced",
    "lift_order",
    "lift_window",
    "lock",
    "made_by",
    "move",
    "move_paper",
    "new_calendar_address",
    "period_of",
    "place",
    "plans_duty",
    "prepare",
    "propose",
    "publish",
    "push",
    "replace_duty",
    "roster_plan",
    "seal_plan",
    "search",
    "seed_for",
    "set_order",
    "set_window",
    "solve_plan",
    "swap",
    "swap_duties",
    "take_back",
    "undo",
    "unlock",
    "vacate",
    "withdraw_swap",
    "withdraw_venue",
]
