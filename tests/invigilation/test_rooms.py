"""The room on the day: opened, run by its own clock, closed, counted and reconciled."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from exam_centre.admission import service as admission
from exam_centre.admission.models import Attendance
from exam_centre.admission.rules import AttendanceStatus, Identity, RegisterClosed
from exam_centre.conduct import service as conduct
from exam_centre.conduct.models import Incident
from exam_centre.conduct.rules import IncidentKind
from exam_centre.custody.rules import BagStatus
from exam_centre.invigilation import queries, service
from exam_centre.invigilation.rules import (
    Count,
    CountedAlready,
    CountWrong,
    IncidentsOpen,
    NotClosed,
    NotOpenable,
    PapersNotOpened,
    ReasonMissing,
    RecheckIncomplete,
    RegisterUnbalanced,
    RoomDayStatus,
    StartsLater,
    StillWriting,
    end_with_stoppages,
)
from exam_centre.kernel.errors import Forbidden, IllegalMove, NotFound, SamePerson
from exam_centre.kernel.laws import LawBroken
from exam_centre.papers.rules import Mode
from tests.factories.times import HOUR, MINUTE, NINE

END = NINE + 90 * MINUTE
S = AttendanceStatus
R = RoomDayStatus


@pytest.fixture
def first(make):
    return make.invigilator()


@pytest.fixture
def second(make):
    return make.invigilator()


def test_preparing_a_room_expects_everybody_and_nobody_is_present(session, make, first):
    placements = [make.placement(), make.placement()]
    room = placements[0].room_session_id

    day = service.prepare_room(session, first, room, now=NINE)

    rows = session.scalars(select(Attendance)).all()
    assert {(row.placement_id, row.status) for row in rows} == {
        (p.id, S.EXPECTED) for p in placements
    }
    assert service.prepare_room(session, first, room, now=NINE) is day


def test_two_people_open_a_room_with_its_papers_out_of_the_bags(session, make, first, second):
    placement = make.placement()
    day = service.prepare_room(session, first, placement.room_session_id, now=NINE)
    doors = NINE - 30 * MINUTE

    with pytest.raises(PapersNotOpened):
        service.open_room(session, first, day, second=second, now=doors)
    make.bag(placement, status=BagStatus.OPENED)
    with pytest.raises(SamePerson):
        service.open_room(session, first, day, second=first, now=doors)
    with pytest.raises(NotOpenable):
        service.open_room(session, first, day, second=second, now=doors - MINUTE)
    with pytest.raises(Forbidden):
        service.open_room(session, first, day, second=make.door_staff(), now=doors)
    service.open_room(session, first, day, second=second, now=doors)

    assert (day.status, day.opening_witness_id) == (R.OPEN, second.person_id)


def test_a_computer_room_opens_without_papers(session, make, first, second):
    entry = make.entry(paper=make.paper(Mode.COMPUTER))
    day = service.prepare_room(session, first, make.placement(entry).room_session_id, now=NINE)

    service.open_room(session, first, day, second=second, now=NINE)

    assert day.status is R.OPEN


def test_no_clock_starts_before_the_published_start(session, make, first):
    placement = make.placement()
    day = make.room_day(status=R.OPEN)

    with pytest.raises(StartsLater):
        service.start_clock(session, first, day, now=NINE - timedelta(seconds=1))
    service.start_clock(session, first, day, now=NINE + 4 * MINUTE)

    ends = queries.personal_ends(session, placement.room_session_id, NINE)
    assert ends == {placement.id: END + 4 * MINUTE}


def test_a_stoppage_is_given_back_to_everybody_and_extra_time_stays_what_it_was(
    session, make, first
):
    candidate = make.candidate()
    make.arrangement(candidate)
    usual, longer = make.placement(), make.placement(make.entry(candidate))
    room, day = usual.room_session_id, make.room_day()
    service.stop_clock(session, first, day, reason="alarm", now=NINE + 30 * MINUTE)
    lasting = queries.personal_ends(session, room, NINE + 35 * MINUTE)
    service.resume_clock(session, first, day, now=NINE + 37 * MINUTE)

    ends = queries.personal_ends(session, room, NINE + HOUR)

    assert lasting[usual.id] == END + 5 * MINUTE
    assert ends == {
        usual.id: END + 7 * MINUTE,
        longer.id: NINE + timedelta(minutes=90 * 1.25) + 7 * MINUTE,
    }


def test_who_had_finished_before_a_stoppage_gains_nothing_by_it():
    stops = [(NINE + 80 * MINUTE, NINE + 90 * MINUTE), (NINE + 95 * MINUTE, NINE + 100 * MINUTE)]

    assert end_with_stoppages(NINE, 80 * MINUTE, stops) == NINE + 80 * MINUTE
    assert end_with_stoppages(NINE, 81 * MINUTE, stops) == NINE + 91 * MINUTE
    assert end_with_stoppages(NINE, 90 * MINUTE, stops) == NINE + 105 * MINUTE
    # Somebody held over who began while the clock stood still gets back what was left of it.
    assert end_with_stoppages(NINE + 85 * MINUTE, 5 * MINUTE, stops) == NINE + 95 * MINUTE


def test_a_clock_is_stopped_for_a_reason_and_once(session, make, first):
    day = make.room_day()

    with pytest.raises(ReasonMissing):
        service.stop_clock(session, first, day, reason="", now=NINE)
    service.stop_clock(session, first, day, reason="power", now=NINE)
    with pytest.raises(IllegalMove):
        service.stop_clock(session, first, day, reason="power", now=NINE)


def test_seats_without_a_word_keep_the_register_open_and_are_named(session, make, first, second):
    day = make.room_day()
    make.attendance(make.placement(seat=1))
    make.placement(seat=22)
    make.attendance(make.placement(seat=7), S.EXPECTED)

    with pytest.raises(RegisterUnbalanced) as refusal:
        service.close_room(session, first, day, second=second, now=END)

    assert refusal.value.seats == (7, 22)
    law = queries.law_attendance(session, [day.room_session_id])
    assert (law.left, law.right, len(law.rows)) == (3, 1, 2)
    assert queries.balance_of(session, day.room_session_id).unresolved == 2


def test_nobody_closes_over_somebody_who_still_has_time(session, make, first, second):
    candidate = make.candidate()
    make.arrangement(candidate)
    day = make.room_day()
    make.attendance(make.placement(seat=1))
    make.attendance(make.placement(make.entry(candidate), seat=5))

    with pytest.raises(StillWriting) as refusal:
        service.close_room(session, first, day, second=second, now=END)

    assert refusal.value.seats == (5,)
    service.close_room(
        session, first, day, second=second, now=NINE + timedelta(minutes=112, seconds=30)
    )
    assert day.status is R.CLOSED


def test_an_absent_person_keeps_nobody_waiting(session, make, first, second):
    day = make.room_day()
    make.attendance(make.placement(), S.ABSENT)

    service.close_room(session, first, day, second=second, now=NINE + 31 * MINUTE)

    assert day.status is R.CLOSED


@pytest.fixture
def closed(session, make, first, second):
    """A room closed by two: two people present, one absent."""
    day = make.room_day()
    placements = [make.placement(seat=n) for n in (1, 2, 3)]
    for placement in placements[:2]:
        make.attendance(placement)
    make.attendance(placements[2], S.ABSENT)
    with pytest.raises(SamePerson):
        service.close_room(session, first, day, second=first, now=END)
    service.close_room(session, first, day, second=second, now=END)
    return day, placements


def test_a_closed_room_takes_no_more_entries(session, first, closed):
    _, placements = closed

    with pytest.raises(RegisterClosed):
        admission.undo_admission(session, first, placements[0].id, reason="late", now=END)


def count(session, actor, day, number):
    return service.count_scripts(session, actor, day, count=number, now=END)


def test_two_humans_count_alike(session, first, second, closed):
    day, _ = closed

    assert count(session, first, day, 2) is Count.FIRST_KEPT
    with pytest.raises(SamePerson):
        count(session, first, day, 2)
    assert count(session, second, day, 2) is Count.AGREED
    assert queries.law_scripts(session, [day.room_session_id]).green
    with pytest.raises(CountedAlready):
        count(session, second, day, 2)


def test_the_second_counter_never_learns_the_first_count(session, first, second, closed):
    day, _ = closed
    count(session, first, day, 2)

    told = [repr(count(session, second, day, 17))]
    with pytest.raises(CountWrong) as refusal:
        count(session, second, day, -1)
    told.append(str(refusal.value))
    incident = session.scalars(select(Incident)).one()
    told += [incident.text, repr(incident.facts)]

    assert told[0] == repr(Count.DIFFERS)
    assert not any(digit in words for words in told[2:] for digit in "0123456789")
    assert "2" not in told[1]
    assert incident.kind is IncidentKind.COUNT_DIFFERS
    assert (day.second_count, day.second_counter_id) == (None, None)


def test_after_a_difference_the_first_counter_may_count_anew(session, first, second, closed):
    day, _ = closed
    count(session, first, day, 3)
    assert count(session, second, day, 2) is Count.DIFFERS

    assert count(session, first, day, 2) is Count.FIRST_KEPT
    assert count(session, second, day, 2) is Count.AGREED


def test_scripts_are_counted_after_the_close_by_who_runs_the_room(session, make, first):
    make.attendance(make.placement())
    day = make.room_day()

    with pytest.raises(NotClosed):
        count(session, first, day, 1)
    with pytest.raises(Forbidden):
        count(session, make.door_staff(), day, 1)


def test_the_third_law_counts_people_who_sat_script_marked_papers(session, make):
    present, removed = make.placement(), make.placement()
    make.attendance(present)
    make.attendance(removed, S.REMOVED)
    make.attendance(make.placement(), S.ABSENT)
    make.attendance(make.placement(make.entry(paper=make.paper(Mode.COMPUTER))))
    voided = make.attendance(make.placement())
    voided.move_to(S.VOIDED)
    session.flush()
    make.room_day(status=R.RECONCILED, scripts=3)

    law = queries.law_scripts(session, [present.room_session_id])

    assert law.green
    assert law.left == law.right == 3


def test_rooms_whose_differences_balance_still_break_the_third_law(session, make):
    one, other = make.placement(), make.placement(room=make.room())
    make.attendance(one)
    make.attendance(other)
    rooms = [one.room_session_id, other.room_session_id]
    for room_session_id, scripts in zip(rooms, (0, 2), strict=True):
        make.room_day(status=R.RECONCILED, scripts=scripts, room_session_id=room_session_id)

    law = queries.law_scripts(session, rooms)

    assert law.left == law.right == 2
    assert len(law.rows) == 2


@pytest.fixture
def counted(session, first, second, closed):
    """A closed room with its scripts counted alike."""
    day, placements = closed
    count(session, first, day, 2)
    count(session, second, day, 2)
    return day, placements


def test_a_room_in_order_is_reconciled(session, make, counted):
    day, _ = counted

    service.reconcile(session, make.chief(), day, now=END)

    assert day.status is R.RECONCILED
    with pytest.raises(IllegalMove):
        service.reconcile(session, make.chief(), day, now=END)


def test_only_who_closes_the_day_reconciles(session, first, counted):
    with pytest.raises(Forbidden):
        service.reconcile(session, first, counted[0], now=END)


def test_scripts_not_counted_or_too_few_lock_the_room(session, make, first, second, closed):
    day, _ = closed
    with pytest.raises(LawBroken):
        service.reconcile(session, make.chief(), day, now=END)
    count(session, first, day, 1)
    count(session, second, day, 1)

    with pytest.raises(LawBroken) as refusal:
        service.reconcile(session, make.chief(), day, now=END)
    assert (refusal.value.law.left, refusal.value.law.right) == (1, 2)


def test_an_open_incident_locks_the_room_until_somebody_else_resolves_it(session, make, counted):
    day, placements = counted
    incident = make.incident(placements[0])

    with pytest.raises(IncidentsOpen) as refusal:
        service.reconcile(session, make.chief(), day, now=END)
    assert refusal.value.numbers == (incident.number,)
    conduct.resolve_incident(session, make.chief(), incident, resolution="done", now=END)
    service.reconcile(session, make.chief(), day, now=END)


def test_everybody_who_came_is_compared_again_before_the_room_is_reconciled(session, make, counted):
    day, placements = counted
    row = session.get(Attendance, placements[0].id)
    row.recheck, row.rechecked_by_id = Identity.NOT_CHECKED, None
    session.flush()

    with pytest.raises(RecheckIncomplete):
        service.reconcile(session, make.chief(), day, now=END)
    admission.recheck_identity(session, make.chief(), placements[0].id, Identity.MATCH, now=END)
    service.reconcile(session, make.chief(), day, now=END)


def test_a_room_is_cancelled_before_it_runs_and_never_after(session, make):
    chief, day = make.chief(), make.room_day(status=R.READY)

    service.cancel_room(session, chief, day, reason="no power", now=NINE)

    assert day.status is R.CANCELLED
    running = make.room_day(make.room_session(make.room()))
    with pytest.raises(IllegalMove):
        service.cancel_room(session, chief, running, reason="no power", now=NINE)


def test_a_room_of_another_venue_sounds_absent(session, make):
    day = make.room_day()

    assert queries.access_room_day(session, make.invigilator(), day.token) is day
    with pytest.raises(NotFound):
        queries.access_room_day(session, make.invigilator(make.venue()), day.token)
