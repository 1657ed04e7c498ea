"""What is done with theses, from the proposed topic to the defence."""

from exam_centre.theses.service.defences import (
    Wanted,
    set_defence,
)
from exam_centre.theses.service.stages import (
    begin,
    check_similarity,
    finish,
    mark_thesis,
    record_stage,
    seat_panel,
)
from exam_centre.theses.service.topics import (
    approve_topic,
    name_supervisor,
    propose_topic,
    return_topic,
)

__all__ = [
    "Wanted",
    "approve_topic",
    "begin",
    "check_similarity",
    "finish",
    "mark_thesis",
    "name_supervisor",
    "propose_topic",
    "record_stage",
    "return_topic",
    "seat_panel",
    "set_defence",
]
