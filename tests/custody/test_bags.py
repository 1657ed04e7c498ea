"""Bags change hands with two counts, and no paper gets lost unseen."""

import pytest

from exam_centre.custody import queries, service
from exam_centre.custody.rules import (
    BagExists,
    BagKind,
    BagStatus,
    CountWrong,
    NotOfThisRoom,
    NotOnItsWay,
    NotOpened,
    NotPapers,
    NotTheHolder,
    OpensTooEarly,
    PapersNotCounted,
    ReasonMissing,
    SealMissing,
)
from exam_centre.kernel.errors import Forbidden, IllegalMove, NotFound, SamePerson
from exam_centre.kernel.laws import LawBroken, ensure
from exam_centre.kernel.permissions import Role
from tests.factories.times import MINUTE, NINE


@pytest.fixture
def sender(make):
    return make.invigilator()


@pytest.fixture
def receiver(make):
    return make.chief()


@pytest.fixture
def bag(session, make, sender):
    placement = make.placement()
    return service.pack(
        session,
        sender,
        BagKind.PAPERS,
        placement.room_session_id,
        placement.sitting_id,
        seal_no="A1",
        count=30,
        now=NINE,
    )


def hand_over(session, bag, sender, receiver, *, sent=30, taken=30, seal="A1"):
    service.send(session, sender, bag, count=sent, seal_no="A1", now=NINE)
    return service.take(session, receiver, bag, count=taken, seal_no=seal, now=NINE)


def test_a_bag_taken_with_the_same_count_and_seal_is_received(session, bag, sender, receiver):
    hand_over(session, bag, sender, receiver, seal=" A1 ")

    assert bag.status is BagStatus.RECEIVED
    assert bag.holder_id == receiver.person_id


@pytest.mark.parametrize(
    "typed", [{"taken": 29}, {"taken": 0}, {"seal": "A7"}, {"sent": 29, "taken": 29}]
)
def test_a_difference_is_kept_and_the_bag_goes_nowhere(session, bag, sender, receiver, typed):
    row = hand_over(session, bag, sender, receiver, **typed)

    assert bag.status is BagStatus.DISPUTED
    assert row.receiver_count == typed.get("taken", 30)
    with pytest.raises(IllegalMove):
        service.send(session, receiver, bag, count=30, seal_no="A1", now=NINE)


def test_zero_is_a_count_and_less_is_not(session, make, bag, sender, receiver):
    empty = make.bag(declared=0, holder_id=sender.person_id, seal_no="A1")

    hand_over(session, empty, sender, receiver, sent=0, taken=0)

    assert empty.status is BagStatus.RECEIVED
    with pytest.raises(CountWrong):
        service.send(session, sender, bag, count=-1, seal_no="A1", now=NINE)
    with pytest.raises(SealMissing):
        service.send(session, sender, bag, count=30, seal_no=" ", now=NINE)


def test_only_the_holder_sends_and_only_another_human_takes(session, make, bag, sender, receiver):
    with pytest.raises(NotTheHolder):
        service.send(session, receiver, bag, count=30, seal_no="A1", now=NINE)
    with pytest.raises(NotOnItsWay):
        service.take(session, receiver, bag, count=30, seal_no="A1", now=NINE)
    service.send(session, sender, bag, count=30, seal_no="A1", now=NINE)
    with pytest.raises(SamePerson):
        service.take(session, sender, bag, count=30, seal_no="A1", now=NINE)


def test_a_dispute_is_settled_by_a_third_person_with_a_reason(session, make, bag, sender, receiver):
    hand_over(session, bag, sender, receiver, taken=29)
    third = make.chief()

    with pytest.raises(SamePerson):
        service.settle_dispute(session, receiver, bag, count=29, reason="incident 3", now=NINE)
    with pytest.raises(ReasonMissing):
        service.settle_dispute(session, third, bag, count=29, reason="", now=NINE)
    service.settle_dispute(session, third, bag, count=29, reason="incident 3", now=NINE)

    assert (bag.status, bag.declared) == (BagStatus.RECEIVED, 29)


def test_one_bag_a_paper_and_room_and_only_of_papers_sat_there(session, make, bag, sender):
    pack = {"seal_no": "A2", "count": 30, "now": NINE}
    kind, room = BagKind.PAPERS, bag.room_session_id

    with pytest.raises(BagExists):
        service.pack(session, sender, kind, room, bag.sitting_id, **pack)
    with pytest.raises(NotOfThisRoom):
        service.pack(session, sender, kind, room, make.sitting().id, **pack)
    assert service.pack(session, sender, BagKind.SCRIPTS, room, bag.sitting_id, **pack)


def test_two_people_open_papers_and_no_earlier_than_the_doors(session, make, bag, sender):
    second = make.invigilator()

    with pytest.raises(SamePerson):
        service.open_bag(session, sender, bag, second=sender, now=NINE)
    with pytest.raises(OpensTooEarly):
        service.open_bag(session, sender, bag, second=second, now=NINE - 31 * MINUTE)
    with pytest.raises(Forbidden):
        service.open_bag(session, sender, bag, second=make.door_staff(), now=NINE)
    service.open_bag(session, sender, bag, second=second, now=NINE - 30 * MINUTE)

    assert (bag.opened_by_id, bag.opening_witness_id) == (sender.person_id, second.person_id)


def test_scripts_are_not_opened(session, make, sender):
    bag = make.bag(kind=BagKind.SCRIPTS)

    with pytest.raises(NotPapers):
        service.open_bag(session, sender, bag, second=make.invigilator(), now=NINE)


def count(session, actor, bag, used, spare, damaged):
    return service.count_papers(
        session, actor, bag, used=used, spare=spare, damaged=damaged, now=NINE
    )


def test_the_law_of_papers_is_green_when_every_paper_is_accounted_for(session, make, sender):
    opened, other = make.bag(status=BagStatus.OPENED), make.bag(make.placement(room=make.room()))
    rooms = [opened.room_session_id, other.room_session_id]
    assert not queries.law_papers(session, rooms).green

    count(session, sender, opened, used=27, spare=2, damaged=1)
    count(session, sender, other, used=0, spare=30, damaged=0)

    law = queries.law_papers(session, rooms)
    assert law.green
    assert law.left == law.right == 60


def test_differences_that_balance_each_other_still_break_the_law(session, make, sender):
    one = make.bag(status=BagStatus.OPENED)
    other = make.bag(make.placement(room=make.room()), status=BagStatus.OPENED)
    count(session, sender, one, used=31, spare=0, damaged=0)
    count(session, sender, other, used=29, spare=0, damaged=0)

    law = queries.law_papers(session, [one.room_session_id, other.room_session_id])

    assert law.left == law.right
    assert {row.subject for row in law.rows} == {f"bags:{one.id}", f"bags:{other.id}"}
    with pytest.raises(LawBroken):
        ensure(law)


def test_papers_are_used_only_out_of_an_opened_bag(session, bag, sender):
    with pytest.raises(NotOpened):
        count(session, sender, bag, used=1, spare=29, damaged=0)


def test_spare_papers_go_back_sealed_anew_with_their_own_count(session, make, sender, receiver):
    bag = make.bag(status=BagStatus.OPENED, holder_id=sender.person_id)
    with pytest.raises(PapersNotCounted):
        service.reseal(session, sender, bag, seal_no="B2", now=NINE)
    count(session, sender, bag, used=27, spare=2, damaged=1)

    service.reseal(session, sender, bag, seal_no="B2", now=NINE)
    service.send(session, sender, bag, count=3, seal_no="B2", now=NINE)
    service.take(session, receiver, bag, count=3, seal_no="B2", now=NINE)

    assert bag.status is BagStatus.RECEIVED
    assert queries.law_papers(session, [bag.room_session_id]).green


def test_a_bag_of_another_venue_sounds_absent(session, make, bag):
    assert queries.access_bag(session, make.chief(), bag.token) is bag
    assert queries.bags_of_room(session, bag.room_session_id) == [bag]
    for stranger in (make.chief(make.venue()), make.actor(Role.MARKER)):
        with pytest.raises(NotFound):
            queries.access_bag(session, stranger, bag.token)
