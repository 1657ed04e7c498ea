"""The room on the day: prepared, opened by two, run by its own clock, closed and counted by two."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from exam_centre.accounts.service import other_human
from exam_centre.admission.queries import recheck_coverage, statuses
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.admission.service import (
    close_register,
    confirm_absent,
    expect_room,
    note_absent,
)
from exam_centre.calendar.models import Period
from exam_centre.calendar.queries import rules_of
from exam_centre.conduct.queries import open_incidents
from exam_centre.conduct.rules import IncidentKind
from exam_centre.conduct.service import record_incident
from exam_centre.invigilation import queries
from exam_centre.invigilation.models import RoomDay, Stoppage
from exam_centre.invigilation.rules import (
    Count,
    CountedAlready,
    CountWrong,
    IncidentsOpen,
    NotClosed,
    NotOpenable,
    PapersNotOpened,
    ReasonMissing,
    RecheckIncomplete,
    RegisterUnbalanced,
    RoomDayStatus,
    StartsLater,
    StillWriting,
)
from exam_centre.kernel import audit, laws
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission, Place
from exam_centre.kernel.sentences import say
from exam_centre.timetable.models import RoomSession
from exam_centre.timetable.queries import (
    place_of_room_session,
    placements_of_room,
    seat_numbers,
    zone_of_room_session,
)
from exam_centre.timetable.rules import on_the_clock


def prepare_room(session: Session, actor: Actor, room_session_id: int, *, now: datetime) -> RoomDay:
    """Make a room session's day: everybody placed there is expected. Twice gives the same row."""
    place = place_of_room_session(session, room_session_id)
    if not actor.may(Permission.CLOSE_DAY, place):
        actor.require(Permission.RUN_ROOM, place)
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
    _require_both(session, actor, second, room_day)
    witness_id = other_human(session, second, actor.human())
    opens = _doors_open(session, room_day.room_session_id)
    if now < opens:
        raise NotOpenable(_clock(session, room_day, opens))
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
    _require(session, actor, room_day)
    placements = placements_of_room(session, room_day.room_session_id)
    first = min((p.starts_at for p in placements), default=now)
    if now < first:
        raise StartsLater(_clock(session, room_day, first))
    room_day.move_to(RoomDayStatus.RUNNING)
    room_day.started_at = now
    audit.record(session, actor, "invigilation.started", room_day, now)


def stop_clock(
    session: Session, actor: Actor, room_day: RoomDay, *, reason: str, now: datetime
) -> Stoppage:
    """Stop a room, e.g. for an alarm; everybody gets the time back. Raises IllegalMove."""
    _require(session, actor, room_day)
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
    _require(session, actor, room_day)
    running = room_day.started_at is not None
    room_day.move_to(RoomDayStatus.RUNNING if running else RoomDayStatus.OPEN)
    for stoppage in queries.stoppages_of(session, room_day.id):
        if stoppage.ended_at is None:
            stoppage.ended_at = now
    audit.record(session, actor, "invigilation.resumed", room_day, now)


def say_absent(
    session: Session,
    actor: Actor,
    room_day: RoomDay,
    placement_ids: Iterable[int],
    *,
    second: Actor,
    now: datetime,
) -> int:
    """Say of seats in this room that they stayed empty, by two people together; return how many.

    Raises SamePerson, NotFound for somebody who does not sit here, and what admission raises:
    DoorStillOpen, WrongStatus, RegisterClosed.
    """
    _require_both(session, actor, second, room_day)
    other_human(session, second, actor.human())
    here = {p.id for p in placements_of_room(session, room_day.room_session_id)}
    said = list(dict.fromkeys(placement_ids))
    for placement_id in said:
        if placement_id not in here:
            raise NotFound(say("placement"))
        note_absent(session, actor, placement_id, now)
        confirm_absent(session, second, placement_id, now)
    return len(said)


def cancel_room(
    session: Session, actor: Actor, room_day: RoomDay, *, reason: str, now: datetime
) -> None:
    """Give a room up before it runs; its people need a repair of the plan. Raises IllegalMove."""
    actor.require(Permission.CLOSE_DAY, _place(session, room_day))
    if not reason.strip():
        raise ReasonMissing
    room_day.move_to(RoomDayStatus.CANCELLED)
    audit.record(session, actor, "invigilation.cancelled", room_day, now, reason=reason)


def close_room(
    session: Session, actor: Actor, room_day: RoomDay, *, second: Actor, now: datetime
) -> None:
    """Close the register with two signatures; from here on only corrections change it.

    Raises SamePerson, RegisterUnbalanced (with the seats nobody said a word about), StillWriting
    (with the seats whose own time is not up), LawBroken, IllegalMove.
    """
    _require_both(session, actor, second, room_day)
    countersigned_by = other_human(session, second, actor.human())
    room = room_day.room_session_id
    room_day.flow.check(room_day.status, RoomDayStatus.CLOSED)
    silent = queries.unresolved(session, [room])
    if silent:
        raise RegisterUnbalanced([seat for _, _, seat in silent])
    _ensure_time_is_up(session, room_day, now)
    laws.ensure(queries.law_attendance(session, [room]))
    close_register(session, actor, room, now)
    room_day.closed_by_id, room_day.countersigned_by_id = actor.human(), countersigned_by
    room_day.closed_at = now
    room_day.move_to(RoomDayStatus.CLOSED)
    audit.record(session, actor, "invigilation.closed", room_day, now)


def count_scripts(
    session: Session, actor: Actor, room_day: RoomDay, *, count: int, now: datetime
) -> Count:
    """Count the scripts of a closed room: one person, then another who does not know the first.

    A second count that differs is not kept in the room: it opens an incident, which names neither
    number, and either person counts again. No return and no refusal says what the other typed.
    Raises CountWrong, NotClosed, CountedAlready, SamePerson.
    """
    _require(session, actor, room_day)
    if count < 0:
        raise CountWrong
    if room_day.status is not RoomDayStatus.CLOSED:
        raise NotClosed
    if room_day.second_count is not None:
        raise CountedAlready
    if room_day.first_count is None or _recounts(session, actor, room_day):
        room_day.first_count, room_day.first_counter_id = count, actor.human()
        audit.record(session, actor, "invigilation.counted_first", room_day, now)
        return Count.FIRST_KEPT
    other = other_human(session, actor, room_day.first_counter_id)
    if count != room_day.first_count:
        _count_differs(session, actor, room_day, count, now)
        return Count.DIFFERS
    room_day.second_count, room_day.second_counter_id = count, other
    audit.record(session, actor, "invigilation.counted_second", room_day, now)
    return Count.AGREED


def reconcile(session: Session, actor: Actor, room_day: RoomDay, *, now: datetime) -> None:
    """Declare a room's day complete; marking may begin.

    Raises LawBroken (laws 2 and 3), IncidentsOpen, RecheckIncomplete (everybody who came is
    compared again the same day by another human), IllegalMove.
    """
    actor.require(Permission.CLOSE_DAY, _place(session, room_day))
    room = room_day.room_session_id
    room_day.flow.check(room_day.status, RoomDayStatus.RECONCILED)
    laws.ensure(queries.law_attendance(session, [room]))
    laws.ensure(queries.law_scripts(session, [room]))
    open_ones = open_incidents(session, [room])
    if open_ones:
        raise IncidentsOpen([incident.number for incident in open_ones])
    done, due = recheck_coverage(session, [room])
    if done < due:
        raise RecheckIncomplete(done, due)
    room_day.reconciled_by_id = actor.human()
    room_day.move_to(RoomDayStatus.RECONCILED)
    audit.record(session, actor, "invigilation.reconciled", room_day, now)


def _place(session: Session, room_day: RoomDay) -> Place:
    return place_of_room_session(session, room_day.room_session_id)


def _require(session: Session, actor: Actor, room_day: RoomDay) -> None:
    actor.require(Permission.RUN_ROOM, _place(session, room_day))


def _require_both(session: Session, actor: Actor, second: Actor, room_day: RoomDay) -> None:
    place = _place(session, room_day)
    actor.require(Permission.RUN_ROOM, place)
    second.require(Permission.RUN_ROOM, place)


def _clock(session: Session, room_day: RoomDay, moment: datetime) -> str:
    return on_the_clock(moment, zone_of_room_session(session, room_day.room_session_id))


def _doors_open(session: Session, room_session_id: int) -> datetime:
    room_session = session.get_one(RoomSession, room_session_id)
    period = session.get_one(Period, room_session.period_id)
    rules = rules_of(session, period.series_id)
    return period.starts_at - timedelta(minutes=rules.doors_open_minutes)


def _ensure_time_is_up(session: Session, room_day: RoomDay, now: datetime) -> None:
    ends = queries.personal_ends(session, room_day.room_session_id, now)
    present = statuses(session, ends)
    writing = [
        placement_id
        for placement_id, end in ends.items()
        if end > now and present[placement_id] is AttendanceStatus.PRESENT
    ]
    if writing:
        numbers = seat_numbers(session, writing)
        last = max(ends[placement_id] for placement_id in writing)
        raise StillWriting(sorted(numbers.values()), _clock(session, room_day, last))


def _recounts(session: Session, actor: Actor, room_day: RoomDay) -> bool:
    """Whether the first counter counts anew, which only an open difference lets them do."""
    if actor.human() != room_day.first_counter_id:
        return False
    return any(
        incident.kind is IncidentKind.COUNT_DIFFERS
        for incident in open_incidents(session, [room_day.room_session_id])
    )


def _count_differs(
    session: Session, actor: Actor, room_day: RoomDay, count: int, now: datetime
) -> None:
    venue_id = _place(session, room_day).venue_id
    if venue_id is None:
        raise NotFound(say("venue"))
    room_day.second_count, room_day.second_counter_id = None, None
    # The number typed stays in the trail alone: in the incident the first counter would read it.
    audit.record(
        session, actor, "invigilation.counts_differ", room_day, now, reason=f"typed {count}"
    )
    record_incident(
        session,
        actor,
        venue_id,
        IncidentKind.COUNT_DIFFERS,
        say("Two people counted the scripts of this room differently. Both count again."),
        happened_at=now,
        room_session_id=room_day.room_session_id,
        now=now,
    )
