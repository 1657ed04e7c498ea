"""When and where a thesis is defended: set once the panel is seated, moved with a reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from exam_centre.accounts.queries import current_employment
from exam_centre.accounts.rules import check_reason
from exam_centre.accounts.service import notify
from exam_centre.calendar.queries import rules_of
from exam_centre.entries.models import Entry
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.organisation.queries import shifts_of
from exam_centre.organisation.rules import HOME_ZONE
from exam_centre.theses.models import DefenceSlot, PanelMember, Thesis
from exam_centre.theses.queries import (
    Defence,
    candidate_of,
    defence_of,
    defends_then,
    panel_of,
    place_of_entry,
    room_taken,
    sits_then,
)
from exam_centre.theses.rules import (
    AHEAD_OF_DEFENCE,
    AtWorkThen,
    DefenceKind,
    DefenceMoved,
    DefendsThen,
    NoPanelYet,
    NotTheChair,
    PanelRole,
    RoomTaken,
    SitsThen,
    WrongStage,
    check_place,
    check_span,
)
from exam_centre.timetable.rules import Span, free_after, on_the_clock
from exam_centre.venues.models import Room, Venue


@dataclass(frozen=True)
class Wanted:
    """When and where somebody wants a defence to be.

    place          in words; for a room it stays empty.
    through_shift  the worker accepts that it lies in a shift, or in the rest after one.
    """

    starts_at: datetime
    ends_at: datetime
    kind: DefenceKind
    room: Room | None = None
    place: str = ""
    through_shift: bool = False


def set_defence(
    session: Session,
    actor: Actor,
    thesis: Thesis,
    wanted: Wanted,
    *,
    seen: int = 0,
    reason: str = "",
    now: datetime,
) -> DefenceSlot:
    """Set the defence of a thesis with a seated panel, or move it; everybody in it is told.

    seen    number of the defence as the page showed it, 0 where there was none.
    reason  why it is moved; the first needs none.
    The same time and place again change nothing. Raises NotTheChair, NoPanelYet, WrongStage,
    DefenceMoved, ReasonMissing, WrongSpan, PlaceMissing, SitsThen, AtWorkThen, DefendsThen,
    RoomTaken.
    """
    panel = panel_of(session, thesis)
    _ensure_may_set(session, actor, thesis, panel)
    if thesis.status not in AHEAD_OF_DEFENCE:
        raise WrongStage(thesis.status)
    if not panel:
        raise NoPanelYet
    known = defence_of(session, thesis)
    if (known.slot.number if known else 0) != seen:
        raise DefenceMoved
    check_place(wanted.kind, wanted.room is not None, wanted.place)
    room = wanted.room if wanted.kind is DefenceKind.ROOM else None
    place = "" if room is not None else wanted.place.strip()
    if known is not None and _says(known.slot) == (
        wanted.starts_at, wanted.ends_at, wanted.kind, room.id if room else None, place,
    ):  # fmt: skip
        return known.slot
    if known is not None:
        check_reason(reason)
    check_span(wanted.starts_at, wanted.ends_at, now)
    _ensure_free(session, thesis, wanted, room, panel)
    if known is not None:
        known.slot.in_force = False
        session.flush()
    slot = DefenceSlot(
        thesis_id=thesis.id,
        number=seen + 1,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        kind=wanted.kind,
        room_id=room.id if room else None,
        place=place,
        through_shift=wanted.through_shift,
        set_by_id=actor.human(),
        set_at=now,
        reason=reason.strip() if known is not None else "",
    )
    session.add(slot)
    act = "theses.defence_moved" if known is not None else "theses.defence_set"
    audit.record(session, actor, act, slot, now, reason=slot.reason)
    session.flush()
    _tell_everybody(session, thesis, panel, now)
    return slot


def _ensure_may_set(
    session: Session, actor: Actor, thesis: Thesis, panel: list[PanelMember]
) -> None:
    place = place_of_entry(session, thesis.entry_id)
    chairs = any(m.role is PanelRole.CHAIR and m.person_id == actor.person_id for m in panel)
    if not actor.may(Permission.RUN_MARKING, place):
        if not chairs:
            raise NotTheChair
        actor.require(Permission.ENTER_MARKS, place)


def _says(slot: DefenceSlot) -> tuple[datetime, datetime, DefenceKind, int | None, str]:
    return slot.starts_at, slot.ends_at, slot.kind, slot.room_id, slot.place


def _ensure_free(
    session: Session, thesis: Thesis, wanted: Wanted, room: Room | None, panel: list[PanelMember]
) -> None:
    """Raise where the worker, the panel or the room is taken at that time."""
    starts_at, ends_at = wanted.starts_at, wanted.ends_at
    writer = candidate_of(session, thesis)
    zone = session.get_one(Venue, room.venue_id).time_zone if room else HOME_ZONE
    sat = sits_then(session, writer, starts_at, ends_at)
    if sat is not None:
        raise SitsThen(sat.what, on_the_clock(sat.starts_at, zone), on_the_clock(sat.ends_at, zone))
    if not wanted.through_shift:
        _ensure_off_work(session, thesis, writer, starts_at, ends_at, zone)
    people = {writer, *(member.person_id for member in panel)}
    other = defends_then(session, thesis, people, starts_at, ends_at)
    if other is not None:
        raise DefendsThen(
            other.what, on_the_clock(other.starts_at, zone), on_the_clock(other.ends_at, zone)
        )
    taken = room_taken(session, thesis, room, starts_at, ends_at) if room else None
    if taken is not None:
        raise RoomTaken(
            taken.what, on_the_clock(taken.starts_at, zone), on_the_clock(taken.ends_at, zone)
        )


def _ensure_off_work(
    session: Session,
    thesis: Thesis,
    writer: int,
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
) -> None:
    """Raise AtWorkThen in the worker's shift, and in the rest after a night's one."""
    entry = session.get_one(Entry, thesis.entry_id)
    work = current_employment(session, writer)
    if work is None or entry.works_through_shift:
        return
    rest = timedelta(minutes=rules_of(session, entry.series_id).rest_after_night_minutes)
    for shift in shifts_of(
        session, work.enterprise_id, work.team, work.work_no, starts_at - rest, ends_at
    ):
        free_from = free_after(Span(shift.starts_at, shift.ends_at), zone, rest)
        if starts_at < free_from:
            raise AtWorkThen(
                on_the_clock(shift.starts_at, zone),
                on_the_clock(shift.ends_at, zone),
                on_the_clock(free_from, zone),
            )


def _tell_everybody(
    session: Session, thesis: Thesis, panel: list[PanelMember], now: datetime
) -> None:
    """Tell who writes the thesis (by phone, too), who guides it and who sits on its panel."""
    defence = defence_of(session, thesis)
    assert defence is not None, "it was set just now"
    notify(session, defence.writer_id, _own_words(defence), now, by_phone=True)
    told = _words(defence)
    for person_id in {thesis.supervisor_id, *(member.person_id for member in panel)}:
        notify(session, person_id, told, now)


def _own_words(defence: Defence) -> Sentence:
    moment, slot = on_the_clock(defence.slot.starts_at, defence.zone), defence.slot
    if slot.reason:
        return say(
            "Your defence is moved to {moment}: {place}. Reason: {reason}",
            moment=moment,
            place=defence.where,
            reason=slot.reason,
        )
    return say("Your defence is on {moment}: {place}.", moment=moment, place=defence.where)


def _words(defence: Defence) -> Sentence:
    moment, slot = on_the_clock(defence.slot.starts_at, defence.zone), defence.slot
    if slot.reason:
        return say(
            "The defence of {name} ({title}) is moved to {moment}: {place}. Reason: {reason}",
            name=defence.writer,
            title=defence.thesis.title,
            moment=moment,
            place=defence.where,
            reason=slot.reason,
        )
    return say(
        "The defence of {name} ({title}) is on {moment}: {place}.",
        name=defence.writer,
        title=defence.thesis.title,
        moment=moment,
        place=defence.where,
    )
