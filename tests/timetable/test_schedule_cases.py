"""Cases of entries and schedules other planning software gets wrong, one test a case."""

import os
import time

import pytest
from sqlalchemy import func, select

from exam_centre.accounts.models import Person
from exam_centre.admission.models import Slip
from exam_centre.entries.models import Deferral, EntryCourse
from exam_centre.entries.rules import EntryStatus, TakeType
from exam_centre.entries.service import assess, bar, decide_deferral, request_deferral
from exam_centre.kernel.permissions import Role
from exam_centre.timetable import queries, service
from exam_centre.timetable.models import Duty, HeldOver, Placement, RoomSession, Unplaced
from exam_centre.timetable.queries import problem_of
from exam_centre.timetable.rules import (
    HeldOverElsewhere,
    OnShift,
    ProblemContradicts,
    SeatTaken,
    UnplacedReason,
)
from exam_centre.venues.models import Seat
from tests.factories.times import HOUR, MINUTE, NINE
from tests.timetable.small_series import BEFORE, MOVES, draft, published, solved


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


def test_19_one_paper_entered_for_two_courses_gets_one_seat_and_two_lines(session, make, series):
    make.period(series)
    make.room()
    entry = make.entry(series=series, courses=2)
    plan, _, _ = solved(make, session, series)

    assert list(placed(session, plan)) == [entry.id]
    lines = list(queries.export_lines(session, plan))
    assert len(lines) == 2 == len({line[2] for line in lines})
    assert len({line[5:10] for line in lines}) == 1
    assert session.scalar(select(func.count(EntryCourse.id))) == 2


def test_20_of_three_papers_of_one_person_in_one_unit_one_is_sat_and_two_are_explained(
    session, make, series
):
    make.period(series)
    make.room()
    candidate = make.candidate()
    entries = [make.entry(candidate, make.paper(), series) for _ in range(3)]
    plan, _, _ = solved(make, session, series)

    assert len(placed(session, plan)) == 1
    assert set(listed(session, plan).values()) == {UnplacedReason.CLASH_NOT_HOLDABLE}
    assert placed(session, plan).keys() | listed(session, plan).keys() == {e.id for e in entries}
    assert queries.law_entries(session, plan).green


def test_21_of_two_compulsory_papers_that_clash_none_is_held_over(session, make, series):
    make.period(series)
    make.room()
    make.room()
    make.staff()
    candidate = make.candidate()
    for _ in range(2):
        make.entry(candidate, make.paper(minutes=40), series)
    plan, _, _ = solved(make, session, series)

    assert session.scalars(select(HeldOver)).all() == []
    assert list(listed(session, plan).values()) == [UnplacedReason.CLASH_NOT_HOLDABLE]


def test_22_a_second_paper_held_over_in_another_building_is_refused_and_names_the_venue(
    session, make, series, officer
):
    period, plan, candidate = make.period(series), make.plan(series), make.candidate()
    here, there = make.venue(), make.venue()
    first = service.place(
        session, officer, plan, make.entry(candidate, make.paper(), series),
        make.seat(make.room(here)), period, now=BEFORE,
    )  # fmt: skip
    elective = make.paper(minutes=40)
    second = make.entry(
        candidate, elective, series, courses=[make.course(elective, compulsory=False)]
    )

    with pytest.raises(HeldOverElsewhere, match=here.code):
        service.hold_over(
            session, officer, plan, first, second, make.seat(make.room(there)), make.person(),
            now=BEFORE,
        )  # fmt: skip


def test_23_a_deferral_after_publication_ends_the_seat_in_the_repair_and_nobody_elses(
    session, make, series
):
    make.period(series)
    make.room()
    entries = people(make, series, make.paper(), 3)
    plan, _, _ = published(make, session, series)
    slip = make.slip(queries.standing_of_entry(session, plan, entries[0].id))
    asking, deciding = make.actor(Role.LIAISON), make.actor(Role.EXAM_OFFICER)
    row = request_deferral(session, asking, entries[0], reason="Ill.", now=BEFORE)
    decide_deferral(session, deciding, row, approve=True, now=BEFORE)

    assert [problem.kind for problem in queries.problems(session, plan)] == ["not_confirmed"]
    repair, _, _ = published(make, session, series)
    assert entries[0].id not in placed(session, repair)
    assert len(queries.moves(session, repair)) == 1
    assert session.get_one(Slip, slip.id).plan_id != repair.id
    assert session.scalars(select(Deferral)).one().entry_id == entries[0].id


def test_25_who_is_barred_under_another_number_elsewhere_is_not_planned(session, make, series):
    make.period(series)
    make.room()
    person = make.person()
    here, there = make.candidate(person), make.candidate(person)
    barred = make.entry(there, make.paper(), series, status=EntryStatus.REQUESTED)
    officer = make.actor(*Role)
    bar(session, officer, barred, reason="Cheated.", now=BEFORE)
    entry = make.entry(here, make.paper(), series, status=EntryStatus.REQUESTED)
    assess(session, officer, entry, now=BEFORE)
    other = make.entry(series=series)

    assert entry.status is EntryStatus.INELIGIBLE
    assert [line.id for line in problem_of(session, series).entries] == [other.id]


def test_26_a_retake_of_what_was_passed_is_planned_like_any_other_entry(session, make, series):
    make.period(series)
    make.room()
    entry = make.entry(series=series)
    (line,) = make.entry_courses(entry)
    line.attempt, line.take_type = 2, TakeType.RETAKE
    session.flush()
    plan, _, _ = solved(make, session, series)

    assert list(placed(session, plan)) == [entry.id]


def test_27_an_exam_that_spans_midnight_ends_the_next_day_and_keeps_the_seat_taken(
    session, make, series, officer
):
    late = make.period(series, starts_at=NINE + 14 * HOUR)  # 23:00 on the venue's clock
    room, plan = make.room(), make.plan(series)
    entry = make.entry(series=series)
    row = service.place(session, officer, plan, entry, make.seat(room, 1), late, now=BEFORE)
    line = next(iter(queries.export_lines(session, plan)))

    assert line[5].startswith("2026-12-12T23:00")
    assert line[6].startswith("2026-12-13T00:30")
    assert queries.problems(session, plan) == []
    small_hours = make.period(series, starts_at=row.ends_at - 30 * MINUTE)
    with pytest.raises(SeatTaken):
        service.place(
            session, officer, plan, make.entry(series=series), make.seat(room, 1), small_hours,
            now=BEFORE,
        )  # fmt: skip


def test_28_on_a_saturday_that_was_swapped_for_a_workday_who_works_is_not_free(
    session, make, series
):
    saturday = make.period(series)
    assert saturday.starts_at.weekday() == 5
    sunday = make.period(series)
    make.room()
    worker = make.employment()
    make.shift(starts_at=NINE - HOUR, ends_at=NINE + 8 * HOUR)
    entry = make.entry(make.candidate(session.get(Person, worker.person_id)), make.paper(), series)
    plan, _, _ = solved(make, session, series)

    assert placed(session, plan)[entry.id][0] == sunday.id


def test_29_a_device_in_another_zone_reads_the_venues_clock(session, make, series, monkeypatch):
    make.period(series)
    make.room()
    make.entry(series=series)
    plan, _, _ = solved(make, session, series)
    before = list(queries.export_lines(session, plan))
    zone = os.environ.get("TZ")
    try:
        monkeypatch.setenv("TZ", "America/New_York")
        time.tzset()
        assert list(queries.export_lines(session, plan)) == before
    finally:
        monkeypatch.undo()
        assert os.environ.get("TZ") == zone
        time.tzset()
    assert before[0][5] == "2026-12-12T09:00:00"


def test_30_a_sitting_everybody_left_asks_for_no_staff_and_stands_in_no_check(
    session, make, series, officer
):
    make.period(series)
    later = make.period(series)
    room = make.room()
    entry = make.entry(series=series)
    for _ in range(4):
        make.staff()
    plan = make.plan(series)
    first = service.place(
        session, officer, plan, entry, make.seat(room), service.period_of(session, plan, "P01"),
        now=BEFORE,
    )  # fmt: skip
    empty = first.room_session_id
    service.move(session, officer, plan, entry, make.seat(room), later, now=BEFORE)
    service.roster_plan(session, officer, plan, now=BEFORE)

    assert session.scalars(select(Duty).where(Duty.room_session_id == empty)).all() == []
    assert queries.problems(session, plan) == []


def test_31_a_paper_without_a_length_is_named_and_never_searched_for(session, make, series):
    make.period(series)
    make.room()
    paper = make.paper()
    people(make, series, paper, 2)
    plan, one, _ = draft(make, session, series)
    planning = problem_of(session, series)
    planning.problem.papers.minutes.setflags(write=True)
    planning.problem.papers.minutes[0] = 0

    (sentence,) = queries.contradictions(planning)
    assert paper.code in str(sentence)
    paper.minutes = 10_000
    with pytest.raises(ProblemContradicts, match=paper.code):
        service.solve_plan(session, one, plan, iterations=MOVES, now=BEFORE)


def test_32_a_night_shift_that_ends_at_seven_keeps_from_the_exam_at_half_past_eight(
    session, make, series, officer
):
    early = make.period(series, starts_at=NINE - 30 * MINUTE)
    make.period(series, starts_at=NINE + 8 * HOUR)
    room, plan = make.room(), make.plan(series)
    worker = make.employment()
    make.shift(starts_at=NINE - 10 * HOUR, ends_at=NINE - 2 * HOUR)
    entry = make.entry(make.candidate(session.get(Person, worker.person_id)), make.paper(), series)

    with pytest.raises(OnShift, match="15:00"):
        service.place(session, officer, plan, entry, make.seat(room), early, now=BEFORE)
    found, _, _ = solved(make, session, series)
    assert placed(session, found)[entry.id][0] != early.id
