"""The door's pages: look first, admit after comparing, and every no says what to do."""

import re

import pytest

from exam_centre.admission.rules import AttendanceStatus, Identity
from exam_centre.timetable.models import Placement
from tests.webkit.fixtures import PASSWORD, csrf_of

EXPECTED, PRESENT = AttendanceStatus.EXPECTED, AttendanceStatus.PRESENT


def code_on(page: str) -> str:
    """Return the verdict that a page shows."""
    return re.search(r'data-code="(\w+)"', page)[1]


def wide(digits: str) -> str:
    """Return digits as a Chinese input method types them in full width."""
    return "".join(chr(ord(digit) + 0xFEE0) for digit in digits)


def test_looking_shows_seat_face_and_id_and_admits_nobody(doors):
    guest = doors.guests[0]

    page = doors.look(guest.text)

    assert code_on(page) == "admit"
    assert guest.name in page
    assert f"/admission/placements/{guest.token}/photo" in page
    assert "Matches, admit" in page
    assert "data-admitted" not in page
    assert doors.status(guest) is EXPECTED


def test_matching_admits_and_sending_it_again_gives_the_same_answer(doors):
    guest = doors.guests[0]

    first, again = doors.admit(guest), doors.admit(guest)

    assert "data-admitted" in first
    assert "data-admitted" in again
    assert doors.status(guest) is PRESENT
    assert len(doors.scans()) == 1
    assert code_on(doors.look(guest.code, "p3")) == "already_in"


def test_a_kept_page_sent_again_with_another_slip_is_another_scan(doors):
    first, second = doors.guests[:2]
    doors.look(first.code, "kept")

    page = doors.look(second.code, "kept")

    assert second.name in page
    assert first.name not in page


@pytest.mark.parametrize(
    "spoil", [wide, lambda c: f" {c[:4]}-{c[4:8]} {c[8:]}", lambda c: c + "。"]
)
def test_a_code_is_read_whatever_the_keyboard_made_of_it(doors, spoil):
    guest = doors.guests[0]

    page = doors.look(spoil(guest.code))

    assert guest.name in page
    assert ("Switch its input method" in page) is (spoil(guest.code).strip().isascii() is False)


def test_somebody_at_the_wrong_door_hears_where_to_go(doors):
    page = doors.look(doors.guests[2].code)

    assert code_on(page) == "wrong_room"
    assert "Send the person there." in page
    assert "Matches, admit" not in page


def test_not_sure_seats_in_doubt_and_the_queue_goes_on(doors):
    page = doors.admit(doors.guests[0], "unsure")

    assert "Seated in doubt" in page
    assert doors.status(doors.guests[0]) is PRESENT
    assert doors.scans()[-1].identity is Identity.UNSURE


def test_not_this_person_is_refused_by_two_and_the_first_one_is_not_two(doors):
    guest = doors.guests[0]
    page = doors.admit(guest, "mismatch")
    assert code_on(page) == "mismatch"
    address = f"/admission/placements/{guest.token}/refuse"
    assert address in page
    fields = {"reason": "Another face", "second_password": PASSWORD}

    alone = doors.send("door", address, second_login="door", **fields)
    assert alone.status_code == 200
    assert doors.status(guest) is EXPECTED

    both = doors.send("door", address, second_login="second", **fields)
    assert both.status_code == 303
    assert doors.status(guest) is AttendanceStatus.REFUSED


def test_an_admission_is_taken_back_with_a_reason_alone(doors):
    guest = doors.guests[0]
    doors.admit(guest)
    address = f"/admission/placements/{guest.token}/undo"

    silent = doors.send("door", address, reason="")
    assert "Say why." in silent.get_data(as_text=True)
    assert doors.status(guest) is PRESENT

    assert doors.send("door", address, reason="Twin brother").status_code == 303
    assert doors.status(guest) is EXPECTED


def test_two_people_admit_under_protest_whom_the_door_refused(doors):
    guest = doors.guests[0]
    doors.change(lambda _s, make: make.slip(_placement(make, guest)))  # a newer slip exists
    page = doors.look(guest.code)
    assert code_on(page) == "slip_replaced"
    address = f"/admission/placements/{guest.token}/protest"
    assert address in page

    doors.send(
        "door",
        address,
        identity="match",
        reason="The office confirms by phone",
        second_login="second",
        second_password=PASSWORD,
    )

    assert doors.status(guest) is PRESENT


def test_an_old_slip_is_compared_without_the_slip(doors):
    guest = doors.guests[0]
    doors.change(lambda _s, make: make.slip(_placement(make, guest)))

    page = doors.look("", placement=guest.token)

    assert code_on(page) == "admit"
    assert doors.scans()[-1].code_read == "(found by search)"


@pytest.mark.parametrize("words", ["王", "wl", "wangl", "WANGLI"])
def test_a_person_is_found_by_name_or_pinyin(doors, words):
    page = _search(doors, words)

    assert doors.guests[0].name in page
    assert doors.guests[1].name not in page


@pytest.mark.parametrize("words", ["sx", "dxx", "shanxx"])
def test_a_name_is_found_in_every_reading_of_its_characters(doors, words):
    assert doors.guests[1].name in _search(doors, words)


def test_a_number_is_found_and_people_of_other_rooms_are_named_with_their_room(doors):
    guest = doors.guests[2]

    page = _search(doors, guest.person_no)

    assert guest.name in page
    assert "Room " in page.split(guest.name)[1]


def test_the_gate_says_where_to_go_and_keeps_no_scan(doors):
    guest = doors.guests[2]

    page = doors.send("door", f"/admission/venues/{doors.venue}/gate", scan_no="g", code=guest.text)

    assert "Go there" in page.get_data(as_text=True)
    assert doors.scans() == []
    assert doors.status(guest) is EXPECTED


def test_the_script_gets_the_card_alone(doors):
    browser = doors.browser("door")
    token = _token(doors)
    data = {"csrf_token": token, "scan_no": "p1", "code": doors.guests[0].code}

    answer = browser.post(
        f"/admission/rooms/{doors.room}/door/look", data=data, headers={"X-Door": "card"}
    )

    assert "<html" not in answer.get_data(as_text=True)
    assert doors.guests[0].name in answer.get_data(as_text=True)


@pytest.mark.parametrize("code", ["", "1", "EX1", "4" * 300, "<b>", "EX1" + "A" * 149, "٣" * 12])
def test_whatever_is_scanned_there_is_an_answer(doors, code):
    page = doors.look(code)

    assert "Matches, admit" not in page


def test_the_photo_is_shown_at_the_door_and_to_nobody_else(doors):
    address = f"/admission/placements/{doors.guests[0].token}/photo"

    assert doors.browser("door").get(address).data.startswith(b"\xff\xd8\xff")
    assert doors.browser("stranger").get(address).status_code == 404
    assert doors.browser("worker").get(address).status_code == 403


@pytest.mark.parametrize("page", ["door", "register", "recheck", "print/register.pdf"])
def test_a_room_is_for_its_staff_alone(doors, page):
    address = f"/admission/rooms/{doors.room}/{page}"

    assert doors.browser("second").get(address).status_code == 200
    assert doors.browser("stranger").get(address).status_code == 404
    assert doors.browser("worker").get(address).status_code == 403


def test_the_doors_of_the_day_are_listed_for_their_staff(doors):
    mine = doors.browser("door").get("/admission/door").get_data(as_text=True)
    strange = doors.browser("stranger").get("/admission/door?day=nonsense").get_data(as_text=True)

    assert f"/admission/rooms/{doors.room}/door" in mine
    assert doors.room not in strange
    assert "No room of yours" in strange


def _placement(make, guest):
    return make.session.get_one(Placement, guest.placement)


def _search(doors, words):
    browser = doors.browser("door")
    answer = browser.get(f"/admission/rooms/{doors.room}/door", query_string={"q": words})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def _token(doors):
    return csrf_of(doors.browser("door"), "/")
