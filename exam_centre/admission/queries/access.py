"""Slips, devices and scans: how they are found."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.admission.models import Attendance, Device, Scan, Slip
from exam_centre.calendar.models import Period, Series
from exam_centre.entries.models import Candidate
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.timetable.models import Placement, RoomSession
from exam_centre.timetable.queries import SEES_ROOM
from exam_centre.venues.models import Room, Venue


def hash_secret(secret: str) -> str:
    """Return what the database keeps of a device's secret; 256 random bits need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def access_device(session: Session, actor: Actor, token: str) -> Device:
    """Return a device of a venue whose devices the actor runs. Raises NotFound."""
    found = session.scalar(
        select(Device)
        .join(Venue, Venue.id == Device.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            Device.token == token,
            within(actor, [Permission.RUN_DEVICES], unit_path=Unit.path, venue_id=Venue.id),
        )
    )
    if found is None:
        raise NotFound(say("device"))
    return found


def access_slip(session: Session, actor: Actor, token: str) -> Slip:
    """Return a slip the actor issues, or the actor's own. Raises NotFound."""
    row = session.execute(
        select(Slip, Candidate.person_id)
        .join(Candidate, Candidate.id == Slip.candidate_id)
        .where(Slip.token == token)
    ).one_or_none()
    if row is not None:
        slip, person_id = row
        reached = session.scalar(
            select(Series.id)
            .join(Unit, Unit.id == Series.unit_id)
            .where(
                Series.id == slip.series_id,
                within(actor, [Permission.ISSUE_SLIPS], unit_path=Unit.path, series_id=Series.id),
            )
        )
        if reached is not None or person_id == actor.person_id:
            return slip
    raise NotFound(say("slip"))


def access_placement(session: Session, actor: Actor, token: str) -> Placement:
    """Return a placement of a room the actor guards or runs. Raises NotFound."""
    found = session.scalar(
        select(Placement)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Period, Period.id == RoomSession.period_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .where(
            Placement.token == token,
            within(
                actor,
                SEES_ROOM,
                unit_path=Unit.path,
                venue_id=Venue.id,
                series_id=Period.series_id,
                room_id=Room.id,
            ),
        )
    )
    if found is None:
        raise NotFound(say("placement"))
    return found


def stored_answer(session: Session, device_id: int, scan_no: str) -> dict[str, object] | None:
    """Return what a scan was answered the first time, or None where it is new."""
    return session.scalar(
        select(Scan.answer).where(Scan.device_id == device_id, Scan.scan_no == scan_no)
    )


def stored_answers(
    session: Session, device_id: int, scan_nos: Iterable[str]
) -> dict[str, dict[str, object]]:
    """Return what a device's scans were answered the first time; those heard before alone."""
    rows = session.execute(
        select(Scan.scan_no, Scan.answer).where(
            Scan.device_id == device_id, Scan.scan_no.in_(set(scan_nos))
        )
    )
    return dict(rows.all())


def valid_slip(session: Session, candidate_id: int, series_id: int) -> Slip | None:
    """Return the slip to carry: the newest of a candidate in a series, or None."""
    return session.scalar(
        select(Slip)
        .where(Slip.candidate_id == candidate_id, Slip.series_id == series_id)
        .order_by(Slip.number.desc())
        .limit(1)
    )


def admitting_device(session: Session, placement_id: int) -> int | None:
    """Return the device whose scan admitted a placement; None: nobody, or by hand."""
    return session.scalar(
        select(Scan.device_id)
        .join(Attendance, Attendance.admitted_by_scan == Scan.id)
        .where(Attendance.placement_id == placement_id)
    )


def room_token_of(session: Session, placement: Placement) -> str:
    """Return the public token of the room session a placement is in."""
    return session.get_one(RoomSession, placement.room_session_id).token
