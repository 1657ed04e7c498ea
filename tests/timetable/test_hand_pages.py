"""The pages for moving, locking, undoing and repeating: who may, and what each button does."""

import re

import pytest
from sqlalchemy import func, select

from exam_centre.entries.models import Entry
from exam_centre.kernel.database import reading, unit_of_work
from exam_centre.kernel.permissions import Role
from exam_centre.organisation.rules import UnitLevel
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import Placement, Plan, PlanLock, PlanMove, RoomSession
from exam_centre.venues.models import Room, Venue
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make
from tests.timetable.small_series import open_series, solved
from tests.webkit.fixtures import csrf_of


class Planned:
    """A searched draft as the tests of this file name its parts."""

    def __init__(self, plan, entry, paper, room, venue):
        self.address = f"/timetable/plans/{plan}"
        self.entry = f"{self.address}/entries/{entry}"
        self.paper = f"{self.address}/papers/{paper}"
        self.paper_code, self.room_code, self.venue_code = paper, room, venue


@pytest.fixture
def planned(app):
    with unit_of_work() as session:
        make = Make(session, TEST_SEAL)
        make.home(UnitLevel.NATIONAL)
        plan, _, _ = solved(make, session, open_series(make))
        row = session.scalars(select(Placement).where(Placement.plan_id == plan.id)).first()
        entry = session.get_one(Entry, row.entry_id)
        room = session.get_one(Room, session.get_one(RoomSession, row.room_session_id).room_id)
        return Planned(
            plan.token,
            entry.token,
            session.get_one(Paper, entry.paper_id).code,
            room.code,
            session.get_one(Venue, room.venue_id).code,
        )


@pytest.fixture
def officer(planned, signed_in):
    return signed_in(Role.EXAM_OFFICER, login="A1")


def post(browser, address, **typed):
    return browser.post(address, data=typed | {"csrf_token": csrf_of(browser, "/timetable/")})


def words_of(answer):
    return answer.get_data(as_text=True)


def wished(page):
    """Return what the first button of a suggested place sends."""
    button = page.split('/move" class="act"')[1]
    return dict(re.findall(r'name="(period|venue|room|seat)" value="([^"]+)"', button)[:4])


def test_the_pages_open_for_who_plans_and_for_nobody_else(planned, officer, signed_in):
    marker = signed_in(Role.MARKER, login="A2")
    for address in (
        f"{planned.address}/by-hand",
        f"{planned.address}/sealed",
        f"{planned.address}/sealed.json",
        planned.paper,
        planned.entry,
        f"{planned.entry}/lock",
    ):
        assert officer.get(address).status_code == 200, address
        assert marker.get(address).status_code == 403, address


def test_acts_by_hand_are_refused_to_who_does_not_plan(planned, officer, signed_in):
    marker = signed_in(Role.MARKER, login="A2")
    for address in (
        f"{planned.address}/by-hand/undo",
        f"{planned.address}/locks",
        f"{planned.entry}/move",
        f"{planned.entry}/push",
        f"{planned.entry}/preview",
        f"{planned.paper}/move",
    ):
        token = csrf_of(officer, "/timetable/")
        assert marker.post(address, data={"csrf_token": token}).status_code in (400, 403), address
    with reading() as session:
        assert session.scalar(select(func.count(PlanMove.id))) == 0


def test_a_suggested_place_is_one_click_and_undone_with_one_more(planned, officer):
    page = words_of(officer.get(planned.entry))
    moved = post(officer, f"{planned.entry}/move", **wished(page))
    assert moved.status_code == 303
    hand = words_of(officer.get(f"{planned.address}/by-hand"))
    assert "Undo act 1" in hand
    assert "Entries without a seat" in hand

    assert post(officer, f"{planned.address}/by-hand/undo").status_code == 303
    hand = words_of(officer.get(f"{planned.address}/by-hand"))
    assert "undone later" in hand
    assert post(officer, f"{planned.address}/by-hand/undo").status_code == 409


def test_a_move_is_looked_at_before_it_is_made_with_or_without_a_script(planned, officer):
    wish = wished(words_of(officer.get(planned.entry)))
    token = csrf_of(officer, "/timetable/")
    answer = officer.post(
        f"{planned.entry}/preview",
        data=wish | {"csrf_token": token},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 200
    assert answer.json["against"] == []

    nowhere = wish | {"seat": "999"}
    page = post(officer, f"{planned.entry}/preview", **nowhere)
    assert page.status_code == 200
    assert "No such desk here" in words_of(page)
    assert post(officer, f"{planned.entry}/preview", period="P01").status_code == 400
    with reading() as session:
        assert session.scalar(select(func.count(PlanMove.id))) == 0


def test_an_entry_is_locked_with_a_reason_and_then_refuses_to_move(planned, officer):
    wish = wished(words_of(officer.get(planned.entry)))
    assert post(officer, f"{planned.entry}/lock", reason="").status_code == 200
    assert post(officer, f"{planned.entry}/lock", reason="The ramp is here.").status_code == 303
    page = officer.get(planned.entry)
    assert "Locked: The ramp is here." in words_of(page)
    refused = post(officer, f"{planned.entry}/move", **wish)

    assert refused.status_code == 409
    assert "locked this place: The ramp is here." in words_of(refused)


@pytest.mark.parametrize("kind", ["paper", "room", "venue"])
def test_a_paper_a_room_or_a_venue_is_locked_by_its_code_and_freed_again(planned, officer, kind):
    code = {
        "paper": planned.paper_code,
        "room": f"{planned.venue_code} {planned.room_code}",
        "venue": planned.venue_code,
    }[kind]
    locks = f"{planned.address}/locks"
    unknown = post(officer, locks, kind=kind, code="nothing", reason="Agreed.")
    assert unknown.status_code == 404
    assert "No such" in words_of(unknown)
    assert post(officer, locks, kind=kind, code=code, reason="").status_code == 400
    assert post(officer, locks, kind="wall", code=code, reason="Why.").status_code == 400
    assert post(officer, locks, kind=kind, code=code, reason="Agreed.").status_code == 303
    assert post(officer, locks, kind=kind, code=code, reason="Again.").status_code == 409
    with reading() as session:
        token = session.scalars(select(PlanLock.token)).one()

    assert post(officer, f"{locks}/{token}/remove").status_code == 303
    assert post(officer, f"{locks}/{token}/remove").status_code == 404


def test_a_papers_sittings_are_moved_by_the_button_that_says_what_it_costs(planned, officer):
    page = words_of(officer.get(planned.paper))
    form = page.split('/move" class="act"')[1]
    sent = dict(re.findall(r'name="(source|target|part)" value="([^"]*)"', form)[:2])
    assert post(officer, f"{planned.paper}/move", **sent).status_code == 303
    with reading() as session:
        assert session.scalar(select(func.count(PlanMove.id))) > 1
        assert session.scalar(select(func.max(PlanMove.number))) == 1

    again = post(officer, f"{planned.paper}/move", source="P99", target="P98")
    assert again.status_code == 404
    assert post(officer, f"{planned.paper}/move", source="P01").status_code == 400


def test_the_sealed_file_is_given_until_hands_change_the_plan(planned, officer):
    page = words_of(officer.get(f"{planned.address}/sealed"))
    assert "Download the file" in page
    file = officer.get(f"{planned.address}/sealed.json")
    assert file.headers["Content-Type"] == "application/json"
    assert file.json["format"] == "sealed-allocation 2"
    with unit_of_work() as session:
        session.scalars(select(Plan)).one().result_sha256 = "0" * 64

    assert officer.get(f"{planned.address}/sealed.json").status_code == 409
    assert "was changed by hand after its search" in words_of(
        officer.get(f"{planned.address}/sealed")
    )


def test_a_published_plan_offers_no_act_by_hand(planned, officer):
    with unit_of_work() as session:
        plan = session.scalars(select(Plan)).one()
        plan.move_to(type(plan.status).DISCARDED)
    for address in (planned.entry, planned.paper, f"{planned.address}/by-hand"):
        page = words_of(officer.get(address))
        assert "Take it" not in page
        assert "Lock it" not in page
    assert post(officer, f"{planned.address}/by-hand/undo").status_code == 409


def test_the_words_are_chinese_for_who_reads_chinese(planned, signed_in):
    reader = signed_in(Role.EXAM_OFFICER, login="A3", language="zh")
    page = words_of(reader.get(planned.entry))

    for words in ("为何排在此时", "其他位置有何障碍", "选用", "本版本当前的冲突"):
        assert words in page
