"""What is done with scripts and marks, from the code on the script to the approved bundle."""

from exam_centre.marking.service.allocations import allocate, reopen, return_allocation
from exam_centre.marking.service.assignments import (
    AssignmentCell,
    AssignmentVerdict,
    check_assignments,
    keep_assignments,
    mark_assignment,
)
from exam_centre.marking.service.coding import code_scripts
from exam_centre.marking.service.entering import enter_mark, submit
from exam_centre.marking.service.formative import change_formative, record_formative
from exam_centre.marking.service.formative_import import (
    Earned,
    record_all_formative,
    take_back_formative,
)
from exam_centre.marking.service.formative_sheet import FormativeCell, keep_formative_sheet
from exam_centre.marking.service.moderation import (
    approve_bundle,
    draw_sample,
    moderate,
    pass_moderation,
    send_back,
)
from exam_centre.marking.service.recording import check_engine_marks, import_engine_mark
from exam_centre.marking.service.settling import compare, finalise

__all__ = [
    "AssignmentCell",
    "AssignmentVerdict",
    "Earned",
    "FormativeCell",
    "allocate",
    "approve_bundle",
    "change_formative",
    "check_assignments",
    "check_engine_marks",
    "code_scripts",
    "compare",
    "draw_sample",
    "enter_mark",
    "finalise",
    "import_engine_mark",
    "keep_assignments",
    "keep_formative_sheet",
    "mark_assignment",
    "moderate",
    "pass_moderation",
    "record_all_formative",
    "record_formative",
    "reopen",
    "return_allocation",
    "send_back",
    "submit",
    "take_back_formative",
]
