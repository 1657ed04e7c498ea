"""From two people's seed to what is public, and the repairs that follow."""

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import Notice, Person
from exam_centre.entries.models import Entry
from exam_centre.entries.rules import EntryStatus
from exam_centre.kernel.errors import IllegalMove, SamePerson
from exam_centre.kernel.laws import LawBroken
from exam_centre.kernel.permissions import Role
from exam_centre.kernel.sentences import Sentence, say
from exam_centre.papers.rules import Mode
from exam_centre.timetable import queries, service
from exam_centre.timetable.models import Publication, Unplaced
from exam_centre.timetable.rules import (
    NewerPlanInForce,
    NotSealed,
    PlanHasProblems,
    PlanStatus,
    SealBroken,
    SeedComplete,
    SeedPartTooShort,
    Stage,
    UnplacedReason,
    fingerprint,
    seed_of,
)
from exam_centre.venues.rules import RoomKind, VenueStatus
from tests.factories.times import DAY, NINE

BEFORE = NINE - 20 * DAY


@pytest.fixture
def officers(make):
    return make.actor(Role.EXAM_OFFICER), make.actor(Role.EXAM_OFFICER)


@pytest.fixture
def sealed(session, officers):
    """Give two parts of the seed to a plan and seal it."""

    def seal(plan):
        for officer, part in zip(officers, ("the first part", "the second part"), strict=True):
            service.add_seed_part(session, officer, plan, part, now=BEFORE)
        service.seal_plan(session, officers[0], plan, algorithm="by hand 1", now=BEFORE)
        return plan

    return seal


@pytest.fixture
def publish(session, officers, sealed):
    """Seal, propose and publish a plan up to a stage, by two people."""

    def publish(plan, upto=Stage.TIME):
        service.propose(session, officers[0], sealed(plan), now=BEFORE)
        for stage in Stage:
            service.publish(session, officers[1], plan, stage, now=BEFORE)
            if stage is upto:
                return plan
        return plan

    return publish


@pytest.fixture
def drafted(session, make, officers):
    """A draft plan with one placed entry."""
    plan = service.draft_plan(session, officers[0], make.home_series(), now=BEFORE)
    entry = make.entry()
    desk = make.seat(make.home_room())
    service.place(session, officers[0], plan, entry, desk, make.home_period(), now=BEFORE)
    return plan, entry


def test_two_humans_give_the_parts_of_the_seed(session, make, officers, drafted):
    plan, _ = drafted
    first, second = officers
    again = make.actor(Role.EXAM_OFFICER, person=make.session.get(Person, first.person_id))

    service.add_seed_part(session, first, plan, "eight characters", now=BEFORE)
    with pytest.raises(SamePerson):
        service.add_seed_part(session, again, plan, "another eight", now=BEFORE)
    with pytest.raises(NotSealed):
        service.seal_plan(session, first, plan, algorithm="by hand 1", now=BEFORE)
    with pytest.raises(SeedPartTooShort):
        service.add_seed_part(session, second, plan, " short ", now=BEFORE)
    service.add_seed_part(session, second, plan, "eight more", now=BEFORE)
    with pytest.raises(SeedComplete):
        service.add_seed_part(
            session, make.actor(Role.EXAM_OFFICER), plan, "a third one", now=BEFORE
        )


def test_the_seed_needs_both_parts_in_their_order():
    assert seed_of(["one", "two"]) == seed_of(["one", "two"]) < 2**64
    assert len({seed_of(p) for p in (["one", "two"], ["two", "one"], ["one"], ["onetwo"])}) == 4


def test_the_fingerprint_of_a_result_is_made_of_what_people_can_read(session, drafted, sealed):
    plan, _ = drafted
    sealed(plan)
    lines = list(queries.result_lines(session, plan))

    assert [line[0] for line in lines] == ["placed"]
    assert fingerprint(lines) == plan.result_sha256 != plan.input_sha256
    assert str(lines[0][7]).startswith("2026-12-12T01:00:00")


def test_a_plan_changed_after_its_seal_is_not_proposed(session, make, officers, drafted, sealed):
    plan, _ = drafted
    sealed(plan)
    desk = make.seat(make.home_room())
    service.place(session, officers[0], plan, make.entry(), desk, make.home_period(), now=BEFORE)

    with pytest.raises(SealBroken):
        service.propose(session, officers[0], plan, now=BEFORE)
    service.seal_plan(session, officers[0], plan, algorithm="by hand 1", now=BEFORE)
    service.propose(session, officers[0], plan, now=BEFORE)
    assert plan.status is PlanStatus.PROPOSED


def test_an_entry_nobody_said_a_word_about_locks_the_plan(session, make, officers, drafted, sealed):
    plan, _ = drafted
    forgotten = make.entry()
    sealed(plan)

    with pytest.raises(LawBroken) as refusal:
        service.propose(session, officers[0], plan, now=BEFORE)
    assert [row.subject for row in refusal.value.law.rows] == [f"entries:{forgotten.id}"]


def test_the_first_law_counts_every_kind_of_entry_once(session, make, officers, drafted):
    plan, entry = drafted
    make.entry(paper=make.paper(Mode.ASSIGNMENT))
    make.entry(status=EntryStatus.WITHDRAWN)
    waiting = make.entry()
    sentence = say("{n} more seats would help.", n=1)
    service.leave_unplaced(
        session, officers[0], plan, waiting, UnplacedReason.NO_SEAT, sentence, now=BEFORE
    )
    candidate = make.session.get_one(type(make.candidate()), entry.candidate_id)
    paper = make.paper(Mode.COMPUTER)
    held = make.entry(candidate, paper, courses=[make.course(paper, compulsory=False)])
    first = queries.standing_of_entry(session, plan, entry.id)
    lab = make.seat(make.room(kind=RoomKind.COMPUTER))
    service.hold_over(session, officers[0], plan, first, held, lab, make.person(), now=BEFORE)

    law = queries.law_entries(session, plan)

    assert law.green
    assert law.left == law.right == 4


def test_a_seat_and_a_reason_for_none_break_the_law_behind_equal_counts(session, make, drafted):
    plan, entry = drafted
    make.save(
        Unplaced(
            plan_id=plan.id, entry_id=entry.id, reason=UnplacedReason.NO_SEAT, text="No.", facts={}
        )
    )

    law = queries.law_entries(session, plan)

    assert not law.green
    assert [row.subject for row in law.rows] == [f"entries:{entry.id}"]


def test_a_second_human_publishes_and_the_stages_have_an_order(
    session, make, officers, drafted, sealed
):
    plan, entry = drafted
    first, second = officers
    service.propose(session, first, sealed(plan), now=BEFORE)

    with pytest.raises(SamePerson):
        service.publish(session, first, plan, Stage.TIME, now=BEFORE)
    with pytest.raises(IllegalMove):
        service.publish(session, second, plan, Stage.ROOM, now=BEFORE)
    service.publish(session, second, plan, Stage.TIME, now=BEFORE)

    placement = queries.standing_of_entry(session, plan, entry.id)
    session.refresh(placement)
    assert placement.in_force
    assert queries.plan_in_force(session, plan.series_id) is plan
    row = session.scalars(select(Publication)).one()
    assert (row.first_id, row.second_id) == (first.person_id, second.person_id)
    assert session.scalars(select(Notice)).all() == []


def test_a_proposal_may_be_taken_back_until_it_is_published(session, officers, drafted, publish):
    plan, _ = drafted
    publish(plan)

    with pytest.raises(IllegalMove):
        service.take_back(session, officers[0], plan, reason="a room is lost", now=BEFORE)


def test_a_repair_moves_whom_it_must_and_tells_them_what_was_and_what_is(
    session, make, officers, drafted, publish
):
    plan, entry = drafted
    desk = make.seat(make.home_room())
    stays = service.place(
        session, officers[0], plan, make.entry(), desk, make.home_period(), now=BEFORE
    )
    publish(plan, Stage.SLIPS)
    before = queries.standing_of_entry(session, plan, entry.id)
    repair = service.draft_plan(session, officers[0], make.home_series(), now=BEFORE)
    service.vacate(session, officers[0], repair, before, now=BEFORE)
    assert not queries.law_entries(session, repair).green
    room = make.room(code="305")
    after = service.place(
        session, officers[0], repair, entry, make.seat(room), make.home_period(), now=BEFORE
    )
    assert queries.law_entries(session, repair).green

    publish(repair)

    for row in (before, after, stays):
        session.refresh(row)
    assert (before.in_force, after.in_force, stays.in_force) == (False, True, True)
    notice = session.scalars(select(Notice)).one()
    assert notice.person_id == after.person_id
    words = Sentence(notice.text, notice.facts).say_in("en")
    assert "305" in words
    assert make.home_room().code in words
    assert "2026-12-12 09:00" in words


def test_somebody_whose_seat_ends_without_another_is_told_so(
    session, make, officers, drafted, publish
):
    plan, entry = drafted
    publish(plan)
    repair = service.draft_plan(session, officers[0], make.home_series(), now=BEFORE)
    before = queries.standing_of_entry(session, plan, entry.id)
    service.vacate(session, officers[0], repair, before, now=BEFORE)
    service.leave_unplaced(
        session, officers[0], repair, entry, UnplacedReason.NO_SEAT, say("No."), now=BEFORE
    )

    publish(repair)

    notice = session.scalars(select(Notice)).one()
    assert "cancelled" in Sentence(notice.text, notice.facts).say_in("en")


def test_an_older_version_is_not_published_after_a_newer_one(
    session, make, officers, drafted, sealed, publish
):
    plan, _ = drafted
    service.propose(session, officers[0], sealed(plan), now=BEFORE)
    newer = make.plan()
    desk = make.seat(make.home_room())
    for entry in session.scalars(select(Entry)).all():
        service.place(session, officers[0], newer, entry, desk, make.home_period(), now=BEFORE)
    publish(newer)

    with pytest.raises(NewerPlanInForce):
        service.publish(session, officers[1], plan, Stage.TIME, now=BEFORE)


def test_a_venue_lost_between_proposal_and_publication_stops_it(
    session, make, officers, drafted, sealed
):
    plan, _ = drafted
    service.propose(session, officers[0], sealed(plan), now=BEFORE)
    make.home_venue().move_to(VenueStatus.SUSPENDED)
    session.flush()

    with pytest.raises(PlanHasProblems) as refusal:
        service.publish(session, officers[1], plan, Stage.TIME, now=BEFORE)
    assert refusal.value.kinds == (("venue_not_approved", 1),)
