"""A timetable repaired after it was public: counted first, told to each, nobody left on duty."""

import pytest
from sqlalchemy import func, select

from exam_centre.accounts.models import Notice, Person
from exam_centre.accounts.service import read_notice
from exam_centre.admission import service as admission
from exam_centre.admission.queries import slip_counts
from exam_centre.kernel.permissions import Role
from exam_centre.kernel.sentences import Sentence
from exam_centre.timetable import queries, service
from exam_centre.timetable.models import Duty, Placement, RoomSession
from exam_centre.timetable.queries import Impact
from exam_centre.timetable.rules import DutyStatus, Stage
from exam_centre.venues.models import Room, Venue
from exam_centre.venues.rules import VenueStatus
from tests.factories.times import HOUR
from tests.timetable.small_series import BEFORE, open_series, published, solved


@pytest.fixture
def series(make):
    """Eight workers, and two venues more than they need."""
    found = open_series(make, workers=8)
    for venue in (make.venue(), make.venue()):
        make.room(venue)
    return found


@pytest.fixture
def lost(session, make, series):
    """A published plan with its roster, one of whose venues is then suspended."""
    plan, one, _ = published(make, session, series)
    service.roster_plan(session, one, plan, now=BEFORE)
    placement = session.scalars(select(Placement).where(Placement.plan_id == plan.id)).first()
    venue = session.get_one(
        Venue,
        session.scalar(
            select(Room.venue_id)
            .join(RoomSession, RoomSession.room_id == Room.id)
            .where(RoomSession.id == placement.room_session_id)
        ),
    )
    venue.move_to(VenueStatus.SUSPENDED)
    session.flush()
    return plan, venue


def seated_at(session, venue):
    return set(
        session.scalars(
            select(Placement.entry_id)
            .join(RoomSession, RoomSession.id == Placement.room_session_id)
            .join(Room, Room.id == RoomSession.room_id)
            .where(Room.venue_id == venue.id, Placement.in_force)
        )
    )


def publish_all(session, plan, one, two):
    service.propose(session, one, plan, now=BEFORE)
    for stage in Stage:
        service.publish(session, two, plan, stage, now=BEFORE)


def test_a_first_version_has_no_impact_for_nothing_was_public_before(session, make, series):
    plan, _, _ = solved(make, session, series)

    assert queries.impact_of(session, plan) is None


def test_a_repair_counts_who_moves_before_anybody_publishes_it(session, make, series, lost):
    _, venue = lost
    affected = seated_at(session, venue)
    repair, _, _ = solved(make, session, series)

    impact = queries.impact_of(session, repair)

    assert impact.move == len(affected) > 0
    assert impact.change_venue == len(affected)
    assert (impact.lose_seat, impact.gain_seat) == (0, 0)
    assert seated_at(session, venue) == affected  # until it is published
    assert impact.sentence.say_in("en").startswith(f"{len(affected)} move, ")


def test_the_longest_extra_way_is_that_of_the_one_sent_furthest_beyond_their_old_venue(
    session, make, series, lost
):
    _, venue = lost
    repair, _, _ = solved(make, session, series)

    assert queries.impact_of(session, repair).extra_km == 0  # every venue stands in one place
    for other in session.scalars(select(Venue).where(Venue.id != venue.id)):
        other.latitude += 1
    session.flush()

    a_degree = 111.2  # kilometres along a meridian
    assert queries.impact_of(session, repair).extra_km == pytest.approx(a_degree, abs=0.1)


def test_a_repair_that_moves_nobody_says_so():
    assert Impact(0, 0, 0, 0, 0, 0.0).sentence.say_in("en") == "Nobody moves."


def test_each_person_moved_is_told_before_and_after_and_opens_it_with_a_receipt(
    session, make, series, lost
):
    _, venue = lost
    affected = seated_at(session, venue)
    repair, one, two = solved(make, session, series)
    publish_all(session, repair, one, two)

    told = [
        notice
        for notice in session.scalars(select(Notice)).all()
        if "Now:" in Sentence(notice.text, notice.facts).say_in("en")
    ]
    assert len(told) == len(affected)
    assert all(venue.name in str(notice.facts) for notice in told)
    reader = make.actor(person=session.get_one(Person, told[0].person_id))
    read_notice(session, reader, told[0].token, BEFORE + HOUR)
    assert told[0].read_at == BEFORE + HOUR
    assert all(notice.read_at is None for notice in told[1:])


def test_the_slips_of_whoever_moves_are_due_anew_and_no_others(session, make, ring, series):
    published(make, session, series)
    office = make.actor(Role.EXAM_OFFICER)
    admission.issue_slips_of_series(session, office, series, BEFORE)
    assert slip_counts(session, office, series.id).stale == 0
    room_session = session.scalars(select(RoomSession)).first()
    venue = session.get_one(Venue, session.get_one(Room, room_session.room_id).venue_id)
    people = session.scalar(
        select(func.count(Placement.person_id.distinct())).where(
            Placement.entry_id.in_(seated_at(session, venue))
        )
    )
    venue.move_to(VenueStatus.SUSPENDED)
    session.flush()
    repair, one, two = solved(make, session, series)
    publish_all(session, repair, one, two)

    assert slip_counts(session, office, series.id).stale == people > 0


def test_duties_where_nobody_sits_any_more_end_and_their_people_are_told(
    session, make, series, lost
):
    _, venue = lost
    there = session.scalars(select(Duty).where(Duty.venue_id == venue.id)).all()
    elsewhere = session.scalars(select(Duty).where(Duty.venue_id != venue.id)).all()
    assert there
    repair, one, two = solved(make, session, series)

    publish_all(session, repair, one, two)

    assert {duty.status for duty in there} == {DutyStatus.REPLACED}
    assert DutyStatus.REPLACED not in {duty.status for duty in elsewhere}
    told = [
        notice.person_id
        for notice in session.scalars(select(Notice)).all()
        if "Your duty" in notice.text
    ]
    assert sorted(told) == sorted(duty.person_id for duty in there)
