"""What was taken back in a room, and the photographs of people in doubt; read only."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.admission.models import Attendance, AttendanceUndo, DoubtPhoto
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import say
from exam_centre.timetable.models import Placement
from exam_centre.timetable.queries import place_of_room_session
from exam_centre.venues.models import Seat


def undos_of(session: Session, room_session_id: int) -> list[tuple[AttendanceUndo, int, str]]:
    """Return (what was taken back, the seat, the name of who did), newest first, of one room."""
    rows = session.execute(
        select(AttendanceUndo, Seat.number, Person.name)
        .join(Placement, Placement.id == AttendanceUndo.placement_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .join(Person, Person.id == AttendanceUndo.by_id)
        .where(Placement.room_session_id == room_session_id)
        .order_by(AttendanceUndo.id.desc())
    )
    return [(undo, seat, name) for undo, seat, name in rows]


def doubt_photos_of(session: Session, placement_ids: Iterable[int]) -> dict[int, list[DoubtPhoto]]:
    """Return {placement id: what was photographed, newest first}; who may see it is asked apart."""
    found: dict[int, list[DoubtPhoto]] = {}
    for photo in session.scalars(
        select(DoubtPhoto)
        .where(DoubtPhoto.placement_id.in_(list(placement_ids)))
        .order_by(DoubtPhoto.id.desc())
    ):
        found.setdefault(photo.placement_id, []).append(photo)
    return found


def access_doubt_photo(session: Session, actor: Actor, token: str) -> DoubtPhoto:
    """Return a photograph of somebody in doubt, for who may compare them again and nobody else.

    That is whoever runs the room or closes the day there, except the human who admitted the
    person. Raises NotFound.
    """
    photo = session.scalar(select(DoubtPhoto).where(DoubtPhoto.token == token, DoubtPhoto.agreed))
    if photo is not None and may_compare(session, actor, photo.placement_id):
        return photo
    raise NotFound(say("photo"))


def may_compare(session: Session, actor: Actor, placement_id: int) -> bool:
    """Say whether somebody may compare this person again: not who admitted them."""
    row = session.get(Attendance, placement_id)
    placement = session.get_one(Placement, placement_id)
    place = place_of_room_session(session, placement.room_session_id)
    allowed = actor.may(Permission.RUN_ROOM, place) or actor.may(Permission.CLOSE_DAY, place)
    return allowed and row is not None and row.admitted_by_id != actor.person_id
