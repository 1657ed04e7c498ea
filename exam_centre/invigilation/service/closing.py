"""A room on its way out: absentees by two, closed by two, counted by two, reconciled."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from exam_centre.accounts.service import other_human
from exam_centre.admission.queries import recheck_coverage, statuses
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.admission.service import (
    close_register,
    confirm_absences,
    confirm_absent,
    note_absent,
)
from exam_centre.conduct.queries import open_incidents
from exam_centre.conduct.rules import IncidentKind
from exam_centre.conduct.service import record_incident
from exam_centre.invigilation import queries
from exam_centre.invigilation.models import RoomDay
from exam_centre.invigilation.rules import (
    Count,
    CountedAlready,
    CountWrong,
    IncidentsOpen,
    NotClosed,
    RecheckIncomplete,
    RegisterUnbalanced,
    RoomDayStatus,
    StillWriting,
)
from exam_centre.invigilation.service.places import (
    on_venue_clock,
    place_of,
    require,
    require_both,
)
from exam_centre.kernel import audit, laws
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import say
from exam_centre.timetable.queries import placements_of_room, seat_numbers


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
    require_both(session, actor, second, room_day)
    other_human(session, second, actor.human())
    said = _of_this_room(session, room_day, placement_ids)
    for placement_id in said:
        note_absent(session, actor, placement_id, now)
        confirm_absent(session, second, placement_id, now)
    return len(said)


def note_empty(
    session: Session,
    actor: Actor,
    room_day: RoomDay,
    placement_ids: Iterable[int],
    *,
    now: datetime,
) -> int:
    """Note seats of this room as empty; somebody else confirms them later. Returns how many.

    Raises NotFound for somebody who does not sit here, and what admission raises: DoorStillOpen,
    WrongStatus, RegisterClosed.
    """
    require(session, actor, room_day)
    noted = _of_this_room(session, room_day, placement_ids)
    for placement_id in noted:
        note_absent(session, actor, placement_id, now)
    return len(noted)


def confirm_noted(
    session: Session,
    actor: Actor,
    room_day: RoomDay,
    placement_ids: Iterable[int],
    *,
    now: datetime,
) -> int:
    """Confirm, as another human, seats of this room that somebody noted as empty; how many.

    Raises NotFound, SamePerson, NotNotedAbsent, WrongStatus, RegisterClosed.
    """
    require(session, actor, room_day)
    noted = _of_this_room(session, room_day, placement_ids)
    return confirm_absences(session, actor, noted, now)


def close_room(
    session: Session, actor: Actor, room_day: RoomDay, *, second: Actor, now: datetime
) -> None:
    """Close the register with two signatures; from here on only corrections change it.

    Raises SamePerson, RegisterUnbalanced (with the seats nobody said a word about), StillWriting
    (with the seats whose own time is not up), LawBroken, IllegalMove.
    """
    require_both(session, actor, second, room_day)
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
    require(session, actor, room_day)
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
    actor.require(Permission.CLOSE_DAY, place_of(session, room_day))
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


def _of_this_room(session: Session, room_day: RoomDay, placement_ids: Iterable[int]) -> list[int]:
    here = {p.id for p in placements_of_room(session, room_day.room_session_id)}
    said = list(dict.fromkeys(placement_ids))
    if not here.issuperset(said):
        raise NotFound(say("placement"))
    return said


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
        raise StillWriting(sorted(numbers.values()), on_venue_clock(session, room_day, last))


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
    venue_id = place_of(session, room_day).venue_id
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
