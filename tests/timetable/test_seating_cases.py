"""Cases of seating that other planning software gets wrong, one test a case."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import Person
from exam_centre.entries.rules import AccessKind
from exam_centre.kernel.permissions import Role
from exam_centre.papers.rules import Mode
from exam_centre.timetable import queries, service
from exam_centre.timetable.models import Duty, Placement, RoomSession, Unplaced
from exam_centre.timetable.queries.outlook import Against
from exam_centre.timetable.queries.why import REASONS, why_of
from exam_centre.timetable.rules import (
    DutyRole,
    NewerPlanInForce,
    Stage,
    UnplacedReason,
)
from exam_centre.venues.models import Layout, Room, Seat
from exam_centre.venues.rules import Door, Pattern, RoomKind, desk_numbers
from exam_centre.venues.service import draw_layout
from tests.factories.times import NINE
from tests.timetable.small_series import BEFORE, MOVES, published, solved


@pytest.fixture
def series(make):
    return make.series()


@pytest.fixture
def officer(make):
    return make.actor(Role.EXAM_OFFICER)


def placed(session, plan):
    """Return {entry id: (period id, room id, desk's number)} of what stands in a plan."""
    rows = session.execute(
        select(Placement.entry_id, RoomSession.period_id, RoomSession.room_id, Seat.number)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Seat, Seat.id == Placement.seat_id)
        .where(queries.standing(queries.versions(session, plan)))
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def listed(session, plan):
    rows = session.scalars(select(Unplaced).where(Unplaced.plan_id == plan.id))
    return {row.entry_id: row.reason for row in rows}


def people(make, series, paper, count):
    return [make.entry(make.candidate(), paper, series) for _ in range(count)]


@pytest.mark.parametrize("count", [31, 32, 33])
def test_33_a_few_people_more_than_a_room_has_desks_leave_nobody_standing_or_almost_alone(
    session, make, series, count
):
    make.period(series)
    rooms = [make.room(), make.room()]
    paper = make.paper()
    people(make, series, paper, count)
    people(make, series, make.paper(), 10)
    plan, _, _ = solved(make, session, series)

    spots = placed(session, plan)
    assert len(spots) == count + 10
    for room in rooms:
        inside = [spot for spot in spots.values() if spot[1] == room.id]
        assert 3 < len(inside) <= 30


def test_34_one_late_admission_to_full_rooms_is_listed_with_what_would_help(session, make, series):
    make.period(series)
    make.room(rows=2, columns=3)
    paper = make.paper()
    people(make, series, paper, 6)
    published(make, session, series)
    late = make.entry(make.candidate(), paper, series)
    repair, _, _ = solved(make, session, series)

    assert listed(session, repair) == {late.id: UnplacedReason.NO_SEAT}
    assert queries.moves(session, repair) == []
    told = why_of(session, repair, late.id)
    assert [(str(line.sentence), line.times) for line in told.excluded] == [
        (str(REASONS[Against.FULL]), 1)
    ]


def redraw(session, make, room, *, missing):
    layout = session.scalars(select(Layout).where(Layout.room_id == room.id)).first()
    draw_layout(
        session,
        make.actor(*Role),
        room,
        rows=layout.grid_rows,
        columns=layout.grid_columns,
        pattern=layout.pattern,
        door=layout.door,
        missing=missing,
        now=BEFORE,
    )


def test_35_a_desk_found_broken_moves_who_sat_there_and_is_given_to_nobody(session, make, series):
    make.period(series)
    room = make.room(rows=2, columns=3)
    people(make, series, make.paper(), 4)
    published(make, session, series)
    first = queries.plan_in_force(session, series.id)
    broken = next(iter(placed(session, first).values()))[2]
    desk = session.scalars(
        select(Seat)
        .join(Layout, Layout.id == Seat.layout_id)
        .where(Layout.room_id == room.id, Seat.number == broken)
    ).one()
    redraw(session, make, room, missing=[(desk.grid_row, desk.grid_column)])
    repair, _, _ = solved(make, session, series)

    numbers = [spot[2] for spot in placed(session, repair).values()]
    assert len(numbers) == 4
    assert broken not in numbers
    assert queries.problems(session, repair) == []


def test_36_a_room_of_one_paper_and_one_team_is_seated_all_the_same_and_counted(
    session, make, series
):
    make.period(series)
    make.room(rows=2, columns=3)
    paper = make.paper()
    for _ in range(6):
        worker = make.employment(team="A")
        make.entry(make.candidate(session.get(Person, worker.person_id)), paper, series)
    plan, _, _ = solved(make, session, series)
    score = queries.worth_of(session, plan).score

    assert len(placed(session, plan)) == 6
    assert (score.beside_paper, score.beside_team) == (6, 6)


def test_37_the_only_candidate_of_a_room_is_never_watched_by_a_relative(session, make, series):
    make.period(series)
    make.room()
    candidate = make.candidate()
    make.entry(candidate, make.paper(), series)
    relative = make.staff()
    make.conflict(
        session.get_one(Person, candidate.person_id), session.get_one(Person, relative.person_id)
    )
    for _ in range(3):
        make.staff()
    plan, one, _ = solved(make, session, series)
    service.roster_plan(session, one, plan, now=BEFORE)

    watching = session.scalars(
        select(Duty.person_id).where(Duty.role.in_([DutyRole.FIRST, DutyRole.SECOND]))
    ).all()
    assert len(watching) == 2
    assert relative.person_id not in watching


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_38_a_search_run_again_gives_the_wheelchair_desk_to_nobody_else(
    session, make, series, seed
):
    make.period(series)
    make.room(rows=2, columns=3, wheelchair=[(1, 1)])
    paper = make.paper()
    people(make, series, paper, 5)
    candidate = make.candidate()
    make.arrangement(candidate, series, kind=AccessKind.WHEELCHAIR)
    entry = make.entry(candidate, paper, series)
    plan, one, _ = solved(make, session, series)
    service.solve_plan(session, one, plan, seed=seed, iterations=MOVES, now=BEFORE)

    seat = session.get_one(Seat, queries.standing_of_entry(session, plan, entry.id).seat_id)
    assert seat.wheelchair
    assert len(placed(session, plan)) == 6


def test_39_a_missing_desk_in_an_s_shape_leaves_every_other_number_where_it_was():
    whole = desk_numbers(4, 3, Pattern.S, Door.FRONT_LEFT)
    without = desk_numbers(4, 3, Pattern.S, Door.FRONT_LEFT, missing=[(2, 2)])

    assert without == {desk: number for desk, number in whole.items() if desk != (2, 2)}


@pytest.mark.parametrize("pattern", list(Pattern))
def test_40_a_door_on_the_other_side_mirrors_the_numbers(pattern):
    left = desk_numbers(4, 6, pattern, Door.FRONT_LEFT)
    right = desk_numbers(4, 6, pattern, Door.FRONT_RIGHT)

    assert right == {(row, 7 - column): number for (row, column), number in left.items()}


def test_41_a_search_after_publication_leaves_everybody_where_they_were_told(session, make, series):
    for _ in range(2):
        make.period(series)
    make.room()
    people(make, series, make.paper(), 8)
    first, _, _ = published(make, session, series)
    before = placed(session, first)
    repair, _, _ = solved(make, session, series)

    assert queries.moves(session, repair) == []
    assert placed(session, repair) == before


def test_42_of_two_officers_who_plan_at_once_the_later_version_holds(session, make, series):
    make.period(series)
    make.room()
    people(make, series, make.paper(), 4)
    first, one, two = solved(make, session, series)
    second, three, four = solved(make, session, series)
    for officer, plan in ((one, first), (three, second)):
        service.propose(session, officer, plan, now=BEFORE)
    service.publish(session, four, second, Stage.TIME, now=BEFORE)

    with pytest.raises(NewerPlanInForce):
        service.publish(session, two, first, Stage.TIME, now=BEFORE)


def test_43_two_dead_computers_are_two_desks_less_and_nobody_is_sent_there(session, make, series):
    make.period(series)
    room = make.room(kind=RoomKind.COMPUTER, rows=2, columns=3)
    redraw(session, make, room, missing=[(1, 2), (2, 3)])
    people(make, series, make.paper(Mode.COMPUTER), 5)
    plan, _, _ = solved(make, session, series)

    assert len(placed(session, plan)) == 4
    assert list(listed(session, plan).values()) == [UnplacedReason.NO_SEAT]


def test_44_a_left_handed_wheelchair_user_gets_a_desk_that_is_both_or_is_listed(
    session, make, series
):
    make.period(series)
    make.room(rows=2, columns=2, wheelchair=[(1, 1)], left_handed=[(1, 2)])
    candidate = make.candidate()
    for kind in (AccessKind.WHEELCHAIR, AccessKind.LEFT_HANDED):
        make.arrangement(candidate, series, kind=kind)
    entry = make.entry(candidate, make.paper(), series)
    plan, one, _ = solved(make, session, series)
    assert listed(session, plan) == {entry.id: UnplacedReason.NO_FITTING_ROOM}

    both = make.room(rows=2, columns=2, wheelchair=[(2, 2)], left_handed=[(2, 2)])
    service.solve_plan(session, one, plan, iterations=MOVES, now=BEFORE)
    assert placed(session, plan)[entry.id][1] == both.id


def test_45_a_seat_is_found_by_its_room_whatever_the_room_is_called_since(session, make, series):
    make.period(series)
    room = make.room()
    entry = make.entry(series=series)
    plan, _, _ = published(make, session, series)
    before = placed(session, plan)
    session.get_one(Room, room.id).name = "Another name"
    session.flush()

    assert placed(session, plan) == before
    assert next(iter(queries.export_lines(session, plan)))[8] == room.code
    assert queries.standing_of_entry(session, plan, entry.id).ends_at - NINE == timedelta(
        minutes=90
    )
