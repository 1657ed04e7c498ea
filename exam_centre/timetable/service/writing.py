"""What a search found, written into a draft in bulk: sittings, rooms, seats, and who has none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Period
from exam_centre.kernel import clock
from exam_centre.kernel.database import pieces
from exam_centre.solver.park import ParkPlan
from exam_centre.timetable import queries
from exam_centre.timetable.models import (
    Duty,
    HeldOver,
    Placement,
    Plan,
    RoomSession,
    Sitting,
    Unplaced,
    Vacated,
)
from exam_centre.timetable.queries.kept import Kept
from exam_centre.timetable.queries.problem import Planning
from exam_centre.timetable.queries.reasons import (
    REASONS,
    no_supervisor,
    room_needed_again,
    what_helps,
)
from exam_centre.timetable.queries.staff import Helper
from exam_centre.timetable.rules import Span, UnplacedReason, own_end, variant_of

Key = tuple[int, int]
NO_EXTRA = Decimal(0)


@dataclass(frozen=True)
class Written:
    """How many rows a plan got."""

    placed: int
    held_over: int
    unplaced: int
    stayed: int  # places of earlier versions, or of this draft, that were left as they are
    ended: int  # places of published versions that end with this one
    sittings: int
    room_sessions: int


def write_plan(
    session: Session, plan: Plan, planning: Planning, kept: Kept, found: ParkPlan
) -> Written:
    """Replace what a draft says by what a search found, in a few statements.

    What is published stays; `kept.ended` of it ends. A second paper nobody could supervise, or in
    a room that is needed, is listed as unplaced instead.
    """
    _clear(session, plan, kept)
    writer = _Writer(session, plan, planning, kept, found)
    ended = sorted(kept.ended.values())
    fresh = _not_yet_ended(session, plan, ended)
    insert_rows(session, Vacated, [{"plan_id": plan.id, "placement_id": row} for row in fresh])
    return writer.write(len(ended))


def _clear(session: Session, plan: Plan, kept: Kept) -> None:
    """Take away what the draft said before, and the sittings and rooms nobody uses any more."""
    staying = [kept.row_of[entry] for entry in kept.own & kept.written]
    session.execute(delete(Duty).where(Duty.plan_id == plan.id))
    session.execute(delete(Unplaced).where(Unplaced.plan_id == plan.id))
    own = list(
        session.execute(
            select(Placement.id, Placement.entry_id, Placement.room_session_id).where(
                Placement.plan_id == plan.id
            )
        )
    )
    gone = [row for row in own if row[0] not in set(staying)]
    for some in pieces(row[1] for row in gone):
        session.execute(
            delete(HeldOver).where(HeldOver.plan_id == plan.id, HeldOver.second_entry_id.in_(some))
        )
    for some in pieces(row[0] for row in gone):
        session.execute(delete(Placement).where(Placement.id.in_(some)))
    in_series = select(Period.id).where(Period.series_id == plan.series_id)
    session.execute(
        delete(Sitting).where(
            Sitting.period_id.in_(in_series), ~exists().where(Placement.sitting_id == Sitting.id)
        )
    )
    for some in pieces(row[2] for row in gone):
        session.execute(
            delete(RoomSession).where(
                RoomSession.id.in_(some),
                ~exists().where(Placement.room_session_id == RoomSession.id),
                ~exists().where(HeldOver.room_session_id == RoomSession.id),
                ~exists().where(Duty.room_session_id == RoomSession.id),
            )
        )


def _not_yet_ended(session: Session, plan: Plan, wanted: Sequence[int]) -> list[int]:
    known = set(session.scalars(select(Vacated.placement_id).where(Vacated.plan_id == plan.id)))
    return [row for row in wanted if row not in known]


def insert_rows(session: Session, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows of a mapped class in one statement, past the session and the trail."""
    if rows:
        session.execute(insert(table.__table__), list(rows))


class _Writer:
    """One plan on its way into the database."""

    def __init__(
        self, session: Session, plan: Plan, planning: Planning, kept: Kept, found: ParkPlan
    ) -> None:
        self._session, self._plan, self._planning = session, plan, planning
        self._kept, self._found = kept, found
        self._dropped: dict[int, tuple[UnplacedReason, Any]] = {}

    def write(self, ended: int) -> Written:
        new = [
            int(entry)
            for entry in np.flatnonzero(self._found.placed())
            if int(entry) not in self._kept.written
        ]
        spans = {int(e): self._span(int(e)) for e in np.flatnonzero(self._found.placed())}
        held = [entry for entry in new if self._found.held_over_after[entry] >= 0]
        supervisors = self._supervisors(held, spans)
        new = [entry for entry in new if entry not in self._dropped]
        sittings = self._sittings(new)
        rooms = self._room_sessions(new)
        insert_rows(
            self._session,
            Placement,
            [self._placement(entry, spans[entry], sittings, rooms) for entry in new],
        )
        held = [entry for entry in held if entry not in self._dropped]
        insert_rows(
            self._session,
            HeldOver,
            [self._held_over(entry, spans, rooms, supervisors[entry]) for entry in held],
        )
        unplaced = self._unplaced()
        insert_rows(self._session, Unplaced, unplaced)
        self._session.expire_all()
        return Written(
            placed=len(new) - len(held),
            held_over=len(held),
            unplaced=len(unplaced),
            stayed=len(self._kept.written),
            ended=ended,
            sittings=self._found.score.sittings,
            room_sessions=self._found.score.room_sessions,
        )

    def _keys(self, entry: int) -> tuple[int, int, int, int]:
        """Return the ids of an entry's paper, period, room and seat."""
        found, desks = self._found, self._planning.desks
        return (
            self._planning.paper_of(entry).id,
            self._planning.periods[int(found.period[entry])].id,
            desks.rooms[int(found.room[entry])].id,
            desks.seats[int(found.seat[entry])].id,
        )

    def _span(self, entry: int) -> Span:
        planning, found = self._planning, self._found
        starts_at = (
            planning.moment(int(found.start[entry]))
            if found.held_over_after[entry] >= 0
            else planning.periods[int(found.period[entry])].starts_at
        )
        extra = planning.extra.get(planning.entries[entry].candidate_id)
        minutes = planning.paper_of(entry).minutes
        return Span(starts_at, own_end(starts_at, minutes, extra or NO_EXTRA))

    def _sittings(self, entries: Iterable[int]) -> dict[Key, int]:
        """Return {(paper, period): the sitting's id}, made where missing, variants in order."""
        known = self._known_sittings()
        letters: dict[int, set[str]] = {}
        for paper_id, _, variant, _ in known:
            letters.setdefault(paper_id, set()).add(variant)
        have = {(paper_id, period_id) for paper_id, period_id, _, _ in known}
        order = {period.id: n for n, period in enumerate(self._planning.periods)}
        wanted = {self._keys(entry)[:2] for entry in entries} - have
        rows = []
        for paper_id, period_id in sorted(wanted, key=lambda key: (key[0], order[key[1]])):
            used = letters.setdefault(paper_id, set())
            variant = next(v for v in map(variant_of, range(len(order) + 1)) if v not in used)
            used.add(variant)
            rows.append({"paper_id": paper_id, "period_id": period_id, "variant": variant})
        insert_rows(self._session, Sitting, rows)
        return {(paper, period): row_id for paper, period, _, row_id in self._known_sittings()}

    def _known_sittings(self) -> list[tuple[int, int, str, int]]:
        return [
            (row[0], row[1], row[2], row[3])
            for row in self._session.execute(
                select(Sitting.paper_id, Sitting.period_id, Sitting.variant, Sitting.id)
                .join(Period, Period.id == Sitting.period_id)
                .where(Period.series_id == self._plan.series_id)
            )
        ]

    def _room_sessions(self, entries: Iterable[int]) -> dict[Key, int]:
        """Return {(room, period): the room session's id}, made where missing."""
        known = self._known_rooms()
        wanted = {(self._keys(e)[2], self._keys(e)[1]) for e in entries} - known.keys()
        rows = [{"room_id": room, "period_id": period} for room, period in sorted(wanted)]
        insert_rows(self._session, RoomSession, rows)
        return self._known_rooms()

    def _known_rooms(self) -> dict[Key, int]:
        rows = self._session.execute(
            select(RoomSession.room_id, RoomSession.period_id, RoomSession.id)
            .join(Period, Period.id == RoomSession.period_id)
            .where(Period.series_id == self._plan.series_id)
        )
        return {(room_id, period_id): row_id for room_id, period_id, row_id in rows}

    def _placement(
        self, entry: int, span: Span, sittings: dict[Key, int], rooms: dict[Key, int]
    ) -> dict[str, Any]:
        paper, period, room, seat = self._keys(entry)
        line = self._planning.entries[entry]
        return {
            "plan_id": self._plan.id,
            "entry_id": line.id,
            "person_id": line.person_id,
            "sitting_id": sittings[paper, period],
            "room_session_id": rooms[room, period],
            "seat_id": seat,
            "starts_at": span.starts_at,
            "ends_at": span.ends_at,
            "in_force": False,
        }

    def _held_over(
        self, entry: int, spans: dict[int, Span], rooms: dict[Key, int], supervisor: Helper
    ) -> dict[str, Any]:
        _, period, room, _ = self._keys(entry)
        first = int(self._found.held_over_after[entry])
        return {
            "plan_id": self._plan.id,
            "first_entry_id": self._planning.entries[first].id,
            "second_entry_id": self._planning.entries[entry].id,
            "room_session_id": rooms[room, period],
            "supervisor_id": supervisor.person_id,
            "isolated_from": spans[first].ends_at,
            "isolated_until": spans[entry].starts_at,
        }

    def _supervisors(self, held: Sequence[int], spans: dict[int, Span]) -> dict[int, Helper]:
        """Choose somebody for every isolation; an entry nobody can supervise is dropped."""
        if not held:
            return {}
        helpers = queries.helpers_of(self._session, self._plan.series_id)
        teams = queries.teams_of(self._session)
        sitting = self._people_at(spans)
        chosen: dict[int, Helper] = {}
        busy: dict[int, list[Span]] = {}
        for entry in held:
            planning, found = self._planning, self._found
            desks = planning.desks
            room = desks.rooms[int(found.room[entry])]
            venue = desks.venues[int(planning.problem.rooms.venue[int(found.room[entry])])]
            span = Span(spans[int(found.held_over_after[entry])].starts_at, spans[entry].ends_at)
            if any(Span(*booked).meets(span) for booked in desks.bookings.get(room.id, ())):
                self._dropped[entry] = (UnplacedReason.NO_SEAT, room_needed_again(room.code))
                continue
            person = planning.entries[entry].person_id
            team = {teams[person]} if person in teams else set()
            day = clock.at_venue(span.starts_at, venue.time_zone).date()
            able = [
                helper
                for helper in helpers
                if helper.may_serve(day)
                and helper.person_id != person
                and not helper.is_tied([person], team)
                and not any(s.meets(span) for s in sitting.get(helper.person_id, ()))
                and not any(s.meets(span) for s in busy.get(helper.person_id, ()))
            ]
            if not able:
                self._dropped[entry] = (UnplacedReason.CLASH_NOT_HOLDABLE, no_supervisor())
                continue
            best = min(
                able,
                key=lambda h: (
                    venue.unit_id not in h.units,
                    len(busy.get(h.person_id, ())),
                    h.staff_no,
                ),
            )
            chosen[entry] = best
            busy.setdefault(best.person_id, []).append(span)
        return chosen

    def _people_at(self, spans: dict[int, Span]) -> dict[int, list[Span]]:
        people: dict[int, list[Span]] = {}
        for entry, span in spans.items():
            people.setdefault(self._planning.entries[entry].person_id, []).append(span)
        return people

    def _unplaced(self) -> list[dict[str, Any]]:
        rows = [
            (one.entry, REASONS[one.reason], what_helps(self._planning, one))
            for one in self._found.unplaced
        ]
        rows += [(entry, reason, text) for entry, (reason, text) in self._dropped.items()]
        return [
            {
                "plan_id": self._plan.id,
                "entry_id": self._planning.entries[entry].id,
                "reason": reason,
                "text": sentence.text,
                "facts": dict(sentence.facts),
            }
            for entry, reason, sentence in sorted(rows, key=lambda row: row[0])
        ]
