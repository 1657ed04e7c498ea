"""The devices of a venue, and where their chief may set one up."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam_centre.admission.models import Device, Scan
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
