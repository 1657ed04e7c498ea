"""Two versions of a plan beside each other: how many sit elsewhere or at another time."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Period
from exam_centre.calendar.queries import periods_of
from exam_centre.entries.models import Candidate, Entry
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import Placement, Plan, RoomSession
from exam_centre.timetable.queries.standing import standing, versions
from exam_centre.timetable.rules import PlanStatus
from exam_centre.venues.models import Room, Seat, Venue

WORDS = ("period", "venue", "room", "seat")


class Difference(NamedTuple):
    """How many entries differ between two versions; each is counted once, by what is worst."""

    same: int
    period: int  # another period, wherever
    venue: int  # the same period at another venue
    room: int  # another room of the same venue and period
    seat: int  # another desk, or another start, in the same room
    gained: int  # a seat now, none before
    lost: int  # a seat before, none now
    people: int  # whom any of it concerns

    @property
    def moved(self) -> int:
        """Entries with a seat in both, and another one."""
        return self.period + self.venue + self.room + self.seat


class DifferenceCell(NamedTuple):
    """One venue in one period of both versions."""

    before: int
    after: int
    came: int  # entries that were not there in that period before
    left: int  # entries that are not there in that period any more


class DifferenceLine(NamedTuple):
    """One venue; a cell for each period, None where nothing is in either version."""

    code: str
    name: str
    cells: list[DifferenceCell | None]


class DifferenceRow(NamedTuple):
    """One entry that differs: (period, venue, room, seat) before and after, None without a seat."""

    entry: str  # its token
    person_no: str
    name: str
    paper: str
    before: tuple[str, str, str, int] | None
    after: tuple[str, str, str, int] | None


def others_of(session: Session, plan: Plan) -> list[Plan]:
    """Return the versions a plan may be compared with, the newest first."""
    return list(
        session.scalars(
            select(Plan)
            .where(
                Plan.series_id == plan.series_id,
                Plan.id != plan.id,
                Plan.status != PlanStatus.DISCARDED,
            )
            .order_by(Plan.number.desc())
        )
    )


def difference(session: Session, before: Plan, after: Plan) -> Difference:
    """Return how many entries differ between what holds with two plans."""
    old, new = _seats(session, before, "old"), _seats(session, after, "new")
    worst = _worst(old, new)
    counts = dict(
        session.execute(
            select(worst, func.count())
            .select_from(new.outerjoin(old, old.c.entry_id == new.c.entry_id))
            .group_by(worst)
        ).all()
    )
    gone = _gone(old, new)
    lost = session.scalar(select(func.count()).select_from(gone)) or 0
    touched = (
        select(new.c.person_id)
        .select_from(new.outerjoin(old, old.c.entry_id == new.c.entry_id))
        .where(worst != "same")
        .union(select(gone.c.person_id))
        .subquery()
    )
    return Difference(
        same=counts.get("same", 0),
        period=counts.get("period", 0),
        venue=counts.get("venue", 0),
        room=counts.get("room", 0),
        seat=counts.get("seat", 0),
        gained=counts.get("gained", 0),
        lost=lost,
        people=session.scalar(select(func.count()).select_from(touched)) or 0,
    )


def difference_grid(
    session: Session, before: Plan, after: Plan
) -> tuple[list[Period], list[DifferenceLine]]:
    """Return the periods, and the venues in order of their codes."""
    old, new = _seats(session, before, "old"), _seats(session, after, "new")
    periods = periods_of(session, [after.series_id])
    column = {period.id: n for n, period in enumerate(periods)}
    was = {(v, p): (count, other) for v, p, count, other in _by_cell(session, old, new)}
    now = {(v, p): (count, other) for v, p, count, other in _by_cell(session, new, old)}
    venues = {venue_id for venue_id, _period in was.keys() | now.keys()}
    lines = []
    for venue in session.scalars(select(Venue).where(Venue.id.in_(venues)).order_by(Venue.code)):
        cells: list[DifferenceCell | None] = [None] * len(periods)
        for period_id, place in column.items():
            key = (venue.id, period_id)
            if key in was or key in now:
                (old_count, left), (count, came) = was.get(key, (0, 0)), now.get(key, (0, 0))
                cells[place] = DifferenceCell(old_count, count, came, left)
        lines.append(DifferenceLine(venue.code, venue.name, cells))
    return periods, lines


def difference_rows(
    session: Session, before: Plan, after: Plan, *, offset: int, limit: int
) -> list[DifferenceRow]:
    """Return the entries that differ, by student number and paper."""
    old, new = _seats(session, before, "old"), _seats(session, after, "new")
    query = (
        select(
            Entry.token,
            Candidate.person_no,
            Person.name,
            Paper.code,
            *(old.c[f"old_{word}"] for word in WORDS),
            *(new.c[f"new_{word}"] for word in WORDS),
        )
        .select_from(Entry)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .outerjoin(old, old.c.entry_id == Entry.id)
        .outerjoin(new, new.c.entry_id == Entry.id)
        .where(
            Entry.series_id == after.series_id,
            or_(
                and_(new.c.entry_id.is_(None), old.c.entry_id.is_not(None)),
                and_(new.c.entry_id.is_not(None), _worst(old, new) != "same"),
            ),
        )
        .order_by(Candidate.person_no, Paper.code)
        .offset(offset)
        .limit(limit)
    )
    return [
        DifferenceRow(row[0], row[1], row[2], row[3], _where(row[4:8]), _where(row[8:]))
        for row in session.execute(query)
    ]


def _where(place: Sequence[Any]) -> tuple[str, str, str, int] | None:
    period, venue, room, seat = place
    return None if period is None else (period, venue, room, seat)


def _seats(session: Session, plan: Plan, name: str) -> Subquery:
    """Return every entry's desk of what holds with a plan, as a table."""
    return (
        select(
            Placement.entry_id,
            Placement.person_id,
            Placement.seat_id,
            Placement.room_session_id,
            Placement.starts_at,
            RoomSession.period_id,
            Room.venue_id,
            Period.code.label(f"{name}_period"),
            Venue.name.label(f"{name}_venue"),
            Room.code.label(f"{name}_room"),
            Seat.number.label(f"{name}_seat"),
        )
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .where(standing(versions(session, plan)))
        .subquery(name)
    )


def _worst(old: Subquery, new: Subquery) -> ColumnElement[str]:
    """Return what differs most about an entry: "same", or a field of `Difference`."""
    return case(
        (old.c.entry_id.is_(None), "gained"),
        (old.c.period_id != new.c.period_id, "period"),
        (old.c.venue_id != new.c.venue_id, "venue"),
        (old.c.room_session_id != new.c.room_session_id, "room"),
        (or_(old.c.seat_id != new.c.seat_id, old.c.starts_at != new.c.starts_at), "seat"),
        else_="same",
    )


def _gone(old: Subquery, new: Subquery) -> Subquery:
    return (
        select(old.c.entry_id, old.c.person_id)
        .select_from(old.outerjoin(new, new.c.entry_id == old.c.entry_id))
        .where(new.c.entry_id.is_(None))
        .subquery()
    )


def _by_cell(
    session: Session, one: Subquery, other: Subquery
) -> Iterator[tuple[int, int, int, int]]:
    """Yield (venue, period, entries of `one` there, those of them `other` has not there)."""
    elsewhere = or_(
        other.c.entry_id.is_(None),
        other.c.venue_id != one.c.venue_id,
        other.c.period_id != one.c.period_id,
    )
    rows = session.execute(
        select(
            one.c.venue_id,
            one.c.period_id,
            func.count(),
            func.sum(case((elsewhere, 1), else_=0)),
        )
        .select_from(one.outerjoin(other, other.c.entry_id == one.c.entry_id))
        .group_by(one.c.venue_id, one.c.period_id)
    )
    for venue_id, period_id, count, gone in rows:
        yield venue_id, period_id, count, int(gone)
