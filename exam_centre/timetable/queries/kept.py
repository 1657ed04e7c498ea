"""What a search leaves as it is: what is published, what was placed by hand, what one asks for."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.solver.park import Locks, Placing
from exam_centre.timetable.models import HeldOver, Placement, Plan, RoomSession
from exam_centre.timetable.queries.locks import locked_entries
from exam_centre.timetable.queries.problem import Planning
from exam_centre.timetable.queries.standing import standing, versions


@dataclass(frozen=True)
class Kept:
    """Places that stay, by entry index; and published placements that can not stay, by id.

    places   (period, room, seat, the entry it follows or -1), all by index.
    written  entries whose place is a row already that goes on holding.
    ended    placements of published versions that the plan has to end.
    locked   entries somebody locked where they are.
    """

    places: dict[int, tuple[int, int, int, int]]
    written: frozenset[int]
    ended: dict[int, int]  # entry index -> placement id; -1, -2, ... where the entry is none now
    row_of: dict[int, int]  # entry index -> placement id, of `written`
    own: frozenset[int]  # of `written`: rows of the draft itself
    locked: frozenset[int]

    @property
    def yielding(self) -> frozenset[int]:
        """Entries that sit where it was published, unless others can not be placed otherwise."""
        return self.written - self.own - self.locked

    def without(self, entry: int) -> "Kept":
        """Return the same without an entry, and without whatever is held over until it ends."""
        gone = {entry} | {e for e, place in self.places.items() if place[3] == entry}
        ended = {e: self.row_of[e] for e in (gone & self.written) - self.own}
        return replace(
            self,
            places={e: place for e, place in self.places.items() if e not in gone},
            written=self.written - gone,
            ended=self.ended | ended,
        )

    def as_found(self, found: Placing) -> "Kept":
        """Return the same where whoever yielded in a repair is no longer kept."""
        moved = {
            entry
            for entry in self.yielding
            if self.places[entry]
            != (
                found.period[entry],
                found.room[entry],
                found.seat[entry],
                found.held_over_after[entry],
            )
        }
        return replace(
            self,
            places={e: place for e, place in self.places.items() if e not in moved},
            written=self.written - moved,
            ended=self.ended | {e: self.row_of[e] for e in moved},
        )

    def locks(self, entries: int) -> Locks | None:
        """Return the planner's locks over so many entries, None where all is free."""
        firm = self.places.keys() - self.yielding
        return Locks(*self._columns(firm, entries)) if firm else None

    def before(self, entries: int) -> Placing | None:
        """Return the places a repair of so many entries begins with, None where it is none."""
        if not self.yielding:
            return None
        period, room, seat, first = self._columns(self.yielding, entries)
        nowhere = np.full(entries, -1, dtype=np.int32)
        return Placing(period, room, seat, nowhere, nowhere, first)

    def _columns(self, wanted: Collection[int], entries: int) -> Any:
        columns = np.full((4, entries), -1, dtype=np.int32)
        for entry in wanted:
            columns[:, entry] = self.places[entry]
        return columns


class _Row(NamedTuple):
    id: int
    plan_id: int
    entry_id: int
    seat_id: int
    period_id: int
    starts_at: datetime
    ends_at: datetime


def kept_places(
    session: Session, plan: Plan, planning: Planning, *, own: bool = False, also: Plan | None = None
) -> Kept:
    """Return what stays where it is when `plan`, a draft, is searched.

    own   the draft's own placements stay as well, e.g. those made by hand; what is locked
          stays in any case.
    also  a version whose places are taken over, published or not, for entries that have none.

    A published place that no longer keeps the rules ends.
    """
    published = [plan_id for plan_id in versions(session, plan) if plan_id != plan.id]
    holding = [*published, plan.id]
    locked = locked_entries(session, plan)
    rows = [
        row
        for row in _rows(session, holding)
        if own or row.plan_id != plan.id or row.entry_id in locked
    ]
    follows = _follows(session, holding)
    checks = _Checks(planning)
    places: dict[int, tuple[int, int, int, int]] = {}
    row_of: dict[int, int] = {}
    ended: dict[int, int] = {}
    mine: set[int] = set()
    for row in rows:
        entry = planning.entry_index.get(row.entry_id)
        place = None if entry is None else checks.place(entry, row, follows)
        if entry is None or place is None:
            if row.plan_id != plan.id:
                ended[-1 - len(ended) if entry is None else entry] = row.id
            continue
        places[entry], row_of[entry] = place, row.id
        if row.plan_id == plan.id:
            mine.add(entry)
    written = frozenset(places)
    if also is not None:
        theirs = versions(session, also)
        follows = _follows(session, theirs)
        for row in _rows(session, theirs):
            entry = planning.entry_index.get(row.entry_id)
            place = None if entry is None else checks.place(entry, row, follows)
            if entry is not None and place is not None and entry not in ended:
                places.setdefault(entry, place)
    indices = frozenset(e for e in places if planning.entries[e].id in locked)
    kept = Kept(places, written, ended, row_of, frozenset(mine), indices)
    for entry, place in sorted(places.items()):
        if place[3] >= 0 and place[3] not in places and entry in kept.places:
            kept = kept.without(entry)
    return kept


def _rows(session: Session, plan_ids: list[int]) -> Iterator[_Row]:
    for row in session.execute(
        select(
            Placement.id,
            Placement.plan_id,
            Placement.entry_id,
            Placement.seat_id,
            RoomSession.period_id,
            Placement.starts_at,
            Placement.ends_at,
        )
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .where(standing(plan_ids))
        .order_by(Placement.id)
    ):
        yield _Row(*row)


def _follows(session: Session, plan_ids: list[int]) -> dict[int, int]:
    """Return {entry: the entry it is held over until the end of}."""
    rows = session.execute(
        select(HeldOver.second_entry_id, HeldOver.first_entry_id).where(
            HeldOver.plan_id.in_(plan_ids)
        )
    )
    return dict(rows.all())


class _Checks:
    """Whether a place that was given still keeps the rules."""

    def __init__(self, planning: Planning) -> None:
        self._planning = planning
        self._own = planning.problem.own_minutes()
        self._period = {period.id: n for n, period in enumerate(planning.periods)}

    def place(
        self, entry: int, row: _Row, follows: dict[int, int]
    ) -> tuple[int, int, int, int] | None:
        """Return (period, room, seat, first entry or -1) by index, None where it can not stay."""
        problem = self._planning.problem
        seat = self._planning.desks.seat_index.get(row.seat_id)
        period = self._period.get(row.period_id)
        if seat is None or period is None:
            return None
        room = int(problem.seats.room[seat])
        who = int(problem.entries.candidate[entry])
        needs_met = (problem.seats.wheelchair[seat] or not problem.candidates.wheelchair[who]) and (
            problem.seats.left_handed[seat] or not problem.candidates.left_handed[who]
        )
        if not (
            needs_met and problem.rooms.open[room, period] and self._is_free(entry, period, row)
        ):
            return None
        first = self._planning.entry_index.get(follows.get(row.entry_id, 0), -1)
        return period, room, seat, first

    def _is_free(self, entry: int, period: int, row: _Row) -> bool:
        problem = self._planning.problem
        if problem.entries.through_shift[entry]:
            return True
        since = (row.starts_at - self._planning.periods[period].starts_at).total_seconds() // 60
        free = problem.candidates.free_minutes[problem.entries.candidate[entry], period]
        return bool(since + self._own[entry] <= free)
