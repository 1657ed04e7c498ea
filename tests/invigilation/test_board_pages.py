"""The exam day and a venue's board: what is wrong stands first, and counters come alone."""

import pytest

from exam_centre.admission.rules import AttendanceStatus
from exam_centre.conduct.rules import IncidentKind
from exam_centre.custody.rules import BagStatus
from exam_centre.invigilation.rules import RoomDayStatus
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from tests.architecture import strangers
from tests.factories.times import EXAM_DAY, MINUTE, NINE
from tests.invigilation.staged import Hands, Member, later_numbers, stage
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
no_strangers = strangers.no_strangers


@pytest.fixture
def staged(app, monkeypatch):
    monkeypatch.setattr(clock, "now", Hands(NINE + 10 * MINUTE).now)
    staged = stage()
    with unit_of_work() as session:
        make = later_numbers(session)
        make.attendance(staged.placements[0])
        make.attendance(staged.placements[1], minutes_late=5)
        make.attendance(staged.placements[2], AttendanceStatus.EXPECTED)
        make.room_day(staged.room_session, RoomDayStatus.RUNNING)
        make.incident(
            staged.placements[0], IncidentKind.DOUBLE_ADMISSION, venue=staged.venue, number=1
        )
        make.bag(staged.placements[0], status=BagStatus.SEALED, declared=4711)
    return staged


@pytest.fixture
def chief(app, staged):
    return Member(app, staged.staff(Role.CHIEF, "C1"))


def board(staged, tail=""):
    return f"/invigilation/venues/{staged.venue.token}/{EXAM_DAY}{tail}"


def test_a_conflict_stands_before_the_rooms_and_the_laws(staged, chief):
    page = chief.get(board(staged)).get_data(as_text=True)

    places = [
        page.index(words)
        for words in ("One person admitted twice", "<table", "What keeps the day from closing")
    ]
    assert places == sorted(places)
    assert f'href="/invigilation/rooms/{staged.room_session.token}">Room' in page


def test_the_board_does_not_tell_how_many_are_in_a_sealed_bag(staged, chief):
    page = chief.get(board(staged)).get_data(as_text=True)

    assert "4711" not in page
    assert "4,711" not in page


def test_the_counters_say_where_each_room_stands(staged, chief):
    answer = chief.get(f"/invigilation/api/venues/{staged.venue.token}/{EXAM_DAY}").get_json()

    assert answer["at"] == "09:10"
    assert answer["rooms"][staged.room_session.token] == {
        "state": "Running",
        "status": "running",
        "due": 3,
        "expected": 1,
        "present": 2,
        "late": 1,
        "absent": 0,
        "refused": 0,
        "incidents": 1,
    }


def test_the_exam_day_shows_the_rooms_to_who_runs_them_and_the_board_to_who_closes_it(
    app, staged, chief
):
    invigilator = Member(app, staged.staff(Role.INVIGILATOR, "I1"))
    manager = Member(app, staged.staff(Role.VENUE_MANAGER, "V1"))

    assert staged.room_session.token in invigilator.get("/invigilation/").get_data(as_text=True)
    assert board(staged) not in invigilator.get("/invigilation/").get_data(as_text=True)
    assert invigilator.get(board(staged)).status_code == 403
    assert board(staged) in chief.get("/invigilation/").get_data(as_text=True)
    assert manager.get(board(staged)).status_code == 200


def test_a_day_without_rooms_says_what_would_stand_here(chief):
    page = chief.get("/invigilation/?day=2026-12-31&day=nonsense")

    assert page.status_code == 200
    assert chief.get("/invigilation/?day=nonsense").status_code == 200


@pytest.mark.parametrize("tail", ["", "/report.pdf"])
def test_the_board_of_another_venue_is_nowhere(app, staged, chief, tail):
    stranger = Member(app, staged.staff(Role.CHIEF, "C9", elsewhere=True))

    assert stranger.get(board(staged, tail)).status_code == 404
    assert chief.get(board(staged, tail)).status_code == 200
    assert chief.get(f"/invigilation/venues/{staged.venue.token}/2026-02-30{tail}").status_code in (
        404,
    )


def test_the_day_report_is_a_pdf_in_the_readers_language(staged, chief):
    for language in ("en", "zh"):
        chief.language = language
        answer = chief.get(board(staged, "/report.pdf"))
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF")
