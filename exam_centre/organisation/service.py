"""How units, parks, enterprises and shifts come about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.organisation.models import Enterprise, Park, Shift, Unit
from exam_centre.organisation.queries import (
    place_of_enterprise,
    place_of_unit,
    places_of_enterprises,
    shifts_between,
    shifts_of,
)
from exam_centre.organisation.rules import (
    CodeTaken,
    NobodysShift,
    ShiftOverlaps,
    UnitLevel,
    check_parent,
    check_position,
    check_span,
    overlapping,
)


@dataclass(frozen=True)
class PlannedShift:
    """A shift that is to be: of a team or of one worker, the other one is ""."""

    enterprise_id: int
    team: str
    work_no: str
    starts_at: datetime
    ends_at: datetime


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


def plan_shifts(
    session: Session, actor: Actor, planned: Sequence[PlannedShift], *, now: datetime
) -> list[Shift]:
    """Add many shifts at once, by the same rules as `plan_shift`; all of them or none.

    Raises EndsTooEarly, NobodysShift, ShiftOverlaps.
    """
    _require_at_enterprises(session, actor, {shift.enterprise_id for shift in planned})
    taken: dict[tuple[int, str, str], list[tuple[datetime, datetime]]] = {}
    for shift in planned:
        check_span(shift.starts_at, shift.ends_at)
        if bool(shift.team) == bool(shift.work_no):
            raise NobodysShift
        key = (shift.enterprise_id, shift.team, shift.work_no)
        taken.setdefault(key, []).append((shift.starts_at, shift.ends_at))
    if planned:
        first = min(shift.starts_at for shift in planned)
        last = max(shift.ends_at for shift in planned)
        for known in shifts_between(session, {key[0] for key in taken}, first, last):
            key = (known.enterprise_id, known.team, known.work_no)
            if key in taken:
                taken[key].append((known.starts_at, known.ends_at))
    for spans in taken.values():
        for earlier, _later in overlapping(spans):
            raise ShiftOverlaps(*earlier)
    shifts = [
        Shift(
            enterprise_id=shift.enterprise_id,
            team=shift.team,
            work_no=shift.work_no,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
        )
        for shift in planned
    ]
    session.add_all(shifts)
    audit.record_all(session, actor, "organisation.shift_planned", shifts, now)
    return shifts


def correct_unit(session: Session, actor: Actor, unit: Unit, *, name: str, now: datetime) -> None:
    """Give a unit another name."""
    actor.require(Permission.RUN_ORGANISATION, Place(unit.path))
    unit.name = name
    audit.record(session, actor, "organisation.unit_corrected", unit, now)


def correct_site(
    session: Session,
    actor: Actor,
    site: Park | Enterprise,
    *,
    name: str,
    latitude: Decimal,
    longitude: Decimal,
    now: datetime,
) -> None:
    """Correct what a park or an enterprise is called and where it lies. Raises WrongPosition."""
    if isinstance(site, Park):
        actor.require(Permission.RUN_ORGANISATION, place_of_unit(session, site.unit_id))
    else:
        actor.require(Permission.RUN_ORGANISATION, place_of_enterprise(session, site.id))
    check_position(latitude, longitude)
    site.name, site.latitude, site.longitude = name, latitude, longitude
    audit.record(session, actor, "organisation.site_corrected", site, now)


def correct_shift(
    session: Session, actor: Actor, shift: Shift, *, ends_at: datetime, now: datetime
) -> None:
    """Let a shift end at another moment. Raises EndsTooEarly, ShiftOverlaps."""
    actor.require(Permission.RUN_ORGANISATION, place_of_enterprise(session, shift.enterprise_id))
    check_span(shift.starts_at, ends_at)
    for known in shifts_between(session, [shift.enterprise_id], shift.starts_at, ends_at):
        same = (known.team, known.work_no) == (shift.team, shift.work_no)
        if same and known.id != shift.id:
            raise ShiftOverlaps(known.starts_at, known.ends_at)
    shift.ends_at = ends_at
    audit.record(session, actor, "organisation.shift_corrected", shift, now)


def take_back(
    session: Session,
    actor: Actor,
    rows: Sequence[Unit | Park | Enterprise | Shift],
    *,
    reason: str,
    now: datetime,
) -> None:
    """Take back rows that were added by mistake, in this order; the trail keeps that they were.

    What anything else stands on is refused by the database, as PromiseBroken.
    """
    for row in rows:
        if isinstance(row, Unit):
            actor.require(Permission.RUN_ORGANISATION, Place(row.path))
        elif isinstance(row, Park):
            actor.require(Permission.RUN_ORGANISATION, place_of_unit(session, row.unit_id))
    enterprises = {row.id for row in rows if isinstance(row, Enterprise)}
    enterprises |= {row.enterprise_id for row in rows if isinstance(row, Shift)}
    _require_at_enterprises(session, actor, enterprises)
    audit.record_all(session, actor, "organisation.taken_back", rows, now, reason=reason)
    for row in rows:
        session.delete(row)
        if isinstance(row, Unit):
            session.flush()  # A unit goes before the one above it, whatever their numbers.
    session.flush()


def _require_at_enterprises(session: Session, actor: Actor, ids: Iterable[int]) -> None:
    for place in set(places_of_enterprises(session, ids).values()):
        actor.require(Permission.RUN_ORGANISATION, place)


def _check_free(session: Session, same_code: ColumnElement[bool], code: str) -> None:
    if session.scalar(select(exists().where(same_code))):
        raise CodeTaken(code)
