"""Pictures of a plan: map, grid, distributions, clashes, and two versions beside each other."""

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import Person
from exam_centre.entries.models import Entry
from exam_centre.kernel.permissions import Role
from exam_centre.timetable import queries, service
from exam_centre.timetable.models import Placement, RoomSession
from exam_centre.timetable.queries import clashes, compare, geography, grid, spread
from exam_centre.timetable.rules import ClashKind, GridBy
from tests.factories.times import DAY, HOUR, MINUTE, NINE
from tests.timetable.small_series import BEFORE, open_series, published, solved


@pytest.fixture
def planned(make, session):
    """A plan of twelve workers with two papers each, not yet public."""
    return solved(make, session, open_series(make))[0]


def sat(session, plan):
    return queries.placements_of_plan(session, plan)


def test_the_map_counts_every_paper_sat_once(make, session, planned):
    found = geography.map_of(session, planned)

    assert sum(venue.people for venue in found.venues) == len(sat(session, planned)) == 24
    assert sum(flow.people for flow in found.flows) + found.without_work == 24


def test_the_map_of_a_period_counts_that_period_alone(make, session, planned):
    periods = grid.grid_of(session, planned).periods
    counts = [
        sum(venue.people for venue in geography.map_of(session, planned, period.code).venues)
        for period in periods
    ]

    assert sum(counts) == 24
    assert all(
        count == sum(flow.people for flow in found.flows) + found.without_work
        for count, found in zip(
            counts,
            (geography.map_of(session, planned, period.code) for period in periods),
            strict=True,
        )
    )


def test_workers_set_out_from_the_park_they_work_in(make, session):
    enterprise = make.enterprise()
    period, room = make.period(), make.room()
    placement = make.placement(make.entry(make.candidate()), period=period, room=room)
    make.employment(session.get_one(Person, placement.person_id), enterprise)
    plan = make.home_plan()
    found = geography.map_of(session, plan)

    assert [(source.id, source.people) for source in found.sources] == [(enterprise.park_id, 1)]
    venue = found.venues[0].code
    closer = geography.map_of(session, plan, venue=venue)
    assert [(source.id, source.people) for source in closer.sources] == [(enterprise.id, 1)]
    journeys = spread.journeys_of(session, queries.versions(session, plan))
    assert [journey.people for journey in journeys] == [1]
    longest = spread.longest_journeys(session, plan, journeys)
    assert longest[0].entry == session.get_one(Entry, placement.entry_id).token


@pytest.mark.parametrize("by", list(GridBy)[:3])
def test_every_grid_seats_the_same_people(session, planned, by):
    found = grid.grid_of(session, planned, by=by)

    assert sum(cell.people for line in found.lines for cell in line.cells if cell) == 24


def test_the_grid_of_staff_has_every_duty(make, session, planned):
    officer = make.actor(Role.EXAM_OFFICER)
    rostered = service.roster_plan(session, officer, planned, now=BEFORE)
    found = grid.grid_of(session, planned, by=GridBy.STAFF)

    assert sum(cell is not None for line in found.lines for cell in line.cells) == rostered.standing
    assert rostered.standing > 0


def test_the_distributions_add_up_to_the_plan(session, planned):
    journeys = spread.journeys_of(session, queries.versions(session, planned))
    found = spread.spread_of(session, planned, journeys)

    assert sum(found.journeys) + found.without_work == 24
    assert sum(papers * days for papers, days in found.papers_a_day) == 24
    rooms = session.scalars(
        select(Placement.room_session_id).where(Placement.plan_id == planned.id).distinct()
    ).all()
    assert sum(found.fill) == len(rooms)


def test_papers_too_near_are_found_with_the_pause_between_them(make, session):
    candidate = make.candidate()
    where = {"period": make.period(), "room": make.room()}
    first = make.placement(make.entry(candidate, make.paper()), **where)
    later = make.period(starts_at=first.ends_at + 30 * MINUTE, ends_at=first.ends_at + 3 * HOUR)
    second = make.placement(make.entry(candidate, make.paper()), period=later, room=make.room())
    found = clashes.clashes_of(session, make.home_plan())
    near = [clash for clash in found if clash.kind is ClashKind.NEAR]

    assert [(clash.placements, clash.minutes) for clash in near] == [((first.id, second.id), 30)]
    assert session.get_one(RoomSession, second.room_session_id).period_id == later.id
    marked = clashes.clashes_by_room(session, near)
    assert marked == {first.room_session_id: 1, second.room_session_id: 1}
    words = clashes.papers_of_clashes(session, near)
    assert words[first.id].person_no == candidate.person_no


def test_papers_on_another_day_are_never_too_near(make, session):
    candidate = make.candidate()
    first = make.placement(make.entry(candidate, make.paper()), period=make.period())
    later = make.period(starts_at=NINE + 9 * DAY, ends_at=NINE + 9 * DAY + 2 * HOUR)
    make.placement(make.entry(candidate, make.paper()), period=later, room=make.room())

    assert first.ends_at < later.starts_at
    assert clashes.clashes_of(session, make.home_plan()) == []


def test_a_version_beside_itself_differs_in_nothing(session, planned):
    found = compare.difference(session, planned, planned)

    assert (found.same, found.moved, found.gained, found.lost, found.people) == (24, 0, 0, 0, 0)


def test_an_entry_that_loses_its_seat_is_told_in_words_on_the_grid_and_on_the_map(make, session):
    series = open_series(make)
    before, one, _two = published(make, session, series)
    after = service.draft_plan(session, one, series, now=BEFORE)
    lost, *_rest = sat(session, before)
    service.vacate(session, one, after, lost, now=BEFORE)
    found = compare.difference(session, before, after)
    _periods, lines = compare.difference_grid(session, before, after)
    rows = compare.difference_rows(session, before, after, offset=0, limit=10)

    assert (found.same, found.lost, found.people) == (23, 1, 1)
    assert sum(cell.left for line in lines for cell in line.cells if cell) == 1
    assert [(row.before is None, row.after) for row in rows] == [(False, None)]
    moves = geography.moves_between(session, after)
    assert [(move.after_id, move.people) for move in moves] == [(None, 1)]
