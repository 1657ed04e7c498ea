"""The register's pages: what was said by mistake is taken back, another human compares again."""

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import Person
from exam_centre.admission.models import Attendance, AttendanceCorrection, AttendanceUndo
from exam_centre.admission.rules import AttendanceStatus, Identity
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading
from tests.webkit.fixtures import PASSWORD

ABSENT, EXPECTED = AttendanceStatus.ABSENT, AttendanceStatus.EXPECTED


def page_of(doors, login="door", page="register"):
    answer = doors.browser(login).get(f"/admission/rooms/{doors.room}/{page}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def absent(doors, guest, confirmed):
    """Write an absence, noted by one or said by two; returns who noted it."""

    def write(session, _make):
        note, confirm = session.scalars(select(Person.id).order_by(Person.id.desc()).limit(2))
        row = session.get_one(Attendance, guest.placement)
        row.absent_noted_by_id = note
        if confirmed:
            row.absent_confirmed_by_id = confirm
            row.move_to(ABSENT)
        return note

    return doors.change(write)


def test_the_register_names_everybody_and_counts_who_came(doors):
    doors.admit(doors.guests[0])

    page = page_of(doors)

    assert all(guest.name in page for guest in doors.guests[:2])
    assert doors.guests[2].name not in page
    assert "Present" in page
    assert f"/invigilation/rooms/{doors.room}/absentees" in page


def test_an_admission_is_taken_back_from_the_register_with_a_reason(doors):
    guest = doors.guests[0]
    doors.admit(guest)
    address = f"/admission/placements/{guest.token}/undo?register=1"
    assert address in page_of(doors)

    assert "Say why." in doors.send("door", address, reason=" ").get_data(as_text=True)
    assert doors.status(guest) is AttendanceStatus.PRESENT

    done = doors.send("door", address, reason="His twin brother came")
    assert done.status_code == 303
    assert done.location.endswith("/register")
    assert doors.status(guest) is EXPECTED
    page = page_of(doors)
    assert "Taken back" in page
    assert "His twin brother came" in page
    with reading() as session:
        undo = session.scalars(select(AttendanceUndo)).one()
    assert (undo.undone, undo.reason) == (AttendanceStatus.PRESENT, "His twin brother came")
    assert undo.said_at is not None
    assert len(doors.scans()) == 1


@pytest.mark.parametrize("confirmed", [False, True])
def test_an_absence_is_taken_back_from_the_register_whether_confirmed_or_not(doors, confirmed):
    guest = doors.guests[0]
    noted_by = absent(doors, guest, confirmed)
    address = f"/admission/placements/{guest.token}/undo-absence"
    assert address in page_of(doors)

    assert doors.send("door", address, reason="").status_code == 200
    assert doors.send("door", address, reason="He sat at the wrong desk").status_code == 303

    assert doors.status(guest) is EXPECTED
    with reading() as session:
        row = session.get_one(Attendance, guest.placement)
        undo = session.scalars(select(AttendanceUndo)).one()
    assert (row.absent_noted_by_id, row.absent_confirmed_by_id) == (None, None)
    assert undo.undone is (ABSENT if confirmed else EXPECTED)
    assert undo.said_by_id == noted_by
    assert "Admitted" in doors.admit(guest, scan_no="after")


def test_nothing_is_taken_back_where_nothing_was_said_or_the_register_is_closed(doors):
    guest = doors.guests[0]
    address = f"/admission/placements/{guest.token}/undo-absence"

    nothing = doors.send("door", address, reason="Just so").get_data(as_text=True)
    assert "there is nothing to take back" in nothing

    absent(doors, guest, confirmed=True)
    doors.change(lambda session, _m: _close(session, guest))
    closed = doors.send("door", address, reason="Too late").get_data(as_text=True)
    assert "The register is closed." in closed
    assert address not in page_of(doors)
    assert doors.status(guest) is ABSENT


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

    for act in ("undo", "undo-absence", "photograph"):
        address = f"/admission/placements/{guest.token}/{act}"
        assert doors.send("stranger", address).status_code == 404
        assert doors.send("worker", address).status_code == 403


def _close(session, guest):
    session.get_one(Attendance, guest.placement).closed_at = clock.now()
