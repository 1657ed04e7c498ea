"""Pick rooms for an audit by a typed seed, and leave the pick in the trail."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Series
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.overview.queries.checks import names_to_pick
from exam_centre.overview.rules import ROOM_PICKED, NoRoomsHere, check_pick, pick
from exam_centre.timetable.models import RoomSession


def pick_rooms(
    session: Session, actor: Actor, series: Series, *, seed: str, count: int, now: datetime
) -> list[RoomSession]:
    """Pick `count` room sessions of a series among those in reach, the same for the same seed.

    Each gets a row in the trail with the seed, so that its own timeline tells that it was picked.
    Raises SeedTooShort, WrongNumberOfRooms, NoRoomsHere.
    """
    actor.require(Permission.READ_AUDIT)
    check_pick(seed, count)
    names = names_to_pick(session, actor, series.id)
    if not names:
        raise NoRoomsHere
    keys = [names[name] for name in pick(names, count, seed)]
    rows = {
        row.id: row for row in session.scalars(select(RoomSession).where(RoomSession.id.in_(keys)))
    }
    picked = [rows[key] for key in keys]
    audit.record_all(session, actor, ROOM_PICKED, picked, now, reason=seed)
    return picked
