"""Pages of units, parks, enterprises and shifts."""

import pytest
from sqlalchemy import func, select

from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.models import Enterprise, Park, Shift, Unit
from exam_centre.organisation.rules import UnitLevel
from tests.architecture import strangers
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.webkit import fixtures
from tests.webkit.fixtures import csrf_of

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
client = fixtures.client
signed_in = fixtures.signed_in
no_strangers = strangers.no_strangers

PLACE = {"latitude": "31.30000", "longitude": "120.70000"}


@pytest.fixture
def world(app):
    """One county with a park and an enterprise that has a team C."""
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        make.shift()
        return {
            "county": make.home().code,
            "prefecture": make.home(UnitLevel.PREFECTURAL).code,
            "park": make.home_park().code,
            "enterprise": make.home_enterprise().code,
        }


def count(model):
    with unit_of_work() as session:
        return session.scalar(select(func.count()).select_from(model))


def send(browser, address, **fields):
    return browser.post(address, data=fields | {"csrf_token": csrf_of(browser, "/me")})


def test_every_page_opens_for_the_office_and_for_nobody_without_a_role_for_it(world, signed_in):
    office, marker = signed_in(Role.EXAM_OFFICER), signed_in(Role.MARKER, login="A2")
    pages = [
        "/organisation/",
        f"/organisation/units/{world['county']}",
        f"/organisation/units/{world['county']}/add-unit",
        f"/organisation/units/{world['county']}/add-park",
        f"/organisation/parks/{world['park']}",
        f"/organisation/parks/{world['park']}/add-enterprise",
        f"/organisation/enterprises/{world['enterprise']}",
    ]

    assert {page: office.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert {marker.get(page).status_code for page in pages} == {403}
    assert office.get("/organisation/units/elsewhere").status_code == 404


def test_the_tree_counts_parks_and_enterprises_under_every_unit(world, signed_in):
    page = signed_in(Role.AUDITOR).get("/organisation/").get_data(as_text=True)

    assert page.count("One park, one enterprise") == 4


def test_units_parks_and_enterprises_are_added_and_a_taken_code_is_refused(world, signed_in):
    office = signed_in(Role.EXAM_OFFICER)
    under = f"/organisation/units/{world['prefecture']}"

    added = send(office, f"{under}/add-unit", code="C-9", name="新中心", level="county")
    again = send(office, f"{under}/add-unit", code="C-9", name="新中心", level="county")
    above = send(office, f"{under}/add-unit", code="C-8", name="新中心", level="provincial")
    park = send(office, "/organisation/units/C-9/add-park", code="P-9", name="新园", **PLACE)
    employer = send(
        office, "/organisation/parks/P-9/add-enterprise", code="E-9", name="新厂", **PLACE
    )

    assert [a.status_code for a in (added, again, above, park, employer)] == [
        303, 200, 200, 303, 303,
    ]  # fmt: skip
    assert "The code C-9 is taken" in again.get_data(as_text=True)
    assert "needs a parent of a higher level" in above.get_data(as_text=True)
    with unit_of_work() as session:
        names = [
            session.scalar(select(model.name).order_by(model.id.desc()))
            for model in (Unit, Park, Enterprise)
        ]
    assert names == ["新中心", "新园", "新厂"]


def test_a_night_shift_is_drawn_on_both_of_its_days(world, signed_in):
    office = signed_in(Role.EXAM_OFFICER)
    here = f"/organisation/enterprises/{world['enterprise']}"
    night = {"team": "N", "starts": "2026-11-25T20:00", "ends": "2026-11-26T06:00"}

    planned = send(office, f"{here}/shifts", **night)
    week = office.get(planned.location).get_data(as_text=True)
    before = office.get(f"{here}?team=N&week=2026-W47").get_data(as_text=True)

    assert planned.status_code == 303
    assert week.count("<rect") == 2
    assert before.count("<rect") == 0
    assert "No shift of this team in this week" in before
    assert office.get(f"{here}?week=2026-W99&team=%00").status_code == 400
    assert office.get(f"{here}?week=９").status_code == 200


def test_a_shift_of_nobody_or_over_another_is_refused_at_its_field(world, signed_in):
    office = signed_in(Role.EXAM_OFFICER, language="zh")
    address = f"/organisation/enterprises/{world['enterprise']}/shifts"
    times = {"starts": "2026-11-25T20:00", "ends": "2026-11-26T06:00"}
    send(office, address, team="N", **times)
    known = count(Shift)

    nobody = send(office, address, **times).get_data(as_text=True)
    over = send(office, address, team="N", **times).get_data(as_text=True)

    assert 'id="team-error"' in nobody
    assert 'id="starts-error"' in over
    assert "2026-11-25 20:00" in over
    assert count(Shift) == known
