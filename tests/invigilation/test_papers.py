"""What is printed of a room and a day: the duty card, who waits, who was absent, who closed."""

from itertools import pairwise

import pytest

from exam_centre.adapters.pdf.blocks import texts
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.entries.rules import AccessKind
from exam_centre.invigilation import documents, queries
from exam_centre.invigilation.documents import Ending, Needs
from exam_centre.invigilation.models import ClosedDay
from exam_centre.invigilation.rules import Check, Checked
from exam_centre.kernel.laws import Row
from exam_centre.kernel.sentences import say
from exam_centre.timetable.queries.whereabouts import room_spots
from exam_centre.timetable.rules import DutyRole
from tests.factories.times import EXAM_DAY, HOUR, MINUTE, NINE

ZONE = "Asia/Shanghai"


def words(document):
    return list(texts(document))


def test_the_duty_card_says_each_minute_and_who_needs_what(session, make):
    needy = make.candidate()
    make.arrangement(needy)
    placement = make.placement(make.entry(needy), seat=7)
    make.placement(seat=8)
    seen = queries.room_view(session, placement.room_session_id, NINE)
    needs = Needs(queries.seats_with_needs(session, placement.room_session_id, seen.spot.series_id))

    told = words(documents.duty_card(seen, [(DutyRole.FIRST, "周芳")], needs, language="en"))

    assert needs.seats == {AccessKind.EXTRA_TIME: [7]}
    assert ("08:30", "Doors open. Documents lie on the desk.") in pairwise(told)
    assert "Time is up at seats 8. Pens down." in told
    assert "Time is up at seats 7. Pens down." in told
    assert "Extra time: seats 7." in told
    assert "周芳" in told


def test_who_waits_between_two_papers_stands_in_the_log_of_that_room(session, make):
    candidate = make.candidate(make.person("王留考"))
    first = make.placement(make.entry(candidate), seat=3)
    second = make.placement(make.entry(candidate), seat=4, starts_at=NINE + 110 * MINUTE)
    held = make.held_over(first, second)
    elsewhere = make.placement(room=make.room())

    [person] = queries.held_people(session, held.room_session_id)
    spots = room_spots(session, [held.room_session_id, elsewhere.room_session_id])
    told = words(documents.held_over_log(spots[held.room_session_id], [person], language="zh"))

    assert person.first_place.endswith(" / 3")
    assert {"王留考", "10:30–10:50", person.supervisor} <= set(told)
    assert queries.held_people(session, elsewhere.room_session_id) == []


def test_the_absentee_list_names_the_two_who_said_so_and_the_seats_still_silent(session, make):
    gone, silent, came = (make.placement(seat=seat) for seat in (1, 2, 3))
    note, confirm = make.person("甲监考"), make.person("乙监考")
    make.attendance(
        gone, AttendanceStatus.ABSENT, absent_noted_by_id=note.id, absent_confirmed_by_id=confirm.id
    )
    make.attendance(silent, AttendanceStatus.EXPECTED)
    make.attendance(came)
    seen = queries.room_view(session, gone.room_session_id, NINE + HOUR)

    told = words(
        documents.absentee_list(
            seen, queries.who_said_absent(session, gone.room_session_id), language="en"
        )
    )

    assert "甲监考、乙监考" in told
    assert "Seats without a word yet: 2." in told
    assert make.candidate_of(came).person_no not in told


def report(ending, language="en"):
    return words(
        documents.day_report(
            [],
            [],
            [],
            queries.DayHeads((), ""),
            venue="示范园第1考点",
            code="V1",
            day="Saturday",
            compared=(1, 1),
            ending=ending,
            number="VD-1",
            language=language,
        )
    )


@pytest.fixture
def closed():
    return ClosedDay(
        venue_id=1,
        day=EXAM_DAY,
        closed_by_id=1,
        countersigned_by_id=2,
        closed_at=NINE + 9 * HOUR,
        rooms=2,
        should_sit=50,
        present=48,
        scripts=48,
    )


def test_the_day_report_names_the_two_who_closed_the_day_and_what_they_signed(closed):
    told = " ".join(report(Ending([], closed, ["周芳", "林主任"], ZONE)))

    assert "Closed for good by 周芳、林主任, 2026-12-12 18:00." in told
    assert "2 rooms, 50 people who should sit, 48 present, 48 scripts" in told


def test_the_day_report_of_an_open_day_lists_what_is_open(closed):
    red = Checked(Check.BAGS, say("To do about bags: {count}.", count=1), (Row("x", say("")),))
    green = Checked(Check.INCIDENTS, say("No incident is open."))

    told = report(Ending([red, green], None, [], ZONE))

    assert "To do about bags: 1." in told
    assert "No incident is open." not in told
    assert "Nothing is open. The day is not closed yet." in report(Ending([green], None, [], ZONE))
