"""A series of twelve workers, two papers and four periods, small enough to plan in a moment."""

from exam_centre.kernel.permissions import Role
from exam_centre.timetable import service
from exam_centre.timetable.rules import Stage
from exam_centre.venues.rules import RoomKind
from tests.factories.times import DAY, NINE

BEFORE = NINE - 20 * DAY
MOVES = 3_000
PARTS = ("the first part", "the second part")


def open_series(make, workers=12):
    """Make the series and return it; its four staff may invigilate."""
    series = make.series(unit=None)
    for _ in range(4):
        make.period(series)
    make.room(kind=RoomKind.STANDARD)
    papers = [make.paper(), make.paper()]
    for _ in range(workers):
        candidate = make.candidate()
        for paper in papers:
            make.entry(candidate, paper, series)
    for _ in range(4):
        make.staff()
    return series


def draft(make, session, series):
    """Draft a plan with two people's parts of its seed; return it and the two."""
    one, two = make.actor(Role.EXAM_OFFICER), make.actor(Role.EXAM_OFFICER)
    plan = service.draft_plan(session, one, series, now=BEFORE)
    for officer, part in zip((one, two), PARTS, strict=True):
        service.add_seed_part(session, officer, plan, part, now=BEFORE)
    return plan, one, two


def solved(make, session, series):
    """Plan a series by search; return the draft and its two people."""
    plan, one, two = draft(make, session, series)
    service.solve_plan(session, one, plan, iterations=MOVES, now=BEFORE)
    return plan, one, two


def published(make, session, series):
    """Plan and publish a series; return the plan and its two people."""
    plan, one, two = solved(make, session, series)
    service.propose(session, one, plan, now=BEFORE)
    for stage in Stage:
        service.publish(session, two, plan, stage, now=BEFORE)
    return plan, one, two
