"""A worker's own slip, and the office that issues and prints a series' slips."""

import re

import pytest
from sqlalchemy import func, select

from config import ROOT
from exam_centre.admission.models import Slip
from exam_centre.admission.rules import SlipStatus
from exam_centre.kernel import jobs
from exam_centre.kernel.database import reading


@pytest.fixture(autouse=True)
def fonts():
    if not (ROOT / "static" / "assets" / "manifest.json").exists():
        pytest.skip("no fonts here; `make assets` fetches them")


def get(doors, login, address):
    return doors.browser(login).get(address)


def test_the_next_exam_is_a_sign_with_room_and_seat(doors):
    page = get(doors, "worker", "/admission/mine").get_data(as_text=True)

    guest = doors.guests[0]
    assert 'class="plate__value' in page
    assert f"/admission/mine/slips/{guest.slip}" in page
    assert doors.guests[1].slip not in page


def test_a_worker_shows_prints_and_keeps_the_own_slip_and_no_other(doors):
    mine, other = doors.guests[0], doors.guests[1]

    shown = get(doors, "worker", f"/admission/mine/slips/{mine.slip}")
    assert "<svg" in shown.get_data(as_text=True)
    assert mine.code[:4] in shown.get_data(as_text=True)
    assert get(doors, "worker", f"/admission/slips/{mine.slip}.pdf").data.startswith(b"%PDF")
    kept = get(doors, "worker", f"/admission/mine/slips/{mine.slip}.ics")
    assert b"BEGIN:VEVENT" in kept.data
    for ending in (".pdf", ".ics", ""):
        where = "slips" if ending == ".pdf" else "mine/slips"
        assert get(doors, "worker", f"/admission/{where}/{other.slip}{ending}").status_code == 404


def test_a_page_without_an_exam_says_what_will_stand_here(doors):
    doors.change(lambda session, _make: _void_all(session))

    page = get(doors, "worker", "/admission/mine").get_data(as_text=True)

    assert "还没有已发准考证的考试" in page


def test_the_office_issues_what_is_due_and_prints_a_venue(doors):
    doors.change(lambda session, _make: _void_all(session))
    address = f"/admission/slips/series/{doors.series}"
    assert "Issue 3 slips" in get(doors, "officer", address).get_data(as_text=True)

    doors.send("officer", f"{address}/issue")
    assert jobs.run_next()
    assert "Every slip is out." in get(doors, "officer", address).get_data(as_text=True)
    doors.send("officer", f"{address}/print/venue/{doors.venue}")
    assert jobs.run_next()

    page = get(doors, "officer", address).get_data(as_text=True)
    found = re.search(r"/admission/slips/prints/[\w-]+\.pdf", page)[0]
    assert get(doors, "officer", found).data.startswith(b"%PDF")
    assert get(doors, "stranger", found).status_code == 404


def test_a_new_version_voids_the_slip_before_it(doors):
    guest = doors.guests[0]

    doors.send("officer", f"/admission/slips/{guest.slip}/reissue")

    with reading() as session:
        valid = select(func.count()).select_from(Slip).where(Slip.status == SlipStatus.VALID)
        assert session.scalar(valid) == 3
        newest = session.scalar(select(func.max(Slip.number)))
    assert newest == 2
    page = get(doors, "officer", f"/admission/slips/series/{doors.series}?q={guest.person_no}")
    assert "Slip version 2" in page.get_data(as_text=True)


def test_slips_are_for_the_office_of_their_people(doors):
    guest = doors.guests[0]

    assert get(doors, "door", "/admission/slips").status_code == 403
    assert get(doors, "officer", "/admission/slips").status_code == 200
    assert get(doors, "officer", "/admission/slips/series/none").status_code == 404
    assert get(doors, "stranger", f"/admission/slips/{guest.slip}.pdf").status_code == 404
    assert doors.send("stranger", f"/admission/slips/{guest.slip}/reissue").status_code == 404


def _void_all(session):
    for slip in session.scalars(select(Slip)):
        slip.move_to(SlipStatus.REPLACED)
