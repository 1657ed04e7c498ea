"""A room on its way: prepared, opened by two, run by its own clock, stopped, given up."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from exam_centre.accounts.service import other_human
from exam_centre.admission.service import expect_room
from exam_centre.calendar.models import Period
from exam_centre.calendar.queries import rules_of
from exam_centre.invigilation import queries
from exam_centre.invigilation.models import RoomDay, Stoppage
from exam_centre.invigilation.rules import (
    NotOpenable,
    PapersNotOpened,
    ReasonMissing,
    RoomDayStatus,
    StartsLater,
)
from exam_centre.invigilation.service.places import (
    ensure_day_is_open,
    on_venue_clock,
    place_of,
    require,
    require_both,
)
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.timetable.models import RoomSession
from exam_centre.timetable.queries import place_of_room_session, placements_of_room


def prepare_room(session: Session, actor: Actor, room_session_id: int, *, now: datetime) -> RoomDay:
    """Make a room session's day: everybody placed there is expected. Twice gives the same row.

    Raises DayIsClosed.
    """
    place = place_of_room_session(session, room_session_id)
    if not actor.may(Permission.CLOSE_DAY, place):
        actor.require(Permission.RUN_ROOM, place)
    ensure_day_is_open(session, room_session_id)
    known = queries.day_of_room(session, room_session_id)
    expect_room(session, room_session_id)
    if known is not None:
        return known
    day = RoomDay(room_session_id=room_session_id, status=RoomDayStatus.READY)
    session.add(day)
    audit.record(session, actor, "invigilation.prepared", day, now)
    return day


def open_room(
    session: Session, actor: Actor, room_day: RoomDay, *, second: Actor, now: datetime
) -> None:
    """Let candidates in, before two people and with the papers of the room out of their bags.

    Raises SamePerson, NotOpenable (before the doors of the period open), PapersNotOpened for
    script-marked papers, IllegalMove.
    """
    require_both(session, actor, second, room_day)
    witness_id = other_human(session, second, actor.human())
    opens = _doors_open(session, room_day.room_session_id)
    if now < opens:
        raise NotOpenable(on_venue_clock(session, room_day, opens))
    sealed = queries.sealed_papers(session, room_day.room_session_id)
    if sealed:
        raise PapersNotOpened(sealed)
    room_day.opened_by_id, room_day.opening_witness_id = actor.human(), witness_id
    room_day.move_to(RoomDayStatus.OPEN)
    audit.record(session, actor, "invigilation.opened", room_day, now)


def start_clock(session: Session, actor: Actor, room_day: RoomDay, *, now: datetime) -> None:
    """Start the room's own clock, never before the published start of its first paper.

    Raises StartsLater, IllegalMove.
    """
    require(session, actor, room_day)
    placements = placements_of_room(session, room_day.room_session_id)
    first = min((p.starts_at for p in placements), default=now)
    if now < first:
        raise StartsLater(on_venue_clock(session, room_day, first))
    room_day.move_to(RoomDayStatus.RUNNING)
    room_day.started_at = now
    audit.record(session, actor, "invigilation.started", room_day, now)


def stop_clock(
    session: Session, actor: Actor, room_day: RoomDay, *, reason: str, now: datetime
) -> Stoppage:
    """Stop a room, e.g. for an alarm; everybody gets the time back. Raises IllegalMove."""
    require(session, actor, room_day)
    if not reason.strip():
        raise ReasonMissing
    room_day.move_to(RoomDayStatus.SUSPENDED)
    stoppage = Stoppage(
        room_day_id=room_day.id, began_at=now, ended_at=None, reason=reason, by_id=actor.human()
    )
    session.add(stoppage)
    audit.record(session, actor, "invigilation.stopped", room_day, now, reason=reason)
    return stoppage


def resume_clock(session: Session, actor: Actor, room_day: RoomDay, *, now: datetime) -> None:
    """Go on where the room was stopped. Raises IllegalMove."""
    require(session, actor, room_day)
    running = room_day.started_at is not None
    room_day.move_to(RoomDayStatus.RUNNING if running else RoomDayStatus.OPEN)
    for stoppage in queries.stoppages_of(session, room_day.id):
        if stoppage.ended_at is None:
            stoppage.ended_at = now
    audit.record(session, actor, "invigilation.resumed", room_day, now)


def cancel_room(
    session: Session, actor: Actor, room_day: RoomDay, *, reason: str, now: datetime
) -> None:
    """Give a room up before it runs; its people need a repair of the plan. Raises IllegalMove."""
    actor.require(Permission.CLOSE_DAY, place_of(session, room_day))
    if not reason.strip():
        raise ReasonMissing
    room_day.move_to(RoomDayStatus.CANCELLED)
    audit.record(session, actor, "invigilation.cancelled", room_day, now, reason=reason)


def _doors_open(session: Session, room_session_id: int) -> datetime:
    room_session = session.get_one(RoomSession, room_session_id)
    period = session.get_one(Period, room_session.period_id)
    rules = rules_of(session, period.series_id)
    return period.starts_at - timedelta(minutes=rules.doors_open_minutes)
