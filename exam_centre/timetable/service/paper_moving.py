"""Moving a whole sitting of a paper within a draft, or opening a further one: all or nobody."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Period
from exam_centre.kernel.database import pieces
from exam_centre.kernel.permissions import Actor
from exam_centre.papers.models import Paper
from exam_centre.timetable import queries
from exam_centre.timetable.models import HeldOver, Placement, Plan, Unplaced, Vacated
from exam_centre.timetable.queries.effects import effect_of
from exam_centre.timetable.queries.locks import locked_entries
from exam_centre.timetable.queries.paper_options import (
    Assignment,
    assign,
    entries_in,
    paper_options,
)
from exam_centre.timetable.queries.why import Reading, read_plan
from exam_centre.timetable.rules import (
    MoveKind,
    NotPlacedHere,
    PaperCanNotMove,
    PaperHasLocks,
    PlanHasProblems,
    own_end,
)
from exam_centre.timetable.service.move_log import Act
from exam_centre.timetable.service.placing import require_draft, room_session_of, sitting_of
from exam_centre.timetable.service.writing import NO_EXTRA, insert_rows

PERIODS_NAMED = 4  # that would do instead, in a refusal


def move_paper(
    session: Session,
    actor: Actor,
    plan: Plan,
    paper: Paper,
    source: Period | None,
    target: Period,
    *,
    part: bool = False,
    now: datetime,
) -> int:
    """Let everybody who sits a paper in one period sit it in another; return how many moved.

    source  None: whoever waits for a seat for the paper; those who can sit it then, do.
    part    those who can go, and the others stay where they are: a further sitting.

    Raises PlanIsClosed, NotPlacedHere where nobody is to move, PaperHasLocks, PaperCanNotMove with
    what would work where not everybody could come, PlanHasProblems where a rule would break.
    """
    require_draft(session, actor, plan)
    reading = read_plan(session, plan)
    entries = entries_in(reading.desks, paper.id, source.id if source else None)
    if not entries:
        raise NotPlacedHere
    ids = {reading.planning.entries[entry].id for entry in entries}
    locked = locked_entries(session, plan) & ids
    if locked and source is not None:
        raise PaperHasLocks(len(locked))
    period = next(n for n, p in enumerate(reading.planning.periods) if p.id == target.id)
    found = assign(reading.desks, entries, period)
    missing = len(entries) - len(found.seats)
    whole = source is not None and not part
    if (missing and whole) or not found.seats:
        raise PaperCanNotMove(target.code, missing, found.why(), _instead(reading, entries))
    _ensure_sound(reading, found, period)
    moved = [reading.planning.entries[entry].id for entry in found.seats]
    act = Act.begin(session, actor, plan, MoveKind.PAPER, moved, now)
    _write(session, plan, reading, found, target)
    act.close()
    return len(moved)


def _instead(reading: Reading, entries: list[int]) -> str:
    options = paper_options(reading.desks, entries, fewest=True)
    able = [option.period for option in options if option.left_over == 0]
    return ", ".join(able[:PERIODS_NAMED])


def _ensure_sound(reading: Reading, found: Assignment, period: int) -> None:
    problem = reading.planning.problem
    effect = effect_of(
        problem,
        reading.desks.placing,
        {e: (period, int(problem.seats.room[seat]), seat) for e, seat in found.seats.items()},
    )
    if effect.broken:
        raise PlanHasProblems(effect.broken)


def _write(
    session: Session, plan: Plan, reading: Reading, found: Assignment, target: Period
) -> None:
    """End the present places of those who move and make the new ones, a statement a table."""
    planning = reading.planning
    lines = {planning.entries[entry].id: planning.entries[entry] for entry in found.seats}
    present = [row for row in queries.placements_of_plan(session, plan) if row.entry_id in lines]
    ended = [{"plan_id": plan.id, "placement_id": r.id} for r in present if r.plan_id != plan.id]
    own = [row.id for row in present if row.plan_id == plan.id]
    for some in pieces(own):
        session.execute(delete(Placement).where(Placement.id.in_(some)))
    for some in pieces(lines):
        session.execute(
            delete(Unplaced).where(Unplaced.plan_id == plan.id, Unplaced.entry_id.in_(some))
        )
        session.execute(
            delete(HeldOver).where(HeldOver.plan_id == plan.id, HeldOver.second_entry_id.in_(some))
        )
    insert_rows(session, Vacated, ended)
    insert_rows(session, Placement, list(_rows(session, plan, reading, found, target)))
    session.expire_all()


def _rows(
    session: Session, plan: Plan, reading: Reading, found: Assignment, target: Period
) -> list[dict[str, Any]]:
    planning = reading.planning
    paper = planning.paper_of(next(iter(found.seats)))
    sitting = sitting_of(session, plan, paper.id, target)
    rooms: dict[int, int] = {}
    rows: list[dict[str, Any]] = []
    for entry, seat in found.seats.items():
        line = planning.entries[entry]
        room = planning.desks.rooms[int(planning.problem.seats.room[seat])].id
        if room not in rooms:
            rooms[room] = room_session_of(session, room, target).id
        extra = planning.extra.get(line.candidate_id, NO_EXTRA)
        rows.append(
            {
                "plan_id": plan.id,
                "entry_id": line.id,
                "person_id": line.person_id,
                "sitting_id": sitting.id,
                "room_session_id": rooms[room],
                "seat_id": planning.desks.seats[seat].id,
                "starts_at": target.starts_at,
                "ends_at": own_end(target.starts_at, paper.minutes, extra),
                "in_force": False,
            }
        )
    return rows
