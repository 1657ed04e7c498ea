"""Devices: set up once, taken by a human, heard through one address, revoked at once."""

import re

import pytest
from sqlalchemy import select

from exam_centre.admission.models import Device
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading

SCANS = "/api/v1/door/scans"
BATCHES = "/api/v1/door/batches"


@pytest.fixture
def key(doors):
    """The key of a device that the chief just set up: shown once."""
    page = doors.send(
        "chief", "/admission/devices", venue=doors.venue, name="Door 2", hours="14"
    ).get_data(as_text=True)
    return re.search(r"take\?key=([\w-]+)", page)[1]


def scan(doors, key, scan_no="0193-000001", **fields):
    guest = doors.guests[0]
    now = clock.now().isoformat()
    body = {
        "scan_no": scan_no,
        "token": guest.text,
        "device_time": now,
        "sent_at": now,
        "action": "admit",
        "identity": "match",
    }
    headers = {"Authorization": f"Bearer {key}"}
    return doors.app.test_client().post(SCANS, json=body | fields, headers=headers)


def test_a_key_is_shown_once_and_kept_only_as_a_hash(doors, key):
    listed = doors.browser("chief").get("/admission/devices").get_data(as_text=True)

    assert "Door 2" in listed
    assert key not in listed
    with reading() as session:
        assert session.scalars(select(Device)).one().secret_hash != key


def test_a_device_admits_and_a_retry_gets_the_same_bytes(doors, key):
    first, again = scan(doors, key), scan(doors, key, identity="mismatch")

    assert first.status_code == 200
    assert first.json["code"] == "admit"
    assert first.json["admitted"] is True
    assert again.data == first.data
    assert len(doors.scans()) == 1
    assert doors.status(doors.guests[0]) is AttendanceStatus.PRESENT


def test_a_device_that_names_its_room_hears_of_the_right_one(doors, key):
    answer = scan(doors, key, room=doors.next_room)

    assert answer.json["code"] == "wrong_room"
    assert answer.json["admitted"] is False


def test_an_unknown_slip_is_answered_and_kept(doors, key):
    answer = scan(doors, key, token="EX1" + "A" * 149)

    assert (answer.status_code, answer.json["code"]) == (200, "forged")
    assert len(doors.scans()) == 1


@pytest.mark.parametrize("bearer", ["", "Bearer nonsense", "Basic abc", "Bearer "])
def test_nobody_scans_without_a_device(doors, bearer):
    headers = {"Authorization": bearer} if bearer else {}
    body = {"scan_no": "1", "token": "EX1", "device_time": clock.now().isoformat()}

    answer = doors.app.test_client().post(SCANS, json=body, headers=headers)

    assert (answer.status_code, answer.json["code"]) == (401, "unknown_device")
    assert doors.scans() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"scan_no": ""},
        {"device_time": "yesterday"},
        {"device_time": "2026-12-12T09:00:00"},
        {"device_time": "0001-01-01T00:00:00+14:00"},
        {"action": "open"},
        {"identity": 3},
        {"token": "x" * 500},
        {"surprise": 1},
    ],
)
def test_a_body_that_is_no_scan_is_refused_and_never_a_fault(doors, key, wrong):
    answer = scan(doors, key, **wrong)

    assert (answer.status_code, answer.json["code"]) == (400, "wrong_scan")
    assert doors.scans() == []


def test_a_taken_device_scans_under_that_humans_name_and_the_shown_key_is_dead(doors, key):
    taken = doors.send("door", "/admission/devices/take", key=key)
    assert taken.status_code == 303

    doors.admit(doors.guests[0])

    with reading() as session:
        device = session.scalars(select(Device).where(Device.name == "Door 2")).one()
    assert doors.scans()[0].device_id == device.id
    assert scan(doors, key).status_code == 401


def test_a_revoked_device_is_refused_at_its_next_contact(doors, key):
    doors.send("door", "/admission/devices/take", key=key)
    with reading() as session:
        token = session.scalars(select(Device)).one().token

    doors.send("chief", f"/admission/devices/{token}/revoke", reason="Lost")

    answer = doors.send(
        "door", f"/admission/rooms/{doors.room}/door/look", scan_no="p", code=doors.guests[0].code
    )
    assert answer.status_code == 401
    assert doors.scans() == []


def test_devices_are_for_who_runs_them(doors, key):
    with reading() as session:
        token = session.scalars(select(Device)).one().token

    assert doors.browser("door").get("/admission/devices").status_code == 403
    assert "Door 2" not in doors.browser("stranger").get("/admission/devices").get_data(True)
    assert doors.browser("stranger").get(f"/admission/devices/{token}/revoke").status_code == 404
    assert (
        doors.send("chief", "/admission/devices", venue="x", name="", hours="99").status_code == 200
    )


def at():
    return clock.now().isoformat()


def test_a_batch_is_kept_and_each_scan_of_it_answered(doors, key):
    body = {
        "sent_at": at(),
        "scans": [
            {
                "scan_no": f"b{n}",
                "token": guest.text,
                "device_time": at(),
                "action": "admitted_offline",
                "identity": "match",
            }
            for n, guest in enumerate(doors.guests)
        ],
    }
    body["scans"].append(dict(body["scans"][0], scan_no="b9", room="x" * 22))
    browser = doors.app.test_client()

    first, again = (
        browser.post(BATCHES, json=body, headers={"Authorization": f"Bearer {key}"})
        for _ in range(2)
    )

    assert first.status_code == 200
    answers = first.json["answers"]
    assert [each["scan_no"] for each in answers] == ["b0", "b1", "b2", "b9"]
    assert [each["answer"]["admitted"] for each in answers[:3]] == [True, True, True]
    assert answers[3]["error"]["code"] == "not_found"
    assert again.json["answers"] == answers
    assert abs(first.json["clock_offset_ms"]) < 5_000
    assert len(doors.scans()) == 3


@pytest.mark.parametrize(
    ("spoil", "field"),
    [
        (lambda body: body["scans"][1].pop("token"), "scans 2 token"),
        (lambda body: body.pop("sent_at"), "sent_at"),
        (lambda body: body.update(scans=[]), "scans"),
        (lambda body: body.update(scans=body["scans"] * 101), "scans"),
    ],
)
def test_a_batch_that_is_none_says_where_and_nothing_of_it_is_kept(doors, key, spoil, field):
    scan = {"scan_no": "b0", "token": doors.guests[0].text, "device_time": at()}
    body = {"sent_at": at(), "scans": [scan, dict(scan, scan_no="b1")]}
    spoil(body)

    answer = doors.app.test_client().post(
        BATCHES, json=body, headers={"Authorization": f"Bearer {key}"}
    )

    assert (answer.status_code, answer.json["code"]) == (400, "wrong_scan")
    assert field in answer.json["sentence"]
    assert doors.scans() == []
