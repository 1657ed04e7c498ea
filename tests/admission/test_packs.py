"""What a device is handed for its venue's day, whole and piece by piece."""

import gzip
import json

from sqlalchemy import select

from exam_centre.accounts.models import Person
from exam_centre.admission.documents import pack_for
from exam_centre.admission.models import Device
from exam_centre.admission.service import OnDuty, revoke_device
from exam_centre.calendar.models import Series
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.timetable.models import Placement
from exam_centre.timetable.rules import PlanStatus
from tests.admission import test_device_pages as devices
from tests.factories.times import HOUR, NINE
from tests.webkit.fixtures import SET_UP

key = devices.key
scan = devices.scan

PACK = "/api/v1/door/pack"
PLACES, STATUS, FLAGS = 8, 6, 8  # where they stand in a row of a person and of a place
LATE_ENTRY, HELD_OVER, ON_SLIP = 1, 2, 4


def ask(doors, key, etag="", **held):
    headers = {"Authorization": f"Bearer {key}"} | ({"If-None-Match": etag} if etag else {})
    return doors.app.test_client().get(PACK, headers=headers, query_string=held)


def told(answer):
    assert answer.headers["Content-Encoding"] == "gzip"
    return json.loads(gzip.decompress(answer.data))


def test_a_device_gets_everybody_of_its_venue_with_seat_slip_and_keys(doors, key):
    pack = told(ask(doors, key))

    assert pack["whole"]
    assert {row[2] for row in pack["people"]} == {guest.person_no for guest in doors.guests}
    assert {room["token"] for room in pack["rooms"]} == {doors.room, doors.next_room}
    assert all(room["here"] for room in pack["rooms"])
    (row,) = (row for row in pack["people"] if row[2] == doors.guests[0].person_no)
    assert row[3] == doors.guests[0].name
    assert row[7] == doors.guests[0].code
    (place,) = row[PLACES]
    assert place[0] == doors.guests[0].token
    assert pack["rooms"][place[1]]["token"] == doors.room
    assert place[FLAGS] == LATE_ENTRY + ON_SLIP
    assert pack["keys"].keys() == {"1"}


def test_a_pack_holds_no_whole_number_of_a_document_and_no_phone(doors, key):
    with unit_of_work() as session:
        people = [session.get_one(Placement, guest.placement).person_id for guest in doors.guests]
        phones = [session.get_one(Person, each).phone for each in people]

    text = json.dumps(told(ask(doors, key)))

    assert not any(phone and phone in text for phone in phones)


def test_an_unchanged_pack_is_not_sent_again(doors, key):
    first = ask(doors, key)

    again = ask(doors, key, etag=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")

    scan(doors, key)
    changed = ask(doors, key, etag=first.headers["ETag"])
    assert changed.status_code == 200


def test_a_device_that_holds_a_pack_gets_only_who_changed_since(doors, key):
    pack = told(ask(doors, key))
    scan(doors, key)

    piece = told(ask(doors, key, after=pack["cursor"], epoch=pack["epoch"]))

    assert not piece["whole"]
    by_number = {row[2]: row for row in piece["people"]}
    first = by_number[doors.guests[0].person_no]
    assert first[PLACES][0][STATUS] == "present"
    assert piece["cursor"] > pack["cursor"]


def test_after_a_newer_plan_the_whole_pack_comes_again(doors, key):
    pack = told(ask(doors, key))
    doors.change(
        lambda _session, make: make.plan(make.session.get_one(Series, 1), PlanStatus.TIME_PUBLISHED)
    )

    piece = told(ask(doors, key, after=pack["cursor"], epoch=pack["epoch"]))

    assert piece["whole"]
    assert piece["epoch"] != pack["epoch"]
    assert len(piece["people"]) == len(pack["people"])


def test_whose_other_paper_of_the_day_is_elsewhere_is_known_with_it(session, make, ring):
    first = make.placement(starts_at=NINE)
    entry = make.entry(make.candidate_of(first), make.paper())
    away = make.room(make.venue())
    make.placement(entry, room=away, period=make.period(starts_at=NINE + 4 * HOUR))
    stranger = make.placement(room=make.room(make.venue()))
    session.flush()

    pack = pack_for(session, OnDuty(make.device(), make.door_staff(), None), ring, now=NINE)
    said = json.loads(gzip.decompress(pack.packed))

    (row,) = said["people"]
    assert [said["rooms"][place[1]]["here"] for place in row[PLACES]] == [True, False]
    assert row[2] != make.candidate_of(stranger).person_no


def test_a_revoked_device_gets_no_pack(doors, key):
    def revoke(session, _make):
        device = session.scalars(select(Device)).one()
        revoke_device(session, SET_UP, device, reason="lost", now=clock.now())

    doors.change(revoke)

    assert ask(doors, key).status_code == 401
