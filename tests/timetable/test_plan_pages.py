"""The pages of the timetable: who may open them, and what their buttons do."""

import re

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import User
from exam_centre.accounts.service import grant_role
from exam_centre.entries.models import Entry
from exam_centre.kernel import clock, jobs
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.models import Unit
from exam_centre.organisation.rules import UnitLevel
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import Duty, Placement, Plan, RoomSession
from exam_centre.timetable.rules import DutyRole, DutyStatus, PlanStatus
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.timetable.small_series import open_series
from tests.webkit.fixtures import SET_UP, csrf_of, open_account, token_of

LISTS = (
    "grid",
    "papers",
    "entries",
    "unplaced",
    "held-over",
    "duties",
    "changes",
    "problems",
    "map",
    "map?period=P01",
    "map/moves",
    "spread",
    "clashes",
    "clashes?kind=near",
    "compare",
    "grid?by=room&colour=clash",
    "grid?by=paper",
    "grid?by=staff",
    "grid?by=nonsense&colour=nonsense",
    "files",
    "lists.xlsx",
    "duties.pdf",
    "plan.csv",
    "plan.xlsx",
    "take-back",
    "discard",
)


@pytest.fixture
def series(app):
    """A series to plan, committed; return its code."""
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        make.home(UnitLevel.NATIONAL)
        return open_series(make).code


@pytest.fixture
def officers(signed_in, series):
    """The browsers of two exam officers."""
    return (
        signed_in(Role.EXAM_OFFICER, login="A1"),
        signed_in(Role.EXAM_OFFICER, login="A2"),
    )


def post(browser, address, **typed):
    return browser.post(address, data=typed | {"csrf_token": csrf_of(browser, "/timetable/")})


def posted(browser, address, **typed):
    answer = post(browser, address, **typed)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.headers["Location"]


@pytest.fixture
def searched(officers, series):
    """The address of a draft that was searched."""
    one, two = officers
    address = posted(one, f"/timetable/series/{series}/draft")
    posted(one, f"{address}/seed", part="the first part")
    posted(two, f"{address}/seed", part="the second part")
    posted(one, f"{address}/search", effort="quick")
    assert jobs.run_next()
    return address


def test_a_plan_goes_from_a_draft_to_the_slips_by_two_people(officers, searched):
    one, two = officers

    assert post(one, f"{searched}/publish").status_code == 409
    posted(one, f"{searched}/propose")
    refused = post(one, f"{searched}/publish")
    assert refused.status_code == 409
    assert "Someone else" in refused.get_data(as_text=True)
    for _stage in range(3):
        posted(two, f"{searched}/publish")
    with reading() as session:
        assert session.scalars(select(Plan.status)).one() is PlanStatus.FROZEN
        assert all(session.scalars(select(Placement.in_force)))
    assert "Slips allowed by" in one.get(searched).get_data(as_text=True)


def test_every_list_of_a_plan_opens_for_who_plans_and_for_nobody_else(
    officers, searched, signed_in
):
    marker = signed_in(Role.MARKER, login="A3")
    with reading() as session:
        placement = session.scalars(select(Placement)).first()
        room = session.get(RoomSession, placement.room_session_id).token
        entry = session.get(Entry, placement.entry_id).token
        venue = officers[0].get(f"{searched}/grid").get_data(as_text=True).split("?venue=")[1]
    pages = [*LISTS, f"rooms/{room}", f"entries/{entry}", f"grid?venue={venue.split(chr(34))[0]}"]
    for page in pages:
        assert officers[0].get(f"{searched}/{page}").status_code == 200, page
        assert marker.get(f"{searched}/{page}").status_code == 403, page


def test_the_plan_of_a_unit_above_ones_own_sounds_absent(searched, series, app):
    user = open_account(login="A4")
    with unit_of_work() as session:
        county = session.scalars(select(Unit).where(Unit.level == UnitLevel.COUNTY)).first()
        grant_role(session, SET_UP, user, Role.EXAM_OFFICER, county, now=clock.now())
    stranger = app.test_client()
    stranger.set_cookie("sign-in", token_of(user))

    assert stranger.get("/timetable/").status_code == 200
    assert stranger.get(f"/timetable/series/{series}").status_code == 404
    for page in ("", "/grid", "/entries", "/duties", "/plan.csv"):
        assert stranger.get(f"{searched}{page}").status_code == 404, page


def test_a_short_part_of_the_seed_is_refused_at_its_field(officers, series):
    address = posted(officers[0], f"/timetable/series/{series}/draft")
    answer = post(officers[0], f"{address}/seed", part="short")

    assert answer.status_code == 400
    assert "Type 8 to 128 characters." in answer.get_data(as_text=True)


def test_a_search_that_can_not_begin_says_which_rows_stand_in_the_way(officers, series):
    with unit_of_work() as session:
        paper = session.scalars(select(Paper)).first()
        paper.minutes, code = 600, paper.code
    one, two = officers
    address = posted(one, f"/timetable/series/{series}/draft")
    posted(one, f"{address}/seed", part="the first part")
    posted(two, f"{address}/seed", part="the second part")
    answer = post(one, f"{address}/search", effort="quick")

    assert answer.status_code == 409
    assert f"Paper {code} takes 600 minutes" in answer.get_data(as_text=True)


def test_an_entry_is_moved_by_hand_and_the_plan_has_to_be_sealed_again(officers, searched):
    one = officers[0]
    with reading() as session:
        placement = session.scalars(select(Placement)).first()
        entry = session.get(Entry, placement.entry_id)
    page = one.get(f"{searched}/entries/{entry.token}").get_data(as_text=True)
    button = page.split('/move" class="act"')[1]
    wished = dict(re.findall(r'name="(period|venue|room|seat)" value="([^"]+)"', button)[:4])
    posted(one, f"{searched}/entries/{entry.token}/move", **wished)

    assert post(one, f"{searched}/propose").status_code == 409
    posted(one, f"{searched}/seal")
    posted(one, f"{searched}/propose")


def test_a_desk_that_is_taken_is_refused_at_its_field(officers, searched):
    one = officers[0]
    with reading() as session:
        first = session.scalars(select(Placement)).first()
        entry = session.get(Entry, first.entry_id)
    wished = {"period": "P01", "venue": "nowhere", "room": "1", "seat": "1"}
    answer = post(one, f"{searched}/entries/{entry.token}/move", **wished)

    assert answer.status_code == 404
    assert "No such desk here" in answer.get_data(as_text=True)
    wrong = post(one, f"{searched}/entries/{entry.token}/move", **(wished | {"seat": "１"}))
    assert wrong.status_code == 400


def test_a_search_is_stopped_and_leaves_nothing(officers, series):
    one, two = officers
    address = posted(one, f"/timetable/series/{series}/draft")
    posted(one, f"{address}/seed", part="the first part")
    posted(two, f"{address}/seed", part="the second part")
    posted(one, f"{address}/search", effort="quick")
    posted(one, f"{address}/stop")

    assert not jobs.run_next()
    with reading() as session:
        assert session.scalars(select(Placement)).first() is None


def test_ones_own_duty_is_accepted_and_anothers_is_not_there(officers, searched, app):
    one, two = officers
    posted(one, f"{searched}/propose")
    posted(two, f"{searched}/publish")
    with reading() as session:
        duty = session.scalars(select(Duty)).first()
    mine = app.test_client()
    mine.set_cookie("sign-in", _token_for(duty.person_id))

    assert "接受" in mine.get("/timetable/duties").get_data(as_text=True)
    assert b"VEVENT" in mine.get("/timetable/calendar.ics").data
    posted(mine, f"/timetable/duties/{duty.token}/accept")
    with reading() as session:
        assert session.get(Duty, duty.id).status is DutyStatus.ACCEPTED
        other = session.scalars(select(Duty).where(Duty.person_id != duty.person_id)).first()
    assert post(mine, f"/timetable/duties/{other.token}/accept").status_code == 404


def _token_for(person_id):
    with unit_of_work() as session:
        user = User(person_id=person_id, login="D1")
        session.add(user)
        session.flush()
    return token_of(user)


def test_a_duty_is_given_to_somebody_the_page_names_and_one_is_swapped(officers, searched):
    browser, _ = officers
    with reading() as session:
        tokens = session.scalars(
            select(Duty.token).where(Duty.role == DutyRole.FIRST).order_by(Duty.id)
        ).all()
        held = session.scalars(select(Duty.person_id).where(Duty.token == tokens[0])).one()
    page = browser.get(f"/timetable/duties/{tokens[0]}/replace").get_data(as_text=True)
    number = re.findall(r'<option value="([^"]+)"', page)[0]
    done = post(
        browser, f"/timetable/duties/{tokens[0]}/replace", person=number, reason="Called in ill."
    )
    swap = browser.get(f"/timetable/duties/{tokens[1]}/swap")

    assert done.status_code == 303
    assert swap.status_code == 200
    with reading() as session:
        old = session.scalars(select(Duty).where(Duty.token == tokens[0])).one()
        given = session.scalars(
            select(Duty).where(
                Duty.room_session_id == old.room_session_id,
                Duty.role == DutyRole.FIRST,
                Duty.status == DutyStatus.OFFERED,
            )
        ).one()
    assert old.status is DutyStatus.REPLACED
    assert given.person_id != held
