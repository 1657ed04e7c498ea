"""Bags through pages: packed, sent, taken with a blind count, disputed, opened by two, resealed."""

import pytest
from sqlalchemy import select

from exam_centre.custody.models import Bag, HandOver, PaperCount
from exam_centre.custody.rules import BagStatus
from exam_centre.kernel import clock
from exam_centre.kernel.database import reading
from exam_centre.kernel.permissions import Role
from exam_centre.papers.models import Paper
from exam_centre.timetable.models import Sitting
from tests.architecture import strangers
from tests.factories.times import MINUTE, NINE
from tests.invigilation.staged import Hands, Member, stage
from tests.webkit import fixtures
from tests.webkit.fixtures import PASSWORD

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
no_strangers = strangers.no_strangers
COUNT, SEAL = "4711", "JS-000815"
HAND = {"count": COUNT, "seal_no": SEAL}


@pytest.fixture
def staged(app, monkeypatch):
    monkeypatch.setattr(clock, "now", Hands(NINE - 20 * MINUTE).now)
    return stage()


@pytest.fixture
def packer(app, staged):
    return Member(app, staged.staff(Role.VENUE_MANAGER, "V1", "考点负责人"))


@pytest.fixture
def taker(app, staged):
    return Member(app, staged.staff(Role.INVIGILATOR, "I1", "第一监考"))


@pytest.fixture
def chief(app, staged):
    return Member(app, staged.staff(Role.CHIEF, "C1", "主考"))


def bag():
    with reading() as session:
        return session.scalars(select(Bag)).one()


def at(act=""):
    return f"/custody/bags/{bag().token}" + (f"/{act}" if act else "")


@pytest.fixture
def packed(staged, packer):
    with reading() as session:
        sitting = session.get_one(Sitting, staged.placements[0].sitting_id)
        paper = session.get_one(Paper, sitting.paper_id).code
    address = f"/custody/rooms/{staged.room_session.token}/pack"
    sent = packer.post(address, kind="papers", paper=paper, **HAND)
    assert sent.status_code == 303
    return bag()


def test_the_count_is_shown_to_who_packed_and_to_nobody_who_may_still_take_it(
    packed, packer, taker, chief, staged
):
    packer.post(at("send"), **HAND)

    assert "4,711" in packer.get(at()).get_data(as_text=True)
    room = f"/custody/rooms/{staged.room_session.token}"
    for person in (taker, chief):
        for address in (at(), at("take"), "/custody/", room):
            page = person.get(address).get_data(as_text=True)
            assert "4,711" not in page
            assert COUNT not in page
            assert SEAL not in page


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"count": ""}, "count-error"),
        ({"count": "-1"}, "count-error"),
        ({"count": "４"}, "count-error"),
        ({"count": "3.5"}, "count-error"),
        ({"seal_no": " "}, "seal_no-error"),
    ],
)
def test_a_bag_is_not_taken_without_an_own_count_and_seal(packed, packer, taker, wrong, error):
    packer.post(at("send"), **HAND)

    page = taker.post(at("take"), **HAND | wrong)

    assert f'id="{error}"' in page.get_data(as_text=True)
    assert bag().status is BagStatus.IN_TRANSIT


def test_zero_is_a_count_and_a_difference_stops_the_bag(packed, packer, taker, chief):
    packer.post(at("send"), **HAND)

    told = taker.post(at("take"), follow=True, **HAND | {"count": "0"}).get_data(as_text=True)

    assert bag().status is BagStatus.DISPUTED
    with reading() as session:
        assert session.scalars(select(HandOver)).one().receiver_count == 0
    assert "flash--problem" in told
    assert taker.post(at("settle"), reason="x", **HAND).status_code == 403
    own = packer.post(at("settle"), reason="事件 1", **HAND).get_data(as_text=True)
    assert "Someone else must do this one." in own
    assert chief.post(at("settle"), reason="事件 1：漏数", **HAND).status_code == 303
    assert bag().status is BagStatus.RECEIVED


def test_a_bag_goes_from_hand_to_hand_is_opened_by_two_counted_and_sealed(
    packed, packer, taker, chief
):
    packer.post(at("send"), **HAND)
    taker.post(at("take"), **HAND)
    assert bag().holder_id == taker.person_id
    alone = taker.post(at("open"), second_login="I1", second_password=PASSWORD)
    assert 'id="second_login-error"' in alone.get_data(as_text=True)
    assert taker.post(at("open"), second_login="C1", second_password=PASSWORD).status_code == 303
    assert bag().opening_witness_id == chief.person_id
    assert taker.post(at("reseal"), seal_no="JS-9").status_code == 200
    taker.post(at("count"), used="4700", spare="10", damaged="1")
    assert taker.post(at("reseal"), seal_no="JS-9").status_code == 303

    with reading() as session:
        assert session.scalars(select(PaperCount)).one().used == 4700
    page = taker.get(at()).get_data(as_text=True)
    assert page.index("考点负责人 to 第一监考") < page.index("Opened by two people")


def test_another_venues_bag_is_nowhere_and_door_staff_carry_none(app, staged, packed):
    stranger = Member(app, staged.staff(Role.CHIEF, "C9", elsewhere=True))
    door = Member(app, staged.staff(Role.DOOR_STAFF, "D1"))

    for act in ("", "send", "take", "open", "hand-over.pdf", "packing-list.pdf"):
        assert stranger.get(at(act)).status_code == 404
        assert door.get(at(act)).status_code == 403
    assert packed.token not in stranger.get("/custody/").get_data(as_text=True)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_bags_papers_are_printed(packed, packer, taker, language):
    for person in (packer, taker):
        person.language = language
        for paper in ("hand-over.pdf", "packing-list.pdf"):
            assert person.get(at(paper)).data.startswith(b"%PDF")


def test_a_seal_is_found_by_its_number(packed, packer):
    assert packed.token in packer.get("/custody/?q=815").get_data(as_text=True)
    assert packed.token not in packer.get("/custody/?q=816").get_data(as_text=True)
