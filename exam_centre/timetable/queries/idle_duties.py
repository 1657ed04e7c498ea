"""Duties where nobody sits any more, once a repair has come in force."""

from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Period
from exam_centre.timetable.models import Duty, HeldOver, Placement, RoomSession
from exam_centre.timetable.rules import DutyStatus, on_the_clock
from exam_centre.venues.models import Room, Venue

TO_COME = (DutyStatus.OFFERED, DutyStatus.ACCEPTED)


def idle_duties(session: Session, series_id: int, now: datetime) -> list[tuple[Duty, str, str]]:
    """Return (duty, its venue and room in words, its start on the venue's clock) without anybody.

    Only what is still to come; a room where somebody held over waits is not idle.
    """
    seated = exists().where(
        Placement.room_session_id == Duty.room_session_id, Placement.in_force.is_(True)
    )
    isolated = exists().where(HeldOver.room_session_id == Duty.room_session_id)
    in_venue = exists(
        select(Placement.id)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .where(
            Room.venue_id == Duty.venue_id,
            RoomSession.period_id == Duty.period_id,
            Placement.in_force.is_(True),
        )
    )
    rows = session.execute(
        select(Duty, Venue.name, Room.code, Period.starts_at, Venue.time_zone)
        .join(Period, Period.id == Duty.period_id)
        .join(Venue, Venue.id == Duty.venue_id)
        .outerjoin(RoomSession, RoomSession.id == Duty.room_session_id)
        .outerjoin(Room, Room.id == RoomSession.room_id)
        .where(
            Period.series_id == series_id,
            Period.starts_at > now,
            Duty.status.in_(TO_COME),
            or_(
                Duty.room_session_id.is_(None) & ~in_venue,
                Duty.room_session_id.is_not(None) & ~seated & ~isolated,
            ),
        )
        .order_by(Duty.id)
    )
    return [
        (duty, f"{venue}, {room}" if room else venue, on_the_clock(starts_at, zone))
        for duty, venue, room, starts_at, zone in rows
    ]
