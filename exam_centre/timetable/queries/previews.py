"""What a move by hand would run into and cause, before it is made."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.calendar.models import Period
from exam_centre.entries.models import Entry
from exam_centre.kernel.sentences import Sentence
from exam_centre.timetable.models import Plan
from exam_centre.timetable.queries.effects import Effect, effect_of
from exam_centre.timetable.queries.facts import question_of
from exam_centre.timetable.queries.locks import lock_on
from exam_centre.timetable.queries.moves import standing_of_entry
from exam_centre.timetable.queries.why import Reading
from exam_centre.timetable.rules import CHECKS, PlaceIsLocked
from exam_centre.venues.models import Seat


@dataclass(frozen=True)
class Preview:
    """What stands against a move, all of it, and what it would cause where nothing does."""

    against: list[Sentence]
    effect: Effect | None  # None: the desk or period is outside the plan's problem


def preview_of(
    session: Session, plan: Plan, reading: Reading, entry: Entry, seat: Seat, period: Period
) -> Preview:
    """Return what giving an entry this desk in this period would do. Nothing is changed."""
    asked = question_of(session, plan, entry, seat, period, starts_at=period.starts_at)
    asked = replace(asked, around=replace(asked.around, placed=False))
    against = [refusal.sentence for check in CHECKS if (refusal := check(asked)) is not None]
    present = standing_of_entry(session, plan, entry.id)
    lock = lock_on(session, plan, present) if present is not None else None
    if lock is not None:
        name = session.get_one(Person, lock.by_id).name
        against.append(PlaceIsLocked(name, lock.reason).sentence)
    return Preview(against, _effect(reading, entry, seat, period))


def _effect(reading: Reading, entry: Entry, seat: Seat, period: Period) -> Effect | None:
    planning = reading.planning
    row = planning.entry_index.get(entry.id)
    desk = planning.desks.seat_index.get(seat.id)
    at = next((n for n, line in enumerate(planning.periods) if line.id == period.id), None)
    if row is None or desk is None or at is None:
        return None
    room = int(planning.problem.seats.room[desk])
    return effect_of(planning.problem, reading.desks.placing, {row: (at, room, desk)})
