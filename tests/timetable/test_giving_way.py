"""A repair round what is public: nobody moves who need not, and nobody who is locked."""

import json
from decimal import Decimal

import pytest
from sqlalchemy import select

from exam_centre.entries.models import Entry
from exam_centre.entries.rules import AccessKind
from exam_centre.timetable import queries, service
from exam_centre.timetable.models import Placement
from exam_centre.timetable.rules import ALGORITHM
from exam_centre.timetable.service.reproducing import allocation_file, reproduce
from exam_centre.venues.models import Seat
from tests.timetable.small_series import BEFORE, MOVES, draft, published, solved

FAR = {"latitude": Decimal("31.9"), "longitude": Decimal("120.9")}
DESKS = 4


@pytest.fixture
def series(session, make):
    """One period, public: four workers fill the near room, its wheelchair desk as well.

    Then a far room opens, and somebody in a wheelchair is entered late.
    """
    series = make.series(unit=None)
    make.period(series)
    make.room(rows=2, columns=2, wheelchair=[(1, 1)])
    paper = make.paper()
    for _ in range(DESKS):
        make.entry(make.candidate(), paper, series)
    published(make, session, series)
    make.room(make.venue(**FAR), rows=2, columns=2)
    late = make.candidate()
    make.arrangement(late, kind=AccessKind.WHEELCHAIR, series_id=series.id)
    make.entry(late, paper, series)
    return series


def at_the_wheelchair_desk(session, plan):
    """Return the entry that has the one desk."""
    return session.scalars(
        select(Placement.entry_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .where(queries.standing(queries.versions(session, plan)), Seat.wheelchair)
    ).one()


def places(session, plan):
    """Return {entry: its seat} of all that stands in a plan."""
    rows = session.execute(
        select(Placement.entry_id, Placement.seat_id).where(
            queries.standing(queries.versions(session, plan))
        )
    )
    return dict(rows.all())


def test_one_gives_way_so_that_the_late_one_gets_the_only_desk_and_nobody_else_moves(
    session, make, series
):
    first = queries.plan_in_force(session, series.id)
    before, giving = places(session, first), at_the_wheelchair_desk(session, first)
    repair, _, _ = solved(make, session, series)
    after = places(session, repair)

    assert len(before) == DESKS
    assert len(after) == DESKS + 1
    assert {entry for entry in before if before[entry] != after[entry]} == {giving}
    assert queries.problems(session, repair) == []
    assert queries.impact_of(session, repair).sentence.say_in("en").startswith("1 move, ")


def test_whoever_is_locked_gives_way_to_nobody_and_the_late_one_is_listed(session, make, series):
    repair, one, _ = draft(make, session, series)
    giving = session.get_one(Entry, at_the_wheelchair_desk(session, repair))
    service.lock(session, one, repair, giving, reason="She was promised this desk.", now=BEFORE)
    service.solve_plan(session, one, repair, iterations=MOVES, now=BEFORE)

    assert at_the_wheelchair_desk(session, repair) == giving.id
    assert len(places(session, repair)) == DESKS
    assert queries.impact_of(session, repair).sentence.say_in("en") == "Nobody moves."


def test_a_stranger_repeats_a_repair_from_its_file_alone(session, make, series):
    repair, _, _ = solved(make, session, series)
    told = json.loads(allocation_file(session, repair))

    assert told["algorithm"] == ALGORITHM
    assert sum(seat >= 0 for seat in told["before"]["seat"]) == DESKS
    assert reproduce(json.dumps(told).encode()).same
    told["before"] = None
    assert not reproduce(json.dumps(told).encode()).same
