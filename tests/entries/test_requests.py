"""What candidates need or postpone is decided by another human without a tie to them."""

from decimal import Decimal

import pytest

from exam_centre.accounts.models import Person
from exam_centre.accounts.rules import ReasonMissing
from exam_centre.calendar.rules import DeadlineKind, DeadlinePassed
from exam_centre.entries import queries, service
from exam_centre.entries.rules import (
    AccessKind,
    EntryStatus,
    EvidenceMissing,
    NotConfirmed,
    RequestOpen,
    RequestStatus,
    WrongExtraTime,
    check_need,
)
from exam_centre.kernel.errors import (
    ConflictOfInterest,
    Forbidden,
    IllegalMove,
    NotFound,
    SamePerson,
)
from exam_centre.kernel.permissions import Role
from tests.factories.times import MINUTE, NINE


def human(session, person_id):
    return session.get_one(Person, person_id)


def request_access(session, make, candidate, actor=None, kind=AccessKind.EXTRA_TIME, now=NINE):
    return service.request_access(
        session,
        actor or make.actor(Role.LIAISON),
        candidate,
        make.home_series(),
        kind=kind,
        extra_percent=Decimal(25) if kind is AccessKind.EXTRA_TIME else None,
        evidence="hospital letter of 3 September",
        now=now,
    )


def decide(session, make, arrangement, approve=True, reason="", actor=None):
    officer = actor or make.actor(Role.EXAM_OFFICER)
    service.decide_access(session, officer, arrangement, approve=approve, reason=reason, now=NINE)


def test_extra_time_counts_once_a_second_human_approved_it(session, make):
    candidate, series = make.candidate(), make.home_series()
    arrangement = request_access(session, make, candidate)
    assert queries.extra_percent_of(session, candidate.id, series.id) == 0

    decide(session, make, arrangement)

    assert queries.extra_percent_of(session, candidate.id, series.id) == 25
    assert queries.extra_percent_of(session, candidate.id, make.series().id) == 0


def test_nobody_approves_what_they_asked_for(session, make):
    asker = make.person()
    liaison = make.actor(Role.LIAISON, person=asker)
    arrangement = request_access(session, make, make.candidate(), liaison)

    with pytest.raises(SamePerson):
        decide(session, make, arrangement, actor=make.actor(Role.EXAM_OFFICER, person=asker))
    with pytest.raises(Forbidden):
        decide(session, make, arrangement, actor=make.actor(Role.LIAISON))


def test_nobody_decides_about_a_relative_or_themselves(session, make):
    relative, candidate = make.person(), make.candidate()
    oneself = human(session, candidate.person_id)
    make.conflict(relative, oneself)
    arrangement = request_access(session, make, candidate)

    for person in (relative, oneself):
        with pytest.raises(ConflictOfInterest):
            decide(session, make, arrangement, actor=make.actor(Role.EXAM_OFFICER, person=person))
    assert arrangement.status is RequestStatus.REQUESTED


def test_a_candidate_asks_for_themselves_and_for_nobody_else(session, make):
    candidate = make.candidate()
    actor = make.actor(Role.WORKER, person=human(session, candidate.person_id))

    assert request_access(session, make, candidate, actor)
    with pytest.raises(Forbidden):
        request_access(session, make, make.candidate(), actor)


def test_a_refused_arrangement_can_be_asked_for_again_and_an_open_one_can_not(session, make):
    candidate = make.candidate()
    arrangement = request_access(session, make, candidate)

    with pytest.raises(RequestOpen):
        request_access(session, make, candidate)
    with pytest.raises(ReasonMissing):
        decide(session, make, arrangement, approve=False)
    decide(session, make, arrangement, approve=False, reason="The letter is of 2019.")
    with pytest.raises(IllegalMove):
        decide(session, make, arrangement)
    assert request_access(session, make, candidate).id != arrangement.id


def test_an_arrangement_given_up_counts_no_longer(session, make):
    candidate = make.candidate()
    arrangement = request_access(session, make, candidate)
    decide(session, make, arrangement)
    liaison = make.actor(Role.LIAISON)

    service.withdraw_request(session, liaison, arrangement, reason="recovered", now=NINE)

    assert queries.needs_of(session, [candidate.id], make.home_series().id) == {}


@pytest.mark.parametrize(
    ("kind", "percent"),
    [
        (AccessKind.EXTRA_TIME, None),
        (AccessKind.EXTRA_TIME, "0"),
        (AccessKind.EXTRA_TIME, "100.5"),
        (AccessKind.EXTRA_TIME, "33.333"),
        (AccessKind.EXTRA_TIME, "NaN"),
        (AccessKind.READER, "25"),
    ],
)
def test_extra_time_alone_has_a_percentage(kind, percent):
    check_need(AccessKind.READER, None, "letter")
    check_need(AccessKind.EXTRA_TIME, Decimal(100), "letter")
    with pytest.raises(WrongExtraTime):
        check_need(kind, Decimal(percent) if percent else None, "letter")


def test_a_need_is_decided_by_its_evidence():
    with pytest.raises(EvidenceMissing):
        check_need(AccessKind.READER, None, " ")


def test_needs_come_for_those_asked_about_and_only_the_approved_ones(session, make):
    one, other, third = make.candidate(), make.candidate(), make.candidate()
    make.arrangement(one)
    make.arrangement(one, kind=AccessKind.WHEELCHAIR)
    make.arrangement(one, kind=AccessKind.ALONE, status=RequestStatus.REFUSED)
    make.arrangement(other, kind=AccessKind.READER, status=RequestStatus.REQUESTED)
    make.arrangement(third)

    assert queries.needs_of(session, [one.id, other.id], make.home_series().id) == {
        one.id: {AccessKind.EXTRA_TIME, AccessKind.WHEELCHAIR}
    }


def test_needs_are_not_taken_after_their_deadline(session, make):
    make.deadline(kind=DeadlineKind.ACCESS, at=NINE)

    assert request_access(session, make, make.candidate())
    with pytest.raises(DeadlinePassed):
        request_access(session, make, make.candidate(), now=NINE + MINUTE)


def test_an_arrangement_is_seen_by_its_candidate_and_the_office_alone(session, make):
    candidate = make.candidate()
    token = make.arrangement(candidate).token
    own = make.actor(person=human(session, candidate.person_id))

    assert queries.access_arrangement(session, own, token)
    assert queries.access_arrangement(session, make.actor(Role.EXAM_OFFICER), token)
    with pytest.raises(NotFound):
        queries.access_arrangement(session, make.actor(Role.INVIGILATOR), token)


def defer(session, make, entry, actor=None, now=NINE):
    return service.request_deferral(
        session, actor or make.actor(Role.LIAISON), entry, reason="in hospital", now=now
    )


def decide_deferral(session, make, deferral, approve=True, reason="", actor=None):
    officer = actor or make.actor(Role.EXAM_OFFICER)
    service.decide_deferral(session, officer, deferral, approve=approve, reason=reason, now=NINE)


def test_an_approved_deferral_defers_the_entry_and_frees_its_place(session, make):
    candidate, paper = make.candidate(), make.paper()
    entry = make.entry(candidate, paper)

    decide_deferral(session, make, defer(session, make, entry))

    assert entry.status is EntryStatus.DEFERRED
    assert queries.live_entry(session, candidate.id, paper.id, entry.series_id) is None


def test_a_refused_deferral_leaves_the_entry_confirmed(session, make):
    entry = make.entry()
    deferral = defer(session, make, entry)

    with pytest.raises(RequestOpen):
        defer(session, make, entry)
    with pytest.raises(ReasonMissing):
        decide_deferral(session, make, deferral, approve=False)
    decide_deferral(session, make, deferral, approve=False, reason="No certificate.")

    assert entry.status is EntryStatus.CONFIRMED
    assert defer(session, make, entry)


def test_a_deferral_takes_two_humans_without_a_tie(session, make):
    officer_and_asker, entry = make.person(), make.entry()
    asker = make.actor(Role.EXAM_OFFICER, person=officer_and_asker)
    deferral = defer(session, make, entry, asker)
    candidate = human(session, queries.person_of_entry(session, entry.id))

    with pytest.raises(SamePerson):
        decide_deferral(session, make, deferral, actor=asker)
    with pytest.raises(ConflictOfInterest):
        decide_deferral(
            session, make, deferral, actor=make.actor(Role.EXAM_OFFICER, person=candidate)
        )
    assert entry.status is EntryStatus.CONFIRMED


def test_only_a_confirmed_entry_is_deferred_and_only_in_time(session, make):
    make.deadline(kind=DeadlineKind.DEFERRAL, at=NINE)

    with pytest.raises(NotConfirmed):
        defer(session, make, make.entry(status=EntryStatus.ELIGIBLE))
    with pytest.raises(DeadlinePassed):
        defer(session, make, make.entry(), now=NINE + MINUTE)
    assert defer(session, make, make.entry())
