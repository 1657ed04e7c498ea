"""Units, parks, enterprises and shifts, read only."""

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, Place, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Enterprise, Park, Shift, Unit
from exam_centre.organisation.rules import UnitLevel

SEERS = (Permission.SEE_ORGANISATION, Permission.RUN_ORGANISATION)


def access_unit(session: Session, actor: Actor, code: str) -> Unit:
    """Return the unit, or raise NotFound where it is none of the actor's."""
    found = session.scalar(
        select(Unit).where(Unit.code == code, within(actor, SEERS, unit_path=Unit.path))
    )
    if found is None:
        raise NotFound(say("unit"))
    return found


def access_park(session: Session, actor: Actor, code: str) -> Park:
    """Return the park, or raise NotFound where it is none of the actor's."""
    found = session.scalar(
        select(Park)
        .join(Unit, Unit.id == Park.unit_id)
        .where(Park.code == code, within(actor, SEERS, unit_path=Unit.path))
    )
    if found is None:
        raise NotFound(say("park"))
    return found


def access_enterprise(session: Session, actor: Actor, code: str) -> Enterprise:
    """Return the enterprise, or raise NotFound where it is none of the actor's."""
    found = session.scalar(
        select(Enterprise)
        .join(Park, Park.id == Enterprise.park_id)
        .join(Unit, Unit.id == Park.unit_id)
        .where(Enterprise.code == code, within(actor, SEERS, unit_path=Unit.path))
    )
    if found is None:
        raise NotFound(say("enterprise"))
    return found


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
