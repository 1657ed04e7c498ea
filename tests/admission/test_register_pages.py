"""The register's pages: two people say absent, another one compares again, a pair corrects."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from exam_centre.admission.models import Attendance, AttendanceCorrection
from exam_centre.admission.rules import AttendanceStatus, Identity
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading
from tests.webkit.fixtures import PASSWORD

ABSENT, EXPECTED = AttendanceStatus.ABSENT, AttendanceStatus.EXPECTED


@pytest.fixture
def after(doors, monkeypatch):
    """The same doors, an hour after the paper began: nobody may come any more."""
    later = doors.starts + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    return doors


def page_of(doors, login="door", page="register"):
    answer = doors.browser(login).get(f"/admission/rooms/{doors.room}/{page}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def note(doors, guest, login="door"):
    return doors.send(login, f"/admission/placements/{guest.token}/absent")


def test_the_register_names_everybody_and_counts_who_came(doors):
    doors.admit(doors.guests[0])

    page = page_of(doors)

    assert all(guest.name in page for guest in doors.guests[:2])
    assert doors.guests[2].name not in page
    assert "Present" in page
    assert "Note absent" in page


def test_nobody_is_absent_while_the_door_is_open(doors):
    guest = doors.guests[0]

    answer = note(doors, guest)

    assert answer.status_code == 303
    assert "The door is open until" in page_of(doors)
    with reading() as session:
        assert session.get_one(Attendance, guest.placement).absent_noted_by_id is None


def test_one_notes_an_absence_and_somebody_else_confirms_it(after):
    guest = after.guests[0]
    note(after, guest)
    address = f"/admission/rooms/{after.room}/absences"

    alone = after.send("door", address, who="me")
    assert alone.status_code == 200
    assert after.status(guest) is EXPECTED

    assert after.send("second", address, who="me").status_code == 303
    assert after.status(guest) is ABSENT


def test_the_colleague_confirms_on_the_first_persons_device(after):
    guest = after.guests[0]
    note(after, guest)
    address = f"/admission/rooms/{after.room}/absences"
    wrong = {"second_login": "second", "second_password": "guessed wrong"}

    assert after.send("door", address, **wrong).status_code == 200
    assert after.status(guest) is EXPECTED

    right = {"second_login": "second", "second_password": PASSWORD}
    assert after.send("door", address, **right).status_code == 303
    assert after.status(guest) is ABSENT


def test_everybody_who_came_is_compared_again_by_another_human(doors):
    guest = doors.guests[0]
    doors.admit(guest)
    address = f"/admission/rooms/{doors.room}/recheck"
    fields = {"placement": guest.token, "identity": "match"}

    doors.send("door", address, **fields)
    assert "0 of 1 compared" in page_of(doors, "door", "recheck")

    doors.send("second", address, **fields)
    assert "1 of 1 compared" in page_of(doors, "second", "recheck")
    with reading() as session:
        assert session.get_one(Attendance, guest.placement).recheck is Identity.MATCH


def test_a_closed_register_is_corrected_by_two_with_the_evidence(doors):
    guest = doors.guests[0]
    doors.change(lambda session, _m: _close(session, guest))
    address = f"/admission/placements/{guest.token}/correct"
    assert address in page_of(doors, "chief")
    second = {"second_login": "second", "second_password": PASSWORD}

    bare = doors.send("chief", address, after="present", evidence="", **second)
    assert "Say what shows it." in bare.get_data(as_text=True)

    done = doors.send("chief", address, after="present", evidence="Script 12 and photo", **second)
    assert done.status_code == 303
    assert doors.status(guest) is AttendanceStatus.PRESENT
    with reading() as session:
        assert session.scalars(select(AttendanceCorrection)).one().evidence == "Script 12 and photo"


def test_an_open_register_is_not_corrected(doors):
    guest = doors.guests[0]
    fields = {"second_login": "second", "second_password": PASSWORD}

    answer = doors.send(
        "chief",
        f"/admission/placements/{guest.token}/correct",
        after="present",
        evidence="Photo",
        **fields,
    )

    assert "The register is open." in answer.get_data(as_text=True)
    assert doors.status(guest) is EXPECTED


def test_who_is_entered_without_a_seat_stays_visible(doors):
    page = page_of(doors)

    assert "无座生" in page
    assert "Send them to the exam office." in page


def test_acts_on_a_room_of_others_find_nothing(doors):
    guest = doors.guests[0]

    assert note(doors, guest, "stranger").status_code == 404
    assert note(doors, guest, "worker").status_code == 403
    assert doors.send("stranger", f"/admission/placements/{guest.token}/undo").status_code == 404


def _close(session, guest):
    session.get_one(Attendance, guest.placement).closed_at = clock.now()
