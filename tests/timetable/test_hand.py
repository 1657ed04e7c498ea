"""By hand in a draft: moving, giving way, locks that hold, and undo step by step."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from exam_centre.accounts.rules import ReasonMissing
from exam_centre.entries.models import Entry
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.errors import Forbidden
from exam_centre.kernel.permissions import Role
from exam_centre.papers.models import Paper
from exam_centre.timetable import queries, service
from exam_centre.timetable.models import HeldOver, Placement, RoomSession, Unplaced, Vacated
from exam_centre.timetable.queries.locks import locked_entries, locks_of
from exam_centre.timetable.queries.previews import preview_of
from exam_centre.timetable.queries.spots import acts_of, spots_of
from exam_centre.timetable.queries.why import read_plan, why_of
from exam_centre.timetable.rules import (
    AlreadyLocked,
    ChangedSince,
    MoveKind,
    NothingToUndo,
    NotPlacedHere,
    PlaceIsLocked,
    PlanIsClosed,
    UnplacedReason,
)
from exam_centre.venues.models import Room, Seat, Venue
from tests.timetable.small_series import BEFORE, MOVES, draft, open_series, published, solved


@pytest.fixture
def planned(session, make):
    """A searched draft with its two people, and an entry of it."""
    plan, one, two = solved(make, session, open_series(make))
    entry = session.scalars(
        select(Entry).join(Placement, Placement.entry_id == Entry.id).order_by(Entry.id)
    ).first()
    return plan, one, two, entry


def take(session, officer, plan, entry, option):
    """Take a suggested place for an entry."""
    return service.move(
        session,
        officer,
        plan,
        entry,
        service.desk_of(session, plan, option.venue, option.room, option.seat),
        service.period_of(session, plan, option.period),
        now=BEFORE,
    )


def rows(session, plan):
    return list(queries.result_lines(session, plan))


def test_a_suggested_place_is_taken_and_costs_what_was_said(session, planned):
    plan, one, _, entry = planned
    before = queries.worth_of(session, plan).score
    option = why_of(session, plan, entry.id).options[0]
    take(session, one, plan, entry, option)
    after = queries.worth_of(session, plan)

    assert after.broken == []
    for name in ("travel_metres", "sittings", "same_day", "room_sessions", "beside_paper"):
        change = getattr(after.score, name) - getattr(before, name)
        assert change == option.effect.changes.get(name, 0), name


def test_acts_by_hand_are_undone_one_by_one_until_the_plan_is_what_it_was(session, planned):
    plan, one, _, entry = planned
    before = rows(session, plan)
    take(session, one, plan, entry, why_of(session, plan, entry.id).options[0])
    other = session.scalars(
        select(Entry)
        .join(Placement, Placement.entry_id == Entry.id)
        .where(Entry.paper_id == entry.paper_id, Entry.id != entry.id)
    ).first()
    middle = rows(session, plan)
    service.leave(session, one, plan, other, now=BEFORE)

    assert service.undo(session, one, plan, now=BEFORE) == 2
    assert rows(session, plan) == middle
    assert service.undo(session, one, plan, now=BEFORE) == 1
    assert rows(session, plan) == before
    with pytest.raises(NothingToUndo):
        service.undo(session, one, plan, now=BEFORE)


def test_every_act_by_hand_and_its_undoing_are_rows_of_the_trail(session, planned):
    plan, one, _, entry = planned
    take(session, one, plan, entry, why_of(session, plan, entry.id).options[0])
    service.undo(session, one, plan, now=BEFORE)

    kept = select(AuditRow.act).where(AuditRow.act.like("timetable.hand%")).order_by(AuditRow.seq)
    acts = session.scalars(kept).all()
    assert acts == ["timetable.hand_move", "timetable.hand_undo"]
    shown = acts_of(session, plan, limit=10)
    assert [(a.number, a.kind, a.undoes, a.undone) for a in shown] == [
        (2, MoveKind.UNDO, 1, False),
        (1, MoveKind.MOVE, None, True),
    ]


def test_a_swap_is_undone_whole(session, planned):
    plan, one, _, entry = planned
    mine = queries.standing_of_entry(session, plan, entry.id)
    theirs = session.scalars(
        select(Placement).where(
            Placement.sitting_id == mine.sitting_id, Placement.person_id != mine.person_id
        )
    ).first()
    before = rows(session, plan)
    service.swap(session, one, plan, entry, session.get_one(Entry, theirs.entry_id), now=BEFORE)
    assert rows(session, plan) != before
    service.undo(session, one, plan, now=BEFORE)

    assert rows(session, plan) == before


def test_what_a_search_placed_anew_can_not_be_undone(session, planned):
    plan, one, _, entry = planned
    take(session, one, plan, entry, why_of(session, plan, entry.id).options[-1])
    service.solve_plan(session, one, plan, iterations=3_000, now=BEFORE)

    with pytest.raises(ChangedSince):
        service.undo(session, one, plan, now=BEFORE)


def test_undoing_a_place_for_somebody_who_waited_lists_them_again(session, make):
    series = make.series()
    make.period(series)
    room = make.room(rows=1, columns=1)
    for _ in range(2):
        make.entry(make.candidate(), make.paper(), series)
    plan, one, _ = solved(make, session, series)
    waiting = session.scalars(select(Unplaced)).one()
    words, entry = waiting.text, session.get_one(Entry, waiting.entry_id)
    other = make.room(session.get_one(Venue, room.venue_id))
    period = service.period_of(session, plan, "P01")
    service.move(session, one, plan, entry, make.seat(other), period, now=BEFORE)
    assert queries.law_entries(session, plan).green
    service.undo(session, one, plan, now=BEFORE)

    again = session.scalars(select(Unplaced)).one()
    assert (again.reason, again.text) == (UnplacedReason.NO_SEAT, words)
    assert queries.law_entries(session, plan).green


def test_undo_in_a_repair_lets_the_published_place_hold_again_so_that_nobody_was_moved(
    session, make
):
    series = open_series(make)
    first, one, _ = published(make, session, series)
    repair, one, _ = draft(make, session, series)
    placement = session.scalars(select(Placement).where(Placement.plan_id == first.id)).first()
    entry = session.get_one(Entry, placement.entry_id)
    take(session, one, repair, entry, why_of(session, repair, entry.id).options[0])
    assert len(queries.moves(session, repair)) == 1
    service.undo(session, one, repair, now=BEFORE)

    assert queries.moves(session, repair) == []
    assert session.scalar(select(func.count()).select_from(Vacated)) == 0
    assert queries.standing_of_entry(session, repair, entry.id).id == placement.id


def test_undo_holds_a_paper_over_again_after_the_same_isolation(session, make):
    series = make.series()
    period, late = make.period(series), make.period(series)
    officer, plan = make.actor(Role.EXAM_OFFICER), make.plan(series)
    candidate, room, other = make.candidate(), make.room(), make.room()
    first_entry = make.entry(candidate, make.paper(), series)
    paper = make.paper(minutes=60)
    second_entry = make.entry(
        candidate, paper, series, courses=[make.course(paper, compulsory=False)]
    )
    first = service.place(session, officer, plan, first_entry, make.seat(room), period, now=BEFORE)
    held = service.hold_over(
        session, officer, plan, first, second_entry, make.seat(other), make.person(), now=BEFORE
    )
    since, until, supervisor = held.isolated_from, held.isolated_until, held.supervisor_id
    service.move(session, officer, plan, second_entry, make.seat(other), late, now=BEFORE)
    service.undo(session, officer, plan, now=BEFORE)

    again = queries.standing_of_entry(session, plan, second_entry.id)
    assert again.starts_at == until
    row = session.scalars(select(HeldOver)).one()
    assert (row.isolated_from, row.isolated_until, row.supervisor_id) == (since, until, supervisor)


def test_a_nearer_desk_is_suggested_with_who_would_have_to_give_way_and_where_to(session, make):
    series = make.series()
    make.period(series)
    near, far = make.venue(), make.venue(latitude=Decimal("31.9"), longitude=Decimal("120.9"))
    small, large = make.room(near, rows=1, columns=1), make.room(far)
    paper, officer, plan = make.paper(), make.actor(Role.EXAM_OFFICER), make.plan(series)
    first, second = (make.entry(make.candidate(), paper, series) for _ in range(2))
    period = service.period_of(session, plan, "P01")
    service.place(session, officer, plan, first, make.seat(small), period, now=BEFORE)
    service.place(session, officer, plan, second, make.seat(large), period, now=BEFORE)

    option = next(o for o in why_of(session, plan, second.id).options if o.gives_way)
    assert option.gives_way.entry_id == first.id
    assert option.extra_metres < 0 < option.gives_way.extra_metres
    service.push(
        session,
        officer,
        plan,
        second,
        first,
        session.get_one(Seat, option.gives_way.seat_id),
        now=BEFORE,
    )
    where = spots_of(session, plan, [first.id, second.id])
    assert (
        session.get_one(Seat, where[second.id].seat_id).layout_id == make.seat(small, 1).layout_id
    )
    assert where[first.id].seat_id == option.gives_way.seat_id
    service.undo(session, officer, plan, now=BEFORE)
    assert spots_of(session, plan, [second.id]) != where


def test_a_preview_names_all_that_stands_against_a_move_and_changes_nothing(session, planned):
    plan, _, _, entry = planned
    mine = queries.standing_of_entry(session, plan, entry.id)
    person_else = session.scalars(
        select(Placement).where(Placement.person_id == mine.person_id, Placement.id != mine.id)
    ).one()
    taken = session.scalars(
        select(Placement).where(
            Placement.room_session_id == person_else.room_session_id,
            Placement.person_id != mine.person_id,
        )
    ).first()
    before = rows(session, plan)
    spot, reading = queries.spot_of(session, taken), read_plan(session, plan)
    period = next(p for p in reading.planning.periods if p.id == spot.period_id)
    told = preview_of(
        session,
        plan,
        reading,
        entry,
        session.get_one(Seat, spot.seat_id),
        period,
    )

    assert any("sits another paper" in str(sentence) for sentence in told.against)
    assert dict(told.effect.broken)["overlap"] == 1
    assert dict(told.effect.broken)["seat_taken_twice"] == 1
    assert rows(session, plan) == before


def test_a_locked_place_is_not_moved_by_hand_and_says_who_locked_it_and_why(session, planned):
    plan, one, _, entry = planned
    option = why_of(session, plan, entry.id).options[0]
    row = service.lock(session, one, plan, entry, reason="The ramp is here.", now=BEFORE)

    with pytest.raises(PlaceIsLocked, match="The ramp is here"):
        take(session, one, plan, entry, option)
    service.unlock(session, one, plan, row, now=BEFORE)
    take(session, one, plan, entry, option)


@pytest.mark.parametrize("what", ["entry", "paper", "room", "venue"])
def test_a_lock_on_an_entry_a_paper_a_room_or_a_venue_keeps_the_places_in_it(
    session, make, planned, what
):
    plan, one, _, entry = planned
    placement = queries.standing_of_entry(session, plan, entry.id)
    room = room_of(session, placement)
    things = {
        "entry": entry,
        "paper": session.get_one(Paper, entry.paper_id),
        "room": room,
        "venue": session.get_one(Venue, room.venue_id),
    }
    service.lock(session, one, plan, things[what], reason="Agreed with the venue.", now=BEFORE)
    kept = locked_entries(session, plan)

    assert entry.id in kept
    assert locks_of(session, plan)[0].places == len(kept)
    assert len(kept) == {"entry": 1, "paper": 12}.get(what, len(kept))
    with pytest.raises(AlreadyLocked):
        service.lock(session, one, plan, things[what], reason="Again.", now=BEFORE)


def room_of(session, placement):
    return session.get_one(Room, session.get_one(RoomSession, placement.room_session_id).room_id)


def test_a_lock_needs_a_reason_a_seat_and_a_draft_and_somebody_who_plans(session, make, planned):
    plan, one, _, entry = planned
    with pytest.raises(ReasonMissing):
        service.lock(session, one, plan, entry, reason=" ", now=BEFORE)
    with pytest.raises(Forbidden):
        service.lock(session, make.actor(Role.MARKER), plan, entry, reason="Why.", now=BEFORE)
    service.leave(session, one, plan, entry, now=BEFORE)
    with pytest.raises(NotPlacedHere):
        service.lock(session, one, plan, entry, reason="Why.", now=BEFORE)
    service.undo(session, one, plan, now=BEFORE)
    service.seal_plan(session, one, plan, algorithm="by hand 1", now=BEFORE)
    service.propose(session, one, plan, now=BEFORE)
    with pytest.raises(PlanIsClosed):
        service.lock(session, one, plan, entry, reason="Why.", now=BEFORE)
    with pytest.raises(PlanIsClosed):
        service.undo(session, one, plan, now=BEFORE)


def test_a_search_leaves_what_is_locked_at_its_desk_and_places_the_rest_anew(session, make):
    series = open_series(make)
    plan, one, _ = solved(make, session, series)
    placements = session.scalars(
        select(Placement).where(Placement.plan_id == plan.id).order_by(Placement.id)
    ).all()
    entry = session.get_one(Entry, placements[0].entry_id)
    desk = placements[0].seat_id, placements[0].starts_at
    others = {p.entry_id: (p.seat_id, p.starts_at) for p in placements[1:]}
    service.lock(session, one, plan, entry, reason="asked for it", now=BEFORE)

    service.solve_plan(session, one, plan, seed=7, iterations=MOVES, now=BEFORE)

    after = {
        p.entry_id: (p.seat_id, p.starts_at)
        for p in session.scalars(select(Placement).where(Placement.plan_id == plan.id))
    }
    assert after.pop(entry.id) == desk
    assert after != others
