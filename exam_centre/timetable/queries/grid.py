"""A plan as a grid: what is where in every period, by venue, room, paper and staff."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person, StaffMember
from exam_centre.calendar.models import Period
from exam_centre.calendar.queries import periods_of
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from exam_centre.timetable.models import Duty, Placement, Plan, RoomSession, Sitting
from exam_centre.timetable.queries.in_use import RoomInUse, papers_in_rooms, rooms_in_use
from exam_centre.timetable.queries.standing import standing, versions
from exam_centre.timetable.rules import OFF_DUTY, DutyRole, GridBy
from exam_centre.venues.models import Room, Venue


class Cell(NamedTuple):
    """One room, one venue, one paper or one of the staff, in one period."""

    people: int
    seats: int  # of the rooms in use; of a paper: everybody who sits it, whenever
    rooms: int
    papers: tuple[str, ...] = ()  # codes, of a room alone
    token: str = ""  # of the room session; "" for more than one
    clashes: int = 0  # people in it whose papers are worth a look
    role: DutyRole | None = None  # of the staff alone
    where: str = ""  # of the staff alone

    @property
    def fill(self) -> int:
        """How full it is, in steps: 1 under a third, 2 under two thirds, 3 above, 4 every seat."""
        if self.people >= self.seats:
            return 4
        return 1 + min(2, self.people * 3 // max(self.seats, 1))

    @property
    def clash(self) -> int:
        """How many are worth a look, in steps: 0 nobody, 1 under a tenth, 2 under a third, 3."""
        if not self.clashes:
            return 0
        return 1 + (self.clashes * 10 >= self.people) + (self.clashes * 3 >= self.people)


class Line(NamedTuple):
    """One row of the grid; `cells` has one for each period, None where nothing is."""

    code: str
    name: str
    cells: list[Cell | None]


@dataclass(frozen=True)
class Grid:
    """Periods across; venues, rooms, papers or staff down."""

    periods: list[Period]
    lines: list[Line]


class PaperLine(NamedTuple):
    """One paper and its sittings: (period's code, variant, people, rooms) each."""

    code: str
    name: str
    mode: Mode
    people: int
    sittings: list[tuple[str, str, int, int]]


def grid_of(
    session: Session,
    plan: Plan,
    venue: str = "",
    *,
    by: GridBy = GridBy.VENUE,
    clashes: Mapping[int, int] | None = None,
) -> Grid:
    """Return the grid of all venues, rooms, papers or staff of what holds with a plan.

    venue    its code: the rooms of this venue, and no others; of papers and staff, what is there.
    clashes  {room session: people in it whose papers are worth a look}.
    """
    periods = periods_of(session, [plan.series_id])
    plan_ids = versions(session, plan)
    column = {period.id: n for n, period in enumerate(periods)}
    if by is GridBy.PAPER:
        return Grid(periods, _papers_down(session, plan_ids, column, venue))
    if by is GridBy.STAFF:
        return Grid(periods, _staff_down(session, plan_ids, column, venue))
    used = [one for one in rooms_in_use(session, plan_ids) if venue in ("", one.venue)]
    is_rooms = bool(venue) or by is GridBy.ROOM
    papers = papers_in_rooms(session, plan_ids) if is_rooms else {}
    names: dict[str, str] = {}
    cells: dict[str, list[list[RoomInUse]]] = {}
    for one in used:
        key = one.venue if not is_rooms else one.room if venue else f"{one.venue} {one.room}"
        names[key] = one.venue_name if not is_rooms else key
        row = cells.setdefault(key, [[] for _ in periods])
        row[column[one.period_id]].append(one)
    lines = [
        Line(key, names[key], [_cell(some, papers, clashes or {}) for some in cells[key]])
        for key in sorted(cells)
    ]
    return Grid(periods, lines)


def _cell(
    some: list[RoomInUse], papers: dict[int, tuple[str, ...]], clashes: Mapping[int, int]
) -> Cell | None:
    if not some:
        return None
    return Cell(
        people=sum(one.people for one in some),
        seats=sum(one.seats for one in some),
        rooms=len(some),
        papers=papers.get(some[0].id, ()),
        token=some[0].token if len(some) == 1 else "",
        clashes=sum(clashes.get(one.id, 0) for one in some),
    )


def _papers_down(
    session: Session, plan_ids: list[int], column: dict[int, int], venue: str
) -> list[Line]:
    query = (
        select(
            Paper.code,
            Paper.name,
            Sitting.period_id,
            func.count(Placement.id),
            func.count(Placement.room_session_id.distinct()),
        )
        .select_from(Placement)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .where(standing(plan_ids))
        .group_by(Paper.code, Paper.name, Sitting.period_id)
        .order_by(Paper.code)
    )
    if venue:
        query = (
            query.join(RoomSession, RoomSession.id == Placement.room_session_id)
            .join(Room, Room.id == RoomSession.room_id)
            .join(Venue, Venue.id == Room.venue_id)
            .where(Venue.code == venue)
        )
    rows = session.execute(query).all()
    whole: Counter[str] = Counter()
    for code, _name, _period, people, _rooms in rows:
        whole[code] += people
    lines: dict[str, Line] = {}
    for code, name, period_id, people, rooms in rows:
        line = lines.setdefault(code, Line(code, name, [None] * len(column)))
        line.cells[column[period_id]] = Cell(people, whole[code], rooms)
    return list(lines.values())


def _staff_down(
    session: Session, plan_ids: list[int], column: dict[int, int], venue: str
) -> list[Line]:
    number = (
        select(func.min(StaffMember.staff_no))
        .where(StaffMember.person_id == Duty.person_id)
        .correlate(Duty)
        .scalar_subquery()
    )
    query = (
        select(
            number,
            Person.name,
            Duty.period_id,
            Duty.role,
            Venue.name,
            func.coalesce(Room.code, ""),
            func.coalesce(RoomSession.token, ""),
        )
        .select_from(Duty)
        .join(Person, Person.id == Duty.person_id)
        .join(Venue, Venue.id == Duty.venue_id)
        .outerjoin(RoomSession, RoomSession.id == Duty.room_session_id)
        .outerjoin(Room, Room.id == RoomSession.room_id)
        .where(Duty.plan_id.in_(plan_ids), Duty.status.not_in(OFF_DUTY))
        .order_by(number, Duty.id)
    )
    lines: dict[str, Line] = {}
    for code, name, period_id, role, at, room, token in session.execute(
        query.where(Venue.code == venue) if venue else query
    ):
        line = lines.setdefault(code or name, Line(code or "", name, [None] * len(column)))
        where = f"{at} {room}".strip()
        line.cells[column[period_id]] = Cell(1, 1, 1, token=token, role=role, where=where)
    return list(lines.values())


def papers_of_plan(session: Session, plan: Plan) -> list[PaperLine]:
    """Return the papers of a plan with their sittings, the most people first."""
    found: dict[str, PaperLine] = {}
    for code, name, mode, period, variant, people, rooms in session.execute(
        select(
            Paper.code,
            Paper.name,
            Paper.mode,
            Period.code,
            Sitting.variant,
            func.count(Placement.id),
            func.count(Placement.room_session_id.distinct()),
        )
        .select_from(Placement)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .join(Period, Period.id == Sitting.period_id)
        .where(standing(versions(session, plan)))
        .group_by(
            Paper.code, Paper.name, Paper.mode, Period.code, Period.starts_at, Sitting.variant
        )
        .order_by(Paper.code, Period.starts_at)
    ):
        line = found.setdefault(code, PaperLine(code, name, mode, 0, []))
        line.sittings.append((period, variant, people, rooms))
        found[code] = line._replace(people=line.people + people)
    return sorted(found.values(), key=lambda line: (-line.people, line.code))
