"""Why an entry is where it is, or nowhere: what stands against every period and venue."""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sqlalchemy.orm import Session

from exam_centre.calendar.models import Series
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.timetable.models import Plan
from exam_centre.timetable.queries.outlook import Against, Desks, Obstacle, Outlook
from exam_centre.timetable.queries.problem import Planning, problem_of
from exam_centre.timetable.queries.suggestions import Option, options_of
from exam_centre.timetable.queries.worth import placing_of

SHOWN_NEARER = 6  # nearer venues named one by one

REASONS: dict[Against, Sentence] = {
    Against.TOO_SHORT: say("The period is shorter than the person's time for the paper."),
    Against.NOT_ALLOWED: say("The paper is not sat in this period."),
    Against.NO_ROOM: say("No room of a kind that suits the paper."),
    Against.CLOSED: say("The rooms that suit are booked, or the venue is not approved then."),
    Against.ON_SHIFT: say("On shift or resting after one."),
    Against.CLASH: say("Another paper of the person is sat then or too near to it."),
    Against.DAY_FULL: say("The person sits as many papers that day as one may."),
    Against.TOO_FAR: say("Too far from the person's other paper of that day."),
    Against.NO_DESK: say("No desk for what the person was granted."),
    Against.NOT_TOGETHER: say("Who sits there can not share the room with this paper or person."),
    Against.FULL: say("Every suitable desk is taken."),
}
HELPS: dict[Against, Sentence] = {
    Against.TOO_SHORT: say("A longer period, or a longer break after it."),
    Against.NOT_ALLOWED: say("Let the paper be sat in more periods."),
    Against.NO_ROOM: say("Draw a room of that kind there."),
    Against.CLOSED: say("Take the booking back, or let the approval last longer."),
    Against.ON_SHIFT: say("Free the person from that shift, or let them accept it."),
    Against.CLASH: say("Move the other paper to another period."),
    Against.DAY_FULL: say("Move one of that day's papers to another day."),
    Against.TOO_FAR: say("Bring the papers of that day to one venue."),
    Against.NO_DESK: say("Mark a desk there as one for a wheelchair or for the left hand."),
    Against.NOT_TOGETHER: say("One more room there."),
    Against.FULL: say("One more room there, or somebody who gives way."),
}


class PeriodLine(NamedTuple):
    """What a period means to an entry."""

    code: str
    is_sitting: bool  # the paper is sat then
    is_here: bool
    is_earlier: bool  # than where the entry is now
    sentence: Sentence


class NearerVenue(NamedTuple):
    """A venue nearer than the present one, and what stood against it in this period."""

    code: str
    metres: int
    sentence: Sentence


class Excluded(NamedTuple):
    """One reason against alternatives, counted over periods and venues."""

    sentence: Sentence
    times: int
    helps: Sentence


@dataclass(frozen=True)
class Why:
    """Why here, why then; the distances are from where the person works."""

    metres: int | None  # None: without a place
    nearest_metres: int
    nearest: str  # code of the nearest venue
    nearer: list[NearerVenue]  # than the present one, the nearest first
    periods: list[PeriodLine]
    excluded: list[Excluded]  # what stands against every pair of period and venue, most first
    possible: int  # pairs against which nothing stands
    pairs: int  # periods x venues
    by_period: list[tuple[str, list[tuple[Sentence, int]]]]  # the same, period by period
    options: list[Option]  # the best first; the present place is none of them


class Reading(NamedTuple):
    """A plan read once for every question a page asks."""

    planning: Planning
    desks: Desks


def read_plan(session: Session, plan: Plan) -> Reading:
    """Read a plan for questions about its entries and papers. Raises NothingToPlan."""
    planning = problem_of(session, session.get_one(Series, plan.series_id))
    return Reading(planning, Desks(planning, placing_of(session, plan, planning)))


def why_of(
    session: Session, plan: Plan, entry_id: int, reading: Reading | None = None
) -> Why | None:
    """Return the explanation, or None where the entry needs no seat in this plan."""
    reading = reading or read_plan(session, plan)
    entry = reading.planning.entry_index.get(entry_id)
    if entry is None:
        return None
    return _why(reading.planning, Outlook(reading.desks, entry), options_of(reading.desks, entry))


def _why(planning: Planning, outlook: Outlook, options: list[Option]) -> Why:
    venues = planning.desks.venues
    here, nearest = outlook.venue, int(np.argmin(outlook.metres))
    counts = Counter(Against(code) for code in outlook.venues.ravel().tolist())
    possible = counts.pop(Against.NOTHING, 0)
    return Why(
        metres=None if here < 0 else int(outlook.metres[here]),
        nearest_metres=int(outlook.metres[nearest]),
        nearest=venues[nearest].code,
        nearer=_nearer(planning, outlook),
        periods=[_line(planning, outlook, period) for period in range(len(planning.periods))],
        excluded=[
            Excluded(REASONS[against], count, HELPS[against])
            for against, count in counts.most_common()
        ],
        possible=possible,
        pairs=int(outlook.venues.size),
        by_period=[
            (planning.periods[period].code, _counted(outlook, period))
            for period in range(len(planning.periods))
        ],
        options=options,
    )


def _counted(outlook: Outlook, period: int) -> list[tuple[Sentence, int]]:
    counts = Counter(Against(code) for code in outlook.venues[:, period].tolist())
    return [
        (REASONS.get(against, say("Possible.")), count) for against, count in counts.most_common()
    ]


def _nearer(planning: Planning, outlook: Outlook) -> list[NearerVenue]:
    if outlook.venue < 0:
        return []
    order = np.argsort(outlook.metres, kind="stable").tolist()
    nearer = [v for v in order if outlook.metres[v] < outlook.metres[outlook.venue]]
    return [
        NearerVenue(
            planning.desks.venues[venue].code,
            int(outlook.metres[venue]),
            _against(planning, outlook, venue, outlook.period),
        )
        for venue in nearer[:SHOWN_NEARER]
    ]


def _against(planning: Planning, outlook: Outlook, venue: int, period: int) -> Sentence:
    against = Against(int(outlook.venues[venue, period]))
    if against is Against.NOTHING:
        return say("Nothing: a desk is free there now, and could be taken.")
    return REASONS[against]


def _line(planning: Planning, outlook: Outlook, period: int) -> PeriodLine:
    return PeriodLine(
        code=planning.periods[period].code,
        is_sitting=bool(outlook.sittings[period]),
        is_here=period == outlook.period,
        is_earlier=period < outlook.period,
        sentence=_obstacle(planning, outlook.obstacles[period])
        or _nearest(planning, outlook, period),
    )


def _nearest(planning: Planning, outlook: Outlook, period: int) -> Sentence:
    open_to = np.flatnonzero(outlook.venues[:, period] == Against.NOTHING)
    if not len(open_to):
        worst = Against(int(outlook.venues[:, period].max()))
        return say("Free then, but not one venue has a desk: {why}", why=REASONS[worst])
    venue = int(open_to[np.argmin(outlook.metres[open_to])])
    facts = {"venue": planning.desks.venues[venue].code, "km": _km(int(outlook.metres[venue]))}
    if outlook.sittings[period]:
        return say("Free then; the nearest desk is at {venue}, {km} km.", **facts)
    return say(
        "Free then, nearest desk at {venue}, {km} km; but it would be one more sitting.", **facts
    )


def _obstacle(planning: Planning, obstacle: Obstacle) -> Sentence | None:
    if obstacle.against is Against.NOTHING:
        return None
    if obstacle.against is Against.CLASH:
        paper = planning.paper_of(obstacle.other).code
        return say("Paper {paper} is sat then, or too near to it.", paper=paper)
    if obstacle.against is Against.DAY_FULL:
        return say("The person sits {count} papers that day already.", count=obstacle.papers)
    return REASONS[obstacle.against]


def _km(metres: int) -> str:
    return f"{metres / 1000:.1f}"
