"""From coded scripts to allocations: who gets which codes, and who may mark them."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exam_centre.accounts.models import Person
from exam_centre.admission.models import Attendance
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.kernel.errors import ConflictOfInterest, Forbidden, NotFound, SamePerson
from exam_centre.kernel.permissions import Role
from exam_centre.marking import queries, service
from exam_centre.marking.models import Allocation, Mark
from exam_centre.marking.rules import (
    AllocationStatus,
    AlreadyCoded,
    BundleStatus,
    Locked,
    MarkStatus,
    NotReconciled,
    RoundNotNeeded,
    RoundTaken,
    WrongPaper,
    is_code,
)
from exam_centre.papers.rules import Mode
from tests.factories.make import Make
from tests.factories.times import NINE

ABSENT, PRESENT = AttendanceStatus.ABSENT, AttendanceStatus.PRESENT


def test_every_seat_used_has_a_code_in_seat_order_absentees_included(
    session: Session, make: Make
) -> None:
    sat = make.sat(PRESENT, ABSENT, PRESENT)

    bundle = service.code_scripts(
        session, make.actor(Role.EXAM_OFFICER), sat.room_session.id, sat.sitting.id, now=NINE
    )

    codes = make.codes(bundle)
    assert [code.placement_id for code in codes] == [p.id for p in sat.placements]
    assert [code.position for code in codes] == [1, 2, 3]
    assert len({code.code for code in codes}) == 3
    assert all(is_code(code.code) for code in codes)
    assert queries.law_codes(session, [sat.room_session.id]).green


@pytest.mark.parametrize(
    ("attended", "status"),
    [
        (AttendanceStatus.ABSENT, MarkStatus.ABSENT),
        (AttendanceStatus.REFUSED, MarkStatus.REFUSED),
        (AttendanceStatus.REMOVED, MarkStatus.REMOVED),
        (AttendanceStatus.VOIDED, MarkStatus.VOID),
    ],
)
def test_what_the_register_says_is_a_mark_of_both_rounds_by_nobody(
    session: Session, make: Make, attended: AttendanceStatus, status: MarkStatus
) -> None:
    sat = make.sat(attended)

    service.code_scripts(
        session, make.actor(Role.EXAM_OFFICER), sat.room_session.id, sat.sitting.id, now=NINE
    )

    marks = session.scalars(select(Mark).order_by(Mark.round)).all()
    assert [(m.round, m.status, m.score, m.marker_id) for m in marks] == [
        (1, status, None, None),
        (2, status, None, None),
    ]


def test_scripts_are_coded_only_after_their_room_is_reconciled(
    session: Session, make: Make
) -> None:
    sat = make.sat(reconciled=False)

    with pytest.raises(NotReconciled):
        service.code_scripts(
            session, make.actor(Role.EXAM_OFFICER), sat.room_session.id, sat.sitting.id, now=NINE
        )


def test_scripts_are_coded_once(session: Session, make: Make) -> None:
    bundle = make.bundle()

    with pytest.raises(AlreadyCoded):
        service.code_scripts(
            session,
            make.actor(Role.EXAM_OFFICER),
            bundle.room_session_id,
            bundle.sitting_id,
            now=NINE,
        )


def test_a_computer_paper_has_no_scripts_to_code(session: Session, make: Make) -> None:
    sat = make.sat(paper=make.paper(Mode.COMPUTER))

    with pytest.raises(WrongPaper):
        service.code_scripts(
            session, make.actor(Role.EXAM_OFFICER), sat.room_session.id, sat.sitting.id, now=NINE
        )
    assert queries.law_codes(session, [sat.room_session.id]).green


def test_a_seat_without_a_code_breaks_law_five_and_is_named(session: Session, make: Make) -> None:
    sat = make.sat()

    law = queries.law_codes(session, [sat.room_session.id])

    assert (law.left, law.right) == (0, 1)
    assert law.rows[0].subject == f"placements:{sat.placements[0].id}"


def test_the_first_allocation_begins_the_marking(session: Session, make: Make) -> None:
    bundle, marker = make.bundle(), make.person()

    allocation = service.allocate(
        session, make.actor(Role.EXAM_OFFICER), bundle, 1, marker, now=NINE
    )

    assert allocation.marker_id == marker.id
    assert bundle.status is BundleStatus.MARKING


def test_two_markers_are_two_humans_even_under_a_second_staff_number(
    session: Session, make: Make
) -> None:
    marker = make.person()
    make.staff(marker)
    make.staff(marker)
    bundle = make.bundle()
    make.allocation(bundle, 1, marker)

    with pytest.raises(SamePerson):
        service.allocate(session, make.actor(Role.EXAM_OFFICER), bundle, 2, marker, now=NINE)


def test_a_marker_is_nobody_whose_script_or_relative_lies_in_the_bundle(
    session: Session, make: Make
) -> None:
    sat = make.sat()
    bundle = make.bundle(sat=sat)
    writer = session.get_one(Person, sat.placements[0].person_id)
    sister = make.person()
    make.conflict(sister, writer)

    for person in (writer, sister):
        with pytest.raises(ConflictOfInterest):
            service.allocate(session, make.actor(Role.EXAM_OFFICER), bundle, 1, person, now=NINE)


def test_a_colleague_of_the_same_shift_team_does_not_mark(session: Session, make: Make) -> None:
    sat = make.sat()
    bundle = make.bundle(sat=sat)
    writer = session.get_one(Person, sat.placements[0].person_id)
    colleague = make.person()
    make.employment(writer)
    make.employment(colleague)

    with pytest.raises(ConflictOfInterest):
        service.allocate(session, make.actor(Role.EXAM_OFFICER), bundle, 1, colleague, now=NINE)


def test_a_round_is_given_to_one_marker(session: Session, make: Make) -> None:
    bundle = make.bundle()
    make.allocation(bundle, 1)

    with pytest.raises(RoundTaken):
        service.allocate(session, make.actor(Role.EXAM_OFFICER), bundle, 1, make.person(), now=NINE)


def test_there_is_no_second_round_where_the_rules_ask_for_one_marker(
    session: Session, make: Make
) -> None:
    make.rules(second_marking=False)
    bundle = make.bundle()

    with pytest.raises(RoundNotNeeded):
        service.allocate(session, make.actor(Role.EXAM_OFFICER), bundle, 2, make.person(), now=NINE)


def test_a_third_marker_waits_for_a_dispute(session: Session, make: Make) -> None:
    agreed = make.marked_bundle((70, 72))
    disputed = make.marked_bundle((70, 72), (50, 80))
    officer, third = make.actor(Role.EXAM_OFFICER), make.person()

    with pytest.raises(RoundNotNeeded):
        service.allocate(session, officer, agreed, 3, third, now=NINE)
    service.allocate(session, officer, disputed, 3, third, now=NINE)


def test_a_marker_who_leaves_keeps_their_marks_and_another_goes_on(
    session: Session, make: Make
) -> None:
    bundle = make.bundle()
    first = make.allocation(bundle, 1)
    make.mark(make.codes(bundle)[0], 70, 1, session.get_one(Person, first.marker_id))
    officer, successor = make.actor(Role.EXAM_OFFICER), make.person()

    service.return_allocation(session, officer, first, reason="ill", now=NINE)
    again = service.allocate(session, officer, bundle, 1, successor, now=NINE)

    assert again.marker_id == successor.id
    assert [line.version for line in queries.sheet_of(session, again)] == [1, None, None]


def test_a_submitted_round_reopens_by_request_until_it_is_compared(
    session: Session, make: Make
) -> None:
    bundle = make.bundle(1)
    allocation = make.allocation(bundle, status=AllocationStatus.SUBMITTED)
    compared = make.marked_bundle((70, 70))
    officer = make.actor(Role.EXAM_OFFICER)

    service.reopen(session, officer, allocation, reason="typing error", now=NINE)

    assert allocation.status is AllocationStatus.ALLOCATED
    first = session.scalars(
        select(Allocation).where(Allocation.bundle_id == compared.id, Allocation.round == 1)
    ).one()
    with pytest.raises(Locked):
        service.reopen(session, officer, first, reason="too late", now=NINE)


def test_marking_is_run_by_an_officer_of_the_venues_unit(session: Session, make: Make) -> None:
    elsewhere = make.actor(Role.EXAM_OFFICER, unit=make.unit())
    marker = make.actor(Role.MARKER)
    bundle = make.bundle()

    for actor in (elsewhere, marker):
        with pytest.raises(Forbidden):
            service.allocate(session, actor, bundle, 1, make.person(), now=NINE)
    with pytest.raises(NotFound):
        queries.access_bundle(session, elsewhere, bundle.token)
    assert queries.access_bundle(session, make.actor(Role.MODERATOR), bundle.token) is bundle


def test_a_marker_finds_their_own_bundle_and_nobody_elses(session: Session, make: Make) -> None:
    person = make.person()
    own, other = make.allocation(marker=person), make.allocation()
    marker = make.actor(Role.MARKER, person=person)

    assert queries.access_allocation(session, marker, own.token) is own
    assert queries.allocations_of(session, marker) == [own]
    with pytest.raises(NotFound):
        queries.access_allocation(session, marker, other.token)


def test_the_database_refuses_a_number_for_an_absent_candidate(
    session: Session, make: Make
) -> None:
    bundle = make.bundle(2, ABSENT)
    empty_seat, script = make.codes(bundle)
    insert = text(
        "INSERT INTO marks (secret_code_id, round, marker_id, score, entered_at, version) "
        "VALUES (:code, 3, :marker, 0, '2026-12-13 09:00:00+00:00', 1)"
    )
    marker = make.person()

    session.execute(insert, {"code": script.id, "marker": marker.id})
    with pytest.raises(IntegrityError, match="no_number_without_attendance"):
        session.execute(insert, {"code": empty_seat.id, "marker": marker.id})


def test_the_database_refuses_to_make_a_marked_candidate_absent(
    session: Session, make: Make
) -> None:
    sat = make.sat()
    bundle = make.bundle(sat=sat)
    make.mark(make.codes(bundle)[0])
    attendance = session.get_one(Attendance, sat.placements[0].id)

    with pytest.raises(IntegrityError, match="no_absence_under_a_number"):
        session.execute(
            text(
                "UPDATE attendances SET status = 'voided', admitted_at = NULL "
                "WHERE placement_id = :placement"
            ),
            {"placement": attendance.placement_id},
        )


def test_the_database_keeps_one_mark_a_code_and_round(session: Session, make: Make) -> None:
    code = make.codes(make.bundle())[0]
    make.mark(code, 70, 1)

    with pytest.raises(IntegrityError):
        make.mark(code, 80, 1)
