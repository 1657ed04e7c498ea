"""People in doubt: photographed with their consent, and seen by who compares them again alone."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from exam_centre.adapters.storage import DiskStorage
from exam_centre.admission import service
from exam_centre.admission.models import DoubtPhoto
from exam_centre.admission.rules import (
    AttendanceStatus,
    ConsentMissing,
    DayIsClosed,
    Identity,
    NotInDoubt,
    is_in_doubt,
)
from exam_centre.kernel import audit
from exam_centre.kernel.database import reading
from exam_centre.kernel.errors import Forbidden
from tests.admission.conftest import portrait
from tests.factories.times import NINE
from tests.webkit.fixtures import csrf_of

U, M, N, X = Identity.UNSURE, Identity.MATCH, Identity.NOT_CHECKED, Identity.MISMATCH


def send(doors, guest, login="door", photo=None, **fields):
    browser = doors.browser(login)
    data = {"csrf_token": csrf_of(browser, "/"), **fields}
    if photo is not None:
        data["photo"] = (BytesIO(photo), "face.jpg")
    return browser.post(f"/admission/placements/{guest.token}/photograph", data=data)


def photos():
    with reading() as session:
        return session.scalars(select(DoubtPhoto).order_by(DoubtPhoto.id)).all()


@pytest.fixture
def doubted(doors):
    doors.admit(doors.guests[0], "unsure")
    return doors.guests[0]


def test_the_door_leads_from_a_doubt_to_the_camera_and_reads_the_words_first(doors):
    guest = doors.guests[0]
    address = f"/admission/placements/{guest.token}/photograph"

    assert address in doors.admit(guest, "unsure")
    page = doors.browser("door").get(address).get_data(as_text=True)
    assert page.index("You may say no.") < page.index('type="file"')
    assert 'capture="environment"' in page


def test_a_photograph_taken_with_consent_stands_beside_the_one_on_file(doors, doubted, config):
    assert send(doors, doubted, photo=portrait(), answer="yes").status_code == 303

    [photo] = photos()
    assert photo.agreed
    page = doors.browser("second").get(f"/admission/rooms/{doors.room}/recheck")
    shown = page.get_data(as_text=True)
    assert f"/admission/doubt-photos/{photo.token}" in shown
    assert f"/admission/placements/{doubted.token}/photo" in shown
    answer = doors.browser("second").get(f"/admission/doubt-photos/{photo.token}")
    assert answer.mimetype == "image/jpeg"
    assert answer.data == DiskStorage(config.files_dir).read(photo.file_key)
    assert Image.open(BytesIO(answer.data)).getexif() == {}


def test_nobody_but_who_may_compare_again_sees_it(doors, doubted):
    send(doors, doubted, photo=portrait(), answer="yes")
    address = f"/admission/doubt-photos/{photos()[0].token}"

    assert doors.browser("chief").get(address).status_code == 200
    assert doors.browser("door").get(address).status_code == 404  # who admitted the person
    assert doors.browser("stranger").get(address).status_code == 404
    assert doors.browser("worker").get(address).status_code == 403
    own = doors.browser("door").get(f"/admission/rooms/{doors.room}/recheck")
    assert address not in own.get_data(as_text=True)


def test_who_says_no_is_not_photographed_and_that_is_kept(doors, doubted):
    assert send(doors, doubted, photo=portrait(), answer="no").status_code == 303

    [kept] = photos()
    assert (kept.agreed, kept.file_key) == (False, "")
    register = doors.browser("door").get(f"/admission/rooms/{doors.room}/register")
    assert "said no to a photograph" in register.get_data(as_text=True)


@pytest.mark.parametrize(
    ("fields", "photo", "words"),
    [
        ({}, None, "Read the words to the person and note the answer."),
        ({"answer": "yes"}, None, "take the photograph"),
        ({"answer": "yes"}, b"GIF89a nothing", "This is no photo"),
    ],
)
def test_what_can_not_be_kept_is_said_at_the_field(doors, doubted, fields, photo, words):
    answer = send(doors, doubted, photo=photo, **fields)

    assert answer.status_code == 200
    assert words in answer.get_data(as_text=True)
    assert photos() == []


def test_nobody_is_photographed_whom_nobody_doubts(doors):
    doors.admit(doors.guests[0])

    answer = send(doors, doors.guests[0], photo=portrait(), answer="yes")

    assert "Nobody doubts who this is." in answer.get_data(as_text=True)
    assert photos() == []


@pytest.mark.parametrize(
    ("status", "door", "again", "doubt"),
    [
        ("present", U, N, True),
        ("present", M, N, False),
        ("present", M, X, True),
        ("present", U, M, False),
        ("removed", U, N, True),
        ("absent", U, N, False),
        ("expected", N, N, False),
    ],
)
def test_a_doubt_lasts_until_comparing_again_settles_it(status, door, again, doubt):
    assert is_in_doubt(AttendanceStatus(status), door, again) is doubt


def keep(session, actor, placement, tmp_path, **fields):
    given = {"agreed": True, "content": portrait(), "storage": DiskStorage(tmp_path), "now": NINE}
    return service.photograph(session, actor, placement.id, **given | fields)


def test_consent_and_photograph_go_together_in_the_records_too(session, make, tmp_path):
    placement = make.placement()
    make.attendance(placement, identity=U, recheck=N, rechecked_by_id=None)
    staff = make.door_staff()

    with pytest.raises(ConsentMissing):
        keep(session, staff, placement, tmp_path, agreed=False)
    with pytest.raises(ConsentMissing):
        keep(session, staff, placement, tmp_path, content=b"")
    with pytest.raises(Forbidden):
        keep(session, make.door_staff(make.venue()), placement, tmp_path)
    photo = keep(session, staff, placement, tmp_path)
    session.flush()
    trail = session.scalars(select(audit.AuditRow).order_by(audit.AuditRow.id)).all()[-1]
    assert photo.file_key not in str(trail.changes)
    with pytest.raises(IntegrityError, match="doubt_photo_is_final"):
        session.execute(text("UPDATE doubt_photos SET file_key = ''"))


def test_no_photograph_is_taken_after_the_day_or_without_a_doubt(session, make, tmp_path):
    placement = make.placement()
    row = make.attendance(placement)
    with pytest.raises(NotInDoubt):
        keep(session, make.door_staff(), placement, tmp_path)
    row.day_closed_at = NINE
    with pytest.raises(DayIsClosed):
        keep(session, make.door_staff(), placement, tmp_path)
