"""What contradicts itself is said before a search, naming its rows, in both languages."""

from dataclasses import fields, replace

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from exam_centre.calendar.models import Period
from exam_centre.entries.models import Entry
from exam_centre.kernel.permissions import Role
from exam_centre.papers.rules import WrongMinutes
from exam_centre.papers.service import add_paper
from exam_centre.solver.park import Contradiction, Papers
from exam_centre.timetable import queries, service
from exam_centre.timetable.models import Placement
from exam_centre.timetable.queries import contradictions, problem_of
from exam_centre.timetable.queries.contradictions import _SENTENCES
from exam_centre.timetable.rules import ProblemContradicts, SeatTaken
from exam_centre.venues.models import Room, Seat
from tests.factories.times import HOUR, MINUTE, NINE
from tests.timetable.small_series import BEFORE, MOVES, draft, open_series, solved


@pytest.fixture
def planning(session, make):
    return problem_of(session, open_series(make))


def said_of(planning, **tables):
    """Return what is said of a problem with some tables exchanged, in English and in Chinese."""
    wrong = replace(planning, problem=replace(planning.problem, **tables))
    sentences = contradictions(wrong)
    for sentence in sentences:
        chinese = sentence.say_in("zh")
        assert chinese != sentence.say_in("en"), f"no Chinese for {sentence.text!r}"
    return " ".join(sentence.say_in("en") for sentence in sentences)


def changed(table, column, row, value):
    """Return a table with one value exchanged."""
    values = np.array(getattr(table, column))
    values[row] = value
    return replace(table, **{column: values})


def test_a_series_that_contradicts_nothing_is_said_nothing_about(planning):
    assert contradictions(planning) == []


def test_a_paper_without_minutes_is_named(planning):
    code = planning.papers[0].code
    papers = changed(planning.problem.papers, "minutes", 0, 0)

    assert f"Paper {code} has no length" in said_of(planning, papers=papers)


def test_a_paper_that_is_sat_gets_no_row_without_minutes(session, make):
    with pytest.raises(WrongMinutes):
        add_paper(
            session,
            make.actor(Role.EXAM_OFFICER),
            code="9001",
            name="机械",
            mode=make.paper().mode,
            minutes=None,
            book_rule=make.paper().book_rule,
            now=BEFORE,
        )
    with pytest.raises(IntegrityError), session.begin_nested():
        make.paper(minutes=None)


def test_a_period_shorter_than_every_one_of_its_papers_is_named_with_the_paper(planning):
    problem = planning.problem
    periods = replace(problem.periods, minutes=np.full(len(problem.periods), 30))

    words = said_of(planning, periods=periods)
    for paper in planning.papers:
        assert f"Paper {paper.code} takes 90 minutes and no period is as long" in words


def test_a_period_that_ends_as_it_begins_is_named(planning):
    code = planning.periods[1].code
    periods = changed(planning.problem.periods, "minutes", 1, 0)

    assert f"Period {code} ends before it begins" in said_of(planning, periods=periods)


def test_two_periods_at_one_time_are_both_named(session, make):
    series = open_series(make)
    first = make.period(series, starts_at=NINE + 90 * HOUR)
    second = make.period(series, starts_at=NINE + 90 * HOUR + 30 * MINUTE)

    words = said_of(problem_of(session, series))
    assert first.code in words
    assert second.code in words


def test_a_room_without_a_desk_is_named_with_its_venue(planning):
    venue, room = planning.desks.venues[0].code, planning.desks.rooms[0].code
    seats = planning.problem.seats
    none = replace(seats, **{field.name: getattr(seats, field.name)[:0] for field in fields(seats)})

    assert f"Room {room} of venue {venue} has no desk" in said_of(planning, seats=none)


def test_an_entry_for_no_paper_is_named_by_its_person_and_kept_out_by_the_database(
    session, make, planning
):
    entries = changed(planning.problem.entries, "paper", 3, 99)
    assert planning.entries[3].person_no in said_of(planning, entries=entries)

    with pytest.raises(IntegrityError), session.begin_nested():
        make.entry(make.candidate(), make.paper(), paper_id=10**6, courses=0)


def test_a_seat_outside_the_layout_is_named_with_its_room(planning):
    seats = changed(planning.problem.seats, "row", 4, 40)
    number, room = planning.desks.seats[4].number, planning.desks.rooms[0].code

    words = said_of(planning, seats=seats)
    assert f"Seat {number} of room" in words
    assert room in words


def test_two_seats_in_one_place_are_both_named_and_kept_out_by_the_database(
    session, make, planning
):
    seats = changed(planning.problem.seats, "number", 1, int(planning.problem.seats.number[0]))
    assert "are one place or one number" in said_of(planning, seats=seats)

    seat = session.scalars(select(Seat)).first()
    there = {"grid_row": seat.grid_row, "grid_column": seat.grid_column}
    with pytest.raises(IntegrityError), session.begin_nested():
        make.save(Seat(layout_id=seat.layout_id, number=999, **there))


def test_one_person_entered_twice_for_a_paper_is_named_with_both_numbers(planning):
    entries = planning.problem.entries
    one = changed(entries, "candidate", 2, int(entries.candidate[0]))
    one = changed(one, "paper", 2, int(entries.paper[0]))

    words = said_of(planning, entries=one)
    assert planning.entries[0].person_no in words
    assert planning.entries[2].person_no in words


def test_less_than_no_extra_time_is_named_with_whose(planning):
    people = changed(planning.problem.candidates, "extra_points", 0, -100)

    assert planning.entries[0].person_no in said_of(planning, candidates=people)


def test_a_paper_that_may_be_sat_in_no_period_is_named(planning):
    papers = changed(planning.problem.papers, "periods", 1, False)
    assert isinstance(papers, Papers)

    assert f"Paper {planning.papers[1].code} may be sat in no period" in said_of(
        planning, papers=papers
    )


def test_every_contradiction_the_planner_knows_has_a_sentence(planning):
    general = {
        Contradiction.WRONG_SHAPE,
        Contradiction.UNKNOWN_VENUE,
        Contradiction.UNKNOWN_ROOM,
        Contradiction.UNKNOWN_ORDER,
    }
    assert set(Contradiction) - set(_SENTENCES) == general


def test_the_search_is_not_begun_on_what_contradicts_itself(session, make):
    series = open_series(make)
    make.entry(make.candidate(), make.paper(minutes=600), series)
    plan, one, _ = draft(make, session, series)

    with pytest.raises(ProblemContradicts):
        service.solve_plan(session, one, plan, iterations=MOVES, now=BEFORE)


def test_locks_that_contradict_name_the_entries_and_why_they_can_not_stay(session, make):
    series = open_series(make)
    plan, one, _ = solved(make, session, series)
    rows = session.scalars(select(Placement).where(Placement.plan_id == plan.id)).all()
    desk = queries.desk_facts(session, [rows[0].seat_id])[rows[0].seat_id]
    room = session.get_one(Room, desk.room_id)
    service.lock(session, one, plan, room, reason="Agreed.", now=BEFORE)
    assert queries.lock_contradictions(session, plan, problem_of(session, series)) == []
    make.booking(room, starts_at=rows[0].starts_at, ends_at=rows[0].ends_at)

    found = queries.lock_contradictions(session, plan, problem_of(session, series))
    assert found
    for sentence in found:
        assert "Room closed in its period" in str(sentence)
        assert sentence.say_in("zh") != sentence.say_in("en")
    numbers = {entry.person_no for entry in problem_of(session, series).entries}
    assert all(any(number in str(s) for number in numbers) for s in found)


def test_two_people_are_never_locked_to_one_desk_because_none_is_given_it(session, make):
    plan, one, _ = solved(make, session, open_series(make))
    rows = session.scalars(select(Placement).where(Placement.plan_id == plan.id)).all()
    first = rows[0]
    other = next(
        r
        for r in rows
        if r.room_session_id == first.room_session_id and r.person_id != first.person_id
    )
    spot = queries.spot_of(session, first)
    with pytest.raises(SeatTaken):
        service.move(
            session,
            one,
            plan,
            session.get_one(Entry, other.entry_id),
            session.get_one(Seat, spot.seat_id),
            session.get_one(Period, spot.period_id),
            now=BEFORE,
        )
