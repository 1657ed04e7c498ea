"""Units, parks, enterprises and shifts, read only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, Place, within
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.organisation.models import Enterprise, Park, Shift, Unit
from exam_centre.organisation.rules import UnitLevel

Thing = TypeVar("Thing", Unit, Park, Enterprise)
SEERS = (Permission.SEE_ORGANISATION, Permission.RUN_ORGANISATION)


def access_unit(session: Session, actor: Actor, code: str) -> Unit:
    """Return the unit, or raise NotFound where it is none of the actor's."""
    return _mine(session, actor, select(Unit).where(Unit.code == code), say("unit"))


def access_park(session: Session, actor: Actor, code: str) -> Park:
    """Return the park, or raise NotFound where it is none of the actor's."""
    parks = select(Park).join(Unit, Unit.id == Park.unit_id)
    return _mine(session, actor, parks.where(Park.code == code), say("park"))


def access_enterprise(session: Session, actor: Actor, code: str) -> Enterprise:
    """Return the enterprise, or raise NotFound where it is none of the actor's."""
    enterprises = (
        select(Enterprise)
        .join(Park, Park.id == Enterprise.park_id)
        .join(Unit, Unit.id == Park.unit_id)
    )
    return _mine(session, actor, enterprises.where(Enterprise.code == code), say("enterprise"))


def _mine(session: Session, actor: Actor, wanted: Select[Thing], thing: Sentence) -> Thing:
    """Return what is wanted where its unit lies within the actor's reach, or raise NotFound."""
    found = session.scalar(wanted.where(within(actor, SEERS, unit_path=Unit.path)))
    if found is None:
        raise NotFound(thing)
    return found


@dataclass(frozen=True)
class UnitLine:
    """A unit in the tree, with what lies under it: itself is not counted among `units`."""

    unit: Unit
    units: int
    parks: int
    enterprises: int


def units_within(
    session: Session, actor: Actor, permissions: Sequence[Permission] = SEERS
) -> list[Unit]:
    """Return the units in which some role of the actor allows this, each under its parent."""
    reach = within(actor, permissions, unit_path=Unit.path)
    return list(session.scalars(select(Unit).where(reach).order_by(Unit.path)))


def parks_within(
    session: Session, actor: Actor, permissions: Sequence[Permission] = SEERS
) -> list[Park]:
    """Return the parks in whose units some role of the actor allows this, by code."""
    reach = within(actor, permissions, unit_path=Unit.path)
    parks = select(Park).join(Unit, Unit.id == Park.unit_id).where(reach).order_by(Park.code)
    return list(session.scalars(parks))


def count_under(session: Session, units: Sequence[Unit]) -> list[UnitLine]:
    """Return each unit with how many units, parks and enterprises stand under it."""
    below: dict[int, list[int]] = {unit.id: [0, 0, 0] for unit in units}
    parks = (
        select(Unit.path, func.count(Park.id.distinct()), func.count(Enterprise.id))
        .outerjoin(Park, Park.unit_id == Unit.id)
        .outerjoin(Enterprise, Enterprise.park_id == Park.id)
        .group_by(Unit.id, Unit.path)
    )
    for path, park_count, enterprise_count in session.execute(parks):
        above = [int(part) for part in path.strip("/").split("/")]
        for place, unit_id in enumerate(above, 1):
            if unit_id in below:
                below[unit_id][0] += place < len(above)
                below[unit_id][1] += park_count
                below[unit_id][2] += enterprise_count
    return [UnitLine(unit, *below[unit.id]) for unit in units]


def children_of(session: Session, unit: Unit) -> list[Unit]:
    """Return the units directly under one, by code."""
    return list(session.scalars(select(Unit).where(Unit.parent_id == unit.id).order_by(Unit.code)))


def parks_of(session: Session, unit: Unit) -> list[tuple[Park, int]]:
    """Return the parks a unit itself looks after, each with its number of enterprises."""
    rows = session.execute(
        select(Park, func.count(Enterprise.id))
        .outerjoin(Enterprise, Enterprise.park_id == Park.id)
        .where(Park.unit_id == unit.id)
        .group_by(Park.id)
        .order_by(Park.code)
    )
    return [(park, count) for park, count in rows]


def enterprises_of(
    session: Session, park: Park, text: str = "", *, offset: int = 0, limit: int = 50
) -> tuple[list[Enterprise], int]:
    """Return (one page of a park's enterprises by code, how many there are in all).

    text  part of the name or the beginning of the code; "" finds all.
    """
    found = select(Enterprise).where(Enterprise.park_id == park.id)
    if text:
        found = found.where(
            or_(
                Enterprise.name.contains(text, autoescape=True),
                Enterprise.code.startswith(text, autoescape=True),
            )
        )
    total = session.scalars(select(func.count()).select_from(found.subquery())).one()
    rows = session.scalars(found.order_by(Enterprise.code).offset(offset).limit(limit))
    return list(rows), total


def teams_of(session: Session, enterprise_id: int) -> list[str]:
    """Return the teams of an enterprise that ever had a shift, by name."""
    teams = select(Shift.team).where(Shift.enterprise_id == enterprise_id, Shift.team != "")
    return list(session.scalars(teams.distinct().order_by(Shift.team)))


def place_of_unit(session: Session, unit_id: int) -> Place:
    """Return the unit as a place to ask permission for."""
    return Place(session.scalars(select(Unit.path).where(Unit.id == unit_id)).one())


def place_of_enterprise(session: Session, enterprise_id: int) -> Place:
    """Return the place of the unit that looks after the enterprise's park."""
    path = session.scalars(
        select(Unit.path)
        .join(Park, Park.unit_id == Unit.id)
        .join(Enterprise, Enterprise.park_id == Park.id)
        .where(Enterprise.id == enterprise_id)
    ).one()
    return Place(path)


def places_of_enterprises(session: Session, enterprise_ids: Iterable[int]) -> dict[int, Place]:
    """Return {enterprise id: the place of the unit that looks after its park}."""
    rows = session.execute(
        select(Enterprise.id, Unit.path)
        .join(Park, Park.id == Enterprise.park_id)
        .join(Unit, Unit.id == Park.unit_id)
        .where(Enterprise.id.in_(set(enterprise_ids)))
    )
    return {row.id: Place(row.path) for row in rows}


def place_of_network(session: Session) -> Place:
    """Return the place of headquarters, where what concerns the whole network is done."""
    top = select(Unit.path).where(Unit.level == UnitLevel.NATIONAL).order_by(Unit.id).limit(1)
    return Place(session.scalar(top) or "/")


def units_above(session: Session, unit: Unit) -> list[Unit]:
    """Return the units from headquarters down to `unit` itself."""
    ids = [int(part) for part in unit.path.strip("/").split("/")]
    return list(session.scalars(select(Unit).where(Unit.id.in_(ids)).order_by(Unit.path)))


def shifts_of(
    session: Session,
    enterprise_id: int,
    team: str,
    work_no: str,
    starts_at: datetime,
    ends_at: datetime,
) -> list[Shift]:
    """Return the shifts of a worker that overlap a window, the team's and their own, by start.

    team, work_no  "" where the worker has none; a shift that only touches the window is not in it.
    """
    return list(
        session.scalars(
            select(Shift)
            .where(
                Shift.enterprise_id == enterprise_id,
                Shift.starts_at < ends_at,
                Shift.ends_at > starts_at,
                or_(
                    and_(Shift.team != "", Shift.team == team),
                    and_(Shift.work_no != "", Shift.work_no == work_no),
                ),
            )
            .order_by(Shift.starts_at, Shift.id)
        )
    )


def shifts_between(
    session: Session, enterprise_ids: Iterable[int], starts_at: datetime, ends_at: datetime
) -> list[Shift]:
    """Return every team's and worker's shifts of enterprises that overlap a window, by start."""
    return list(
        session.scalars(
            select(Shift)
            .where(
                Shift.enterprise_id.in_(set(enterprise_ids)),
                Shift.starts_at < ends_at,
                Shift.ends_at > starts_at,
            )
            .order_by(Shift.starts_at, Shift.id)
        )
    )
