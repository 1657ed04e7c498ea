"""The lists of a plan that pages show: who has no seat, who waits, who sits in a room."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Series
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.jobs import Job
from exam_centre.kernel.permissions import Actor, within
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.organisation.models import Unit
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import HeldOver, Placement, Plan, RoomSession, Unplaced
from exam_centre.timetable.queries.plan_versions import PLANS
from exam_centre.timetable.queries.standing import standing, versions
from exam_centre.timetable.rules import UnplacedReason
from exam_centre.venues.models import Room, Seat, Venue

Rows = Select[*tuple[Any, ...]]


class UnplacedLine(NamedTuple):
    """An entry without a seat."""

    entry_token: str
    person_no: str
    name: str
    paper: str
    reason: UnplacedReason
    sentence: Sentence


class HeldLine(NamedTuple):
    """Two papers of one person in one period."""

    person_no: str
    name: str
    first: str
    second: str
    room: str
    supervisor: str
    isolated_from: datetime
    isolated_until: datetime
    zone: str


class PlacedLine(NamedTuple):
    """Who sits where in a room session."""

    token: str
    entry_token: str
    person_no: str
    name: str
    paper: str
    seat: int
    starts_at: datetime
    ends_at: datetime


def access_entry_of_plan(session: Session, actor: Actor, token: str) -> Entry:
    """Return an entry of a series the actor plans. Raises NotFound."""
    found = session.scalar(
        select(Entry)
        .join(Series, Series.id == Entry.series_id)
        .join(Unit, Unit.id == Series.unit_id)
        .where(Entry.token == token, within(actor, PLANS, unit_path=Unit.path, series_id=Series.id))
    )
    if found is None:
        raise NotFound(say("entry"))
    return found


def find_entries(
    session: Session, plan: Plan, text: str, *, offset: int, limit: int
) -> tuple[list[tuple[str, str, str, str, bool]], int]:
    """Return (entry token, number, name, paper, has a seat) of whom a search finds, and how many.

    text  the beginning of a student number, or a part of a name.
    """
    seated = (
        select(Placement.id)
        .where(standing(versions(session, plan)), Placement.entry_id == Entry.id)
        .correlate(Entry)
        .exists()
    )
    found = _entries_like(
        select(Entry.token, Candidate.person_no, Person.name, Paper.code, seated), plan, text
    )
    total = session.scalar(_entries_like(select(func.count()), plan, text)) or 0
    rows = session.execute(
        found.order_by(Candidate.person_no, Paper.code).offset(offset).limit(limit)
    )
    return [(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows], total


def _entries_like(query: Rows, plan: Plan, text: str) -> Rows:
    return (
        query.select_from(Entry)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(Entry.series_id == plan.series_id, _like(text))
    )


def _like(text: str) -> ColumnElement[bool]:
    return or_(
        Candidate.person_no.startswith(text, autoescape=True),
        Person.name.contains(text, autoescape=True),
    )


def unplaced_of(
    session: Session, plan: Plan, text: str, *, offset: int, limit: int
) -> tuple[list[UnplacedLine], int]:
    """Return the entries this version leaves without a seat, by reason, and how many there are."""
    wanted = (
        select(Unplaced)
        .join(Entry, Entry.id == Unplaced.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(Unplaced.plan_id == plan.id, _like(text))
    )
    total = session.scalar(wanted.with_only_columns(func.count())) or 0
    rows = session.execute(
        wanted.add_columns(Entry.token, Candidate.person_no, Person.name, Paper.code)
        .order_by(Unplaced.reason, Candidate.person_no, Paper.code)
        .offset(offset)
        .limit(limit)
    )
    return [
        UnplacedLine(token, number, name, paper, row.reason, Sentence(row.text, row.facts))
        for row, token, number, name, paper in rows
    ], total


def held_of(session: Session, plan: Plan) -> list[HeldLine]:
    """Return every paper held over in what holds with `plan`, by number and time."""
    second, first_paper, second_paper = aliased(Entry), aliased(Paper), aliased(Paper)
    guard = aliased(Person)
    rows = session.execute(
        select(
            Candidate.person_no,
            Person.name,
            first_paper.code,
            second_paper.code,
            Room.code,
            guard.name,
            HeldOver.isolated_from,
            HeldOver.isolated_until,
            Venue.time_zone,
        )
        .select_from(HeldOver)
        .join(Entry, Entry.id == HeldOver.first_entry_id)
        .join(second, second.id == HeldOver.second_entry_id)
        .join(first_paper, first_paper.id == Entry.paper_id)
        .join(second_paper, second_paper.id == second.paper_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(guard, guard.id == HeldOver.supervisor_id)
        .join(RoomSession, RoomSession.id == HeldOver.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .where(HeldOver.plan_id.in_(versions(session, plan)))
        .order_by(HeldOver.isolated_from, Candidate.person_no)
    )
    return [HeldLine(*row) for row in rows]


def people_of_room(session: Session, plan: Plan, room_session: RoomSession) -> list[PlacedLine]:
    """Return who sits in a room session once `plan` is in force, by seat."""
    rows = session.execute(
        select(
            Placement.token,
            Entry.token,
            Candidate.person_no,
            Person.name,
            Paper.code,
            Seat.number,
            Placement.starts_at,
            Placement.ends_at,
        )
        .join(Entry, Entry.id == Placement.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .where(standing(versions(session, plan)), Placement.room_session_id == room_session.id)
        .order_by(Seat.number, Placement.starts_at)
    )
    return [PlacedLine(*row) for row in rows]


def search_of_plan(session: Session, kind: str, plan_id: int) -> Job | None:
    """Return the newest search asked for a plan, or None."""
    newest = select(Job).where(Job.kind == kind).order_by(Job.id.desc()).limit(50)
    return next(
        (row for row in session.scalars(newest) if row.arguments.get("plan") == plan_id), None
    )


def unplaced_entry(session: Session, plan: Plan, entry_id: int) -> Sentence | None:
    """Return what would help an entry this version leaves without a seat, None where it has one."""
    row = session.scalar(
        select(Unplaced).where(Unplaced.plan_id == plan.id, Unplaced.entry_id == entry_id)
    )
    return Sentence(row.text, row.facts) if row is not None else None


def entry_of_number(session: Session, plan: Plan, person_no: str, paper: str) -> Entry:
    """Return the entry of a student number for a paper, in the plan's series. Raises NotFound."""
    found = session.scalar(
        select(Entry)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Paper, Paper.id == Entry.paper_id)
        .where(
            Entry.series_id == plan.series_id,
            Candidate.person_no == person_no,
            Paper.code == paper,
        )
        .order_by(Entry.id.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound(say("entry"))
    return found
