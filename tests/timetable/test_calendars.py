"""One's own exams and duties for a calendar: what stands in it, and who may read it."""

from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from exam_centre.accounts.models import User
from exam_centre.accounts.rules import UserStatus
from exam_centre.entries.models import Entry
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.kernel.sentences import say
from exam_centre.timetable import queries, service
from exam_centre.timetable.documents import own_calendar
from exam_centre.timetable.models import CalendarAddress, Duty, Placement, Publication
from exam_centre.timetable.queries.calendars import Certainty
from exam_centre.timetable.rules import DutyStatus, Stage, UnplacedReason
from tests.factories.times import NINE
from tests.timetable.small_series import BEFORE, open_series, published, solved
from tests.webkit.fixtures import csrf_of

NOON_UTC = NINE + timedelta(hours=3)


def calendar_of(session, person_id, language="en"):
    events = queries.own_events(session, person_id)
    content = own_calendar(events, "exams.example", language, BEFORE)
    return Calendar.from_ical(content), content.decode()


def test_an_exam_stands_on_the_venues_clock_with_its_zone(make, session):
    placement = make.placement(make.entry(make.candidate()))
    make.home_plan()
    publish_stages(make, session, placement)
    calendar, text = calendar_of(session, placement.person_id)
    (event,) = calendar.walk("VEVENT")

    assert "BEGIN:VTIMEZONE" in text
    assert "DTSTART;TZID=Asia/Shanghai:" in text
    assert event.decoded("dtstart") == placement.starts_at
    assert event.decoded("dtend") == placement.ends_at
    assert str(event["status"]) == "CONFIRMED"
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def publish_stages(make, session, placement):
    """Write the publications a plan in force has, which the shared home plan lacks."""
    one, two = make.person(), make.person()
    if not queries.publications_of(session, [placement.plan_id]):
        for stage in Stage:
            session.add(
                Publication(
                    plan_id=placement.plan_id,
                    stage=stage,
                    first_id=one.id,
                    second_id=two.id,
                    at=BEFORE,
                )
            )
        session.flush()


def test_times_alone_are_told_until_rooms_are_published(make, session):
    plan, one, two = solved(make, session, open_series(make))
    service.propose(session, one, plan, now=BEFORE)
    person_id = session.scalars(select(Placement.person_id)).first()

    assert queries.own_events(session, person_id) == []
    service.publish(session, two, plan, Stage.TIME, now=BEFORE)
    (first, *_more) = queries.own_events(session, person_id)
    assert (first.venue, first.room, first.seat) == ("", "", None)
    service.publish(session, two, plan, Stage.ROOM, now=BEFORE)
    (again, *_more) = queries.own_events(session, person_id)
    assert again.uid == first.uid
    assert again.sequence > first.sequence
    assert again.room != ""
    assert again.seat is not None


def test_a_repair_that_takes_the_seat_cancels_the_event_under_its_old_name(make, session):
    series = open_series(make)
    plan, one, two = published(make, session, series)
    placement = queries.placements_of_plan(session, plan)[0]
    entry = session.get_one(Entry, placement.entry_id)
    named = f"exam-{entry.token}"
    before = {e.uid: e for e in queries.own_events(session, placement.person_id)}
    repair = service.draft_plan(session, one, series, now=BEFORE)
    service.vacate(session, one, repair, placement, now=BEFORE)
    unchanged = {e.uid: e for e in queries.own_events(session, placement.person_id)}
    assert unchanged == before

    why = say("Another venue is looked for.")
    service.leave_unplaced(session, one, repair, entry, UnplacedReason.NO_SEAT, why, now=BEFORE)
    for officer, part in ((one, "one more part"), (two, "the other part")):
        service.add_seed_part(session, officer, repair, part, now=BEFORE)
    service.seal_plan(session, one, repair, algorithm="by hand 1", now=BEFORE)
    service.propose(session, one, repair, now=BEFORE)
    service.publish(session, two, repair, Stage.TIME, now=NOON_UTC)
    after = {e.uid: e for e in queries.own_events(session, placement.person_id)}

    assert after.keys() == before.keys()
    assert after[named].certainty is Certainty.CANCELLED
    assert after[named].sequence > before[named].sequence
    assert after[named].changed_at == NOON_UTC
    calendar, _text = calendar_of(session, placement.person_id)
    statuses = {str(e["uid"]): str(e["status"]) for e in calendar.walk("VEVENT")}
    assert statuses[f"{named}@exams.example"] == "CANCELLED"


def test_an_offered_duty_is_tentative_and_an_accepted_one_sure(make, session):
    series = open_series(make)
    plan, one, two = solved(make, session, series)
    service.roster_plan(session, one, plan, now=BEFORE)
    service.seal_plan(session, one, plan, algorithm="park 1", now=BEFORE)
    service.propose(session, one, plan, now=BEFORE)
    service.publish(session, two, plan, Stage.TIME, now=BEFORE)
    duty = session.scalars(select(Duty)).first()

    def event():
        found = queries.own_events(session, duty.person_id)
        return next(each for each in found if each.uid == f"duty-{duty.token}")

    offered = event()
    assert offered.certainty is Certainty.TENTATIVE
    duty.move_to(DutyStatus.ACCEPTED)
    session.flush()
    assert event().certainty is Certainty.CONFIRMED
    assert event().sequence > offered.sequence


def test_a_calendar_speaks_both_languages(make, session):
    placement = make.placement(make.entry(make.candidate()))
    publish_stages(make, session, placement)

    assert "Exam: " in calendar_of(session, placement.person_id, "en")[1]
    assert "考试：" in calendar_of(session, placement.person_id, "zh")[1]


@pytest.fixture
def worker(signed_in):
    """The browser of a worker."""
    return signed_in(Role.WORKER, login="W1")


def address_in(text):
    return (
        "/timetable/calendar/" + text.split('value="http')[1].split("/calendar/")[1].split('"')[0]
    )


def test_the_secret_address_is_read_without_signing_in_until_it_is_renewed(worker, app):
    def make_address():
        answer = worker.post(
            "/timetable/calendar/address",
            data={"csrf_token": csrf_of(worker, "/timetable/calendar")},
        )
        return address_in(answer.get_data(as_text=True))

    stranger = app.test_client()
    first = make_address()
    answer = stranger.get(first)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert Calendar.from_ical(answer.data).walk("VEVENT") == []

    second = make_address()
    assert stranger.get(first).status_code == 404
    assert stranger.get(second).status_code == 200
    with reading() as session:
        secret = second.split("/")[-1].removesuffix(".ics")
        kept = session.scalars(select(CalendarAddress)).one()
        assert secret not in (kept.token_hash, kept.language)
        trail = str([row.changes for row in session.scalars(select(AuditRow))])
        assert secret not in trail
        assert kept.token_hash not in trail

    worker.post(
        "/timetable/calendar/address/end",
        data={"csrf_token": csrf_of(worker, "/timetable/calendar")},
    )
    assert stranger.get(second).status_code == 404


def test_the_address_of_somebody_who_may_not_sign_in_any_more_is_dead(worker, app):
    answer = worker.post(
        "/timetable/calendar/address", data={"csrf_token": csrf_of(worker, "/timetable/calendar")}
    )
    address = address_in(answer.get_data(as_text=True))
    with unit_of_work() as session:
        user = session.scalars(select(User).where(User.login == "W1")).one()
        user.move_to(UserStatus.DISABLED)

    assert app.test_client().get(address).status_code == 404


def test_ones_own_calendar_is_a_file_for_oneself(worker, app):
    assert b"BEGIN:VCALENDAR" in worker.get("/timetable/calendar.ics").data
    assert app.test_client().get("/timetable/calendar.ics").status_code in (302, 303, 401)
    assert app.test_client().get(f"/timetable/calendar/{'a' * 22}.ics").status_code == 404
