"""The devices of a venue, and where their chief may set one up."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import Bundle, Session

from exam_centre.accounts.models import Person, RoleGrant, User
from exam_centre.accounts.queries import actor_with, as_grant
from exam_centre.accounts.rules import UserStatus
from exam_centre.admission.models import Device, Scan
from exam_centre.admission.queries.access import hash_secret
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.organisation.models import Unit
from exam_centre.venues.models import Venue


@dataclass(frozen=True)
class DeviceRow:
    """A device in the list of a venue's devices."""

    device: Device
    venue: str
    time_zone: str
    last_contact: datetime | None


def devices_of(session: Session, actor: Actor) -> list[DeviceRow]:
    """Return the devices of the actor's venues with their last contact, the newest first."""
    rows = session.execute(
        select(Device, Venue.name, Venue.time_zone, func.max(Scan.received_at))
        .join(Venue, Venue.id == Device.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .outerjoin(Scan, Scan.device_id == Device.id)
        .where(within(actor, [Permission.RUN_DEVICES], unit_path=Unit.path, venue_id=Venue.id))
        .group_by(Device.id, Venue.id)
        .order_by(Device.id.desc())
        .limit(200)
    )
    return [DeviceRow(device, venue, zone, at) for device, venue, zone, at in rows]


def venues_with_devices(session: Session, actor: Actor) -> list[Venue]:
    """Return the venues whose devices the actor sets up, by name."""
    return list(
        session.scalars(
            select(Venue)
            .join(Unit, Unit.id == Venue.unit_id)
            .where(within(actor, [Permission.RUN_DEVICES], unit_path=Unit.path, venue_id=Venue.id))
            .order_by(Venue.name)
        )
    )


@dataclass(frozen=True)
class Ringing:
    """A device that calls: who is signed on at it, and what it was answered to this scan before."""

    device: Device
    human: Actor | None  # None: nobody who still may sign in is signed on
    answered: dict[str, Any] | None  # None: a scan not heard before


def ringing_of(session: Session, secret: str, scan_no: str) -> Ringing | None:
    """Return the device with this secret, in one statement; None where there is none.

    scan_no  the device's number of the scan it sends now, "" where it sends none.
    """
    named = {"secret": hash_secret(secret), "scan_no": scan_no}
    rows = session.execute(_asking_device(), named).all()
    if not rows:
        return None
    device, user, person, _, _, answered = rows[0]
    human = None
    if user.id is not None and user.status is UserStatus.ACTIVE:
        held = [(row[3], as_grant(row[3], row[4])) for row in rows if row[3].role is not None]
        human = actor_with(person, user.id, held)
    return Ringing(device, human, answered)


@cache
def _asking_device() -> Select[*tuple[Any, ...]]:
    """Return the question, built once: every scan asks it.

    Of people and roles only the columns an actor is made of: whole rows cost more than the rest.
    """
    return (
        select(
            Device,
            Bundle("user", User.id, User.status),
            Bundle("person", Person.id, Person.name, Person.language),
            Bundle(
                "held",
                RoleGrant.role,
                RoleGrant.unit_id,
                RoleGrant.venue_id,
                RoleGrant.series_id,
                RoleGrant.room_id,
            ),
            Unit.path,
            Scan.answer,
        )
        .outerjoin(User, User.id == Device.user_id)
        .outerjoin(Person, Person.id == User.person_id)
        .outerjoin(RoleGrant, and_(RoleGrant.user_id == User.id, RoleGrant.revoked_at.is_(None)))
        .outerjoin(Unit, Unit.id == RoleGrant.unit_id)
        .outerjoin(Scan, and_(Scan.device_id == Device.id, Scan.scan_no == bindparam("scan_no")))
        .where(Device.secret_hash == bindparam("secret"))
        .order_by(RoleGrant.id)
    )
