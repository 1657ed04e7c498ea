"""Whole series planned by search: complete, repeatable, checked, and repaired with few moves."""

import pytest
from sqlalchemy import func, select

from exam_centre.accounts.models import Person, StaffMember
from exam_centre.entries.models import Entry
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.permissions import Role
from exam_centre.papers.rules import Mode
from exam_centre.timetable import queries, service
from exam_centre.timetable.models import Duty, Placement, RoomSession, Unplaced
from exam_centre.timetable.queries import why
from exam_centre.timetable.rules import (
    ALGORITHM,
    DutyRole,
    NothingToPlan,
    NotSealed,
    PlanIsClosed,
    ProblemChanged,
    ProblemContradicts,
    SealBroken,
    UnplacedReason,
)
from exam_centre.venues.models import Room, Venue
from exam_centre.venues.rules import VenueStatus
from tests.factories.times import DAY, HOUR, NINE
from tests.timetable.small_series import BEFORE, MOVES, draft, open_series, published, solved


def count(session, what, *where):
    return session.scalar(select(func.count()).select_from(what).where(*where))


def test_a_search_places_every_entry_and_the_independent_check_finds_nothing(session, make):
    plan, _, _ = solved(make, session, open_series(make))

    assert count(session, Placement, Placement.plan_id == plan.id) == 24
    assert queries.problems(session, plan) == []
    assert queries.law_entries(session, plan).green
    assert queries.worth_of(session, plan).broken == []


def test_the_same_seed_and_effort_give_the_same_plan(session, make):
    plan, one, _ = solved(make, session, open_series(make))
    first = plan.result_sha256
    service.solve_plan(session, one, plan, iterations=MOVES, now=BEFORE)

    assert first
    assert plan.result_sha256 == first
    assert plan.algorithm == ALGORITHM


def test_another_seed_draws_other_desks_and_breaks_the_seal(session, make):
    plan, one, _ = solved(make, session, open_series(make))
    before = list(queries.result_lines(session, plan))
    service.solve_plan(session, one, plan, seed=7, iterations=MOVES, now=BEFORE)

    assert list(queries.result_lines(session, plan)) != before
    with pytest.raises(SealBroken):
        service.propose(session, one, plan, now=BEFORE)


def test_a_search_is_one_row_of_the_trail_however_many_it_places(session, make):
    plan, _, _ = solved(make, session, open_series(make))

    rows = session.scalars(select(AuditRow).where(AuditRow.act == "timetable.solved")).all()
    assert len(rows) == 1
    assert rows[0].subject == f"plans:{plan.id}"
    assert rows[0].changes["summary"][1]["solver"]["counts"]["placed"] == 24


def test_without_two_parts_of_a_seed_there_is_no_search(session, make):
    series, one = open_series(make), make.actor(Role.EXAM_OFFICER)
    plan = service.draft_plan(session, one, series, now=BEFORE)

    with pytest.raises(NotSealed):
        service.solve_plan(session, one, plan, iterations=MOVES, now=BEFORE)


def test_only_who_plans_the_series_may_search(session, make):
    plan, _, _ = draft(make, session, open_series(make))

    with pytest.raises(Forbidden):
        service.solve_plan(session, make.actor(Role.MARKER), plan, now=BEFORE)


def test_a_paper_longer_than_every_period_is_named_before_the_search(session, make):
    series = open_series(make)
    long = make.paper(minutes=600)
    make.entry(make.candidate(), long, series)
    plan, one, _ = draft(make, session, series)

    with pytest.raises(ProblemContradicts) as refused:
        service.solve_plan(session, one, plan, iterations=MOVES, now=BEFORE)
    assert long.code in str(refused.value)


def test_a_paper_nobody_has_a_room_for_is_named_before_the_search(session, make):
    series = open_series(make)
    make.entry(make.candidate(), make.paper(Mode.PRACTICAL), series)
    plan, one, _ = draft(make, session, series)

    with pytest.raises(ProblemContradicts):
        service.solve_plan(session, one, plan, iterations=MOVES, now=BEFORE)


def test_a_series_without_entries_has_nothing_to_plan(session, make):
    series = make.series()
    make.period(series)
    plan, one, _ = draft(make, session, series)

    with pytest.raises(NothingToPlan):
        service.solve_plan(session, one, plan, iterations=MOVES, now=BEFORE)


def test_nobody_sits_during_a_shift_or_the_rest_after_a_night(session, make):
    series = make.series()
    day, free = make.period(series), make.period(series)
    make.room()
    worker = make.employment()
    make.shift(starts_at=NINE - 10 * HOUR, ends_at=NINE - HOUR)
    entry = make.entry(make.candidate(session.get(Person, worker.person_id)), make.paper(), series)
    solved(make, session, series)

    placement = session.scalars(select(Placement).where(Placement.entry_id == entry.id)).one()
    room_session = session.get(RoomSession, placement.room_session_id)
    assert room_session.period_id == free.id != day.id


def test_who_is_always_on_shift_is_listed_with_what_would_help(session, make):
    series = make.series()
    make.period(series)
    make.room()
    worker = make.employment()
    make.shift()
    entry = make.entry(make.candidate(session.get(Person, worker.person_id)), make.paper(), series)
    make.entry(make.candidate(), make.paper(), series)
    plan, _, _ = solved(make, session, series)

    listed = session.scalars(select(Unplaced).where(Unplaced.entry_id == entry.id)).one()
    assert listed.reason is UnplacedReason.ON_SHIFT
    assert listed.facts["periods"] == "P01"
    assert queries.law_entries(session, plan).green


def test_what_changed_during_the_search_is_noticed(session, make):
    series = open_series(make)
    plan, one, _ = draft(make, session, series)
    prepared = service.prepare(session, one, plan)
    prepared, found = service.search(
        prepared, seed=service.seed_for(session, plan), iterations=MOVES
    )
    make.entry(make.candidate(), make.paper(), series)

    with pytest.raises(ProblemChanged):
        service.keep(session, one, plan, prepared, found, now=BEFORE)


def test_a_published_plan_is_not_searched_again(session, make):
    plan, one, _ = published(make, session, open_series(make))

    with pytest.raises(PlanIsClosed):
        service.solve_plan(session, one, plan, iterations=MOVES, now=BEFORE)


def test_a_lost_venue_moves_its_own_people_and_nobody_else(session, make):
    series = open_series(make, workers=8)
    for venue in (make.venue(), make.venue()):
        make.room(venue)
    first, _, _ = published(make, session, series)
    placement = session.scalars(select(Placement).where(Placement.plan_id == first.id)).first()
    room_session = session.get(RoomSession, placement.room_session_id)
    lost = session.get(Venue, session.get(Room, room_session.room_id).venue_id)
    its_own = _people_at(session, first, lost)
    lost.move_to(VenueStatus.SUSPENDED)
    session.flush()
    repair, _, _ = solved(make, session, series)

    moved = queries.moves(session, repair)
    assert len(moved) == its_own > 0
    assert all(before is not None and after is not None for _, _, before, after in moved)
    assert queries.problems(session, repair) == []


def _people_at(session, plan, venue):
    return session.scalar(
        select(func.count())
        .select_from(Placement)
        .join(RoomSession, RoomSession.id == Placement.room_session_id)
        .join(Room, Room.id == RoomSession.room_id)
        .where(Placement.plan_id == plan.id, Room.venue_id == venue.id)
    )


def test_what_was_placed_by_hand_stays_where_one_asks_for_it(session, make):
    series = open_series(make)
    plan, one, _ = solved(make, session, series)
    entry = session.scalars(select(Entry).where(Entry.series_id == series.id)).first()
    option = why.why_of(session, plan, entry.id).options[0]
    desk = service.desk_of(session, plan, option.venue, option.room, option.seat)
    period = service.period_of(session, plan, option.period)
    service.move(session, one, plan, entry, desk, period, now=BEFORE)
    service.solve_plan(session, one, plan, iterations=MOVES, keep_own=True, now=BEFORE)

    assert queries.standing_of_entry(session, plan, entry.id).seat_id == desk.id


def test_two_people_change_desks(session, make):
    plan, one, _ = solved(make, session, open_series(make))
    rows = session.scalars(select(Placement).where(Placement.plan_id == plan.id)).all()
    first = rows[0]
    second = next(
        r for r in rows if r.person_id != first.person_id and r.sitting_id == first.sitting_id
    )
    entries = [session.get(Entry, r.entry_id) for r in (first, second)]
    seats = (first.seat_id, second.seat_id)
    new = service.swap(session, one, plan, *entries, now=BEFORE)

    assert (new[1].seat_id, new[0].seat_id) == seats


def test_every_room_gets_two_people_and_every_venue_a_chief(session, make):
    plan, one, _ = solved(make, session, open_series(make))
    rostered = service.roster_plan(session, one, plan, now=BEFORE)
    again = service.roster_plan(session, one, plan, now=BEFORE)

    rooms = session.scalars(
        select(Placement.room_session_id).where(Placement.plan_id == plan.id).distinct()
    ).all()
    for room in rooms:
        roles = session.scalars(select(Duty.role).where(Duty.room_session_id == room)).all()
        assert sorted(roles) == [DutyRole.FIRST, DutyRole.SECOND]
    assert rostered.lacking == 0
    assert rostered == again


def test_nobody_away_or_untrained_is_asked(session, make):
    series = open_series(make)
    for number in session.scalars(select(StaffMember)):
        number.trained_until = (NINE - DAY).date()
    plan, one, _ = solved(make, session, series)

    assert service.roster_plan(session, one, plan, now=BEFORE).offered == 0
