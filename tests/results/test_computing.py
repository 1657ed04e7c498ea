"""Outcomes as versions: what goes in, what waits, what is held, law 7."""

from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exam_centre.admission.models import Attendance
from exam_centre.admission.rules import AttendanceStatus, Identity
from exam_centre.calendar.rules import DeadlineKind
from exam_centre.conduct.rules import CaseStatus, IncidentKind, OffenceClass
from exam_centre.entries.models import Entry
from exam_centre.entries.rules import EntryStatus, TakeType
from exam_centre.kernel.errors import Forbidden, NotFound
from exam_centre.kernel.permissions import Role
from exam_centre.marking.rules import BundleStatus, MarkStatus
from exam_centre.marking.service import check_assignments, mark_assignment
from exam_centre.papers.rules import Mode
from exam_centre.results import queries, service
from exam_centre.results.models import Outcome
from exam_centre.results.rules import NotConfirmed, OutcomeStatus, Verdict
from tests.factories.make import Make
from tests.factories.times import DAY, NINE

LATER = NINE + 30 * DAY


def compute(session: Session, make: Make, *entries: Entry) -> list[Outcome]:
    """Let an officer compute every course of these entries."""
    lines = [line for entry in entries for line in make.entry_courses(entry)]
    return service.compute(session, make.actor(Role.EXAM_OFFICER), lines, now=LATER)


def test_an_outcome_keeps_its_parts_its_scheme_and_its_explanation(
    session: Session, make: Make
) -> None:
    entry = make.entry()
    make.formative(entry, 82)
    make.final_mark(entry, 61)

    (outcome,) = compute(session, make, entry)

    assert (outcome.number, outcome.status) == (1, OutcomeStatus.COMPUTED)
    assert (outcome.score, outcome.verdict) == (Decimal(67), Verdict.PASSED)
    assert outcome.parts["formative"] == "82"
    assert str(queries.explanation_of(outcome)) == (
        "Formative 82 x 30 % + final 61 x 70 % = 67.3, rounded to 67 (rule version 1). Pass."
    )


def test_one_script_carries_two_outcomes_where_it_counts_for_two_courses(
    session: Session, make: Make
) -> None:
    entry = make.entry(courses=2)
    make.formative(entry, 82)
    make.final_mark(entry, 61)

    outcomes = compute(session, make, entry)

    assert len(outcomes) == 2
    assert queries.law_outcomes(session, entry.series_id).green


def test_the_same_parts_again_make_no_new_version(session: Session, make: Make) -> None:
    entry = make.entry()
    make.formative(entry)
    make.final_mark(entry)
    (first,) = compute(session, make, entry)
    session.expire_all()

    (again,) = compute(session, make, entry)

    assert again is first
    assert len(queries.history(session, first.entry_course_id)) == 1


def test_a_changed_part_supersedes_the_version_in_work(session: Session, make: Make) -> None:
    entry = make.entry()
    (formative,) = make.formative(entry, 82)
    make.final_mark(entry, 61)
    (first,) = compute(session, make, entry)
    formative.score = Decimal(90)
    session.flush()

    (second,) = compute(session, make, entry)

    assert (first.status, first.score) == (OutcomeStatus.SUPERSEDED, Decimal(67))
    assert (second.number, second.score) == (2, Decimal(70))
    assert queries.history(session, first.entry_course_id) == [first, second]


def test_a_released_outcome_is_not_computed_again(session: Session, make: Make) -> None:
    entry = make.entry()
    make.formative(entry, 10)
    make.final_mark(entry, 10)
    released = make.outcome(entry, status=OutcomeStatus.RELEASED)

    assert compute(session, make, entry) == []
    assert queries.history(session, released.entry_course_id) == [released]


def test_what_waits_is_skipped_and_named_with_the_part_it_waits_for(
    session: Session, make: Make
) -> None:
    unmarked, without = make.entry(), make.entry()
    make.formative(unmarked)
    make.marked_bundle((70, 70), status=BundleStatus.FINAL, sat=make.sat(entries=[unmarked]))
    make.final_mark(without)

    assert compute(session, make, unmarked, without) == []
    waiting = queries.waiting(session, unmarked.series_id)
    assert [(line.entry_id, str(line.text)) for line in waiting] == [
        (unmarked.id, "The final mark is not settled yet."),
        (without.id, "The formative mark is not recorded yet."),
    ]
    law = queries.law_outcomes(session, unmarked.series_id)
    assert (law.left, law.right, len(law.rows)) == (0, 2, 2)


def test_after_the_deadline_a_missing_formative_mark_makes_the_outcome_invalid(
    session: Session, make: Make
) -> None:
    entry = make.entry()
    make.final_mark(entry, 95)
    make.deadline(kind=DeadlineKind.MARKS, at=LATER - DAY)

    (outcome,) = compute(session, make, entry)

    assert (outcome.score, outcome.verdict) == (None, Verdict.INVALID)


def test_a_formative_part_recorded_as_not_done_is_invalid_at_once(
    session: Session, make: Make
) -> None:
    entry = make.entry()
    make.formative(entry, MarkStatus.MISSING)
    make.final_mark(entry, 95)

    assert compute(session, make, entry)[0].verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("attended", "verdict"),
    [
        (AttendanceStatus.ABSENT, Verdict.ABSENT),
        (AttendanceStatus.REFUSED, Verdict.REFUSED),
        (AttendanceStatus.REMOVED, Verdict.REMOVED),
        (AttendanceStatus.VOIDED, Verdict.VOID),
    ],
)
@pytest.mark.parametrize("mode", [Mode.PAPER, Mode.COMPUTER, Mode.PRACTICAL])
def test_a_status_stands_where_there_is_no_number(
    session: Session, make: Make, mode: Mode, attended: AttendanceStatus, verdict: Verdict
) -> None:
    entry = make.entry(paper=make.paper(mode))
    make.formative(entry)
    sat = make.sat(attended, entries=[entry])
    if mode is Mode.PAPER:
        bundle = make.bundle(sat=sat, status=BundleStatus.MODERATED)
        service_actor = make.actor(Role.APPROVER)
        bundle.approved_by_id = service_actor.human()
        bundle.move_to(BundleStatus.APPROVED)
        session.flush()

    (outcome,) = compute(session, make, entry)

    assert (outcome.score, outcome.verdict) == (None, verdict)


@pytest.mark.parametrize("mode", [Mode.COMPUTER, Mode.PRACTICAL, Mode.THESIS])
def test_the_final_part_comes_from_the_room_of_the_papers_mode(
    session: Session, make: Make, mode: Mode
) -> None:
    entry = make.entry(paper=make.paper(mode))
    make.formative(entry, 70)
    if mode is Mode.THESIS:
        make.defended_thesis(entry, supervisor=70, panel=70)
    else:
        (placement,) = make.sat(entries=[entry]).placements
        if mode is Mode.COMPUTER:
            make.engine_mark(placement, 70)
        else:
            make.practical_marks(placement, 70, 70, 70)

    (outcome,) = compute(session, make, entry)

    assert (outcome.score, outcome.parts["final"]) == (Decimal(70), "70")


def test_a_failed_defence_fails_the_outcome_whatever_the_rest(session: Session, make: Make) -> None:
    entry = make.entry(paper=make.paper(Mode.THESIS))
    make.formative(entry, 100)
    make.defended_thesis(entry, supervisor=100, panel=59)

    (outcome,) = compute(session, make, entry)

    assert outcome.score is not None
    assert outcome.score > 60
    assert outcome.verdict is Verdict.FAILED


def test_a_retake_is_capped_by_the_rules_and_a_first_try_is_not(
    session: Session, make: Make
) -> None:
    make.rules(retake_cap=Decimal(60))
    first, retake = make.entry(), make.entry()
    make.entry_courses(retake)[0].take_type = TakeType.RETAKE
    for entry in (first, retake):
        make.formative(entry, 95)
        make.final_mark(entry, 95)

    assert [o.score for o in compute(session, make, first, retake)] == [95, 60]


def test_the_exempt_need_no_parts(session: Session, make: Make) -> None:
    entry = make.entry()
    make.entry_courses(entry)[0].take_type = TakeType.EXEMPT

    (outcome,) = compute(session, make, entry)

    assert (outcome.score, outcome.verdict) == (None, Verdict.EXEMPT)


def test_an_assignment_of_formative_work_alone_needs_no_final_mark(
    session: Session, make: Make
) -> None:
    paper = make.paper(Mode.ASSIGNMENT, scheme=False)
    make.scheme(paper, formative_percent=Decimal(100))
    entry = make.entry(paper=paper)
    make.formative(entry, 88)

    assert compute(session, make, entry)[0].score == Decimal(88)


def test_an_assignments_checked_mark_is_its_final_part(session: Session, make: Make) -> None:
    paper = make.paper(Mode.ASSIGNMENT, scheme=False)
    make.scheme(paper, formative_percent=Decimal(30))
    entry = make.entry(paper=paper)
    make.formative(entry, 82)
    mark_assignment(session, make.actor(Role.MARKER), entry, score=Decimal(61), now=NINE)
    check_assignments(session, make.actor(Role.EXAM_OFFICER), [entry], now=NINE)

    assert compute(session, make, entry)[0].score == Decimal(67)


@pytest.mark.parametrize(
    ("offence", "status", "verdict"),
    [
        (OffenceClass.CHEATING, CaseStatus.FINAL, Verdict.CHEATED),
        (OffenceClass.IMPERSONATION, CaseStatus.FINAL, Verdict.CHEATED),
        (OffenceClass.BREACH, CaseStatus.FINAL, Verdict.PASSED),
        (OffenceClass.CHEATING, CaseStatus.DROPPED, Verdict.PASSED),
    ],
)
def test_a_final_decision_on_cheating_cancels_the_result(
    session: Session, make: Make, offence: OffenceClass, status: CaseStatus, verdict: Verdict
) -> None:
    entry = make.entry()
    make.formative(entry)
    sat = make.sat(entries=[entry])
    make.marked_bundle((70, 70), status=BundleStatus.APPROVED, sat=sat)
    make.offence_case(sat.placements[0], offence, status)

    assert compute(session, make, entry)[0].verdict is verdict


def test_only_confirmed_entries_have_outcomes(session: Session, make: Make) -> None:
    entry = make.entry(status=EntryStatus.DEFERRED)

    with pytest.raises(NotConfirmed):
        compute(session, make, entry)
    assert queries.law_outcomes(session, entry.series_id).green


def test_outcomes_are_computed_by_who_runs_the_series(session: Session, make: Make) -> None:
    lines = make.entry_courses(make.entry())

    for actor in (make.actor(Role.EXAM_OFFICER, unit=make.unit()), make.actor(Role.MARKER)):
        with pytest.raises(Forbidden):
            service.compute(session, actor, lines, now=LATER)


def test_everything_open_about_a_person_holds_the_outcome_with_its_reason(
    session: Session, make: Make
) -> None:
    entries = [make.entry() for _ in range(4)]
    sat = make.sat(entries=entries)
    outcomes = [make.outcome(entry) for entry in entries]
    case, recheck, doubt, _ = sat.placements
    make.offence_case(case)
    attendance = session.get_one(Attendance, recheck.id)
    attendance.recheck, attendance.rechecked_by_id = Identity.NOT_CHECKED, None
    make.incident(doubt, IncidentKind.IDENTITY_DOUBT)
    session.flush()

    found = queries.holds(session, [outcome.id for outcome in outcomes])

    assert {key: [str(sentence) for sentence in why] for key, why in found.items()} == {
        outcomes[0].id: ["An offence case is open."],
        outcomes[1].id: ["The identity re-check of this person is missing."],
        outcomes[2].id: ["A doubt about the person's identity is open."],
    }


def test_a_room_that_is_not_reconciled_holds_everyone_in_it(session: Session, make: Make) -> None:
    sat = make.sat(AttendanceStatus.PRESENT, AttendanceStatus.ABSENT, reconciled=False)
    outcomes = [
        make.outcome(session.get_one(Entry, placement.entry_id)) for placement in sat.placements
    ]

    found = queries.holds(session, [outcome.id for outcome in outcomes])

    assert len(found) == 2
    assert {str(why[0]) for why in found.values()} == {"The room is not reconciled."}


def test_held_outcomes_are_freed_when_nothing_is_open_any_more(
    session: Session, make: Make
) -> None:
    entry = make.entry()
    sat = make.sat(entries=[entry])
    outcome, officer = make.outcome(entry), make.actor(Role.EXAM_OFFICER)
    case = make.offence_case(sat.placements[0])
    series = make.home_series()

    assert service.hold_and_free(session, officer, series, now=NINE) == 1
    assert outcome.status is OutcomeStatus.HELD
    case.move_to(CaseStatus.DROPPED)
    session.flush()
    assert service.hold_and_free(session, officer, series, now=NINE) == 0
    assert outcome.status.value == OutcomeStatus.COMPUTED.value


def test_the_database_keeps_outcomes_as_they_were_computed(session: Session, make: Make) -> None:
    make.outcome()

    with pytest.raises(IntegrityError, match="outcome_facts_are_final"):
        session.execute(text("UPDATE outcomes SET score = 100"))


def test_a_candidate_sees_the_own_outcome_once_it_is_released(session: Session, make: Make) -> None:
    person = make.person()
    worker = make.actor(Role.WORKER, person=person)
    computed = make.outcome(make.entry(make.candidate(person)))
    released = make.outcome(make.entry(make.candidate(person)), status=OutcomeStatus.RELEASED)
    other = make.outcome(status=OutcomeStatus.RELEASED)

    assert queries.access_outcome(session, worker, released.token) is released
    assert queries.released_to(session, person.id) == [released]
    for hidden in (computed, other):
        with pytest.raises(NotFound):
            queries.access_outcome(session, worker, hidden.token)
    assert queries.access_outcome(session, make.actor(Role.EXAM_OFFICER), computed.token)
