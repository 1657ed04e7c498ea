"""The cover of a bag of scripts, and the list of a room's box."""

import pytest

from exam_centre.adapters.pdf.blocks import texts
from exam_centre.custody import documents, queries
from exam_centre.custody.rules import BagKind
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Role
from tests.architecture import strangers
from tests.factories.times import HOUR, NINE
from tests.invigilation.staged import Hands, Member, later_numbers, stage
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
no_strangers = strangers.no_strangers


def line_of(session, bag):
    return queries.bag_lines(session, [bag.id])[0]


def words(document):
    return list(texts(document))


def test_the_cover_says_scripts_and_place_holders_to_who_counted(session, make):
    bag = make.bag(kind=BagKind.SCRIPTS, declared=28, seal_no="S-77001")

    told = words(
        documents.script_bag_cover(line_of(session, bag), 30, sees_count=True, language="en")
    )

    assert [
        told[told.index(label) + 1]
        for label in (
            "Seats used",
            "Scripts inside",
            "Place-holders of absentees",
        )
    ] == ["30", "28", "2"]
    assert "S-77001" in told


def test_the_cover_is_blank_for_whoever_may_still_take_the_bag(session, make):
    bag = make.bag(kind=BagKind.SCRIPTS, declared=28, seal_no="S-77001")

    told = words(
        documents.script_bag_cover(line_of(session, bag), 30, sees_count=False, language="zh")
    )

    assert "30" in told
    assert not {"28", "2", "S-77001"} & set(told)


def test_the_list_of_the_box_names_every_bag_by_its_code_and_no_count(session, make):
    placement = make.placement()
    bags = [make.bag(placement, kind, declared=4711) for kind in BagKind]

    told = words(
        documents.box_list(
            queries.bag_lines(session, [bag.id for bag in bags]), number="BX-1", language="en"
        )
    )

    assert {bag.token for bag in bags} <= set(told)
    assert "4711" not in " ".join(told)


@pytest.fixture
def bags(app, monkeypatch):
    monkeypatch.setattr(clock, "now", Hands(NINE + 2 * HOUR).now)
    staged = stage()
    with unit_of_work() as session:
        make = later_numbers(session)
        papers = make.bag(staged.placements[0])
        scripts = make.bag(staged.placements[0], BagKind.SCRIPTS, declared=3)
    return staged, papers, scripts


def test_cover_and_box_are_printed_for_who_hands_over_and_are_nowhere_else(app, bags):
    staged, papers, scripts = bags
    own = Member(app, staged.staff(Role.INVIGILATOR, "I1"))
    stranger = Member(app, staged.staff(Role.INVIGILATOR, "I9", elsewhere=True))
    cover = f"/custody/bags/{scripts.token}/cover.pdf"
    box = f"/custody/rooms/{staged.room_session.token}/box.pdf"

    for address in (cover, box):
        assert own.get(address).data.startswith(b"%PDF")
        assert stranger.get(address).status_code == 404
    assert own.get(f"/custody/bags/{papers.token}/cover.pdf").status_code == 404
    assert cover in own.get(f"/custody/bags/{scripts.token}").get_data(as_text=True)
    room = own.get(f"/custody/rooms/{staged.room_session.token}").get_data(as_text=True)
    assert box in room
