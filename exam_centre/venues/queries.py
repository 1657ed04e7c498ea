"""Venues, applications, rooms, seats and bookings, read only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import ROLE_PERMISSIONS, Actor, Permission, Place, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Park, Unit
from exam_centre.organisation.queries import units_above
from exam_centre.organisation.rules import UnitLevel
from exam_centre.venues.models import (
    ApplicationStep,
    Layout,
    Room,
    RoomBooking,
    Seat,
    Venue,
    VenueApplication,
)
from exam_centre.venues.rules import ApplicationStatus, VenueStatus, next_review

SEERS = (  # whoever works with a venue may see it, from its manager to the staff at its doors
    Permission.SEE_ORGANISATION,
    Permission.APPLY_FOR_VENUE,
    Permission.REVIEW_VENUE,
    Permission.RUN_VENUE,
    Permission.RUN_DEVICES,
    Permission.HAND_OVER,
    Permission.CLOSE_DAY,
    Permission.RUN_ROOM,
    Permission.CHECK_IN,
)


def access_venue(session: Session, actor: Actor, token: str) -> Venue:
    """Return the venue, or raise NotFound where it is none of the actor's."""
    found = session.scalar(
        select(Venue)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            Venue.token == token,
            within(actor, SEERS, unit_path=Unit.path, venue_id=Venue.id),
        )
    )
    if found is None:
        raise NotFound(say("venue"))
    return found


def access_application(session: Session, actor: Actor, token: str) -> VenueApplication:
    """Return the application, or raise NotFound where it is none of the actor's."""
    found = session.scalar(
        select(VenueApplication)
        .join(Venue, Venue.id == VenueApplication.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            VenueApplication.token == token,
            within(
                actor,
                [Permission.APPLY_FOR_VENUE, Permission.REVIEW_VENUE],
                unit_path=Unit.path,
                venue_id=Venue.id,
            ),
        )
    )
    if found is None:
        raise NotFound(say("application"))
    return found


def access_room(session: Session, actor: Actor, token: str) -> Room:
    """Return the room, or raise NotFound where it is none of the actor's."""
    found = session.scalar(
        select(Room)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            Room.token == token,
            within(actor, SEERS, unit_path=Unit.path, venue_id=Venue.id, room_id=Room.id),
        )
    )
    if found is None:
        raise NotFound(say("room"))
    return found


@dataclass(frozen=True)
class VenueLine:
    """A venue in a list, with what stands in it: the desks of current layouts are counted."""

    venue: Venue
    park: str
    unit: str
    rooms: int
    seats: int


@dataclass(frozen=True)
class ParkLine:
    """A park with its venues: how many there are, how many may be used, and their desks."""

    park: Park
    venues: int
    approved: int
    seats: int


def list_venues(
    session: Session,
    actor: Actor,
    *,
    text: str = "",
    status: VenueStatus | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[VenueLine], int]:
    """Return (one page of the venues the actor may see, by code; how many were found).

    text  part of the venue's or the park's name, or the beginning of the code.
    """
    found = _visible(actor).join(Park, Park.id == Venue.park_id)
    if text:
        found = found.where(
            or_(
                Venue.name.contains(text, autoescape=True),
                Venue.code.istartswith(text, autoescape=True),
                Park.name.contains(text, autoescape=True),
            )
        )
    if status is not None:
        found = found.where(Venue.status == status)
    total = session.scalars(select(func.count()).select_from(found.subquery())).one()
    rows = session.execute(
        found.add_columns(Park.name, Unit.name).order_by(Venue.code).offset(offset).limit(limit)
    ).all()
    counts = counts_of(session, [venue.id for venue, _, _ in rows])
    none = (0, 0)
    lines = [
        VenueLine(venue, park, unit, *counts.get(venue.id, none)) for venue, park, unit in rows
    ]
    return lines, total


def parks_with_venues(session: Session, actor: Actor) -> list[ParkLine]:
    """Return the parks in which the actor sees a venue, by name."""
    rows = session.execute(
        _visible(actor).join(Park, Park.id == Venue.park_id).add_columns(Park).order_by(Park.name)
    ).all()
    counts = counts_of(session, [venue.id for venue, _ in rows])
    lines: dict[int, ParkLine] = {}
    for venue, park in rows:
        line = lines.get(park.id, ParkLine(park, 0, 0, 0))
        usable = venue.status is VenueStatus.APPROVED
        lines[park.id] = ParkLine(
            park,
            line.venues + 1,
            line.approved + usable,
            line.seats + (counts.get(venue.id, (0, 0))[1] if usable else 0),
        )
    return list(lines.values())


def counts_of(session: Session, venue_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return {venue id: (rooms, desks of their current layouts)}; venues without one are absent."""
    newest = (
        select(Layout.room_id, func.max(Layout.version).label("version"))
        .group_by(Layout.room_id)
        .subquery()
    )
    rows = session.execute(
        select(Room.venue_id, func.count(Room.id.distinct()), func.count(Seat.id))
        .join(newest, newest.c.room_id == Room.id)
        .join(
            Layout,
            (Layout.room_id == Room.id) & (Layout.version == newest.c.version),
        )
        .outerjoin(Seat, Seat.layout_id == Layout.id)
        .where(Room.venue_id.in_(set(venue_ids)))
        .group_by(Room.venue_id)
    )
    return {venue_id: (rooms, seats) for venue_id, rooms, seats in rows}


@dataclass(frozen=True)
class ApplicationLine:
    """An application in the queue. `waits_for` is None once it was decided."""

    application: VenueApplication
    venue: Venue
    waits_for: Unit | None
    is_mine: bool  # a role of the actor sits at the unit it waits for


def list_applications(session: Session, actor: Actor, *, limit: int = 200) -> list[ApplicationLine]:
    """Return the applications that are on their way within the actor's reach, oldest first."""
    rows = session.execute(
        select(VenueApplication, Venue)
        .join(Venue, Venue.id == VenueApplication.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            VenueApplication.status.not_in((ApplicationStatus.APPROVED, ApplicationStatus.REFUSED)),
            _reached_for_review(actor),
        )
        .order_by(VenueApplication.applied_at, VenueApplication.id)
        .limit(limit)
    ).all()
    return [line_of(session, actor, application, venue) for application, venue in rows]


def line_of(
    session: Session, actor: Actor, application: VenueApplication, venue: Venue
) -> ApplicationLine:
    """Return the application with the unit whose review is next, and whether it is the actor's."""
    turn = turn_of(session, application, venue)
    unit = turn[0] if turn else None
    place = Place(session.get_one(Unit, venue.unit_id).path, venue_id=venue.id)
    mine = unit is not None and reviews_for(actor, unit, place)
    return ApplicationLine(application, venue, unit, mine)


def turn_of(
    session: Session, application: VenueApplication, venue: Venue
) -> tuple[Unit, tuple[ApplicationStatus, ...]] | None:
    """Return (the unit whose review is next, the statuses it passes), or None at the end."""
    above = units_above(session, session.get_one(Unit, venue.unit_id))
    units = {unit.level: unit for unit in above}
    turn = next_review(application.status, units)
    return (units[turn[0]], turn[1]) if turn else None


def reviews_for(actor: Actor, unit: Unit, place: Place) -> bool:
    """Say whether a role of the actor sits at this unit; one over everything is headquarters'."""
    seats = {unit.path, "/"} if unit.level is UnitLevel.NATIONAL else {unit.path}
    return any(
        Permission.REVIEW_VENUE in ROLE_PERMISSIONS[grant.role]
        and grant.unit_path in seats
        and grant.covers(place)
        for grant in actor.grants
    )


def applications_of(session: Session, venue_id: int) -> list[VenueApplication]:
    """Return what was asked about a venue, newest first."""
    wanted = VenueApplication.venue_id == venue_id
    rows = select(VenueApplication).where(wanted).order_by(VenueApplication.id.desc())
    return list(session.scalars(rows))


def layouts_of(session: Session, room_id: int) -> list[Layout]:
    """Return every drawing of a room, newest first."""
    wanted = select(Layout).where(Layout.room_id == room_id).order_by(Layout.version.desc())
    return list(session.scalars(wanted))


def _visible(actor: Actor) -> Select[Venue]:
    """Select the venues the actor may see; a role of one room alone sees no venue in lists."""
    return (
        select(Venue)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(within(actor, SEERS, unit_path=Unit.path, venue_id=Venue.id))
    )


def _reached_for_review(actor: Actor) -> ColumnElement[bool]:
    return within(
        actor,
        [Permission.APPLY_FOR_VENUE, Permission.REVIEW_VENUE],
        unit_path=Unit.path,
        venue_id=Venue.id,
    )


def place_of_venue(session: Session, venue_id: int) -> Place:
    """Return the venue as a place to ask permission for."""
    path = session.scalars(
        select(Unit.path).join(Venue, Venue.unit_id == Unit.id).where(Venue.id == venue_id)
    ).one()
    return Place(path, venue_id=venue_id)


def place_of_room(session: Session, room_id: int) -> Place:
    """Return the room as a place to ask permission for."""
    path, venue_id = session.execute(
        select(Unit.path, Venue.id)
        .join(Venue, Venue.unit_id == Unit.id)
        .join(Room, Room.venue_id == Venue.id)
        .where(Room.id == room_id)
    ).one()
    return Place(path, venue_id=venue_id, room_id=room_id)


def steps_of(session: Session, application_id: int) -> list[ApplicationStep]:
    """Return the reviews of an application, oldest first."""
    wanted = ApplicationStep.application_id == application_id
    return list(session.scalars(select(ApplicationStep).where(wanted).order_by(ApplicationStep.id)))


def rooms_of(session: Session, venue_ids: Iterable[int]) -> list[Room]:
    """Return the rooms of venues, by venue and code."""
    wanted = Room.venue_id.in_(set(venue_ids))
    return list(session.scalars(select(Room).where(wanted).order_by(Room.venue_id, Room.code)))


def layout_of(session: Session, room_id: int) -> Layout:
    """Return the current layout of a room: its newest version."""
    return session.scalars(
        select(Layout).where(Layout.room_id == room_id).order_by(Layout.version.desc()).limit(1)
    ).one()


def seats_of(session: Session, room_id: int) -> list[Seat]:
    """Return the desks of a room's current layout, by number."""
    return seats_of_rooms(session, [room_id]).get(room_id, [])


def seats_of_rooms(session: Session, room_ids: Iterable[int]) -> dict[int, list[Seat]]:
    """Return {room id: the desks of its current layout, by number}."""
    current = (
        select(Layout.room_id, func.max(Layout.version).label("version"))
        .where(Layout.room_id.in_(set(room_ids)))
        .group_by(Layout.room_id)
        .subquery()
    )
    rows = session.execute(
        select(Layout.room_id, Seat)
        .join(Seat, Seat.layout_id == Layout.id)
        .join(
            current,
            (current.c.room_id == Layout.room_id) & (current.c.version == Layout.version),
        )
        .order_by(Layout.room_id, Seat.number)
    )
    seats: dict[int, list[Seat]] = {}
    for room_id, seat in rows:
        seats.setdefault(room_id, []).append(seat)
    return seats


def bookings_of(
    session: Session, room_ids: Iterable[int], starts_at: datetime, ends_at: datetime
) -> list[RoomBooking]:
    """Return the bookings of rooms that overlap a window; touching it is not overlapping."""
    return list(
        session.scalars(
            select(RoomBooking)
            .where(
                RoomBooking.room_id.in_(set(room_ids)),
                RoomBooking.starts_at < ends_at,
                RoomBooking.ends_at > starts_at,
            )
            .order_by(RoomBooking.starts_at, RoomBooking.id)
        )
    )
