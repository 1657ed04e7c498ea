"""A marker's own round, and how the rounds of a bundle are settled."""

from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.admission.models import Attendance
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.errors import ConflictOfInterest
from exam_centre.kernel.laws import LawBroken
from exam_centre.kernel.permissions import Actor, Role
from exam_centre.marking import queries, service
from exam_centre.marking.models import Allocation, Bundle
from exam_centre.marking.rules import (
    AllocationStatus,
    BundleStatus,
    DisputesOpen,
    Locked,
    MarkChanged,
    MarkStatus,
    NotAsked,
    NotSubmitted,
    NotYourBundle,
    PlaceHolder,
    WrongCode,
    WrongStatus,
)
from tests.factories.make import Make
from tests.factories.times import DAY, NINE

ABSENT = AttendanceStatus.ABSENT


def work(make: Make, bundle: Bundle, round_no: int = 1) -> tuple[Allocation, Actor]:
    """Give a round of a bundle to somebody and return both."""
    person = make.person()
    return make.allocation(bundle, round_no, person), make.actor(Role.MARKER, person=person)


def enter_all(
    session: Session, make: Make, bundle: Bundle, round_no: int, *scores: str
) -> Allocation:
    """Let a new marker enter a mark a script and submit."""
    allocation, marker = work(make, bundle, round_no)
    lines = [line for line in queries.sheet_of(session, allocation) if not line.place_holder]
    for line, score in zip(lines, scores, strict=True):
        service.enter_mark(
            session, marker, allocation, line.code, score, expected_version=None, now=NINE + DAY
        )
    return service.submit(session, marker, allocation, now=NINE + DAY)


def test_a_mark_is_kept_with_its_marker_and_leaves_a_trail(session: Session, make: Make) -> None:
    bundle = make.bundle(1)
    allocation, marker = work(make, bundle)
    code = make.codes(bundle)[0].code

    mark = service.enter_mark(
        session, marker, allocation, code, " 85", expected_version=None, now=NINE
    )

    assert (mark.score, mark.marker_id, mark.round) == (Decimal(85), marker.person_id, 1)
    row = session.scalars(select(AuditRow).where(AuditRow.act == "marking.mark_entered")).one()
    assert row.changes["score"] == [None, "85"]


def test_a_place_holder_takes_no_number(session: Session, make: Make) -> None:
    bundle = make.bundle(2, ABSENT)
    allocation, marker = work(make, bundle)

    with pytest.raises(PlaceHolder):
        service.enter_mark(
            session,
            marker,
            allocation,
            make.codes(bundle)[0].code,
            "0",
            expected_version=1,
            now=NINE,
        )


def test_a_code_of_another_bundle_or_with_a_slip_is_refused(session: Session, make: Make) -> None:
    bundle, other = make.bundle(1), make.bundle(1)
    allocation, marker = work(make, bundle)
    right = make.codes(bundle)[0].code

    for wrong in (make.codes(other)[0].code, right[:-1], right[:-2] + right[-1] + right[-2], "x"):
        with pytest.raises(WrongCode):
            service.enter_mark(
                session, marker, allocation, wrong, "85", expected_version=None, now=NINE
            )


def test_two_windows_of_one_marker_see_both_values(session: Session, make: Make) -> None:
    bundle = make.bundle(1)
    allocation, marker = work(make, bundle)
    code = make.codes(bundle)[0].code
    service.enter_mark(session, marker, allocation, code, "58", expected_version=None, now=NINE)

    with pytest.raises(MarkChanged) as refusal:
        service.enter_mark(session, marker, allocation, code, "85", expected_version=None, now=NINE)

    assert (refusal.value.stored, refusal.value.typed, refusal.value.version) == ("58", "85", 1)


def test_a_marker_who_saw_the_mark_may_change_it_before_submitting(
    session: Session, make: Make
) -> None:
    bundle = make.bundle(1)
    allocation, marker = work(make, bundle)
    code = make.codes(bundle)[0].code
    mark = service.enter_mark(
        session, marker, allocation, code, "58", expected_version=None, now=NINE
    )
    session.flush()

    changed = service.enter_mark(
        session, marker, allocation, code, "85", expected_version=mark.version, now=NINE
    )

    assert changed.score == Decimal(85)


def test_the_same_mark_again_changes_nothing(session: Session, make: Make) -> None:
    bundle = make.bundle(1)
    allocation, marker = work(make, bundle)
    code = make.codes(bundle)[0].code

    for _ in range(2):
        mark = service.enter_mark(
            session, marker, allocation, code, "58", expected_version=None, now=NINE
        )

    assert mark.version == 1


def test_a_marker_may_say_that_nothing_was_handed_in_and_nothing_else(
    session: Session, make: Make
) -> None:
    bundle = make.bundle(1)
    allocation, marker = work(make, bundle)
    code = make.codes(bundle)[0].code

    with pytest.raises(WrongStatus):
        service.enter_mark(
            session, marker, allocation, code, MarkStatus.ABSENT, expected_version=None, now=NINE
        )
    mark = service.enter_mark(
        session, marker, allocation, code, MarkStatus.MISSING, expected_version=None, now=NINE
    )
    assert (mark.score, mark.status) == (None, MarkStatus.MISSING)


def test_nobody_enters_marks_into_another_markers_round(session: Session, make: Make) -> None:
    bundle = make.bundle(1)
    allocation, _ = work(make, bundle)

    with pytest.raises(NotYourBundle):
        service.enter_mark(
            session,
            make.actor(Role.MARKER),
            allocation,
            make.codes(bundle)[0].code,
            "85",
            expected_version=None,
            now=NINE,
        )


def test_a_tie_declared_after_the_allocation_stops_the_marker(session: Session, make: Make) -> None:
    sat = make.sat()
    bundle = make.bundle(sat=sat)
    allocation, marker = work(make, bundle)
    make.conflict(
        session.get_one(Person, marker.person_id),
        session.get_one(Person, sat.placements[0].person_id),
    )

    with pytest.raises(ConflictOfInterest):
        service.enter_mark(
            session,
            marker,
            allocation,
            make.codes(bundle)[0].code,
            "85",
            expected_version=None,
            now=NINE,
        )


def test_a_marker_sees_codes_and_the_own_round_only(session: Session, make: Make) -> None:
    bundle = make.bundle(2, ABSENT)
    make.allocation(bundle, 1)
    make.mark(make.codes(bundle)[1], 91, 1)
    second, _ = work(make, bundle, 2)

    sheet = queries.sheet_of(session, second)

    assert [(line.position, line.place_holder, line.score) for line in sheet] == [
        (1, True, None),
        (2, False, None),
    ]


def test_a_round_is_submitted_only_when_every_code_has_a_mark(session: Session, make: Make) -> None:
    bundle = make.bundle(3, ABSENT)
    allocation, marker = work(make, bundle)
    first, second = (code.code for code in make.codes(bundle)[1:])
    service.enter_mark(session, marker, allocation, first, "85", expected_version=None, now=NINE)

    with pytest.raises(LawBroken) as refusal:
        service.submit(session, marker, allocation, now=NINE)

    assert (refusal.value.law.left, refusal.value.law.right) == (2, 3)
    assert second in str(refusal.value.law.rows[0].text)


def test_somebody_found_present_after_all_needs_a_mark(session: Session, make: Make) -> None:
    sat = make.sat(ABSENT)
    bundle = make.bundle(sat=sat)
    allocation, marker = work(make, bundle)
    attendance = session.get_one(Attendance, sat.placements[0].id)
    attendance.move_to(AttendanceStatus.PRESENT)
    attendance.admitted_at = NINE
    session.flush()

    with pytest.raises(LawBroken):
        service.submit(session, marker, allocation, now=NINE)
    service.enter_mark(
        session,
        marker,
        allocation,
        make.codes(bundle)[0].code,
        "66",
        expected_version=None,
        now=NINE,
    )
    service.submit(session, marker, allocation, now=NINE)
    assert allocation.status is AllocationStatus.SUBMITTED


def test_submitted_marks_are_locked_in_the_service_and_in_the_database(
    session: Session, make: Make
) -> None:
    bundle = make.bundle(1)
    allocation = enter_all(session, make, bundle, 1, "85")
    marker = make.actor(Role.MARKER, person=session.get_one(Person, allocation.marker_id))

    with pytest.raises(Locked):
        service.enter_mark(
            session,
            marker,
            allocation,
            make.codes(bundle)[0].code,
            "86",
            expected_version=1,
            now=NINE,
        )
    with pytest.raises(IntegrityError, match="submitted_marks_are_locked"):
        session.execute(text("UPDATE marks SET score = 86"))


def test_rounds_are_compared_only_when_both_are_submitted(session: Session, make: Make) -> None:
    bundle = make.bundle(1)
    enter_all(session, make, bundle, 1, "85")

    with pytest.raises(NotSubmitted):
        service.compare(session, make.actor(Role.EXAM_OFFICER), bundle, now=NINE)


def test_a_bundle_goes_from_two_rounds_over_a_dispute_to_final_marks(
    session: Session, make: Make
) -> None:
    officer = make.actor(Role.EXAM_OFFICER)
    bundle = make.bundle(3, ABSENT)
    agreed, disputed = (code.code for code in make.codes(bundle)[1:])
    enter_all(session, make, bundle, 1, "70", "50")
    enter_all(session, make, bundle, 2, "75", "80")

    assert service.compare(session, officer, bundle, now=NINE) == [disputed]
    with pytest.raises(DisputesOpen):
        service.finalise(session, officer, bundle, now=NINE)
    third = enter_all(session, make, bundle, 3, "62")
    service.finalise(session, officer, bundle, now=NINE)

    assert bundle.status is BundleStatus.FINAL
    assert [line.code for line in queries.sheet_of(session, third)] == [disputed]
    finals = {s.code: s.final for s in queries.scripts_of(session, bundle)}
    assert finals[agreed].score == Decimal("72.5")
    assert finals[disputed].score == Decimal(62)
    assert queries.law_marks(session, [bundle.id]).green


def test_a_third_marker_reads_the_disputed_codes_alone(session: Session, make: Make) -> None:
    bundle = make.marked_bundle((70, 72), (50, 80))
    allocation, marker = work(make, bundle, 3)

    with pytest.raises(NotAsked):
        service.enter_mark(
            session,
            marker,
            allocation,
            make.codes(bundle)[0].code,
            "71",
            expected_version=None,
            now=NINE,
        )


def test_law_six_counts_the_third_round_where_scripts_are_in_dispute(
    session: Session, make: Make
) -> None:
    settled, disputed = make.marked_bundle((70, 72)), make.marked_bundle((70, 72), (50, 80))

    law = queries.law_marks(session, [settled.id, disputed.id])

    assert (law.left, law.right, len(law.rows)) == (6, 7, 1)
    assert "round 3" in str(law.rows[0].text)
