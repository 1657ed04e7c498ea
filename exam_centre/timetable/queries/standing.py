"""Which placements hold in a plan version, and where plans and room sessions are found."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Period, Series
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, Place, within
from exam_centre.kernel.sentences import say
from exam_centre.organisation.models import Unit
from exam_centre.timetable.models import Placement, Plan, RoomSession, Vacated
from exam_centre.timetable.rules import PUBLISHED
from exam_centre.venues.models import Room, Seat, Venue

SEES_ROOM = (
    Permission.CHECK_IN,
    Permission.RUN_ROOM,
    Permission.CLOSE_DAY,
    Permission.HAND_OVER,
    Permission.PLAN_TIMETABLE,
)


def access_plan(session: Session, actor: Actor, token: str) -> Plan:
    """Return a plan the actor may plan or publish. Raises NotFound."""
    found = session.scalar(
        select(Plan)
        .join(Series, Series.id == Plan.series_id)
        .join(Unit, Unit.id == Series.unit_id)
        .where(
            Plan.token == token,
            within(
                actor,
                [Permission.PLAN_TIMETABLE, Permission.PUBLISH_TIMETABLE],
                unit_path=Unit.path,
                series_id=Series.id,
            ),
        )
    )
    if found is None:
        raise NotFound(say("plan"))
    return found


def access_room_session(session: Session, actor: Actor, token: str) -> RoomSession:
    """Return a room session the actor runs, guards or plans. Raises NotFound."""
    found = session.scalar(
        select(RoomSession)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .join(Period, Period.id == RoomSession.period_id)
        .where(
            RoomSession.token == token,
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
        raise NotFound(say("room session"))
    return found


def place_of_room_session(session: Session, room_session_id: int) -> Place:
    """Return where the acts of a room session happen. Raises NotFound."""
    row = session.execute(_asking_place(), {"room_session": room_session_id}).one_or_none()
    if row is None:
        raise NotFound(say("room session"))
    path, venue_id, series_id, room_id = row
    return Place(path, venue_id=venue_id, series_id=series_id, room_id=room_id)


@cache
def _asking_place() -> Select[str, int, int, int]:
    """Return the question, built once: every scan and every mark asks it."""
    return (
        select(Unit.path, Venue.id, Period.series_id, Room.id)
        .select_from(RoomSession)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Venue, Venue.id == Room.venue_id)
        .join(Unit, Unit.id == Venue.unit_id)
        .join(Period, Period.id == RoomSession.period_id)
        .where(RoomSession.id == bindparam("room_session", type_=Integer))
    )


def zone_of_room_session(session: Session, room_session_id: int) -> str:
    """Return the time zone of a room session's venue, e.g. "Asia/Shanghai"."""
    return session.scalars(
        select(Venue.time_zone)
        .join(Room, Room.venue_id == Venue.id)
        .join(RoomSession, RoomSession.room_id == Room.id)
        .where(RoomSession.id == room_session_id)
    ).one()


def plan_in_force(session: Session, series_id: int) -> Plan | None:
    """Return the newest published version of a series' timetable, or None before the first."""
    return session.scalar(
        select(Plan)
        .where(Plan.series_id == series_id, Plan.status.in_(PUBLISHED))
        .order_by(Plan.number.desc())
        .limit(1)
    )


def versions(session: Session, plan: Plan) -> list[int]:
    """Return the ids of `plan` and of the published versions before it: they hold together."""
    return list(
        session.scalars(
            select(Plan.id).where(
                Plan.series_id == plan.series_id,
                Plan.number <= plan.number,
                or_(Plan.status.in_(PUBLISHED), Plan.id == plan.id),
            )
        )
    )


def standing(plan_ids: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition on Placement: made by one of these versions, and ended by none."""
    return and_(
        Placement.plan_id.in_(plan_ids),
        ~exists().where(Vacated.placement_id == Placement.id, Vacated.plan_id.in_(plan_ids)),
    )


def placements_of_plan(session: Session, plan: Plan) -> list[Placement]:
    """Return every placement that holds once `plan` is in force."""
    return list(
        session.scalars(
            select(Placement).where(standing(versions(session, plan))).order_by(Placement.id)
        )
    )


def placements_of_room(session: Session, room_session_id: int) -> list[Placement]:
    """Return the placements in force of a room session, by seat number, then by start."""
    return list(
        session.scalars(
            select(Placement)
            .join(Seat, Seat.id == Placement.seat_id)
            .where(Placement.room_session_id == room_session_id, Placement.in_force)
            .order_by(Seat.number, Placement.starts_at)
        )
    )


def seat_numbers(session: Session, placement_ids: Sequence[int]) -> dict[int, int]:
    """Return {placement id: the number printed on its desk}."""
    rows = session.execute(
        select(Placement.id, Seat.number)
        .join(Seat, Seat.id == Placement.seat_id)
        .where(Placement.id.in_(placement_ids))
    )
    return dict(rows.all())
