"""The room and the venue on the day, read only."""

from exam_centre.invigilation.queries.boards import (
    DayHeads,
    RoomState,
    duties_in,
    heads_of_day,
    room_states,
    staff_of_rooms,
    venue_incidents,
)
from exam_centre.invigilation.queries.days import (
    closed_day,
    closed_day_of_room,
    day_checks,
    links_of_checks,
    spots_of_day,
)
from exam_centre.invigilation.queries.pages import (
    RoomView,
    exam_days,
    laws_of_rooms,
    links_of_rows,
    paper_bags,
    room_view,
)
from exam_centre.invigilation.queries.printed import (
    HeldPerson,
    held_people,
    seats_with_needs,
    who_said_absent,
)
from exam_centre.invigilation.queries.room_days import (
    access_room_day,
    balance_of,
    day_in_scope,
    day_of_room,
    law_attendance,
    law_scripts,
    personal_ends,
    sealed_papers,
    stoppages_of,
    unresolved,
)

__all__ = [
    "DayHeads",
    "HeldPerson",
    "RoomState",
    "RoomView",
    "access_room_day",
    "balance_of",
    "closed_day",
    "closed_day_of_room",
    "day_checks",
    "day_in_scope",
    "day_of_room",
    "duties_in",
    "exam_days",
    "heads_of_day",
    "held_people",
    "law_attendance",
    "law_scripts",
    "laws_of_rooms",
    "links_of_checks",
    "links_of_rows",
    "paper_bags",
    "personal_ends",
    "room_states",
    "room_view",
    "sealed_papers",
    "seats_with_needs",
    "spots_of_day",
    "staff_of_rooms",
    "stoppages_of",
    "unresolved",
    "venue_incidents",
    "who_said_absent",
]
