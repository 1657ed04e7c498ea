"""Release by three humans with no part in the marks, and reviews before it."""

from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.entries.models import Candidate, Entry
from exam_centre.kernel.errors import ConflictOfInterest, IllegalMove, NotFound, SamePerson
from exam_centre.kernel.laws import LawBroken
from exam_centre.kernel.permissions import Role
from exam_centre.results import queries, service
from exam_centre.results.models import ReviewSample
from exam_centre.results.rules import (
    AlreadyReviewed,
    BatchStatus,
    ContentChanged,
    Embargoed,
    MarkedItself,
    NothingToRelease,
    NotReady,
    OutcomesHeld,
    OutcomeStatus,
    Tier,
)
from tests.factories.make import Make
from tests.factories.times import DAY, MINUTE, NINE

LATER = NINE + 30 * DAY
RELEASED = OutcomeStatus.RELEASED


def test_three_humans_release_a_batch(session: Session, make: Make) -> None:
    outcome = make.outcome()
    people = [make.actor(Role.EXAM_OFFICER), make.actor(Role.APPROVER)]
    batch = service.prepare_batch(session, people[0], make.home_series(), [outcome], now=LATER)
    service.approve_batch(session, people[1], batch, now=LATER)

    service.release_batch(session, make.actor(Role.RELEASE_OFFICER), batch, now=LATER)

    assert (outcome.status, batch.status) == (RELEASED, BatchStatus.RELEASED)
    assert batch.released_at == LATER
    assert queries.released_of(session, outcome.entry_course_id) is outcome


def test_one_human_takes_one_step_of_a_release_under_whatever_user(
    session: Session, make: Make
) -> None:
    person = make.person()
    roles = (Role.EXAM_OFFICER, Role.APPROVER, Role.RELEASE_OFFICER)
    one = make.actor(*roles, person=person)
    same = make.actor(*roles, person=person)
    batch = service.prepare_batch(session, one, make.home_series(), [make.outcome()], now=LATER)

    with pytest.raises(SamePerson):
        service.approve_batch(session, same, batch, now=LATER)
    approver = make.actor(*roles)
    service.approve_batch(session, approver, batch, now=LATER)
    for again in (same, approver):
        with pytest.raises(SamePerson):
            service.release_batch(session, again, batch, now=LATER)


def test_the_database_wants_three_people_too(session: Session, make: Make) -> None:
    batch = make.batch(status=BatchStatus.APPROVED)

    with pytest.raises(IntegrityError):
        session.execute(
            text(
                "UPDATE release_batches SET status = 'released', released_at = :at, "
                "released_by_id = approved_by_id WHERE id = :id"
            ),
            {"id": batch.id, "at": "2027-01-01 00:00:00"},
        )


def test_the_database_releases_an_outcome_only_in_a_released_batch(
    session: Session, make: Make
) -> None:
    make.batch(status=BatchStatus.APPROVED)

    with pytest.raises(IntegrityError, match="released_only_in_a_released_batch"):
        session.execute(text("UPDATE outcomes SET status = 'released'"))


def test_who_marked_or_is_tied_to_a_candidate_takes_no_step_of_the_release(
    session: Session, make: Make
) -> None:
    marker = make.person()
    entry = make.entry()
    make.final_mark(entry, markers=[marker])
    outcome = make.outcome(entry)
    writer = session.get_one(Person, session.get_one(Candidate, entry.candidate_id).person_id)
    sister = make.person()
    make.conflict(writer, sister)
    series, officer = make.home_series(), Role.EXAM_OFFICER

    with pytest.raises(MarkedItself):
        service.prepare_batch(
            session, make.actor(officer, person=marker), series, [outcome], now=LATER
        )
    for person in (writer, sister):
        with pytest.raises(ConflictOfInterest):
            service.prepare_batch(
                session, make.actor(officer, person=person), series, [outcome], now=LATER
            )
    batch = service.prepare_batch(session, make.actor(officer), series, [outcome], now=LATER)
    with pytest.raises(MarkedItself):
        service.approve_batch(session, make.actor(Role.APPROVER, person=marker), batch, now=LATER)


def test_who_approved_the_marks_does_not_release_them(session: Session, make: Make) -> None:
    entry = make.entry()
    bundle = make.final_mark(entry)
    batch = make.batch(make.outcome(entry), status=BatchStatus.APPROVED)
    approver = session.get_one(Person, bundle.approved_by_id)

    with pytest.raises(MarkedItself):
        service.release_batch(
            session, make.actor(Role.RELEASE_OFFICER, person=approver), batch, now=LATER
        )


def test_the_embargos_own_moment_is_free_and_the_minute_before_is_not(
    session: Session, make: Make
) -> None:
    batch = make.batch(status=BatchStatus.APPROVED, embargo_until=LATER)
    officer = make.actor(Role.RELEASE_OFFICER)

    with pytest.raises(Embargoed):
        service.release_batch(session, officer, batch, now=LATER - MINUTE)
    service.release_batch(session, officer, batch, now=LATER)


def test_a_batch_is_released_after_its_approval_and_once(session: Session, make: Make) -> None:
    batch = make.batch()
    officer = make.actor(Role.RELEASE_OFFICER)

    with pytest.raises(IllegalMove):
        service.release_batch(session, officer, batch, now=LATER)
    released = make.batch(make.outcome(), status=BatchStatus.RELEASED)
    with pytest.raises(IllegalMove):
        service.release_batch(session, officer, released, now=LATER)


def test_content_that_changed_since_is_not_released_and_the_rest_gets_another_batch(
    session: Session, make: Make
) -> None:
    stays, changes = make.outcome(), make.outcome()
    batch = make.batch(stays, changes, status=BatchStatus.APPROVED)
    changes.move_to(OutcomeStatus.SUPERSEDED)
    session.flush()
    officer = make.actor(Role.EXAM_OFFICER)

    with pytest.raises(ContentChanged):
        service.release_batch(session, make.actor(Role.RELEASE_OFFICER), batch, now=LATER)
    service.discard_batch(session, officer, batch, reason="one changed", now=LATER)
    again = service.prepare_batch(session, officer, make.home_series(), [stays], now=LATER)

    assert batch.status is BatchStatus.DISCARDED
    assert queries.outcomes_in(session, again) == [stays]


def test_a_forged_content_hash_is_noticed(session: Session, make: Make) -> None:
    batch = make.batch(status=BatchStatus.APPROVED, content_sha256="0" * 64)

    with pytest.raises(ContentChanged):
        service.release_batch(session, make.actor(Role.RELEASE_OFFICER), batch, now=LATER)


def test_an_outcome_is_in_one_live_batch(session: Session, make: Make) -> None:
    outcome = make.outcome()
    make.batch(outcome)

    with pytest.raises(NotReady):
        service.prepare_batch(
            session, make.actor(Role.EXAM_OFFICER), make.home_series(), [outcome], now=LATER
        )
    with pytest.raises(IntegrityError, match="outcome_is_in_one_live_batch"):
        make.batch(outcome)


def test_a_batch_is_of_one_series_and_not_empty(session: Session, make: Make) -> None:
    officer, series = make.actor(Role.EXAM_OFFICER), make.home_series()
    foreign = make.outcome(make.entry(series=make.series()))

    with pytest.raises(NothingToRelease):
        service.prepare_batch(session, officer, series, [], now=LATER)
    with pytest.raises(NotReady):
        service.prepare_batch(session, officer, series, [foreign], now=LATER)


def test_what_is_held_is_neither_prepared_nor_released(session: Session, make: Make) -> None:
    entry = make.entry()
    sat = make.sat(entries=[entry])
    outcome = make.outcome(entry)
    batch = make.batch(outcome, status=BatchStatus.APPROVED)
    make.offence_case(sat.placements[0])

    with pytest.raises(OutcomesHeld) as refusal:
        service.release_batch(session, make.actor(Role.RELEASE_OFFICER), batch, now=LATER)
    assert [str(s) for s in refusal.value.holds[outcome.id]] == ["An offence case is open."]
    with pytest.raises(OutcomesHeld):
        service.prepare_batch(
            session, make.actor(Role.EXAM_OFFICER), make.home_series(), [outcome], now=LATER
        )


def test_nothing_is_released_while_law_seven_is_red(session: Session, make: Make) -> None:
    batch = make.batch(status=BatchStatus.APPROVED)
    make.entry()

    with pytest.raises(LawBroken) as refusal:
        service.release_batch(session, make.actor(Role.RELEASE_OFFICER), batch, now=LATER)

    assert refusal.value.law.name == "outcomes_are_entry_courses"


def test_nothing_is_released_while_a_script_behind_it_lacks_a_mark(
    session: Session, make: Make
) -> None:
    sat = make.sat(AttendanceStatus.PRESENT)
    make.bundle(sat=sat)
    outcome = make.outcome(session.get_one(Entry, sat.placements[0].entry_id))
    batch = make.batch(outcome, status=BatchStatus.APPROVED)

    with pytest.raises(LawBroken) as refusal:
        service.release_batch(session, make.actor(Role.RELEASE_OFFICER), batch, now=LATER)

    assert refusal.value.law.name == "marks_are_codes"


def test_a_batch_is_found_within_the_scope(session: Session, make: Make) -> None:
    batch = make.batch()

    assert queries.access_batch(session, make.actor(Role.APPROVER), batch.token) is batch
    for actor in (make.actor(Role.APPROVER, unit=make.unit()), make.actor(Role.MARKER)):
        with pytest.raises(NotFound):
            queries.access_batch(session, actor, batch.token)


def test_a_review_sample_is_the_same_for_the_same_seed_and_made_once(
    session: Session, make: Make
) -> None:
    for _ in range(11):
        make.outcome()
    officer, series = make.actor(Role.EXAM_OFFICER), make.home_series()

    first = service.draw_review(
        session, officer, series, tier=Tier.BRANCH, seed="s", percent=Decimal(20), now=NINE
    )
    again = service.draw_review(
        session, officer, series, tier=Tier.BRANCH, seed="s", percent=Decimal(20), now=NINE
    )

    assert len(first) == 3
    assert again == first
    assert len(session.scalars(select(ReviewSample)).all()) == 3


def test_a_sample_nobody_read_or_disagrees_with_holds_the_release(
    session: Session, make: Make
) -> None:
    outcome, officer = make.outcome(), make.actor(Role.EXAM_OFFICER)
    (sample,) = service.draw_review(
        session, officer, make.home_series(), tier=Tier.CENTRE, seed="s", percent=Decimal(100),
        now=NINE,
    )  # fmt: skip
    reviewer = make.actor(Role.APPROVER)

    assert outcome.id in queries.holds(session, [outcome.id])
    service.review(session, reviewer, sample, agrees=False, note="sum is wrong", now=NINE)
    assert (
        str(queries.holds(session, [outcome.id])[outcome.id][0]) == "The reviewer does not agree."
    )
    with pytest.raises(AlreadyReviewed):
        service.review(session, reviewer, sample, agrees=True, now=NINE)


def test_a_sample_read_by_somebody_apart_frees_the_release(session: Session, make: Make) -> None:
    entry, marker = make.entry(), make.person()
    make.final_mark(entry, markers=[marker])
    outcome = make.outcome(entry)
    (sample,) = service.draw_review(
        session, make.actor(Role.EXAM_OFFICER), make.home_series(), tier=Tier.CENTRE, seed="s",
        percent=Decimal(100), now=NINE,
    )  # fmt: skip

    with pytest.raises(MarkedItself):
        service.review(
            session, make.actor(Role.APPROVER, person=marker), sample, agrees=True, now=NINE
        )
    service.review(session, make.actor(Role.APPROVER), sample, agrees=True, now=NINE)
    assert queries.holds(session, [outcome.id]) == {}
