"""What a role is narrowed to, by name, and what lies around it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import RoleGrant
from exam_centre.calendar.models import Series
from exam_centre.organisation.models import Unit
from exam_centre.venues.models import Room, Venue


@dataclass(frozen=True)
class Scope:
    """A role's place by name; "" where it is not narrowed to one of the kind."""

    unit: str
    venue: str = ""
    room: str = ""
    series: str = ""


@dataclass(frozen=True)
class Around:
    """What lies in a unit and all units under it."""

    units: int
    venues: int
    rooms: int


def scopes_of(session: Session, grants: Iterable[RoleGrant]) -> dict[int, Scope]:
    """Return {grant id: its place by name}."""
    rows = list(grants)
    units = _names(session, Unit, {row.unit_id for row in rows})
    venues = _names(session, Venue, {row.venue_id for row in rows})
    series = _names(session, Series, {row.series_id for row in rows})
    rooms = session.execute(
        select(Room.id, Room.code).where(Room.id.in_({row.room_id for row in rows}))
    )
    codes = {row.id: row.code for row in rooms}
    return {
        row.id: Scope(
            units.get(row.unit_id, ""),
            venues.get(row.venue_id, ""),
            codes.get(row.room_id, ""),
            series.get(row.series_id, ""),
        )
        for row in rows
    }


def venues_below(session: Session, unit: Unit) -> list[Venue]:
    """Return the venues of a unit and of all units under it, by code."""
    wanted = select(Venue).join(Unit, Unit.id == Venue.unit_id).where(_below(unit))
    return list(session.scalars(wanted.order_by(Venue.code)))


def around(session: Session, unit: Unit) -> Around:
    """Return how much lies in a unit and under it."""
    units = session.scalars(select(func.count()).select_from(Unit).where(_below(unit))).one()
    venues, rooms = session.execute(
        select(func.count(Venue.id.distinct()), func.count(Room.id))
        .select_from(Venue)
        .join(Unit, Unit.id == Venue.unit_id)
        .outerjoin(Room, Room.venue_id == Venue.id)
        .where(_below(unit))
    ).one()
    return Around(units, venues, rooms)


def find_room(session: Session, venue: Venue, code: str) -> Room | None:
    """Return the room of a venue by the number on its door, or None."""
    return session.scalar(select(Room).where(Room.venue_id == venue.id, Room.code == code))


def _below(unit: Unit) -> ColumnElement[bool]:
    return Unit.path.startswith(unit.path, autoescape=True)


def _names(
    session: Session, model: type[Unit] | type[Venue] | type[Series], ids: set[int]
) -> dict[int, str]:
    rows = session.execute(select(model.id, model.name).where(model.id.in_(ids)))
    return {row.id: row.name for row in rows}
