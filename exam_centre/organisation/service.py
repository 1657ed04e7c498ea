"""How units, parks, enterprises and shifts come about."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.organisation.models import Enterprise, Park, Shift, Unit
from exam_centre.organisation.queries import place_of_enterprise, place_of_unit, shifts_of
from exam_centre.organisation.rules import (
    CodeTaken,
    NobodysShift,
    ShiftOverlaps,
    UnitLevel,
    check_parent,
    check_position,
    check_span,
)


def found_unit(
    session: Session,
    actor: Actor,
    *,
    code: str,
    name: str,
    level: UnitLevel,
    parent: Unit | None,
    now: datetime,
) -> Unit:
    """Add a unit under `parent`; only headquarters has none. Raises WrongParent, CodeTaken."""
    actor.require(Permission.RUN_ORGANISATION, Place(parent.path if parent else "/"))
    check_parent(level, parent.level if parent else None)
    _check_free(session, Unit.code == code, code)
    unit = Unit(
        code=code,
        name=name,
        level=level,
        parent_id=parent.id if parent else None,
        path=f"new {code}",  # The path holds the id, and the database has yet to give one.
    )
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    audit.record(session, actor, "organisation.unit_founded", unit, now)
    return unit


def add_park(
    session: Session,
    actor: Actor,
    unit: Unit,
    *,
    code: str,
    name: str,
    latitude: Decimal,
    longitude: Decimal,
    now: datetime,
) -> Park:
    """Add a park that `unit` looks after. Raises WrongPosition, CodeTaken."""
    actor.require(Permission.RUN_ORGANISATION, Place(unit.path))
    check_position(latitude, longitude)
    _check_free(session, Park.code == code, code)
    park = Park(code=code, name=name, unit_id=unit.id, latitude=latitude, longitude=longitude)
    session.add(park)
    audit.record(session, actor, "organisation.park_added", park, now)
    return park


def add_enterprise(
    session: Session,
    actor: Actor,
    park: Park,
    *,
    code: str,
    name: str,
    latitude: Decimal,
    longitude: Decimal,
    now: datetime,
) -> Enterprise:
    """Add an employer in `park`. Raises WrongPosition, CodeTaken."""
    actor.require(Permission.RUN_ORGANISATION, place_of_unit(session, park.unit_id))
    check_position(latitude, longitude)
    _check_free(session, Enterprise.code == code, code)
    enterprise = Enterprise(
        code=code, name=name, park_id=park.id, latitude=latitude, longitude=longitude
    )
    session.add(enterprise)
    audit.record(session, actor, "organisation.enterprise_added", enterprise, now)
    return enterprise


def plan_shift(
    session: Session,
    actor: Actor,
    enterprise: Enterprise,
    *,
    team: str = "",
    work_no: str = "",
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> Shift:
    """Add a shift of a team or of one worker; a night shift ends on the next day.

    Raises EndsTooEarly, NobodysShift, and ShiftOverlaps where they are on shift already.
    """
    actor.require(Permission.RUN_ORGANISATION, place_of_enterprise(session, enterprise.id))
    check_span(starts_at, ends_at)
    if bool(team) == bool(work_no):
        raise NobodysShift
    known = shifts_of(session, enterprise.id, team, work_no, starts_at, ends_at)
    if known:
        raise ShiftOverlaps(known[0].starts_at, known[0].ends_at)
    shift = Shift(
        enterprise_id=enterprise.id,
        team=team,
        work_no=work_no,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    session.add(shift)
    audit.record(session, actor, "organisation.shift_planned", shift, now)
    return shift


def _check_free(session: Session, same_code: ColumnElement[bool], code: str) -> None:
    if session.scalar(select(exists().where(same_code))):
        raise CodeTaken(code)
