"""The venues and parks somebody sees, each with what stands in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from exam_centre.kernel.permissions import Actor, within
from exam_centre.organisation.models import Park, Unit
from exam_centre.venues.models import Layout, Room, Seat, Venue
from exam_centre.venues.queries.reaching import SEERS
from exam_centre.venues.rules import VenueStatus


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


def _visible(actor: Actor) -> Select[Venue]:
    """Select the venues the actor may see; a role of one room alone sees no venue in lists."""
    return (
        select(Venue)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(within(actor, SEERS, unit_path=Unit.path, venue_id=Venue.id))
    )
