"""A venue's day: why it can not be closed yet, the two who close it, and what stays as it is."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from exam_centre.admission import service as admission
from exam_centre.admission.rules import AttendanceStatus, Identity
from exam_centre.admission.rules import DayIsClosed as ComparisonStands
from exam_centre.custody import service as custody
from exam_centre.custody.rules import BagKind, BagStatus
from exam_centre.custody.rules import DayIsClosed as BagStaysSealed
from exam_centre.invigilation import queries, service
from exam_centre.invigilation.models import ClosedDay
from exam_centre.invigilation.rules import Check, DayIsClosed, DayNotComplete, RoomDayStatus
from exam_centre.kernel.errors import Forbidden, SamePerson
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import Duty, RoomSession, Sitting
from exam_centre.timetable.rules import DutyRole, DutyStatus
from tests.factories.times import DAY, EXAM_DAY, HOUR, NINE

LATER = NINE + 4 * HOUR
S = AttendanceStatus


class Day:
    """A venue's finished day: one room, somebody present, somebody absent, both bags back."""

    def __init__(self, make):
        self.make, self.session = make, make.session
        self.venue = make.home_venue()
        self.came = make.placement()
        sitting = self.session.get_one(Sitting, self.came.sitting_id)
        paper = self.session.get_one(Paper, sitting.paper_id)
        self.stayed_away = make.placement(make.entry(paper=paper))
        self.attendance = make.attendance(self.came)
        make.attendance(self.stayed_away, S.ABSENT)
        self.room_session = self.session.get_one(RoomSession, self.came.room_session_id)
        self.room = make.room_day(self.room_session, RoomDayStatus.RECONCILED, scripts=1)
        self.papers = make.bag(self.came, status=BagStatus.RECEIVED, declared=3)
        counter = make.invigilator()
        custody.count_papers(
            self.session, counter, self.papers, used=0, spare=3, damaged=0, now=NINE + HOUR
        )
        self.scripts = make.bag(self.came, BagKind.SCRIPTS, status=BagStatus.RECEIVED, declared=1)
        self.chief, self.manager = make.chief(), make.chief()

    def close(self, **changes):
        return service.close_day(
            self.session,
            changes.get("actor", self.chief),
            self.venue,
            changes.get("day", EXAM_DAY),
            second=changes.get("second", self.manager),
            now=LATER,
        )

    def red(self):
        states = queries.room_states(
            self.session, queries.spots_of_day(self.session, self.venue, EXAM_DAY)
        )
        checks = queries.day_checks(self.session, self.venue, EXAM_DAY, states)
        return {each.check for each in checks if not each.green}


@pytest.fixture
def day(make):
    return Day(make)


def test_two_people_close_a_day_on_which_nothing_is_open(session, day):
    closed = day.close()

    assert day.red() == set()
    assert session.scalars(select(ClosedDay)).one() is closed
    assert {closed.closed_by_id, closed.countersigned_by_id} == {
        day.chief.person_id,
        day.manager.person_id,
    }
    assert (closed.rooms, closed.should_sit, closed.present, closed.scripts) == (1, 2, 1, 1)
    assert day.room.closed_day_id == closed.id


def test_nobody_closes_a_day_alone_or_without_the_right_to(day, make):
    with pytest.raises(SamePerson):
        day.close(second=day.chief)
    with pytest.raises(Forbidden):
        day.close(second=make.invigilator())
    with pytest.raises(Forbidden):
        day.close(actor=make.chief(make.venue()))


def test_a_day_without_rooms_has_nothing_to_close(day):
    with pytest.raises(DayNotComplete) as refusal:
        day.close(day=EXAM_DAY + DAY)

    assert "No room ran here" in str(refusal.value.sentence)


def not_reconciled(day):
    other = day.make.placement(room=day.make.room(day.venue))
    day.make.attendance(other, S.REFUSED)


def no_word(day):
    other = day.make.placement(room=day.make.room(day.venue))
    day.make.attendance(other, S.EXPECTED)


def noted_by_one(day):
    other = day.make.placement(room=day.make.room(day.venue))
    day.make.attendance(other, S.EXPECTED, absent_noted_by_id=day.make.person().id)


def open_incident(day):
    day.make.incident(day.came)


def incident_at_large(day):
    day.make.incident(venue=day.venue)


def bag_on_its_way(day):
    day.scripts.status = BagStatus.IN_TRANSIT


def bag_with_who_ran_the_room(day):
    day.make.save(
        Duty(
            plan_id=day.make.home_plan().id,
            person_id=day.scripts.holder_id,
            period_id=day.room_session.period_id,
            venue_id=day.venue.id,
            room_session_id=day.room_session.id,
            role=DutyRole.SECOND,
            status=DutyStatus.ACCEPTED,
        )
    )


def not_compared(day):
    day.attendance.recheck, day.attendance.rechecked_by_id = Identity.NOT_CHECKED, None


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        (not_reconciled, Check.ROOMS),
        (no_word, Check.ABSENTEES),
        (noted_by_one, Check.ABSENTEES),
        (open_incident, Check.INCIDENTS),
        (incident_at_large, Check.INCIDENTS),
        (bag_on_its_way, Check.BAGS),
        (bag_with_who_ran_the_room, Check.BAGS),
        (not_compared, Check.COMPARED),
    ],
)
def test_what_is_open_keeps_the_day_from_being_closed(session, day, spoil, check):
    spoil(day)
    session.flush()

    assert check in day.red()
    with pytest.raises(DayNotComplete) as refusal:
        day.close()
    assert check in {each.check for each in refusal.value.checks}
    assert session.scalars(select(ClosedDay)).all() == []


def test_a_noted_seat_names_who_noted_it(session, day):
    noted_by_one(day)
    states = queries.room_states(session, queries.spots_of_day(session, day.venue, EXAM_DAY))
    checks = queries.day_checks(session, day.venue, EXAM_DAY, states)

    [row] = next(each for each in checks if each.check is Check.ABSENTEES).rows

    assert "noted it empty; somebody else confirms" in row.text.say_in("en")


def test_scripts_in_no_bag_keep_the_day_open(session, day):
    session.delete(day.scripts)
    session.flush()

    states = queries.room_states(session, queries.spots_of_day(session, day.venue, EXAM_DAY))
    bags = queries.day_checks(session, day.venue, EXAM_DAY, states)[3]

    assert ["its scripts are in no bag" in row.text.say_in("en") for row in bags.rows] == [True]


def test_people_of_a_cancelled_room_are_not_waited_for(day):
    other = day.make.placement(room=day.make.room(day.venue))
    day.make.attendance(other, S.EXPECTED)
    room = day.session.get_one(RoomSession, other.room_session_id)
    day.make.room_day(room, RoomDayStatus.CANCELLED)

    assert day.close().rooms == 2


def test_another_day_of_the_venue_stays_open(make, day):
    day.close()
    tomorrow = make.placement(period=make.period(starts_at=NINE + DAY))

    prepared = service.prepare_room(make.session, day.chief, tomorrow.room_session_id, now=LATER)

    assert prepared.status is RoomDayStatus.READY


def test_no_room_of_a_closed_day_is_prepared_run_or_closed_again(session, make, day):
    late = make.placement(room=make.room(day.venue))
    day_of_late = make.room_day(
        session.get_one(RoomSession, late.room_session_id), RoomDayStatus.CANCELLED
    )
    day.close()

    for act in (
        lambda: service.prepare_room(session, day.chief, late.room_session_id, now=LATER),
        lambda: service.start_clock(session, day.chief, day_of_late, now=LATER),
        lambda: service.count_scripts(session, day.chief, day.room, count=1, now=LATER),
        lambda: service.reconcile(session, day.chief, day.room, now=LATER),
        day.close,
    ):
        with pytest.raises(DayIsClosed) as refusal:
            act()
    assert "correct the register with evidence" in str(refusal.value.sentence)


def test_what_comparing_gave_stands_once_the_day_is_closed(session, make, day):
    day.close()

    with pytest.raises(ComparisonStands):
        admission.recheck_identity(session, make.chief(), day.came.id, Identity.UNSURE, now=LATER)


def test_bags_of_a_closed_day_travel_on_but_stay_sealed_and_counted(session, make, day):
    day.close()
    holder = make.invigilator()

    with pytest.raises(BagStaysSealed):
        custody.count_papers(session, holder, day.papers, used=1, spare=2, damaged=0, now=LATER)
    with pytest.raises(BagStaysSealed):
        custody.open_bag(session, holder, day.papers, second=make.invigilator(), now=LATER)
    day.scripts.holder_id = holder.human()
    custody.send(session, holder, day.scripts, count=1, seal_no=day.scripts.seal_no, now=LATER)
    assert day.scripts.status is BagStatus.IN_TRANSIT


def test_two_people_still_correct_a_register_of_a_closed_day_with_evidence(session, day):
    absent = session.get_one(type(day.attendance), day.stayed_away.id)
    absent.closed_at = NINE + 3 * HOUR
    day.close()

    admission.correct_attendance(
        session,
        day.chief,
        day.stayed_away.id,
        S.PRESENT,
        second=day.manager,
        evidence="Script 2 and the seat photo",
        now=LATER,
    )

    assert absent.status is S.PRESENT
    rechecker = day.make.invigilator()
    admission.recheck_identity(session, rechecker, absent.placement_id, Identity.MATCH, now=LATER)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE closed_days SET closed_by_id = closed_by_id",
        "DELETE FROM closed_days",
        "UPDATE room_days SET first_count = 7, second_count = 7",
        "DELETE FROM room_days",
        "UPDATE attendances SET recheck = 'unsure' WHERE recheck = 'match'",
        "UPDATE paper_counts SET spare = 4",
        "UPDATE bags SET status = 'opened', opened_by_id = 1, opening_witness_id = 2 "
        "WHERE kind = 'papers'",
    ],
)
def test_the_database_itself_keeps_a_closed_day(session, day, statement):
    day.close()
    session.flush()

    with pytest.raises(IntegrityError, match="guard:"):
        session.execute(text(statement))


def test_the_database_closes_no_room_that_still_runs(session, make, day):
    closed = day.close()
    running = make.room_day(make.room_session(make.room(day.venue)), RoomDayStatus.RUNNING)
    session.flush()

    with pytest.raises(IntegrityError, match="a_closed_day_has_finished_rooms"):
        session.execute(
            text("UPDATE room_days SET closed_day_id = :day WHERE id = :room"),
            {"day": closed.id, "room": running.id},
        )
