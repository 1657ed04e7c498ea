"""What is planned and public, what holds in a version, and what is wrong with it."""

from exam_centre.timetable.queries.calendars import (
    OwnEvent,
    calendar_address,
    own_events,
    person_of_address,
)
from exam_centre.timetable.queries.canonical import (
    _ORDER,
    input_lines,
    result_lines,
    seed_parts,
)
from exam_centre.timetable.queries.contradictions import contradictions
from exam_centre.timetable.queries.export import COLUMNS, export_lines
from exam_centre.timetable.queries.facts import (
    desk_facts,
    entry_facts,
    question_of,
    span_of,
    start_and_end,
    surroundings,
)
from exam_centre.timetable.queries.idle_duties import idle_duties
from exam_centre.timetable.queries.impact import Impact, impact_of
from exam_centre.timetable.queries.kept import Kept, kept_places
from exam_centre.timetable.queries.laws import (
    SHOWN_ROWS,
    law_entries,
)
from exam_centre.timetable.queries.locks import lock_contradictions, locked_entries
from exam_centre.timetable.queries.moves import (
    Where,
    moves,
    standing_of_entry,
    stands,
)
from exam_centre.timetable.queries.naming import subjects_in_words
from exam_centre.timetable.queries.plan_versions import (
    newest_plan,
    plan_of_number,
    plans_of_series,
    publications_of,
    users_who_plan,
)
from exam_centre.timetable.queries.problem import Planning, problem_of
from exam_centre.timetable.queries.problems import (
    COMPUTER_ONLY_MODES,
    WORKSHOP_MODES,
    Problem,
    problem_counts,
    problems,
)
from exam_centre.timetable.queries.seals import SealFacts, seal_of
from exam_centre.timetable.queries.spots import Spot, spot_of, spots_of
from exam_centre.timetable.queries.staff import Helper, helpers_of, teams_of
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
from exam_centre.timetable.queries.worth import Worth, placing_of, worth_of

__all__ = [
    "COLUMNS",
    "COMPUTER_ONLY_MODES",
    "SEES_ROOM",
    "SHOWN_ROWS",
    "WORKSHOP_MODES",
    "_ORDER",
    "Helper",
    "Impact",
    "Kept",
    "OwnEvent",
    "Planning",
    "Problem",
    "SealFacts",
    "Spot",
    "Where",
    "Worth",
    "access_plan",
    "access_room_session",
    "calendar_address",
    "contradictions",
    "desk_facts",
    "entry_facts",
    "export_lines",
    "helpers_of",
    "idle_duties",
    "impact_of",
    "input_lines",
    "kept_places",
    "law_entries",
    "lock_contradictions",
    "locked_entries",
    "moves",
    "newest_plan",
    "own_events",
    "person_of_address",
    "place_of_room_session",
    "placements_of_plan",
    "placements_of_room",
    "placing_of",
    "plan_in_force",
    "plan_of_number",
    "plans_of_series",
    "problem_counts",
    "problem_of",
    "problems",
    "publications_of",
    "question_of",
    "result_lines",
    "seal_of",
    "seat_numbers",
    "seed_parts",
    "span_of",
    "spot_of",
    "spots_of",
    "standing",
    "standing_of_entry",
    "stands",
    "start_and_end",
    "subjects_in_words",
    "surroundings",
    "teams_of",
    "users_who_plan",
    "versions",
    "worth_of",
    "zone_of_room_session",
]
