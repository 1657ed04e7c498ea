"""A whole sitting moved in a draft: all or nobody, at the cost that was shown, undone as one."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from exam_centre.accounts.models import Person
from exam_centre.entries.models import Entry
from exam_centre.entries.rules import AccessKind
from exam_centre.kernel.permissions import Role
from exam_centre.kernel.sentences import say
from exam_centre.papers.rules import Mode
from exam_centre.timetable import queries, service
from exam_centre.timetable.models import Placement, PlanMove, RoomSession, Sitting, Unplaced
from exam_centre.timetable.queries.paper_options import sittings_of
from exam_centre.timetable.queries.why import read_plan
from exam_centre.timetable.rules import (
    NotPlacedHere,
    PaperCanNotMove,
    PaperHasLocks,
    PlanIsClosed,
    UnplacedReason,
)
from tests.factories.times import DAY, HOUR, MINUTE, NINE
from tests.timetable.small_series import BEFORE, published, solved

PEOPLE = 6


@pytest.fixture
def series(make):
    """A series with three periods on three days, one room and one paper for six people."""
    series = make.series()
    for day in range(3):
        make.period(series, starts_at=NINE + day * DAY)
    make.room()
    return series


@pytest.fixture
def paper(make, series):
    paper = make.paper()
    for _ in range(PEOPLE):
        make.entry(make.candidate(), paper, series)
    return paper


def sat_in_the_first(session, make, series):
    """Let everybody sit in the first period, by hand; return the draft and its officer."""
    officer, plan = make.actor(Role.EXAM_OFFICER), make.plan(series)
    room, period = make.room(), service.period_of(session, plan, "P01")
    for entry in session.scalars(select(Entry).where(Entry.series_id == series.id)).all():
        service.place(session, officer, plan, entry, make.seat(room), period, now=BEFORE)
    return plan, officer


def lines(session, plan, paper):
    return {line.period: line for line in sittings_of(read_plan(session, plan).desks, paper.id)}


def move(session, officer, plan, paper, source, target, **options):
    return service.move_paper(
        session,
        officer,
        plan,
        paper,
        service.period_of(session, plan, source) if source else None,
        service.period_of(session, plan, target),
        now=BEFORE,
        **options,
    )


def periods_sat(session, plan):
    return sorted(
        session.scalars(
            select(RoomSession.period_id)
            .join(Placement, Placement.room_session_id == RoomSession.id)
            .where(queries.standing(queries.versions(session, plan)))
        )
    )


def test_a_sitting_goes_whole_to_another_period_at_the_cost_that_was_shown(
    session, make, series, paper
):
    plan, one, _ = solved(make, session, series)
    (source,) = lines(session, plan, paper)
    option = lines(session, plan, paper)[source].options[0]
    before = queries.worth_of(session, plan).score.travel_metres
    assert (option.people, option.left_over) == (PEOPLE, 0)

    assert move(session, one, plan, paper, source, option.period) == PEOPLE
    after = queries.worth_of(session, plan)
    assert list(lines(session, plan, paper)) == [option.period]
    assert after.broken == []
    assert after.score.travel_metres - before == option.extra_metres
    assert queries.problems(session, plan) == []
    assert queries.law_entries(session, plan).green


def test_the_move_is_one_act_and_undone_as_one(session, make, series, paper):
    plan, one, _ = solved(make, session, series)
    before = list(queries.result_lines(session, plan))
    (source,) = lines(session, plan, paper)
    move(session, one, plan, paper, source, lines(session, plan, paper)[source].options[0].period)
    assert session.scalar(select(func.count(PlanMove.id))) == PEOPLE
    assert session.scalar(select(func.max(PlanMove.number))) == 1
    service.undo(session, one, plan, now=BEFORE)

    assert list(queries.result_lines(session, plan)) == before


@pytest.fixture
def worker(session, make, series):
    """One more person, on shift on the second day."""
    worker = make.employment()
    make.shift(starts_at=NINE + DAY - HOUR, ends_at=NINE + DAY + 4 * HOUR)
    return make.candidate(session.get(Person, worker.person_id))


def test_a_period_somebody_can_not_come_to_is_refused_with_what_would_do(
    session, make, series, paper, worker
):
    make.entry(worker, paper, series)
    plan, one = sat_in_the_first(session, make, series)
    found = lines(session, plan, paper)
    (source,) = found
    option = next(o for o in found[source].options if o.left_over)
    assert (option.period, option.on_shift) == ("P02", 1)
    other = next(o.period for o in found[source].options if not o.left_over)
    before = list(queries.result_lines(session, plan))

    with pytest.raises(PaperCanNotMove) as refused:
        move(session, one, plan, paper, source, "P02")
    assert "On shift: 1" in str(refused.value)
    assert str(refused.value).endswith(f"would do for all: {other}.")
    assert list(queries.result_lines(session, plan)) == before


def test_those_who_can_split_off_into_a_further_sitting_and_the_others_stay(
    session, make, series, paper, worker
):
    make.entry(worker, paper, series)
    plan, one = sat_in_the_first(session, make, series)
    (source,) = lines(session, plan, paper)

    assert move(session, one, plan, paper, source, "P02", part=True) == PEOPLE
    assert {p: line.people for p, line in lines(session, plan, paper).items()} == {
        source: 1,
        "P02": PEOPLE,
    }
    variants = session.scalars(select(Sitting.variant).order_by(Sitting.id)).all()
    assert variants == ["A", "B"]


def test_another_paper_of_a_person_then_and_seats_that_lack_are_counted(session, make):
    series = make.series()
    for day in range(2):
        make.period(series, starts_at=NINE + day * DAY)
    room = make.room(rows=1, columns=3)
    paper, other = make.paper(), make.paper()
    officer, plan = make.actor(Role.EXAM_OFFICER), make.plan(series)
    first, second = (service.period_of(session, plan, code) for code in ("P01", "P02"))
    people = [make.candidate() for _ in range(3)]
    for n, one in enumerate(people, start=1):
        entry = make.entry(one, paper, series)
        service.place(session, officer, plan, entry, make.seat(room, n), first, now=BEFORE)
    entry = make.entry(people[0], other, series)
    service.place(session, officer, plan, entry, make.seat(room, 1), second, now=BEFORE)
    entry = make.entry(make.candidate(), other, series)
    service.place(session, officer, plan, entry, make.seat(room, 2), second, now=BEFORE)

    (option,) = lines(session, plan, paper)["P01"].options
    assert (option.clashes, option.seats_lacking, option.on_shift) == (1, 1, 0)


def test_a_period_shorter_than_the_paper_is_none(session, make, series, paper):
    make.period(series, starts_at=NINE + 4 * DAY, minutes=30)
    plan, one = sat_in_the_first(session, make, series)
    (source,) = lines(session, plan, paper)

    with pytest.raises(PaperCanNotMove, match="shorter than the paper"):
        move(session, one, plan, paper, source, "P04")


def test_whoever_waits_is_seated_in_a_further_sitting(session, make, series, paper):
    plan, one, _ = solved(make, session, series)
    waiting = make.entry(make.candidate(), paper, series)
    service.leave_unplaced(
        session, one, plan, waiting, UnplacedReason.NO_SEAT, say("No desk."), now=BEFORE
    )
    found = lines(session, plan, paper)
    option = next(o for o in found[""].options if not o.is_sitting)

    assert move(session, one, plan, paper, "", option.period) == 1
    assert "" not in lines(session, plan, paper)
    assert session.scalars(select(Unplaced)).all() == []


def test_who_is_held_over_or_followed_stays(session, make):
    series = make.series()
    for day in range(2):
        make.period(series, starts_at=NINE + day * DAY)
    officer, plan, candidate = make.actor(Role.EXAM_OFFICER), make.plan(series), make.candidate()
    paper, later = make.paper(), make.paper(Mode.PAPER, minutes=60)
    first = service.place(
        session,
        officer,
        plan,
        make.entry(candidate, paper, series),
        make.seat(make.home_room()),
        service.period_of(session, plan, "P01"),
        now=BEFORE,
    )
    second = make.entry(candidate, later, series, courses=[make.course(later, compulsory=False)])
    desk = make.seat(make.room())
    service.hold_over(session, officer, plan, first, second, desk, make.person(), now=BEFORE)

    assert lines(session, plan, paper) == lines(session, plan, later) == {}
    with pytest.raises(NotPlacedHere):
        move(session, officer, plan, later, "P01", "P02")


def test_a_wheelchair_desk_and_extra_time_go_along(session, make, series, paper):
    make.room(wheelchair=[(1, 1)])
    candidate = make.candidate()
    make.arrangement(candidate, extra_percent=Decimal(25), series_id=series.id)
    make.arrangement(candidate, kind=AccessKind.WHEELCHAIR, series_id=series.id)
    entry = make.entry(candidate, paper, series)
    plan, one, _ = solved(make, session, series)
    length = _own(session, plan, entry)
    (source,) = lines(session, plan, paper)
    move(session, one, plan, paper, source, lines(session, plan, paper)[source].options[0].period)

    assert queries.problems(session, plan) == []
    assert _own(session, plan, entry) == length > 90 * MINUTE


def _own(session, plan, entry):
    placement = queries.standing_of_entry(session, plan, entry.id)
    return placement.ends_at - placement.starts_at


def test_a_locked_place_holds_its_sitting_where_it_is(session, make, series, paper):
    plan, one, _ = solved(make, session, series)
    (source,) = lines(session, plan, paper)
    service.lock(session, one, plan, paper, reason="A national date.", now=BEFORE)

    with pytest.raises(PaperHasLocks, match="6 of these"):
        move(session, one, plan, paper, source, "P01" if source != "P01" else "P02")


def test_a_published_sitting_is_moved_by_a_repair_that_ends_each_old_place(
    session, make, series, paper
):
    published(make, session, series)
    one = make.actor(Role.EXAM_OFFICER)
    repair = service.draft_plan(session, one, series, now=BEFORE)
    (source,) = lines(session, repair, paper)
    target = lines(session, repair, paper)[source].options[0].period
    move(session, one, repair, paper, source, target)

    assert len(queries.moves(session, repair)) == PEOPLE
    assert len(set(periods_sat(session, repair))) == 1
    service.undo(session, one, repair, now=BEFORE)
    assert queries.moves(session, repair) == []
    first = queries.plan_in_force(session, series.id)
    with pytest.raises(PlanIsClosed):
        move(session, one, first, paper, source, target)
