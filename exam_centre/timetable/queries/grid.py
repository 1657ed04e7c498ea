"""A plan as a grid: what is where in every period, by venue and by room, and paper by paper."""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Period
from exam_centre.calendar.queries import periods_of
from exam_centre.papers.models import Paper
from exam_centre.papers.rules import Mode
from exam_centre.timetable.models import Placement, Plan, RoomSession, Sitting
from exam_centre.timetable.queries.standing import standing, versions
from exam_centre.venues.models import Layout, Room, Seat, Venue


class Cell(NamedTuple):
    """One room, or one venue, in one period."""

    people: int
    seats: int  # of the rooms in use
    rooms: int
    papers: tuple[str, ...]  # codes, of a room alone
    token: str  # of the room session; "" for a venue

    @property
    def fill(self) -> int:
        """How full it is, in steps: 1 under a third, 2 under two thirds, 3 above, 4 every seat."""
        if self.people >= self.seats:
            return 4
        return 1 + min(2, self.people * 3 // max(self.seats, 1))


class Line(NamedTuple):
    """One row of the grid; `cells` has one for each period, None where nothing is."""

    code: str
    name: str
    cells: list[Cell | None]


@dataclass(frozen=True)
class Grid:
    """Periods across, venues or the rooms of one venue down."""

    periods: list[Period]
    lines: list[Line]


class PaperLine(NamedTuple):
    """One paper and its sittings: (period's code, variant, people, rooms) each."""

    code: str
    name: str
    mode: Mode
    people: int
    sittings: list[tuple[str, str, int, int]]


class _Used(NamedTuple):
    """One room session somebody sits in."""

    id: int
    token: str
    period_id: int
    room: str
    venue: str
    venue_name: str
    people: int
    seats: int


def grid_of(session: Session, plan: Plan, venue: str = "") -> Grid:
    """Return the grid of all venues, or of the rooms of the venue with this code."""
    periods = periods_of(session, [plan.series_id])
    plan_ids = versions(session, plan)
    used = [one for one in _used(session, plan_ids) if venue in ("", one.venue)]
    papers = _papers(session, plan_ids) if venue else {}
    column = {period.id: n for n, period in enumerate(periods)}
    names: dict[str, str] = {}
    cells: dict[str, list[list[_Used]]] = {}
    for one in used:
        key = one.room if venue else one.venue
        names[key] = one.room if venue else one.venue_name
        row = cells.setdefault(key, [[] for _ in periods])
        row[column[one.period_id]].append(one)
    lines = [
        Line(key, names[key], [_cell(some, papers) for some in cells[key]]) for key in sorted(cells)
    ]
    return Grid(periods, lines)


def _cell(some: list[_Used], papers: dict[int, tuple[str, ...]]) -> Cell | None:
    if not some:
        return None
    return Cell(
        people=sum(one.people for one in some),
        seats=sum(one.seats for one in some),
        rooms=len(some),
        papers=papers.get(some[0].id, ()),
        token=some[0].token if len(some) == 1 else "",
    )


def _used(session: Session, plan_ids: list[int]) -> list[_Used]:
    people = (
        select(Placement.room_session_id, func.count().label("people"))
        .where(standing(plan_ids))
        .group_by(Placement.room_session_id)
        .subquery()
    )
    newest = (
        select(Layout.room_id, func.max(Layout.version).label("version"))
        .group_by(Layout.room_id)
        .subquery()
    )
    seats = (
        select(Layout.room_id, func.count(Seat.id).label("seats"))
        .join(newest, (newest.c.room_id == Layout.room_id) & (newest.c.version == Layout.version))
        .join(Seat, Seat.layout_id == Layout.id)
        .group_by(Layout.room_id)
        .subquery()
    )
    rows = session.execute(
        select(
            RoomSession.id,
            RoomSession.token,
            RoomSession.period_id,
            Room.code,
            Venue.code,
            Venue.name,
            people.c.people,
            seats.c.seats,
        )
        .join(people, people.c.room_session_id == RoomSession.id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(seats, seats.c.room_id == Room.id)
    )
    return [_Used(*row) for row in rows]


def _papers(session: Session, plan_ids: list[int]) -> dict[int, tuple[str, ...]]:
    """Return {room session: the codes of the papers sat in it}."""
    found: dict[int, list[str]] = {}
    for room_session_id, code in session.execute(
        select(Placement.room_session_id, Paper.code)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .where(standing(plan_ids))
        .distinct()
        .order_by(Paper.code)
    ):
        found.setdefault(room_session_id, []).append(code)
    return {key: tuple(codes) for key, codes in found.items()}


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
