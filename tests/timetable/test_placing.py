"""Placing by hand, seat by seat: what is placed, and every reason not to."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from exam_centre.accounts.rules import Relation
from exam_centre.entries.rules import AccessKind, EntryStatus, RequestStatus
from exam_centre.kernel.errors import ConflictOfInterest, Forbidden
from exam_centre.kernel.permissions import Role
from exam_centre.kernel.sentences import say
from exam_centre.papers.rules import Mode
from exam_centre.timetable import queries, service
from exam_centre.timetable.models import HeldOver, Placement, Sitting, Unplaced, Vacated
from exam_centre.timetable.rules import (
    AlreadyPlaced,
    ClashNotHoldable,
    CompulsoryFirst,
    EntryNotConfirmed,
    NeedsNoSeat,
    NeedUnmet,
    NotOnePerson,
    OnShift,
    OtherSeries,
    PaperTooLong,
    PersonClash,
    PlanIsClosed,
    PlanStatus,
    RoomBooked,
    RoomIsSomebodys,
    SeatNotStanding,
    SeatTaken,
    SecondPaperWaits,
    StartsOutsidePeriod,
    UnplacedReason,
    VenueNotApproved,
    WrongRoomKind,
    own_end,
)
from exam_centre.venues.models import Layout, Seat
from exam_centre.venues.rules import RoomKind, VenueStatus
from tests.factories.times import EXAM_DAY, HOUR, MINUTE, NINE


@pytest.fixture
def officer(make):
    return make.actor(Role.EXAM_OFFICER)


@pytest.fixture
def plan(make):
    return make.plan()


@pytest.fixture
def place(session, make, officer, plan):
    """Place an entry at a desk of the home room in the home period, by default."""

    def place(entry, *, seat=None, room=None, period=None, **options):
        room = room or make.home_room()
        desk = seat or make.seat(room)
        where = period or make.home_period()
        return service.place(session, officer, plan, entry, desk, where, now=NINE, **options)

    return place


def test_a_placement_starts_with_the_period_and_lasts_as_long_as_the_paper(make, place):
    placement = place(make.entry(paper=make.paper(minutes=90)))

    assert (placement.starts_at, placement.ends_at) == (NINE, NINE + 90 * MINUTE)
    assert not placement.in_force


def test_extra_time_is_added_to_the_persons_own_end_and_may_leave_the_period(make, place):
    candidate = make.candidate()
    make.arrangement(candidate, extra_percent=Decimal(25))

    placement = place(make.entry(candidate, make.paper(minutes=120)))

    assert placement.ends_at == NINE + 150 * MINUTE > make.home_period().ends_at


@pytest.mark.parametrize(
    ("minutes", "percent", "seconds"), [(90, "25", 6750), (100, "33.33", 8000), (90, "0", 5400)]
)
def test_a_part_of_a_second_of_extra_time_counts_for_the_person(minutes, percent, seconds):
    assert own_end(NINE, minutes, Decimal(percent)) - NINE == timedelta(seconds=seconds)


def test_an_unapproved_arrangement_gives_no_extra_time(make, place):
    candidate = make.candidate()
    make.arrangement(candidate, status=RequestStatus.REQUESTED)

    assert place(make.entry(candidate)).ends_at == NINE + 90 * MINUTE


def test_two_people_of_one_paper_share_its_sitting_and_a_second_period_is_variant_b(
    session, make, place
):
    paper = make.paper()
    first, second = place(make.entry(paper=paper)), place(make.entry(paper=paper))
    later = place(make.entry(paper=paper), period=make.period(starts_at=NINE + 5 * HOUR))

    assert first.sitting_id == second.sitting_id != later.sitting_id
    assert session.get_one(Sitting, later.sitting_id).variant == "B"
    assert first.room_session_id == second.room_session_id != later.room_session_id


@pytest.mark.parametrize(
    ("mode", "kind", "fits"),
    [
        (Mode.PAPER, RoomKind.STANDARD, True),
        (Mode.ORAL, RoomKind.STANDARD, True),
        (Mode.COMPUTER, RoomKind.COMPUTER, True),
        (Mode.PRACTICAL, RoomKind.WORKSHOP, True),
        (Mode.PAPER, RoomKind.COMPUTER, True),
        (Mode.PAPER, RoomKind.WORKSHOP, False),
        (Mode.COMPUTER, RoomKind.STANDARD, False),
        (Mode.PRACTICAL, RoomKind.STANDARD, False),
    ],
)
def test_a_paper_is_sat_in_a_room_of_its_kind(make, place, mode, kind, fits):
    entry, room = make.entry(paper=make.paper(mode)), make.room(kind=kind)

    if fits:
        assert place(entry, room=room).entry_id == entry.id
    else:
        with pytest.raises(WrongRoomKind):
            place(entry, room=room)


def test_only_a_confirmed_entry_of_the_series_gets_a_seat(make, place):
    with pytest.raises(EntryNotConfirmed):
        place(make.entry(status=EntryStatus.ELIGIBLE))
    with pytest.raises(NeedsNoSeat):
        place(make.entry(paper=make.paper(Mode.THESIS)))
    with pytest.raises(OtherSeries):
        place(make.entry(series=make.series()))


@pytest.mark.parametrize(
    "fields",
    [{"status": VenueStatus.SUSPENDED}, {"approved_until": EXAM_DAY - timedelta(days=1)}],
)
def test_nobody_is_placed_at_a_venue_that_is_not_approved_on_the_day(make, place, fields):
    with pytest.raises(VenueNotApproved):
        place(make.entry(), room=make.room(make.venue(**fields)))


def test_the_last_day_of_an_approval_is_inside(make, place):
    assert place(make.entry(), room=make.room(make.venue(approved_until=EXAM_DAY)))


def test_a_paper_longer_than_the_period_allows_is_refused(make, place):
    period = make.period(starts_at=NINE, minutes=90)

    assert place(make.entry(paper=make.paper(minutes=90)), period=period)
    with pytest.raises(PaperTooLong):
        place(make.entry(paper=make.paper(minutes=91)), period=period)
    with pytest.raises(PaperTooLong):
        place(make.entry(paper=make.paper(minutes=90)), period=period, starts_at=NINE + MINUTE)
    with pytest.raises(StartsOutsidePeriod):
        place(make.entry(), period=period, starts_at=NINE - MINUTE)


def test_a_booked_room_is_refused_and_a_booking_that_only_touches_is_not(make, place):
    free, booked = make.room(), make.room()
    make.booking(free, starts_at=NINE + 90 * MINUTE)
    make.booking(booked, starts_at=NINE + 89 * MINUTE)

    assert place(make.entry(), room=free)
    with pytest.raises(RoomBooked):
        place(make.entry(), room=booked)


def test_a_seat_of_an_earlier_drawing_is_refused(session, make, place):
    room = make.room()
    old = make.seat(room, 1)
    layout = session.get_one(Layout, old.layout_id)
    newer = make.save(
        Layout(
            room_id=room.id,
            version=2,
            grid_rows=2,
            grid_columns=2,
            pattern=layout.pattern,
            door=layout.door,
        )
    )
    seat = make.save(Seat(layout_id=newer.id, grid_row=1, grid_column=1, number=1))

    with pytest.raises(SeatNotStanding):
        place(make.entry(), seat=old)
    assert place(make.entry(), seat=seat)


def test_a_wheelchair_needs_its_desk(make, place):
    candidate = make.candidate()
    make.arrangement(candidate, kind=AccessKind.WHEELCHAIR)
    room = make.room(wheelchair=[(1, 1)])
    entry = make.entry(candidate)

    with pytest.raises(NeedUnmet):
        place(entry, seat=make.seat(room, 2))
    assert place(entry, seat=make.seat(room, 1))


def test_somebody_alone_shares_the_room_with_nobody(make, place):
    candidate, small = make.candidate(), make.room()
    make.arrangement(candidate, kind=AccessKind.ALONE)
    place(make.entry())

    with pytest.raises(NeedUnmet):
        place(make.entry(candidate))
    place(make.entry(candidate), room=small)
    with pytest.raises(RoomIsSomebodys):
        place(make.entry(), room=small)


def test_one_person_sits_one_paper_at_a_time(make, place):
    candidate = make.candidate()
    place(make.entry(candidate))

    with pytest.raises(PersonClash):
        place(make.entry(candidate), room=make.room())


def test_a_clash_with_what_is_published_is_seen_by_a_repair(make, place):
    candidate = make.candidate()
    make.placement(make.entry(candidate), room=make.room())
    repair = make.plan()

    with pytest.raises(PersonClash):
        service.place(
            make.session,
            make.actor(Role.EXAM_OFFICER),
            repair,
            make.entry(candidate),
            make.seat(make.room()),
            make.home_period(),
            now=NINE,
        )


def test_two_people_do_not_share_a_seat_but_one_may_follow_the_other(make, place):
    desk, period = make.seat(make.home_room()), make.period(starts_at=NINE, minutes=300)
    place(make.entry(), seat=desk, period=period)

    with pytest.raises(SeatTaken):
        place(make.entry(), seat=desk, period=period, starts_at=NINE + 89 * MINUTE)
    assert place(make.entry(), seat=desk, period=period, starts_at=NINE + 90 * MINUTE)


def test_an_entry_has_one_seat(make, place):
    entry = make.entry()
    place(entry)

    with pytest.raises(AlreadyPlaced):
        place(entry)


def shift_worker(make, **shift):
    person = make.person()
    make.employment(person, team="C")
    make.shift(team="C", **shift)
    return make.entry(make.candidate(person), paper=make.paper(minutes=90))


@pytest.mark.parametrize(
    ("starts", "ends", "free"),
    [
        (NINE - 4 * HOUR, NINE, True),  # an early shift that ends as the paper starts
        (NINE - 4 * HOUR, NINE + MINUTE, False),
        (NINE + 90 * MINUTE, NINE + 8 * HOUR, True),
        (NINE + 89 * MINUTE, NINE + 8 * HOUR, False),
        (NINE - 12 * HOUR, NINE - 2 * HOUR, False),  # a night: until 07:00, paper at 09:00
        (NINE - 16 * HOUR, NINE - 8 * HOUR, True),  # a night until 01:00, rested to the minute
        (NINE - 16 * HOUR, NINE - 8 * HOUR + MINUTE, False),
    ],
)
def test_nobody_sits_during_a_shift_or_tired_from_a_night_shift(make, place, starts, ends, free):
    entry = shift_worker(make, starts_at=starts, ends_at=ends)

    if free:
        assert place(entry)
    else:
        with pytest.raises(OnShift):
            place(entry)


def test_who_accepts_the_clash_with_a_shift_is_placed(session, make, place):
    entry = shift_worker(make, starts_at=NINE)
    entry.works_through_shift = True
    session.flush()

    assert place(entry)


def test_only_a_draft_is_changed_and_only_by_who_plans(session, make, officer):
    entry, desk, period = make.entry(), make.seat(make.home_room()), make.home_period()

    with pytest.raises(PlanIsClosed):
        service.place(
            session,
            officer,
            make.plan(status=PlanStatus.PROPOSED),
            entry,
            desk,
            period,
            now=NINE,
        )
    with pytest.raises(Forbidden):
        service.place(session, make.chief(), make.plan(), entry, desk, period, now=NINE)


@pytest.fixture
def clash(make, place):
    """A person's compulsory paper, placed, and an elective one at the same time."""
    candidate = make.candidate()
    make.arrangement(candidate, extra_percent=Decimal(25))
    first = place(make.entry(candidate))
    paper = make.paper(Mode.COMPUTER, minutes=60)
    second = make.entry(candidate, paper, courses=[make.course(paper, compulsory=False)])
    return first, second, make.room(kind=RoomKind.COMPUTER)


def test_the_second_paper_follows_the_first_after_isolation(session, make, officer, plan, clash):
    first, entry, lab = clash
    supervisor = make.person()

    row = service.hold_over(
        session, officer, plan, first, entry, make.seat(lab), supervisor, now=NINE
    )

    second = queries.standing_of_entry(session, plan, entry.id)
    assert second is not None
    assert second.starts_at == first.ends_at + 20 * MINUTE == row.isolated_until
    assert second.ends_at == second.starts_at + 75 * MINUTE
    assert row.supervisor_id == supervisor.id
    assert queries.problems(session, plan) == []


def test_two_compulsory_papers_are_not_held_over(session, make, officer, plan, clash):
    first, _, _ = clash
    other = make.entry(make.candidate_of(first))

    with pytest.raises(ClashNotHoldable):
        service.hold_over(
            session, officer, plan, first, other, make.seat(make.room()), make.person(), now=NINE
        )


def test_the_compulsory_paper_comes_before_the_elective_one(session, make, officer, plan, place):
    candidate, paper = make.candidate(), make.paper()
    elective = place(make.entry(candidate, paper, courses=[make.course(paper, compulsory=False)]))

    with pytest.raises(CompulsoryFirst):
        service.hold_over(
            session,
            officer,
            plan,
            elective,
            make.entry(candidate),
            make.seat(make.room()),
            make.person(),
            now=NINE,
        )


def test_a_paper_is_held_over_for_one_person_and_by_no_relative(
    session, make, officer, plan, clash
):
    first, entry, lab = clash
    relative = make.person()
    make.conflict(relative, make.session.get(type(relative), first.person_id), Relation.RELATIVE)
    seat = make.seat(lab)

    with pytest.raises(ConflictOfInterest):
        service.hold_over(session, officer, plan, first, entry, seat, relative, now=NINE)
    with pytest.raises(NotOnePerson):
        service.hold_over(
            session, officer, plan, first, make.entry(), seat, make.person(), now=NINE
        )


def test_the_first_seat_is_not_taken_back_while_the_second_waits_for_it(
    session, make, officer, plan, clash
):
    first, entry, lab = clash
    service.hold_over(session, officer, plan, first, entry, make.seat(lab), make.person(), now=NINE)
    second = queries.standing_of_entry(session, plan, entry.id)

    with pytest.raises(SecondPaperWaits):
        service.vacate(session, officer, plan, first, now=NINE)
    service.vacate(session, officer, plan, second, now=NINE)
    service.vacate(session, officer, plan, first, now=NINE)

    assert session.scalar(select(func.count()).select_from(HeldOver)) == 0
    assert session.scalar(select(func.count()).select_from(Placement)) == 0


def test_a_draft_takes_its_own_seat_back_and_a_repair_ends_a_published_one(
    session, make, officer, plan, place
):
    entry = make.entry()
    service.vacate(session, officer, plan, place(entry), now=NINE)
    assert place(entry)
    published = make.placement()
    repair = make.plan()

    service.vacate(session, officer, repair, published, now=NINE)

    assert published.in_force  # until the repair is published
    ended = session.scalar(select(Vacated.placement_id).where(Vacated.plan_id == repair.id))
    assert ended == published.id
    assert not queries.stands(session, repair, published)


def test_a_seat_replaces_the_reason_for_none(session, make, officer, plan, place):
    entry = make.entry()
    service.leave_unplaced(
        session,
        officer,
        plan,
        entry,
        UnplacedReason.NO_SEAT,
        say("{n} more seats would help.", n=1),
        now=NINE,
    )
    place(entry)

    assert session.scalar(select(func.count()).select_from(Unplaced)) == 0
    with pytest.raises(AlreadyPlaced):
        service.leave_unplaced(
            session, officer, plan, entry, UnplacedReason.NO_SEAT, say("No."), now=NINE
        )


def test_the_start_and_end_of_an_entry_are_told_before_it_is_placed(session, make):
    candidate = make.candidate()
    make.arrangement(candidate, extra_percent=Decimal(50))

    assert queries.start_and_end(session, make.entry(candidate), make.home_period()) == (
        NINE,
        NINE + 135 * MINUTE,
    )
