"""Devices at the doors: bound to a venue, measured at every exchange, gone when revoked."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.admission.models import Device
from exam_centre.admission.queries import hash_secret
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.venues.models import Venue
from exam_centre.venues.queries import place_of_venue

SECRET_BYTES = 32
WORTH_WRITING = timedelta(milliseconds=250)  # a smaller change of the offset is the network's


def provision_device(
    session: Session,
    actor: Actor,
    venue: Venue,
    *,
    name: str,
    expires_at: datetime,
    now: datetime,
) -> tuple[Device, str]:
    """Bind a device to a venue until its duty ends; return it with its secret, told only now."""
    actor.require(Permission.RUN_DEVICES, place_of_venue(session, venue.id))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    device = Device(
        secret_hash=hash_secret(secret), name=name, venue_id=venue.id, expires_at=expires_at
    )
    session.add(device)
    audit.record(session, actor, "admission.device_provisioned", device, now)
    return device, secret


def revoke_device(
    session: Session, actor: Actor, device: Device, *, reason: str, now: datetime
) -> None:
    """End a device's duty at once; its next exchange is refused. Doing it twice changes nothing."""
    actor.require(Permission.RUN_DEVICES, place_of_venue(session, device.venue_id))
    if device.revoked_at is None:
        device.revoked_at = now
        audit.record(session, actor, "admission.device_revoked", device, now, reason=reason)


def device_of_secret(session: Session, secret: str, now: datetime) -> Device | None:
    """Return the device with this secret, or None where it is unknown, revoked or expired."""
    device = session.scalar(select(Device).where(Device.secret_hash == hash_secret(secret)))
    if device is None or device.revoked_at is not None or device.expires_at <= now:
        return None
    return device


def measure_clock(session: Session, device: Device, device_at: datetime, now: datetime) -> None:
    """Note by how much a device's clock is ahead of ours, in milliseconds; no trail row.

    Called at every exchange, so it writes only what changed by more than the network's jitter.
    """
    offset = device_at - now
    known = device.clock_offset_ms
    if known is None or abs(offset - timedelta(milliseconds=known)) > WORTH_WRITING:
        device.clock_offset_ms = round(offset / timedelta(milliseconds=1))
        session.flush()
