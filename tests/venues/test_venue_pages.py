"""Pages of venues: who sees them, applying, reviewing, and drawing a room before it is kept."""

import pytest
from sqlalchemy import func, select

from exam_centre.accounts.queries import find_user
from exam_centre.accounts.service import grant_role
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.venues.models import (
    ApplicationStep,
    Layout,
    Room,
    RoomBooking,
    Seat,
    Venue,
    VenueApplication,
)
from exam_centre.venues.rules import ApplicationKind, ApplicationStatus, VenueStatus
from tests.architecture import strangers
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.factories.times import NINE
from tests.webkit import fixtures
from tests.webkit.fixtures import csrf_of

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
client = fixtures.client
signed_in = fixtures.signed_in
no_strangers = strangers.no_strangers

DESKS = {"rows": "2", "columns": "3", "pattern": "S", "door": "front-left"}


@pytest.fixture
def world(app):
    """A venue with a room in the home county, one application, and one venue elsewhere."""
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        room = make.room(rows=2, columns=3, missing=[(2, 3)])
        make.save(
            VenueApplication(
                venue_id=make.home_venue().id,
                kind=ApplicationKind.CONTINUE,
                applied_by_id=make.person("李申报").id,
                applied_at=NINE,
                statement="两间考场",
            )
        )
        province = make.unit(UnitLevel.PROVINCIAL)
        far = make.venue(unit=make.unit(UnitLevel.PREFECTURAL, province))
        return {
            "venue": make.home_venue().token,
            "room": room.token,
            "park": make.home_park().code,
            "county": make.home().code,
            "far": far.token,
            "far_unit": province.id,
        }


def only(model):
    with unit_of_work() as session:
        return session.scalars(select(model).order_by(model.id.desc())).first()


def count(model):
    with unit_of_work() as session:
        return session.scalar(select(func.count()).select_from(model))


def narrowed(signed_in, role, unit_id, login):
    """A browser of somebody whose role reaches one unit alone."""
    browser = signed_in(login=login)
    with unit_of_work() as session:
        user = find_user(session, login)
        unit = session.get_one(Unit, unit_id)
        grant_role(session, fixtures.SET_UP, user, role, unit, now=NINE)
    return browser


def send(browser, address, page="/me", **fields):
    return browser.post(address, data=fields | {"csrf_token": csrf_of(browser, page)})


def test_the_pages_of_a_venue_open_for_the_office_and_are_absent_elsewhere(world, signed_in):
    office = signed_in(Role.EXAM_OFFICER, login="A1")
    application = only(VenueApplication).token
    pages = [
        "/venues/",
        "/venues/apply",
        "/venues/applications",
        f"/venues/applications/{application}",
        f"/venues/{world['venue']}",
        f"/venues/{world['venue']}/apply",
        f"/venues/rooms/{world['room']}",
    ]

    assert {page: office.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)

    stranger = narrowed(signed_in, Role.EXAM_OFFICER, world["far_unit"], "A2")
    own = [page for page in pages if page.count("/") > 2 or "apply" not in page][3:]
    assert {page: stranger.get(page).status_code for page in own} == dict.fromkeys(own, 404)
    assert stranger.get(f"/venues/{world['far']}").status_code == 200

    marker = signed_in(Role.MARKER, login="A3")
    assert {marker.get(page).status_code for page in pages} == {403}


def test_a_list_is_searched_and_filtered(world, signed_in):
    office = signed_in(Role.EXAM_OFFICER)
    with unit_of_work() as session:
        near = session.scalar(select(Venue).where(Venue.token == world["venue"])).name

    found = office.get("/venues/", query_string={"q": near}).get_data(as_text=True)
    none = office.get("/venues/?status=refused&q=%25").get_data(as_text=True)

    assert world["venue"] in found
    assert world["far"] not in found
    assert "No venue fits" in none
    assert office.get("/venues/?page=999999999999&status=x").status_code == 200


def test_an_application_is_filed_and_reviewed_by_another_human(world, signed_in):
    county = signed_in(Role.EXAM_OFFICER, login="A1")
    fields = {
        "unit": world["county"],
        "park": world["park"],
        "kind": "temporary",
        "code": "NEW-1",
        "name": "新考点",
        "latitude": "31.3",
        "longitude": "120.7",
        "statement": "保密室完好",
    }

    wrong = send(county, "/venues/apply", **fields | {"latitude": "９１"})
    assert "half-width" in wrong.get_data(as_text=True)
    far = send(county, "/venues/apply", **fields | {"latitude": "91"})
    assert "Latitude runs from" in far.get_data(as_text=True)
    filed = send(county, "/venues/apply", **fields)
    assert filed.status_code == 303

    application = only(VenueApplication)
    here = f"/venues/applications/{application.token}"
    own = send(county, here, decision="approve", reason="")
    assert "waits for" in own.get_data(as_text=True)
    assert count(ApplicationStep) == 0

    with unit_of_work() as session:
        prefecture = session.scalar(select(Unit.id).where(Unit.level == UnitLevel.PREFECTURAL))
    reviewer = narrowed(signed_in, Role.EXAM_OFFICER, prefecture, "A2")
    bare = send(reviewer, here, decision="refuse", reason=" ")
    assert "Give a reason" in bare.get_data(as_text=True)
    assert send(reviewer, here, decision="approve", reason="看过").status_code == 303
    assert only(VenueApplication).status is ApplicationStatus.PREFECTURE_CHECKED
    assert "Checked by the prefecture" in reviewer.get(here).get_data(as_text=True)
    assert only(Venue).status is VenueStatus.APPLIED


def test_a_room_is_drawn_as_a_preview_before_anything_is_kept(world, signed_in):
    manager = signed_in(Role.VENUE_MANAGER)
    address = f"/venues/{world['venue']}/rooms/add"
    fields = DESKS | {"code": "305", "kind": "standard", "missing": "2, 5", "wheelchair": "1"}
    before = count(Room)

    preview = send(manager, address, **fields | {"preview": "1"}).get_data(as_text=True)

    assert preview.count('class="desk desk--missing"') == 2
    assert preview.count("data-row=") == 4
    assert count(Room) == before

    assert send(manager, address, **fields).status_code == 303
    with unit_of_work() as session:
        room = session.scalar(select(Room).where(Room.code == "305"))
        numbers = session.scalars(
            select(Seat.number).join(Layout).where(Layout.room_id == room.id).order_by(Seat.number)
        ).all()
    assert numbers == [1, 3, 4, 6]
    taken = send(manager, address, **fields)
    assert "The code 305 is taken" in taken.get_data(as_text=True)


def test_a_desk_number_beyond_the_grid_is_refused_at_its_field(world, signed_in):
    manager = signed_in(Role.VENUE_MANAGER, language="zh")
    address = f"/venues/rooms/{world['room']}/layout"

    page = send(manager, address, **DESKS | {"left_handed": "7"}).get_data(as_text=True)

    assert "没有 7 号座位：座号为 1 至 6" in page
    assert count(Layout) == 1
    assert send(manager, address, **DESKS | {"rows": "41"}).status_code == 200
    assert send(manager, address, **DESKS | {"missing": "1,2,3,4,5,6"}).status_code == 200
    assert count(Layout) == 1
    whole = DESKS | {"missing": "", "left_handed": "6"}
    assert send(manager, address, **whole).status_code == 303
    assert only(Layout).version == 2


def test_a_room_is_booked_and_an_end_before_the_start_is_refused(world, signed_in):
    manager = signed_in(Role.VENUE_MANAGER)
    address = f"/venues/rooms/{world['room']}/bookings"
    fields = {"starts": "2090-01-05T09:00", "reason": "年会"}

    refused = send(manager, address, **fields, ends="2090-01-05T08:00").get_data(as_text=True)
    odd = send(manager, address, **fields, ends="0001-01-01T00:00")

    assert "The end must come after the start" in refused
    assert odd.status_code == 200
    assert count(RoomBooking) == 0
    assert send(manager, address, **fields, ends="2090-01-05T10:00").status_code == 303
    assert only(RoomBooking).starts_at.hour == 1
    assert send(signed_in(Role.AUDITOR, login="A2"), address).status_code == 403
