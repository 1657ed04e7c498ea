"""What is planned and public, what holds in a version, and what is wrong with it."""

from exam_centre.timetable.queries.canonical import (
    _ORDER,
    input_lines,
    result_lines,
    seed_parts,
)
from exam_centre.timetable.queries.facts import (
    desk_facts,
    entry_facts,
    span_of,
    start_and_end,
    surroundings,
)
from exam_centre.timetable.queries.laws import (
    SHOWN_ROWS,
    law_entries,
)
from exam_centre.timetable.queries.moves import (
    Where,
    moves,
    standing_of_entry,
    stands,
)
from exam_centre.timetable.queries.problems import (
    COMPUTER_ROOM_MODES,
    WORKSHOP_MODES,
    Problem,
    problem_counts,
    problems,
)
from exam_centre.timetable.queries.standing import (
    SEES_ROOM,
    access_plan,
    access_room_session,
    place_of_room_session,
    placements_of_plan,
    placements_of_room,
    plan_in_force,
    seat_numbers,
    standing,
    versions,
    zone_of_room_session,
)

__all__ = [
    "COMPUTER_ROOM_MODES",
    "SEES_ROOM",
    "SHOWN_ROWS",
    "WORKSHOP_MODES",
    "_ORDER",
    "Problem",
    "Where",
    "access_plan",
    "access_room_session",
    "desk_facts",
    "entry_facts",
    "input_lines",
    "law_entries",
    "moves",
    "place_of_room_session",
    "placements_of_plan",
    "placements_of_room",
    "plan_in_force",
    "problem_counts",
    "problems",
    "result_lines",
    "seat_numbers",
    "seed_parts",
    "span_of",
    "standing",
    "standing_of_entry",
    "stands",
    "start_and_end",
    "surroundings",
    "versions",
    "zone_of_room_session",
]
