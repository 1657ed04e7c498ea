"""The pages of a room on the day: who may open them, what they do, and what they never say."""

import pytest
from sqlalchemy import select

from exam_centre.admission import service as admission
from exam_centre.admission.models import Attendance
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.custody.rules import BagStatus
from exam_centre.invigilation import service
from exam_centre.invigilation.models import RoomDay, Stoppage
from exam_centre.invigilation.rules import RoomDayStatus
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.permissions import Actor, Role, everywhere
from tests.architecture import strangers
from tests.factories.times import HOUR, MINUTE, NINE
from tests.invigilation.staged import Hands, Member, later_numbers, stage
from tests.webkit import fixtures
from tests.webkit.fixtures import PASSWORD

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
no_strangers = strangers.no_strangers
S = AttendanceStatus
R = RoomDayStatus
SIGNED = {"second_login": "I2", "second_password": PASSWORD}


@pytest.fixture
def hands(monkeypatch):
    hands = Hands(NINE - 20 * MINUTE)
    monkeypatch.setattr(clock, "now", hands.now)
    return hands


@pytest.fixture
def staged(app, hands):
    return stage()


@pytest.fixture
def first(app, staged):
    return Member(app, staged.staff(Role.INVIGILATOR, "I1", "第一监考"))


@pytest.fixture
def second(app, staged):
    return Member(app, staged.staff(Role.INVIGILATOR, "I2", "第二监考"))


def room(staged, act=""):
    return f"/invigilation/rooms/{staged.room_session.token}" + (f"/{act}" if act else "")


def day_of(staged):
    with reading() as session:
        return session.scalar(
            select(RoomDay).where(RoomDay.room_session_id == staged.room_session.id)
        )


def statuses(staged):
    with reading() as session:
        rows = session.scalars(select(Attendance).order_by(Attendance.placement_id)).all()
        return [row.status for row in rows]


def bring_to(staged, status, *, attendance=S.PRESENT, **fields):
    """Commit the room's day at a status, with everybody of one attendance and the bag open."""
    with unit_of_work() as session:
        make = later_numbers(session)
        for placement in staged.placements:
            make.attendance(placement, attendance)
        make.room_day(staged.room_session, status, **fields)


def test_a_room_is_prepared_opened_by_two_and_started(app, staged, first, second, hands):
    with unit_of_work() as session:
        make = later_numbers(session)
        make.bag(staged.placements[0], status=BagStatus.OPENED)

    assert first.post(room(staged, "prepare")).status_code == 303
    assert statuses(staged) == [S.EXPECTED] * 3
    assert first.post(room(staged, "open"), **SIGNED).status_code == 303
    day = day_of(staged)
    assert day.status is R.OPEN
    assert day.opening_witness_id == second.person_id
    early = first.post(room(staged, "start"), follow=True)
    assert "The published start is 2026-12-12 09:00." in early.get_data(as_text=True)
    hands.at = NINE
    first.post(room(staged, "start"))
    assert day_of(staged).started_at == NINE


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Number and password do not match"), ("zh", "与密码不符")],
)
def test_a_wrong_second_password_is_told_at_its_field(staged, first, second, language, words):
    bring_to(staged, R.READY)
    first.language = language

    page = first.post(room(staged, "open"), second_login="I2", second_password="not mine at all")

    assert page.status_code == 200
    assert day_of(staged).status is R.READY
    html = page.get_data(as_text=True)
    assert 'id="second_password-error"' in html
    assert words in html


def test_one_human_does_not_sign_twice(staged, first):
    bring_to(staged, R.READY)

    page = first.post(room(staged, "open"), second_login="I1", second_password=PASSWORD)

    assert 'id="second_login-error"' in page.get_data(as_text=True)
    assert day_of(staged).status is R.READY


def test_guesses_at_the_second_password_are_limited_and_signatures_are_not(staged, first, second):
    bring_to(staged, R.READY)
    wrong = {"second_login": "I2", "second_password": "a wrong password"}

    answers = [first.post(room(staged, "open"), **wrong).status_code for _ in range(11)]

    assert answers == [200] * 10 + [429]


def test_a_stoppage_needs_a_reason_and_gives_the_time_back(staged, first, hands):
    bring_to(staged, R.RUNNING)
    hands.at = NINE + 30 * MINUTE

    assert first.post(room(staged, "stop"), reason=" ").status_code == 200
    assert day_of(staged).status is R.RUNNING
    assert first.post(room(staged, "stop"), reason="消防演习").status_code == 303
    hands.at = NINE + 37 * MINUTE
    first.post(room(staged, "resume"))

    with reading() as session:
        assert session.scalar(select(Stoppage)).reason == "消防演习"
    assert "10:37" in first.get(room(staged)).get_data(as_text=True)


def test_two_people_say_who_is_absent_and_nobody_is_by_default(staged, first, second, hands):
    bring_to(staged, R.RUNNING, attendance=S.EXPECTED)
    empty = staged.placements[1]
    hands.at = NINE + 31 * MINUTE

    page = first.get(room(staged, "absentees")).get_data(as_text=True)
    assert "checked" not in page
    assert first.post(room(staged, "absentees"), **SIGNED).status_code == 200
    assert first.post(room(staged, "absentees"), seats=empty.token, **SIGNED).status_code == 303

    with reading() as session:
        row = session.get_one(Attendance, empty.id)
        assert row.status is S.ABSENT
        assert row.absent_confirmed_by_id == second.person_id


def test_the_door_is_still_open_for_absentees(staged, first, second, hands):
    bring_to(staged, R.RUNNING, attendance=S.EXPECTED)
    hands.at = NINE + 30 * MINUTE

    page = first.post(
        room(staged, "absentees"), seats=staged.placements[0].token, **SIGNED
    ).get_data(as_text=True)

    assert "flash--problem" in page
    assert statuses(staged) == [S.EXPECTED] * 3


def test_a_register_is_closed_by_two_once_everybodys_time_is_up(staged, first, second, hands):
    bring_to(staged, R.RUNNING)
    hands.at = NINE + HOUR

    early = first.post(room(staged, "close"), **SIGNED).get_data(as_text=True)
    assert "Close the room then." in early
    hands.at = NINE + 90 * MINUTE
    assert first.post(room(staged, "close"), **SIGNED).status_code == 303

    assert day_of(staged).countersigned_by_id == second.person_id


def test_scripts_are_counted_blind_by_two(app, staged, first, second, hands):
    bring_to(staged, R.CLOSED)

    assert first.post(room(staged, "count"), count="").status_code == 200
    assert first.post(room(staged, "count"), count="３").status_code == 200
    assert first.post(room(staged, "count"), count="8642").status_code == 303
    for address in (room(staged), room(staged, "count")):
        page = second.get(address).get_data(as_text=True)
        assert "8642" not in page.partition("<body")[2]
    second.post(room(staged, "count"), count="3")
    assert day_of(staged).second_count is None
    first.post(room(staged, "count"), count="3")
    second.post(room(staged, "count"), count="3")

    assert (day_of(staged).first_count, day_of(staged).second_count) == (3, 3)


def test_a_room_is_reconciled_by_the_chief_and_not_while_a_law_is_red(app, staged, hands):
    bring_to(staged, R.CLOSED)
    chief = Member(app, staged.staff(Role.CHIEF, "C1"))

    red = chief.post(room(staged, "reconcile"))

    assert "law--red" in red.get_data(as_text=True)
    assert day_of(staged).status is R.CLOSED
    with unit_of_work() as session:
        day = session.get_one(RoomDay, day_of(staged).id)
        people = [Actor(p, None, "", everywhere(Role.INVIGILATOR)) for p in (1, 2)]
        for person in people:
            service.count_scripts(session, person, day, count=3, now=hands.at)
    assert chief.post(room(staged, "reconcile")).status_code == 303
    assert day_of(staged).status is R.RECONCILED


@pytest.mark.parametrize(
    "act", ["", "roll-call", "roll-call.pdf", "record-sheet.pdf", "open", "close", "stop", "count"]
)
def test_a_room_of_another_venue_is_nowhere(app, staged, act):
    bring_to(staged, R.RUNNING)
    stranger = Member(app, staged.staff(Role.CHIEF, "C9", elsewhere=True))
    own = Member(app, staged.staff(Role.CHIEF, "C1"))

    assert stranger.get(room(staged, act)).status_code == 404
    assert own.get(room(staged, act)).status_code == 200


def test_door_staff_run_no_room_and_invigilators_close_no_day(app, staged, first):
    bring_to(staged, R.RUNNING)
    door = Member(app, staged.staff(Role.DOOR_STAFF, "D1"))

    assert door.get(room(staged)).status_code == 403
    assert first.get(room(staged, "reconcile")).status_code == 403
    assert first.get(room(staged, "cancel")).status_code == 403


def test_the_roll_call_names_everybody_inside_and_nobody_else(staged, first):
    bring_to(staged, R.RUNNING)
    with unit_of_work() as session:
        admission.remove(
            session,
            Actor(1, None, "", everywhere(Role.INVIGILATOR)),
            staged.placements[0].id,
            reason="ill",
            now=NINE,
        )

    page = first.get(room(staged, "roll-call")).get_data(as_text=True)

    assert "欧阳雪" in page
    assert "王小明" not in page
