"""What is locked in a draft: which places, by whom, and why."""

from dataclasses import fields
from typing import NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel.errors import NotFound
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.papers.models import Paper
from exam_centre.solver.park import Broken, Placing, validate
from exam_centre.timetable.models import Placement, Plan, PlanLock, RoomSession
from exam_centre.timetable.queries.problem import Planning
from exam_centre.timetable.queries.standing import standing, versions
from exam_centre.timetable.queries.worth import placing_of
from exam_centre.timetable.rules import BROKEN_WORDS
from exam_centre.venues.models import Room, Venue

OF_TWO_ENTRIES = {
    Broken.TOO_LATE_FOR_NEXT,
    Broken.SEAT_TAKEN_TWICE,
    Broken.NOT_SHARED,
    Broken.ALONE,
    Broken.OVERLAP,
    Broken.CLASH,
    Broken.TOO_LITTLE_GAP,
    Broken.NOT_HOLDABLE,
    Broken.ISOLATION,
}
OF_NO_ENTRY = {
    Broken.ROOM_OVERFULL,
    Broken.TOO_MANY_A_DAY,
    Broken.TOO_MANY_SITTINGS,
    Broken.OUT_OF_ORDER,
}


class LockLine(NamedTuple):
    """One lock as a page shows it."""

    token: str
    what: Sentence
    reason: str
    by: str
    lock: PlanLock
    places: int  # that it keeps now


def locked_entries(session: Session, plan: Plan) -> set[int]:
    """Return the ids of the entries whose places a search and hands leave where they are."""
    return set(
        session.scalars(
            select(Placement.entry_id)
            .join(RoomSession, RoomSession.id == Placement.room_session_id)
            .join(Room, Room.id == RoomSession.room_id)
            .join(Entry, Entry.id == Placement.entry_id)
            .where(standing(versions(session, plan)), exists().where(_covers(plan)))
        )
    )


def lock_contradictions(session: Session, plan: Plan, planning: Planning) -> list[Sentence]:
    """Return why locked places can not stay, or not beside each other, naming the entries.

    Nothing where they can. A search that keeps locks is not begun while there is something.
    """
    locked = locked_entries(session, plan)
    if not locked:
        return []
    placing = placing_of(session, plan, planning)
    mine = np.array([entry.id in locked for entry in planning.entries], dtype=np.bool_)
    found = [
        say(
            "{entry}: locked at a desk or in a room that is no more. Take the lock away.",
            entry=_entry(planning, int(row)),
        )
        for row in np.flatnonzero(mine & ~placing.placed())
    ]
    kept = Placing(
        *(
            np.where(mine, getattr(placing, field.name), -1).astype(np.int32)
            for field in fields(Placing)
        )
    )
    for violation in validate(planning.problem, kept):
        first, *others = violation.rows
        words = BROKEN_WORDS.get(violation.code.value, violation.code.value)
        if violation.code in OF_TWO_ENTRIES:
            found.append(
                say(
                    "{entry} and {other} are locked and can not both stay: {why}. "
                    "Take one of the locks away.",
                    entry=_entry(planning, first),
                    other=_entry(planning, others[0]),
                    why=words,
                )
            )
        elif violation.code not in OF_NO_ENTRY:
            found.append(
                say(
                    "{entry} is locked where it can not stay: {why}. Take the lock away.",
                    entry=_entry(planning, first),
                    why=words,
                )
            )
        else:
            found.append(say("Locked places can not stay together: {why}.", why=words))
    return found


def _entry(planning: Planning, row: int) -> str:
    return f"{planning.entries[row].person_no} {planning.paper_of(row).code}"


def lock_on(session: Session, plan: Plan, placement: Placement) -> PlanLock | None:
    """Return a lock that keeps one placement where it is, the oldest first, or None."""
    return session.scalar(
        select(PlanLock)
        .select_from(Placement)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Entry, Entry.id == Placement.entry_id)
        .join(PlanLock, _covers(plan))
        .where(Placement.id == placement.id)
        .order_by(PlanLock.id)
        .limit(1)
    )


def locks_of(session: Session, plan: Plan) -> list[LockLine]:
    """Return the locks of a plan, the newest first, each with what it keeps."""
    kept = (
        select(func.count(Placement.id))
        .select_from(Placement)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .join(Entry, Entry.id == Placement.entry_id)
        .where(standing(versions(session, plan)), _covers(plan))
        .correlate(PlanLock)
        .scalar_subquery()
    )
    place, home = Room.__table__.alias("place"), Venue.__table__.alias("home")
    of_entry = Entry.__table__.alias("of_entry")
    paper = Paper.__table__.alias("of_paper")
    rows = session.execute(
        select(
            PlanLock,
            Person.name,
            Candidate.person_no,
            paper.c.code,
            place.c.code,
            home.c.code,
            kept,
        )
        .join(Person, Person.id == PlanLock.by_id)
        .outerjoin(of_entry, of_entry.c.id == PlanLock.entry_id)
        .outerjoin(Candidate, Candidate.id == of_entry.c.candidate_id)
        .outerjoin(paper, or_(paper.c.id == PlanLock.paper_id, paper.c.id == of_entry.c.paper_id))
        .outerjoin(place, place.c.id == PlanLock.room_id)
        .outerjoin(home, or_(home.c.id == PlanLock.venue_id, home.c.id == place.c.venue_id))
        .where(PlanLock.plan_id == plan.id)
        .order_by(PlanLock.id.desc())
    )
    return [
        LockLine(lock.token, _what(lock, number, paper, room, venue), lock.reason, by, lock, places)
        for lock, by, number, paper, room, venue, places in rows
    ]


def access_lock(session: Session, plan: Plan, token: str) -> PlanLock:
    """Return a lock of a plan the caller may open. Raises NotFound."""
    found = session.scalar(
        select(PlanLock).where(PlanLock.plan_id == plan.id, PlanLock.token == token)
    )
    if found is None:
        raise NotFound(say("lock"))
    return found


def _covers(plan: Plan) -> ColumnElement[bool]:
    """Return the condition that a lock of the plan keeps the Entry in the Room."""
    return (PlanLock.plan_id == plan.id) & or_(
        PlanLock.entry_id == Entry.id,
        PlanLock.paper_id == Entry.paper_id,
        PlanLock.room_id == Room.id,
        PlanLock.venue_id == Room.venue_id,
    )


def _what(
    lock: PlanLock, number: str | None, paper: str | None, room: str | None, venue: str | None
) -> Sentence:
    if lock.entry_id is not None:
        return say("{person_no}, paper {paper}", person_no=number or "", paper=paper or "")
    if lock.paper_id is not None:
        return say("Paper {paper}", paper=paper or "")
    if lock.room_id is not None:
        return say("Room {room} of venue {venue}", room=room or "", venue=venue or "")
    return say("Venue {venue}", venue=venue or "")
