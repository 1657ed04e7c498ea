"""When and where theses are defended, and who or what is taken at some time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.entries.models import Candidate, Entry
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import HOME_ZONE
from exam_centre.papers.models import Paper
from exam_centre.theses.models import DefenceSlot, PanelMember, Thesis
from exam_centre.theses.rules import AHEAD_OF_DEFENCE
from exam_centre.timetable.models import Placement, RoomSession, Sitting
from exam_centre.venues.models import Room, RoomBooking, Venue
from exam_centre.venues.rules import VenueStatus

TOP_SLASHES = 2  # of the top unit's path, "/1/"


@dataclass(frozen=True)
class Defence:
    """A defence as people read it; without a room there is no venue either."""

    slot: DefenceSlot
    thesis: Thesis
    writer_id: int
    writer: str
    room: str | None  # the code on its door
    room_token: str | None
    venue: str | None
    address: str | None
    way_there: str | None
    time_zone: str | None

    @property
    def zone(self) -> str:
        """The clock that the defence goes by."""
        return self.time_zone or HOME_ZONE

    @property
    def where(self) -> str:
        """The place in words that need no translation."""
        return f"{self.venue} {self.room}" if self.room else self.slot.place


@dataclass(frozen=True)
class Taken:
    """A time in which somebody or some room is taken, and by what."""

    what: str
    starts_at: datetime
    ends_at: datetime


def defence_of(session: Session, thesis: Thesis) -> Defence | None:
    """Return when a thesis is defended, None while nobody set it."""
    row = session.execute(
        _defences().where(DefenceSlot.thesis_id == thesis.id, DefenceSlot.in_force)
    ).one_or_none()
    return Defence(*row) if row else None


def defences_before(session: Session, thesis: Thesis) -> list[Defence]:
    """Return the defences that were moved, newest first."""
    wanted = _defences().where(DefenceSlot.thesis_id == thesis.id, ~DefenceSlot.in_force)
    return [Defence(*row) for row in session.execute(wanted.order_by(DefenceSlot.number.desc()))]


def defences_ahead(session: Session, person_id: int, now: datetime) -> list[Defence]:
    """Return the defences not over yet that a person writes for, guides or sits on, by time."""
    rows = session.execute(
        _defences()
        .where(
            DefenceSlot.in_force,
            DefenceSlot.ends_at >= now,
            Thesis.status.in_(AHEAD_OF_DEFENCE),
            or_(
                Candidate.person_id == person_id,
                Thesis.supervisor_id == person_id,
                Thesis.id.in_(
                    select(PanelMember.thesis_id).where(PanelMember.person_id == person_id)
                ),
            ),
        )
        .order_by(DefenceSlot.starts_at, DefenceSlot.id)
    )
    return [Defence(*row) for row in rows]


def rooms_near(session: Session, entry_id: int) -> list[tuple[Venue, Room]]:
    """Return the rooms of approved venues around a candidate's unit, by venue and room.

    Around it are the units above it and everything below the one next above, if that is no longer
    the whole network.
    """
    path = session.scalars(
        select(Unit.path)
        .join(Candidate, Candidate.unit_id == Unit.id)
        .join(Entry, Entry.candidate_id == Candidate.id)
        .where(Entry.id == entry_id)
    ).one()
    above = "/".join(path.split("/")[:-2]) + "/"
    reach = above if above.count("/") > TOP_SLASHES else path
    rows = session.execute(
        select(Venue, Room)
        .join(Room, Room.venue_id == Venue.id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            Venue.status == VenueStatus.APPROVED,
            or_(
                Unit.path.startswith(reach, autoescape=True),
                literal(path).startswith(Unit.path),
            ),
        )
        .order_by(Venue.code, Room.code)
    )
    return [(row[0], row[1]) for row in rows]


def sits_then(
    session: Session, person_id: int, starts_at: datetime, ends_at: datetime
) -> Taken | None:
    """Return the paper of a published plan that a person sits at that time, or None."""
    row = session.execute(
        select(Paper.name, Placement.starts_at, Placement.ends_at)
        .join(Sitting, Sitting.id == Placement.sitting_id)
        .join(Paper, Paper.id == Sitting.paper_id)
        .where(
            Placement.person_id == person_id,
            Placement.in_force,
            Placement.starts_at < ends_at,
            Placement.ends_at > starts_at,
        )
        .order_by(Placement.starts_at)
    ).first()
    return Taken(*row) if row else None


def defends_then(
    session: Session,
    thesis: Thesis,
    people: Collection[int],
    starts_at: datetime,
    ends_at: datetime,
) -> Taken | None:
    """Return who of these people sits on, or writes for, another defence at that time, or None."""
    others = (
        select(DefenceSlot)
        .where(
            DefenceSlot.in_force,
            DefenceSlot.thesis_id != thesis.id,
            DefenceSlot.starts_at < ends_at,
            DefenceSlot.ends_at > starts_at,
        )
        .subquery()
    )
    columns = (Person.name, others.c.starts_at, others.c.ends_at)
    seated = (
        select(*columns)
        .join(PanelMember, PanelMember.thesis_id == others.c.thesis_id)
        .join(Person, Person.id == PanelMember.person_id)
        .where(Person.id.in_(people))
    )
    writing = (
        select(*columns)
        .join(Thesis, Thesis.id == others.c.thesis_id)
        .join(Entry, Entry.id == Thesis.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .where(Person.id.in_(people))
    )
    row = session.execute(seated).first() or session.execute(writing).first()
    return Taken(*row) if row else None


def room_taken(
    session: Session, thesis: Thesis, room: Room, starts_at: datetime, ends_at: datetime
) -> Taken | None:
    """Return what a room is used for at that time: a paper, a booking, another defence."""
    sat = select(RoomSession.id, Placement.starts_at, Placement.ends_at).join(
        Placement, Placement.room_session_id == RoomSession.id
    )
    booked = select(RoomBooking.id, RoomBooking.starts_at, RoomBooking.ends_at)
    defended = select(DefenceSlot.id, DefenceSlot.starts_at, DefenceSlot.ends_at)
    questions: Sequence[Select[Any, datetime, datetime]] = (
        sat.where(
            RoomSession.room_id == room.id,
            Placement.in_force,
            Placement.starts_at < ends_at,
            Placement.ends_at > starts_at,
        ),
        booked.where(
            RoomBooking.room_id == room.id,
            RoomBooking.starts_at < ends_at,
            RoomBooking.ends_at > starts_at,
        ),
        defended.where(
            DefenceSlot.room_id == room.id,
            DefenceSlot.in_force,
            DefenceSlot.thesis_id != thesis.id,
            DefenceSlot.starts_at < ends_at,
            DefenceSlot.ends_at > starts_at,
        ),
    )
    for question in questions:
        row = session.execute(question).first()
        if row is not None:
            return Taken(room.code, row[1], row[2])
    return None


def _defences() -> Select[*tuple[Any, ...]]:
    return (
        select(
            DefenceSlot,
            Thesis,
            Candidate.person_id,
            Person.name,
            Room.code,
            Room.token,
            Venue.name,
            Venue.address,
            Venue.way_there,
            Venue.time_zone,
        )
        .join(Thesis, Thesis.id == DefenceSlot.thesis_id)
        .join(Entry, Entry.id == Thesis.entry_id)
        .join(Candidate, Candidate.id == Entry.candidate_id)
        .join(Person, Person.id == Candidate.person_id)
        .outerjoin(Room, Room.id == DefenceSlot.room_id)
        .outerjoin(Venue, Venue.id == Room.venue_id)
    )
