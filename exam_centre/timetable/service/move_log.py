"""The list of acts by hand in a draft, and undoing the newest of them, step by step."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Period
from exam_centre.entries.models import Entry
from exam_centre.kernel import audit
from exam_centre.kernel.permissions import Actor
from exam_centre.timetable import queries
from exam_centre.timetable.models import (
    HeldOver,
    Placement,
    Plan,
    PlanMove,
    Unplaced,
    Vacated,
)
from exam_centre.timetable.queries.spots import Spot, last_act
from exam_centre.timetable.rules import (
    ChangedSince,
    MoveKind,
    NothingToUndo,
    UnplacedReason,
)
from exam_centre.timetable.service.locking import ensure_unlocked
from exam_centre.timetable.service.placing import (
    place,
    place_held_over,
    require_draft,
    vacate,
)
from exam_centre.venues.models import Seat


@dataclass
class Act:
    """One act by hand on its way into the list: begun before it, closed after it."""

    session: Session
    actor: Actor
    plan: Plan
    kind: MoveKind
    before: dict[int, Spot]
    was: dict[int, dict[str, Any]]
    now: datetime
    undoes: int | None = None

    @classmethod
    def begin(
        cls,
        session: Session,
        actor: Actor,
        plan: Plan,
        kind: MoveKind,
        entry_ids: Iterable[int],
        now: datetime,
        undoes: int | None = None,
    ) -> "Act":
        """Note where some entries are. Raises PlanIsClosed."""
        require_draft(session, actor, plan)
        # Two people who act at once take turns: each act is a number of its own.
        session.execute(select(Plan.id).where(Plan.id == plan.id).with_for_update())
        wanted = list(dict.fromkeys(entry_ids))
        before = queries.spots_of(session, plan, wanted)
        was = _held_or_listed(session, plan, wanted)
        for entry_id in wanted:
            was.setdefault(entry_id, {})
        return cls(session, actor, plan, kind, before, was, now, undoes)

    def close(self) -> int:
        """Write where they are now, and return the number of the act."""
        self.session.flush()
        after = queries.spots_of(self.session, self.plan, self.was)
        newest = self.session.scalar(
            select(func.max(PlanMove.number)).where(PlanMove.plan_id == self.plan.id)
        )
        number = (newest or 0) + 1
        nowhere = (None, None, None)
        for entry_id, was in self.was.items():
            here, there = self.before.get(entry_id, nowhere), after.get(entry_id, nowhere)
            row = PlanMove(
                plan_id=self.plan.id,
                number=number,
                kind=self.kind,
                undoes=self.undoes,
                entry_id=entry_id,
                from_seat_id=here[0],
                from_period_id=here[1],
                from_starts_at=here[2],
                to_seat_id=there[0],
                to_period_id=there[1],
                to_starts_at=there[2],
                was=was,
                by_id=self.actor.human(),
                at=self.now,
            )
            self.session.add(row)
            audit.record(self.session, self.actor, f"timetable.hand_{self.kind}", row, self.now)
        return number


def undo(session: Session, actor: Actor, plan: Plan, *, now: datetime) -> int:
    """Take the newest act by hand back, as a whole; return its number.

    Raises NothingToUndo, ChangedSince where a search or somebody moved it on, PlaceIsLocked, and
    what `place` raises where the former place is not to be had any more.
    """
    require_draft(session, actor, plan)
    moves = last_act(session, plan)
    if not moves:
        raise NothingToUndo
    ids = [move.entry_id for move in moves]
    present = queries.spots_of(session, plan, ids)
    for move in moves:
        here = present.get(move.entry_id, (None, None, None))
        if (here[0], here[1]) != (move.to_seat_id, move.to_period_id):
            raise ChangedSince
    act = Act.begin(session, actor, plan, MoveKind.UNDO, ids, now, undoes=moves[0].number)
    for move in moves:
        placement = queries.standing_of_entry(session, plan, move.entry_id)
        if placement is not None:
            ensure_unlocked(session, plan, placement)
            vacate(session, actor, plan, placement, now=now)
    for move in sorted(moves, key=lambda m: "held" in m.was):
        _restore(session, actor, plan, move, now)
    act.close()
    return moves[0].number


def _restore(session: Session, actor: Actor, plan: Plan, move: PlanMove, now: datetime) -> None:
    listed = move.was.get("listed")
    if move.from_seat_id is None or move.from_period_id is None:
        if listed:
            row = Unplaced(plan_id=plan.id, entry_id=move.entry_id)
            row.reason = UnplacedReason(listed["reason"])
            row.text, row.facts = listed["text"], listed["facts"]
            session.add(row)
            session.flush()
        return
    if _stands_again(session, plan, move):
        return
    entry = session.get_one(Entry, move.entry_id)
    seat = session.get_one(Seat, move.from_seat_id)
    period = session.get_one(Period, move.from_period_id)
    held = move.was.get("held")
    if not held:
        place(session, actor, plan, entry, seat, period, starts_at=move.from_starts_at, now=now)
        return
    place_held_over(
        session,
        actor,
        plan,
        entry,
        seat,
        period,
        HeldOver(
            plan_id=plan.id,
            first_entry_id=held["first_entry_id"],
            second_entry_id=entry.id,
            room_session_id=held["room_session_id"],
            supervisor_id=session.get_one(Person, held["supervisor_id"]).id,
            isolated_from=datetime.fromisoformat(held["isolated_from"]),
            isolated_until=datetime.fromisoformat(held["isolated_until"]),
        ),
        now=now,
    )


def _stands_again(session: Session, plan: Plan, move: PlanMove) -> bool:
    """Let a published placement that this draft ended hold again, where there is one."""
    ended = session.execute(
        select(Vacated, Placement)
        .join(Placement, Placement.id == Vacated.placement_id)
        .where(
            Vacated.plan_id == plan.id,
            Placement.entry_id == move.entry_id,
            Placement.seat_id == move.from_seat_id,
            Placement.starts_at == move.from_starts_at,
        )
    ).first()
    if ended is None:
        return False
    row, placement = ended
    _ensure_free(session, plan, placement)
    session.delete(row)
    session.flush()
    return True


def _ensure_free(session: Session, plan: Plan, placement: Placement) -> None:
    """Raise ChangedSince where the seat or the person is taken at that time by now."""
    taken = session.scalar(
        select(Placement.id)
        .where(
            queries.standing(queries.versions(session, plan)),
            or_(
                Placement.seat_id == placement.seat_id,
                Placement.person_id == placement.person_id,
            ),
            Placement.starts_at < placement.ends_at,
            Placement.ends_at > placement.starts_at,
        )
        .limit(1)
    )
    if taken is not None:
        raise ChangedSince


def _held_or_listed(
    session: Session, plan: Plan, entry_ids: list[int]
) -> dict[int, dict[str, Any]]:
    """Return {entry: how this draft holds it over, or lists it without a seat}."""
    found: dict[int, dict[str, Any]] = {}
    for held in session.scalars(
        select(HeldOver).where(HeldOver.plan_id == plan.id, HeldOver.second_entry_id.in_(entry_ids))
    ):
        found.setdefault(held.second_entry_id, {})["held"] = {
            "first_entry_id": held.first_entry_id,
            "room_session_id": held.room_session_id,
            "supervisor_id": held.supervisor_id,
            "isolated_from": held.isolated_from.isoformat(),
            "isolated_until": held.isolated_until.isoformat(),
        }
    for row in session.scalars(
        select(Unplaced).where(Unplaced.plan_id == plan.id, Unplaced.entry_id.in_(entry_ids))
    ):
        listed = {"reason": row.reason.value, "text": row.text, "facts": row.facts}
        found.setdefault(row.entry_id, {})["listed"] = listed
    return found
