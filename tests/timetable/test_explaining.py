"""Why an entry is here, or nowhere: every period and venue with its reason, counted."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import Person
from exam_centre.entries.models import Entry
from exam_centre.entries.rules import AccessKind
from exam_centre.kernel.permissions import Role
from exam_centre.papers.rules import Mode
from exam_centre.timetable import service
from exam_centre.timetable.models import Placement
from exam_centre.timetable.queries import why
from exam_centre.timetable.queries.outlook import Against
from exam_centre.timetable.queries.why import HELPS, REASONS, why_of
from exam_centre.venues.rules import RoomKind
from tests.factories.times import HOUR, NINE
from tests.timetable.small_series import BEFORE, open_series, solved

FAR = {"latitude": Decimal("31.9"), "longitude": Decimal("120.9")}


@pytest.fixture
def series(make):
    return make.series()


@pytest.fixture
def plan(make, series):
    return make.plan(series)


@pytest.fixture
def sit(session, make, plan):
    """Give an entry a desk of a room in a period, by hand."""
    officer = make.actor(Role.EXAM_OFFICER)

    def sit(entry, room, period):
        return service.place(session, officer, plan, entry, make.seat(room), period, now=BEFORE)

    return sit


def counted(session, plan, entry):
    return {str(line.sentence): line.times for line in why_of(session, plan, entry.id).excluded}


def because(against):
    return str(REASONS[against])


def test_every_pair_of_period_and_venue_is_possible_or_excluded_for_one_reason(session, make):
    plan, _, _ = solved(make, session, open_series(make))
    for entry_id in session.scalars(select(Placement.entry_id).limit(5)):
        told = why_of(session, plan, entry_id)
        assert told.possible + sum(line.times for line in told.excluded) == told.pairs == 4


def test_every_reason_has_a_sentence_and_says_what_would_help():
    for against in Against:
        if against is not Against.NOTHING:
            assert REASONS[against].text
            assert HELPS[against].text


def test_a_shift_excludes_all_venues_of_its_period(session, make, series, plan):
    make.period(series)
    for venue in (make.venue(), make.venue()):
        make.room(venue)
    worker = make.employment()
    make.shift()
    entry = make.entry(make.candidate(session.get(Person, worker.person_id)), make.paper(), series)

    assert counted(session, plan, entry) == {because(Against.ON_SHIFT): 2}


def test_each_other_reason_is_named_where_it_is_the_one(session, make, series, plan, sit):
    period = make.period(series)
    short = make.period(series, minutes=60)
    full, booked, none = make.venue(), make.venue(), make.venue()
    small, busy = make.room(full, rows=1, columns=1), make.room(booked)
    make.room(none, kind=RoomKind.WORKSHOP)
    make.booking(busy, starts_at=period.starts_at, ends_at=short.ends_at + HOUR)
    sit(make.entry(paper=make.paper(), series=series), small, period)
    entry = make.entry(paper=make.paper(), series=series)

    told = counted(session, plan, entry)
    assert told == {
        because(Against.FULL): 1,
        because(Against.CLOSED): 1,
        because(Against.NO_ROOM): 1,
        because(Against.TOO_SHORT): 3,
    }


def test_needs_rooms_that_are_not_shared_and_own_papers_are_named(session, make, series, plan, sit):
    period, later = make.period(series), make.period(series)
    room = make.room(make.venue())
    candidate = make.candidate()
    make.arrangement(candidate, kind=AccessKind.WHEELCHAIR, series_id=series.id)
    entry = make.entry(candidate, make.paper(), series)
    assert counted(session, plan, entry) == {because(Against.NO_DESK): 2}

    listening = make.entry(paper=make.paper(Mode.LISTENING), series=series)
    sit(listening, room, period)
    other = make.entry(paper=make.paper(), series=series)
    assert counted(session, plan, other) == {because(Against.NOT_TOGETHER): 1}
    sit(other, room, later)
    again = make.entry(make.candidate_of(_placement(session, other)), make.paper(), series)
    told = counted(session, plan, again)
    assert told == {because(Against.NOT_TOGETHER): 1, because(Against.CLASH): 1}


def _placement(session, entry):
    return session.scalars(select(Placement).where(Placement.entry_id == entry.id)).one()


def test_the_nearer_venues_are_named_with_what_stood_against_each(session, make, series, plan, sit):
    period = make.period(series)
    near, far = make.venue(), make.venue(**FAR)
    small, large = make.room(near, rows=1, columns=1), make.room(far)
    sit(make.entry(paper=make.paper(), series=series), small, period)
    entry = make.entry(paper=make.paper(), series=series)
    sit(entry, large, period)

    told = why_of(session, plan, entry.id)
    assert [(line.code, line.sentence) for line in told.nearer] == [
        (near.code, REASONS[Against.FULL])
    ]
    assert told.nearest == near.code
    assert told.metres > told.nearest_metres


def test_an_earlier_period_says_that_it_would_be_one_more_sitting(session, make, series, plan, sit):
    make.period(series)
    later = make.period(series)
    room = make.room(make.venue())
    entry = make.entry(paper=make.paper(), series=series)
    sit(entry, room, later)

    line = why_of(session, plan, entry.id).periods[0]
    assert line.is_earlier
    assert "one more sitting" in str(line.sentence)


def test_two_venues_too_far_apart_on_one_day_are_named(session, make, series, plan, sit):
    first = make.period(series, starts_at=NINE, minutes=90)
    make.period(series, starts_at=NINE + 2 * HOUR, minutes=90)
    near, far = make.venue(), make.venue(**FAR)
    room = make.room(near)
    make.room(far)
    candidate = make.candidate()
    sit(make.entry(candidate, make.paper(), series), room, first)
    entry = make.entry(candidate, make.paper(), series)

    told = counted(session, plan, entry)
    assert told == {because(Against.CLASH): 2, because(Against.TOO_FAR): 1}


def test_an_entry_that_needs_no_seat_has_nothing_to_explain(session, make, series, plan):
    make.period(series)
    make.room(make.venue())
    make.entry(paper=make.paper(), series=series)
    thesis = make.entry(paper=make.paper(Mode.THESIS), series=series)

    assert why_of(session, plan, thesis.id) is None


def test_what_is_possible_is_what_the_placing_rule_allows(session, make):
    """The explanation and the rule that places by hand are two codes: they agree."""
    plan, one, _ = solved(make, session, open_series(make))
    reading = why.read_plan(session, plan)
    for entry_id in session.scalars(select(Placement.entry_id).limit(4)).all():
        entry = session.get_one(Entry, entry_id)
        for option in why_of(session, plan, entry_id, reading).options:
            with session.begin_nested() as undone:
                service.move(
                    session,
                    one,
                    plan,
                    entry,
                    service.desk_of(session, plan, option.venue, option.room, option.seat),
                    service.period_of(session, plan, option.period),
                    now=BEFORE,
                )
                undone.rollback()
            assert option.effect.broken == []
