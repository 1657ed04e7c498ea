"""Corrections and appeals: asked for, examined, decided, and released as a later version."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Notice, Person
from exam_centre.calendar.rules import DeadlineKind
from exam_centre.conduct.rules import CaseStatus
from exam_centre.kernel.errors import SamePerson
from exam_centre.kernel.permissions import Role
from exam_centre.marking.models import Allocation
from exam_centre.marking.rules import BundleStatus
from exam_centre.results import queries, service
from exam_centre.results.models import Correction, Outcome
from exam_centre.results.rules import (
    AppealTooLate,
    AppealWouldLower,
    ChangesNothing,
    CorrectionIncomplete,
    CorrectionOpen,
    CorrectionStatus,
    MarkedItself,
    NoSuchPart,
    NotReleased,
    OutcomeStatus,
    Verdict,
    VersionInWork,
)
from tests.factories.make import Make
from tests.factories.times import DAY, MINUTE, NINE

LATER = NINE + 30 * DAY
RELEASED = OutcomeStatus.RELEASED


def released_entry(session: Session, make: Make, formative: int = 82, final: int = 61) -> Outcome:
    """An outcome of real marks that went the whole way to its release."""
    entry = make.entry()
    make.formative(entry, formative)
    make.final_mark(entry, final)
    officer = make.actor(Role.EXAM_OFFICER)
    (outcome,) = service.compute(session, officer, make.entry_courses(entry), now=LATER)
    release(session, make, outcome)
    return outcome


def release(session: Session, make: Make, *outcomes: Outcome) -> None:
    """Let three humans prepare, approve and release."""
    batch = service.prepare_batch(
        session, make.actor(Role.EXAM_OFFICER), make.home_series(), outcomes, now=LATER
    )
    service.approve_batch(session, make.actor(Role.APPROVER), batch, now=LATER)
    service.release_batch(session, make.actor(Role.RELEASE_OFFICER), batch, now=LATER)


def decided(session: Session, make: Make, outcome: Outcome, final: str | None = "75") -> Correction:
    """A correction one officer filed and another accepted."""
    correction = service.file_correction(
        session,
        make.actor(Role.EXAM_OFFICER),
        outcome,
        final_score=None if final is None else Decimal(final),
        reason="page 3 was not counted",
        evidence="script",
        now=LATER,
    )
    return service.decide_correction(
        session, make.actor(Role.APPROVER), correction, approve=True, now=LATER
    )


def test_a_correction_becomes_the_next_version_and_the_earlier_one_is_corrected(
    session: Session, make: Make
) -> None:
    outcome = released_entry(session, make)
    correction = decided(session, make, outcome)

    version = service.apply_correction(
        session, make.actor(Role.EXAM_OFFICER), correction, now=LATER
    )

    assert (version.number, version.status, version.score) == (2, OutcomeStatus.COMPUTED, 77)
    assert outcome.status is RELEASED
    release(session, make, version)
    assert (outcome.status, version.status) == (OutcomeStatus.CORRECTED, RELEASED)
    assert outcome.score == Decimal(67)
    assert correction.new_outcome_id == version.id
    assert queries.stable_id_of(session, version.entry_course_id)


def test_a_second_correction_keeps_the_numbers_of_the_first(session: Session, make: Make) -> None:
    outcome = released_entry(session, make)
    officer = make.actor(Role.EXAM_OFFICER)
    first = service.apply_correction(session, officer, decided(session, make, outcome), now=LATER)
    release(session, make, first)
    second = service.file_correction(
        session, officer, first, formative_score=Decimal(100), reason="late file",
        evidence="platform", now=LATER,
    )  # fmt: skip
    service.decide_correction(session, make.actor(Role.APPROVER), second, approve=True, now=LATER)

    version = service.apply_correction(session, officer, second, now=LATER)

    assert (version.parts["formative"], version.parts["final"]) == ("100", "75")
    with pytest.raises(VersionInWork):
        service.apply_correction(session, officer, decided(session, make, first, "80"), now=LATER)


def test_cheating_found_after_the_release_is_a_correction_without_numbers(
    session: Session, make: Make
) -> None:
    entry = make.entry()
    make.formative(entry)
    sat = make.sat(entries=[entry])
    make.marked_bundle((70, 70), status=BundleStatus.APPROVED, sat=sat)
    outcome = make.outcome(entry, status=RELEASED)
    make.offence_case(sat.placements[0], status=CaseStatus.FINAL)

    correction = decided(session, make, outcome, None)
    version = service.apply_correction(
        session, make.actor(Role.EXAM_OFFICER), correction, now=LATER
    )

    assert (version.score, version.verdict) == (None, Verdict.CHEATED)


def test_who_asked_who_examined_and_who_marked_do_not_decide(session: Session, make: Make) -> None:
    outcome = released_entry(session, make)
    asker, examiner = make.actor(Role.EXAM_OFFICER), make.actor(Role.EXAM_OFFICER)
    marker = session.get_one(Person, session.scalars(select(Allocation.marker_id)).first())
    correction = service.file_correction(
        session, asker, outcome, reason="re-count", evidence="script", now=LATER
    )
    service.examine_correction(
        session, examiner, correction, final_score=Decimal(75), evidence="page 3", now=LATER
    )

    for actor, refusal in (
        (asker, SamePerson),
        (examiner, SamePerson),
        (make.actor(Role.APPROVER, person=marker), MarkedItself),
    ):
        with pytest.raises(refusal):
            service.decide_correction(session, actor, correction, approve=True, now=LATER)


def test_a_candidate_appeals_in_time_and_without_numbers(session: Session, make: Make) -> None:
    person = make.person()
    outcome = make.outcome(make.entry(make.candidate(person)), status=RELEASED)
    worker = make.actor(Role.WORKER, person=person)
    make.deadline(kind=DeadlineKind.APPEALS, at=LATER)

    with pytest.raises(AppealTooLate):
        service.file_correction(
            session, worker, outcome, reason="count again", evidence="", now=LATER + MINUTE
        )
    appeal = service.file_correction(
        session, worker, outcome, final_score=Decimal(100), reason="count again", evidence="",
        now=LATER,
    )  # fmt: skip

    assert (appeal.is_appeal, appeal.final_score) == (True, None)
    assert queries.access_correction(session, worker, appeal.token) is appeal


def test_an_appeal_does_not_lower_a_score_unless_the_rules_allow_it(
    session: Session, make: Make
) -> None:
    outcome = released_entry(session, make)
    correction = service.file_correction(
        session, make.actor(Role.EXAM_OFFICER), outcome, final_score=Decimal(40),
        reason="count again", evidence="script", is_appeal=True, now=LATER,
    )  # fmt: skip
    approver = make.actor(Role.APPROVER)

    with pytest.raises(AppealWouldLower):
        service.decide_correction(session, approver, correction, approve=True, now=LATER)
    make.rules(appeals_may_lower=True)
    service.decide_correction(session, approver, correction, approve=True, now=LATER)
    assert correction.status is CorrectionStatus.DECIDED


def test_a_correction_that_changes_nothing_is_rejected_and_the_candidate_told(
    session: Session, make: Make
) -> None:
    outcome = released_entry(session, make)
    correction = service.file_correction(
        session, make.actor(Role.EXAM_OFFICER), outcome, final_score=Decimal(61),
        reason="count again", evidence="script", now=LATER,
    )  # fmt: skip
    approver = make.actor(Role.APPROVER)

    with pytest.raises(ChangesNothing):
        service.decide_correction(session, approver, correction, approve=True, now=LATER)
    service.decide_correction(session, approver, correction, approve=False, now=LATER)

    assert correction.status is CorrectionStatus.REJECTED
    assert "rejected" in session.scalars(select(Notice)).one().text


def test_a_correction_needs_a_released_outcome_a_reason_evidence_and_a_number_to_change(
    session: Session, make: Make
) -> None:
    officer = make.actor(Role.EXAM_OFFICER)
    outcome = make.outcome(status=RELEASED)
    absent = make.outcome(
        status=RELEASED, verdict=Verdict.ABSENT, parts={"formative": "80", "final": None}
    )

    with pytest.raises(NotReleased):
        service.file_correction(
            session, officer, make.outcome(), reason="x", evidence="y", now=NINE
        )
    with pytest.raises(CorrectionIncomplete):
        service.file_correction(session, officer, outcome, reason="x", evidence=" ", now=NINE)
    with pytest.raises(NoSuchPart):
        service.file_correction(
            session, officer, absent, final_score=Decimal(70), reason="x", evidence="y", now=NINE
        )
    make.correction(outcome)
    with pytest.raises(CorrectionOpen):
        service.file_correction(session, officer, outcome, reason="x", evidence="y", now=NINE)
