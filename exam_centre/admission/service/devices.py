"""Devices at the doors: bound to a venue, measured at every exchange, gone when revoked."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.admission import queries
from exam_centre.admission.models import Device
from exam_centre.admission.queries import hash_secret
from exam_centre.admission.rules import DeviceGone, UnknownDevice
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.venues.models import Venue
from exam_centre.venues.queries import place_of_venue

SECRET_BYTES = 32
SIGNED_IN = "signed-in:"  # no digest begins like this, so no secret ever fits it
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
    """Bind a device to a venue until its duty ends; return it with its secret, told only now.

    Whoever sets it up answers for its scans until somebody else signs on at it.
    """
    actor.require(Permission.RUN_DEVICES, place_of_venue(session, venue.id))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    device = Device(
        secret_hash=hash_secret(secret),
        name=name,
        venue_id=venue.id,
        user_id=actor.user_id,
        expires_at=expires_at,
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


def take_device(
    session: Session, actor: Actor, secret: str, *, now: datetime
) -> tuple[Device, str]:
    """Take a device with the secret its chief showed; return it with the secret it keeps.

    The shown secret works no more, so a photographed code opens nothing. Its scans are this
    human's from now on. Raises UnknownDevice, Forbidden.
    """
    device = device_of_secret(session, secret, now)
    if device is None:
        raise UnknownDevice
    place = place_of_venue(session, device.venue_id)
    actor.require(Permission.CHECK_IN, place)
    kept = secrets.token_urlsafe(SECRET_BYTES)
    device.secret_hash, device.user_id = hash_secret(kept), actor.user_id
    if device.clock_offset_ms is None:
        device.clock_offset_ms = 0  # a page's scans are told by our clock until it says otherwise
    audit.record(session, actor, "admission.device_taken", device, now)
    return device, kept


def browser_device(
    session: Session, actor: Actor, venue_id: int, zone: str, *, now: datetime
) -> Device:
    """Return what stands for a signed-in browser at a venue today, made at its first scan.

    It has no secret: nobody scans with it but through this human's own sign-in. Its clock is ours.
    """
    day = now.astimezone(ZoneInfo(zone))
    key = f"{SIGNED_IN}{venue_id}:{actor.human()}:{day:%Y-%m-%d}"
    device = session.scalar(select(Device).where(Device.secret_hash == key))
    if device is None:
        midnight = day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        device = Device(
            secret_hash=key,
            name=actor.name,
            venue_id=venue_id,
            user_id=actor.user_id,
            clock_offset_ms=0,
            expires_at=midnight.astimezone(UTC),
        )
        session.add(device)
        audit.record(session, actor, "admission.browser_opened", device, now)
    return device


@dataclass(frozen=True)
class OnDuty:
    """A device with who is signed on at it; and its answer, where it rings for the same again."""

    device: Device
    human: Actor
    answered: dict[str, Any] | None


def ring(session: Session, secret: str, now: datetime, *, scan_no: str = "") -> OnDuty:
    """Return the device that calls with this secret. One statement.

    Raises UnknownDevice, and DeviceGone for one that nobody, or nobody who still may sign in, is
    signed on at.
    """
    found = queries.ringing_of(session, secret, scan_no)
    if found is None or found.device.revoked_at is not None or found.device.expires_at <= now:
        raise UnknownDevice
    if found.human is None:
        raise DeviceGone
    return OnDuty(found.device, found.human, found.answered)


def measure_clock(session: Session, device: Device, device_at: datetime, now: datetime) -> None:
    """Note by how much a device's clock is ahead of ours, in milliseconds; no trail row.

    Called at every exchange, so it writes only what changed by more than the network's jitter.
    """
    offset = device_at - now
    known = device.clock_offset_ms
    if known is None or abs(offset - timedelta(milliseconds=known)) > WORTH_WRITING:
        device.clock_offset_ms = round(offset / timedelta(milliseconds=1))
        session.flush()
