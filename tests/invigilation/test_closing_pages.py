"""The one page for empty seats, and the page that closes a venue's day."""

from itertools import count

import pytest
from sqlalchemy import select

from exam_centre.admission.models import Attendance
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.custody.rules import BagKind, BagStatus
from exam_centre.invigilation.models import ClosedDay
from exam_centre.invigilation.rules import RoomDayStatus
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.permissions import Role
from tests.architecture import strangers
from tests.factories.times import EXAM_DAY, HOUR, MINUTE, NINE
from tests.invigilation.staged import Hands, Member, later_numbers, stage
from tests.webkit import fixtures
from tests.webkit.fixtures import PASSWORD

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
no_strangers = strangers.no_strangers
S = AttendanceStatus


@pytest.fixture
def hands(monkeypatch):
    hands = Hands(NINE + 31 * MINUTE)
    monkeypatch.setattr(clock, "now", hands.now)
    return hands


@pytest.fixture
def staged(app, hands):
    return stage()


@pytest.fixture
def waiting(staged):
    """The room runs and nobody has come."""
    with unit_of_work() as session:
        make = later_numbers(session)
        make.room_day(staged.room_session, RoomDayStatus.RUNNING)
        for placement in staged.placements:
            make.attendance(placement, S.EXPECTED)
    return staged


@pytest.fixture
def first(app, staged):
    return Member(app, staged.staff(Role.INVIGILATOR, "I1", "第一监考"))


@pytest.fixture
def second(app, staged):
    return Member(app, staged.staff(Role.INVIGILATOR, "I2", "第二监考"))


def seats(staged, act=""):
    tail = f"/{act}" if act else ""
    return f"/invigilation/rooms/{staged.room_session.token}/absentees{tail}"


def row_of(staged, number=0):
    with reading() as session:
        return session.get_one(Attendance, staged.placements[number].id)


def test_one_notes_empty_seats_and_another_confirms_them_on_their_own_device(
    waiting, first, second
):
    token = waiting.placements[0].token

    assert first.post(seats(waiting, "note"), seats=token).status_code == 303
    assert row_of(waiting).absent_noted_by_id == first.person_id
    assert row_of(waiting).status is S.EXPECTED
    mine = first.get(seats(waiting)).get_data(as_text=True)
    assert "You noted one seat." in mine
    assert "confirm one absence" not in mine
    theirs = second.get(seats(waiting)).get_data(as_text=True)
    assert "noted by 第一监考" in theirs

    assert second.post(seats(waiting, "confirm"), seat=token).status_code == 303
    assert row_of(waiting).status is S.ABSENT
    assert row_of(waiting).absent_confirmed_by_id == second.person_id


def test_nobody_confirms_their_own_note_or_a_seat_they_were_not_shown(waiting, first, second):
    token, other = (placement.token for placement in waiting.placements[:2])
    first.post(seats(waiting, "note"), seats=token)

    page = first.post(seats(waiting, "confirm"), seat=token).get_data(as_text=True)
    assert "flash--problem" in page
    assert second.post(seats(waiting, "confirm"), seat=other).status_code == 200
    assert row_of(waiting).status is S.EXPECTED


def test_nothing_is_noted_without_a_tick(waiting, first):
    page = first.post(seats(waiting, "note")).get_data(as_text=True)

    assert "Tick at least one seat." in page


def test_after_the_last_empty_seat_the_page_goes_back_to_the_room(waiting, first, second):
    signed = {"second_login": "I2", "second_password": PASSWORD}
    tokens = [placement.token for placement in waiting.placements]

    some = first.post(seats(waiting), seats=tokens[0], **signed)
    assert some.location.endswith("/absentees")
    rest = first.post(seats(waiting), seats=tokens[1:], **signed)
    assert rest.location.endswith(waiting.room_session.token)


def test_a_room_that_is_not_prepared_says_so(staged, first):
    page = first.get(seats(staged)).get_data(as_text=True)

    assert "The room is not prepared" in page


def day(staged, tail="/close"):
    return f"/invigilation/venues/{staged.venue.token}/{EXAM_DAY}{tail}"


@pytest.fixture
def finished(staged, hands):
    """Everybody came and left a script; the bags are back with the chief's office."""
    hands.at = NINE + 4 * HOUR
    with unit_of_work() as session:
        make = later_numbers(session)
        for placement in staged.placements:
            make.attendance(placement)
        make.room_day(staged.room_session, RoomDayStatus.RECONCILED, scripts=3)
        make.bag(staged.placements[0], BagKind.SCRIPTS, status=BagStatus.RECEIVED, declared=3)
    return staged


@pytest.fixture
def chief(app, staged):
    return Member(app, staged.staff(Role.CHIEF, "C1", "主考甲"))


SIGNED = {"second_login": "V1", "second_password": PASSWORD}


@pytest.fixture
def manager(app, staged):
    return Member(app, staged.staff(Role.VENUE_MANAGER, "V1", "考点主任"))


def test_the_page_names_what_keeps_the_day_open_and_leads_there(waiting, chief):
    with unit_of_work() as session:
        make = later_numbers(session)
        make.number = count(95_000).__next__  # type: ignore[method-assign]
        incident = make.incident(waiting.placements[0], venue=waiting.venue)

    page = chief.get(day(waiting)).get_data(as_text=True)

    assert "The day can not be closed yet" in page
    assert f"/invigilation/rooms/{waiting.room_session.token}/absentees" in page
    assert f"/conduct/incidents/{incident.token}" in page
    assert "second_password" not in page
    assert page.index("Absentees") < page.index("Every bag is back")


def test_two_people_close_the_day_on_the_page_and_it_shows_their_names(finished, chief, manager):
    page = chief.get(day(finished)).get_data(as_text=True)
    assert "Nothing is open." in page

    wrong = chief.post(day(finished), second_login="V1", second_password="guessed wrong")
    assert wrong.status_code == 200
    assert chief.post(day(finished), **SIGNED).status_code == 303

    for address in (day(finished), day(finished, "")):
        told = manager.get(address).get_data(as_text=True)
        assert "主考甲 · 考点主任" in told
    with reading() as session:
        closed = session.scalars(select(ClosedDay)).one()
    assert (closed.closed_by_id, closed.countersigned_by_id) == (
        chief.person_id,
        manager.person_id,
    )


def test_a_post_to_a_day_that_is_not_complete_changes_nothing(waiting, chief, manager):
    page = chief.post(day(waiting), **SIGNED).get_data(as_text=True)

    assert "The day can not be closed yet: " in page
    with reading() as session:
        assert session.scalars(select(ClosedDay)).all() == []


def test_an_invigilator_signs_no_day(app, finished, chief, second):
    signed = {"second_login": "I2", "second_password": PASSWORD}

    assert chief.post(day(finished), **signed).status_code == 403
    assert second.get(day(finished)).status_code == 403


def test_the_day_of_another_venue_is_nowhere(app, finished):
    stranger = Member(app, finished.staff(Role.CHIEF, "C9", elsewhere=True))

    assert stranger.get(day(finished)).status_code == 404
    assert stranger.post(day(finished), **SIGNED).status_code == 404
    assert (
        Member(app, finished.staff(Role.CHIEF, "C8"))
        .get(f"/invigilation/venues/{finished.venue.token}/2026-12-31/close")
        .get_data(as_text=True)
        .count("No room runs here on this day")
    )


@pytest.mark.parametrize("name", ["absentees", "duty-card", "held-over-log"])
def test_each_paper_of_a_room_is_a_pdf_in_the_readers_language(app, waiting, first, name):
    stranger = Member(app, waiting.staff(Role.CHIEF, "C9", elsewhere=True))
    address = f"/invigilation/rooms/{waiting.room_session.token}/{name}.pdf"

    for language in ("en", "zh"):
        first.language = language
        assert first.get(address).data.startswith(b"%PDF")
    assert stranger.get(address).status_code == 404
    assert address in first.get(f"/invigilation/rooms/{waiting.room_session.token}").get_data(
        as_text=True
    )
