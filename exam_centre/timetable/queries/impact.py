"""What a repair costs people, counted: who moves, whose time changes, how much further they go."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from exam_centre.kernel.sentences import Sentence, say
from exam_centre.solver.park import kilometres
from exam_centre.timetable.models import Placement, Plan, RoomSession, Vacated
from exam_centre.timetable.queries.problem_people import set_out_from
from exam_centre.timetable.queries.standing import versions
from exam_centre.venues.models import Room, Venue


@dataclass(frozen=True)
class Impact:
    """A repair in numbers: entries, against what was public before."""

    move: int  # sit at another time or another place than was public
    change_time: int  # of these, at another start
    change_venue: int  # of these, at another venue
    lose_seat: int  # have no seat any more
    gain_seat: int  # had none before
    extra_km: float  # the longest further way of anybody who moves, 0 where nobody goes further

    @property
    def sentence(self) -> Sentence:
        """Return the repair in one line."""
        if not self.move + self.lose_seat + self.gain_seat:
            return say("Nobody moves.")
        return say(
            "{move} move, {change_time} change time, {change_venue} change venue, longest extra "
            "way {km} km; {lose_seat} lose their seat, {gain_seat} get one.",
            move=self.move,
            change_time=self.change_time,
            change_venue=self.change_venue,
            km=f"{self.extra_km:.1f}",
            lose_seat=self.lose_seat,
            gain_seat=self.gain_seat,
        )


class _Seat(NamedTuple):
    entry_id: int
    person_id: int
    starts_at: datetime
    seat_id: int
    venue_id: int


def impact_of(session: Session, plan: Plan) -> Impact | None:
    """Return what a version changes for people; None where nothing was public before it."""
    if not any(known != plan.id for known in versions(session, plan)):
        return None
    ended = select(Vacated.placement_id).where(Vacated.plan_id == plan.id)
    before = _seats(session, Placement.id.in_(ended))
    after = _seats(session, Placement.plan_id == plan.id)
    moved = [
        (before[entry], after[entry])
        for entry in sorted(before.keys() & after.keys())
        if before[entry] != after[entry]
    ]
    return Impact(
        move=len(moved),
        change_time=sum(1 for was, now in moved if was.starts_at != now.starts_at),
        change_venue=sum(1 for was, now in moved if was.venue_id != now.venue_id),
        lose_seat=len(before.keys() - after.keys()),
        gain_seat=len(after.keys() - before.keys()),
        extra_km=_longest_extra(session, moved),
    )


def _seats(session: Session, condition: ColumnElement[bool]) -> dict[int, _Seat]:
    rows = session.execute(
        select(
            Placement.entry_id,
            Placement.person_id,
            Placement.starts_at,
            Placement.seat_id,
            Room.venue_id,
        )
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .where(condition)
    )
    return {row.entry_id: _Seat(*row) for row in rows}


def _longest_extra(session: Session, moved: list[tuple[_Seat, _Seat]]) -> float:
    elsewhere = [(was, now) for was, now in moved if was.venue_id != now.venue_id]
    if not elsewhere:
        return 0.0
    points = {
        venue_id: (float(latitude), float(longitude))
        for venue_id, latitude, longitude in session.execute(
            select(Venue.id, Venue.latitude, Venue.longitude)
        )
    }
    home = set_out_from(session, {was.person_id for was, _ in elsewhere}, list(points.values()))
    start = np.array([home[was.person_id] for was, _ in elsewhere])
    old = np.array([points[was.venue_id] for was, _ in elsewhere])
    new = np.array([points[now.venue_id] for _, now in elsewhere])
    extra = kilometres(*start.T, *new.T) - kilometres(*start.T, *old.T)
    return max(0.0, float(extra.max()))
