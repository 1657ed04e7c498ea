"""Where else an entry could be, best first, each place with what it would cost."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from exam_centre.timetable.queries.effects import Effect, Place, effect_of
from exam_centre.timetable.queries.outlook import Against, Desks, Outlook

MOST_OPTIONS = 8
MOST_PUSHES = 3  # places somebody would have to leave
ASKED_TO_PUSH = 12  # people of a full venue for whom another desk is looked for


class GivesWay(NamedTuple):
    """Somebody who would have to move for an option, and where to."""

    entry_id: int
    person_no: str
    paper: str
    venue: str
    room: str
    seat: int
    seat_id: int
    extra_metres: int


class Option(NamedTuple):
    """One place an entry could have, and what it would cost."""

    period: str
    venue: str
    room: str
    seat: int
    metres: int  # from where the person works
    extra_metres: int | None  # more than now; None: without a place now
    is_new_sitting: bool  # the paper would be sat once more
    days_later: int | None  # than now, negative: earlier; None: without a place now
    gives_way: GivesWay | None
    effect: Effect


def options_of(desks: Desks, entry: int) -> list[Option]:
    """Return the best places an entry could have, without its present one.

    One a period and one more at its own venue, fewer sittings and shorter ways first; then nearer
    places whose people would have to give way.
    """
    outlook = Outlook(desks, entry)
    free = sorted(
        _free(outlook), key=lambda at: (not outlook.sittings[at[0]], outlook.metres[at[1]], at[0])
    )
    options = [_option(desks, outlook, *at, None) for at in free[:MOST_OPTIONS]]
    return options + list(_pushes(desks, outlook))


def _free(outlook: Outlook) -> Iterator[tuple[int, int, int]]:
    """Yield (period, venue, seat): the nearest venue with a desk in each period."""
    order = np.argsort(outlook.metres, kind="stable").tolist()
    for period in range(outlook.venues.shape[1]):
        for venue in order:
            if outlook.venues[venue, period] == Against.NOTHING:
                seat = outlook.desk_at(venue, period)
                if seat is not None:
                    yield period, venue, seat
                    break


def _option(
    desks: Desks, outlook: Outlook, period: int, venue: int, seat: int, push: int | None
) -> Option:
    planning, problem = desks.planning, desks.planning.problem
    rows = planning.desks
    here = outlook.venue
    moves: dict[int, Place | None] = {outlook.entry: (period, int(problem.seats.room[seat]), seat)}
    gives_way = None
    if push is not None:
        theirs = Outlook(desks, push)
        to = _elsewhere(theirs, period, venue)
        if to is not None:
            moves[push] = (period, int(problem.seats.room[to]), to)
            gives_way = _gives_way(theirs, to)
    days = problem.periods.day
    return Option(
        period=planning.periods[period].code,
        venue=rows.venues[venue].code,
        room=rows.rooms[int(problem.seats.room[seat])].code,
        seat=rows.seats[seat].number,
        metres=int(outlook.metres[venue]),
        extra_metres=None if here < 0 else int(outlook.metres[venue] - outlook.metres[here]),
        is_new_sitting=not outlook.sittings[period],
        days_later=None if here < 0 else int(days[period] - days[outlook.period]),
        gives_way=gives_way,
        effect=effect_of(problem, desks.placing, moves),
    )


def _pushes(desks: Desks, outlook: Outlook) -> Iterator[Option]:
    """Yield nearer places that somebody could leave for a desk elsewhere in the same period."""
    problem, placing = desks.planning.problem, desks.placing
    limit = outlook.metres[outlook.venue] if outlook.venue >= 0 else outlook.metres.max() + 1
    full = np.argwhere(outlook.venues == Against.FULL)
    nearer = [
        (int(venue), int(period))
        for venue, period in full
        if outlook.metres[venue] < limit and (outlook.sittings[period] or period == outlook.period)
    ]
    nearer.sort(key=lambda at: (outlook.metres[at[0]], at[1]))
    found = 0
    for venue, period in nearer[: MOST_PUSHES * 2]:
        rooms = np.flatnonzero(
            (problem.rooms.venue == venue) & (outlook.rooms[:, period] == Against.FULL)
        )
        inside = np.flatnonzero(np.isin(placing.room, rooms) & (placing.period == period))
        held = np.isin(inside, placing.held_over_after) | (placing.held_over_after[inside] >= 0)
        able = inside[~held & outlook.fits[placing.seat[inside]] & (inside != outlook.entry)]
        cheapest = _cheapest(desks, able[:ASKED_TO_PUSH].tolist(), period, venue)
        if cheapest is not None:
            yield _option(desks, outlook, period, venue, int(placing.seat[cheapest]), cheapest)
            found += 1
        if found == MOST_PUSHES:
            return


def _cheapest(desks: Desks, people: list[int], period: int, venue: int) -> int | None:
    """Return who of some has the least further to another venue, None where nobody can go."""
    best: tuple[int, int] | None = None
    for other in people:
        theirs = Outlook(desks, other)
        to = _elsewhere(theirs, period, venue)
        if to is None:
            continue
        there = int(desks.planning.problem.rooms.venue[desks.planning.problem.seats.room[to]])
        cost = int(theirs.metres[there] - theirs.metres[venue])
        if best is None or cost < best[0]:
            best = cost, other
    return None if best is None else best[1]


def _elsewhere(outlook: Outlook, period: int, venue: int) -> int | None:
    """Return the nearest free desk for somebody in a period, at another venue."""
    for there in np.argsort(outlook.metres, kind="stable").tolist():
        if there != venue and outlook.venues[there, period] == Against.NOTHING:
            return outlook.desk_at(there, period)
    return None


def _gives_way(outlook: Outlook, seat: int) -> GivesWay:
    planning = outlook.planning
    problem, rows = planning.problem, planning.desks
    room = int(problem.seats.room[seat])
    venue = int(problem.rooms.venue[room])
    line = planning.entries[outlook.entry]
    return GivesWay(
        entry_id=line.id,
        person_no=line.person_no,
        paper=planning.paper_of(outlook.entry).code,
        venue=rows.venues[venue].code,
        room=rows.rooms[room].code,
        seat=rows.seats[seat].number,
        seat_id=rows.seats[seat].id,
        extra_metres=int(outlook.metres[venue] - outlook.metres[outlook.venue]),
    )
