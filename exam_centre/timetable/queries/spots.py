"""Where an entry stands at one moment of a draft's life, and the acts by hand that moved it."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Period
from exam_centre.entries.models import Candidate, Entry
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import Placement, Plan, PlanMove, RoomSession
from exam_centre.timetable.queries.standing import standing, versions
from exam_centre.timetable.rules import MoveKind
from exam_centre.venues.models import Layout, Room, Seat, Venue


class Spot(NamedTuple):
    """A desk, a period and a start."""

    seat_id: int
    period_id: int
    starts_at: datetime


class ActLine(NamedTuple):
    """One act by hand as a page shows it."""

    number: int
    kind: MoveKind
    undoes: int | None
    undone: bool
    by: str
    at: datetime
    lines: list[tuple[str, str, str, str]]  # student number, paper, from, to; "" for no seat
    more: int  # entries moved in the same act and not shown


SHOWN_LINES = 4  # entries of one act


def spot_of(session: Session, placement: Placement) -> Spot:
    """Return where a placement is."""
    period_id = session.get_one(RoomSession, placement.room_session_id).period_id
    return Spot(placement.seat_id, period_id, placement.starts_at)


def spots_of(session: Session, plan: Plan, entry_ids: Iterable[int]) -> dict[int, Spot]:
    """Return {entry id: where it stands}; entries without a seat are not in it."""
    rows = session.execute(
        select(Placement.entry_id, Placement.seat_id, RoomSession.period_id, Placement.starts_at)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .where(standing(versions(session, plan)), Placement.entry_id.in_(list(entry_ids)))
        .order_by(Placement.id)
    )
    return {row[0]: Spot(*row[1:]) for row in rows}


def last_act(session: Session, plan: Plan) -> list[PlanMove]:
    """Return the parts of the newest act by hand that is not undone, nothing without one."""
    undone = select(PlanMove.undoes).where(
        PlanMove.plan_id == plan.id, PlanMove.undoes.is_not(None)
    )
    newest = session.scalar(
        select(func.max(PlanMove.number)).where(
            PlanMove.plan_id == plan.id,
            PlanMove.kind != MoveKind.UNDO,
            PlanMove.number.not_in(undone),
        )
    )
    return list(
        session.scalars(
            select(PlanMove)
            .where(PlanMove.plan_id == plan.id, PlanMove.number == newest)
            .order_by(PlanMove.id)
        )
    )


def acts_of(session: Session, plan: Plan, *, limit: int) -> list[ActLine]:
    """Return the acts by hand in a plan, the newest first, in words."""
    rows = session.execute(
        select(PlanMove, Person.name, Candidate.person_no, Paper.code)
        .join(Person, Person.id == PlanMove.by_id)
        .join(Entry, Entry.id == PlanMove.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(
            PlanMove.plan_id == plan.id,
            PlanMove.number.in_(
                select(PlanMove.number)
                .where(PlanMove.plan_id == plan.id)
                .distinct()
                .order_by(PlanMove.number.desc())
                .limit(limit)
            ),
        )
        .order_by(PlanMove.number.desc(), PlanMove.id)
    ).all()
    words = _words(session, [row[0] for row in rows])
    acts: dict[int, list[tuple[PlanMove, str, str, str]]] = {}
    for row in rows:
        acts.setdefault(row[0].number, []).append((row[0], row[1], row[2], row[3]))
    undone = {row[0].undoes for row in rows}
    return [
        ActLine(
            number=number,
            kind=parts[0][0].kind,
            undoes=parts[0][0].undoes,
            undone=number in undone,
            by=parts[0][1],
            at=parts[0][0].at,
            lines=[
                (
                    person_no,
                    paper,
                    words.get((move.from_seat_id, move.from_period_id), ""),
                    words.get((move.to_seat_id, move.to_period_id), ""),
                )
                for move, _, person_no, paper in parts[:SHOWN_LINES]
            ],
            more=max(0, len(parts) - SHOWN_LINES),
        )
        for number, parts in acts.items()
    ]


def _words(session: Session, moves: Iterable[PlanMove]) -> dict[tuple[int | None, int | None], str]:
    """Return {(seat, period): "P03, V012 201, seat 17"} of what some moves name."""
    pairs: set[tuple[int | None, int | None]] = set()
    for move in moves:
        pairs |= {(move.from_seat_id, move.from_period_id), (move.to_seat_id, move.to_period_id)}
    seats = {
        seat_id: f"{venue} {room} #{number}"
        for seat_id, venue, room, number in session.execute(
            select(Seat.id, Venue.code, Room.code, Seat.number)
            .join(Layout, Layout.id == Seat.layout_id)
            .join(Room, Room.id == Layout.room_id)
            .join(Venue, Venue.id == Room.venue_id)
            .where(Seat.id.in_({seat for seat, _ in pairs if seat is not None}))
        )
    }
    periods = dict(
        session.execute(
            select(Period.id, Period.code).where(
                Period.id.in_({period for _, period in pairs if period is not None})
            )
        ).all()
    )
    return {
        (seat, period): f"{periods[period]} {seats[seat]}"
        for seat, period in pairs
        if seat in seats and period in periods
    }
