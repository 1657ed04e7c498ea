"""Attendance by hand: two people for absence and refusal, undo, recheck, and corrections."""

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from exam_centre.admission import queries, service
from exam_centre.admission.models import Attendance, Scan
from exam_centre.admission.rules import (
    AttendanceStatus,
    DoorStillOpen,
    Identity,
    NotCompared,
    NotNotedAbsent,
    ReasonMissing,
    RegisterClosed,
    RegisterOpen,
    WrongStatus,
)
from exam_centre.conduct.models import Incident
from exam_centre.conduct.rules import IncidentKind
from exam_centre.kernel.errors import Forbidden, IllegalMove, NotFound, SamePerson
from tests.factories.times import HOUR, MINUTE, NINE

CLOSED_DOOR = NINE + 31 * MINUTE
S = AttendanceStatus


@pytest.fixture
def placement(make):
    return make.placement()


@pytest.fixture
def first(make):
    return make.invigilator()


@pytest.fixture
def second(make):
    return make.invigilator()


def status(session, placement):
    return queries.statuses(session, [placement.id])[placement.id]


def close(session, make, placement):
    service.close_register(session, make.chief(), placement.room_session_id, NINE + 2 * HOUR)


def test_a_seat_is_absent_only_when_a_second_person_says_so(session, placement, first, second):
    service.note_absent(session, first, placement.id, CLOSED_DOOR)
    assert status(session, placement) is S.EXPECTED
    with pytest.raises(SamePerson):
        service.confirm_absent(session, first, placement.id, CLOSED_DOOR)

    service.confirm_absent(session, second, placement.id, CLOSED_DOOR)

    assert status(session, placement) is S.ABSENT


def test_nobody_is_absent_while_the_door_is_open_or_unless_it_was_noted(
    session, placement, first, second
):
    with pytest.raises(DoorStillOpen):
        service.note_absent(session, first, placement.id, NINE + 30 * MINUTE)
    with pytest.raises(NotNotedAbsent):
        service.confirm_absent(session, second, placement.id, CLOSED_DOOR)
    assert status(session, placement) is S.EXPECTED


def test_somebody_who_came_after_the_note_is_not_confirmed_absent(
    session, make, ring, placement, first, second
):
    service.note_absent(session, first, placement.id, CLOSED_DOOR)
    device, staff = make.device(), make.door_staff()
    fact = make.fact(placement, NINE + 29 * MINUTE)  # scanned in time, uploaded after the note
    service.record_scan(session, staff, device, fact, ring, now=CLOSED_DOOR)

    with pytest.raises(WrongStatus):
        service.confirm_absent(session, second, placement.id, CLOSED_DOOR)
    assert status(session, placement) is S.PRESENT


def test_undo_takes_the_admission_back_and_keeps_the_scan(session, make, ring, placement):
    device, staff = make.device(), make.door_staff()
    admit = make.fact(placement)
    service.record_scan(session, staff, device, admit, ring, now=NINE)

    with pytest.raises(ReasonMissing):
        service.undo_admission(session, staff, placement.id, reason=" ", now=NINE)
    row = service.undo_admission(session, staff, placement.id, reason="twin", now=NINE)

    assert (row.status, row.admitted_at, row.identity) == (
        S.EXPECTED,
        None,
        Identity.NOT_CHECKED,
    )
    assert session.scalar(select(func.count()).select_from(Scan)) == 1
    again = service.record_scan(session, staff, device, make.fact(placement), ring, now=NINE)
    assert again["admitted"]


def test_a_refusal_takes_two_people_and_a_reason(session, make, placement, first, second):
    with pytest.raises(SamePerson):
        service.refuse(session, first, placement.id, reason="mismatch", second=first, now=NINE)
    with pytest.raises(ReasonMissing):
        service.refuse(session, first, placement.id, reason="", second=second, now=NINE)
    stranger = make.invigilator(make.venue())
    with pytest.raises(Forbidden):
        service.refuse(session, first, placement.id, reason="no", second=stranger, now=NINE)

    service.refuse(session, first, placement.id, reason="mismatch", second=second, now=NINE)

    assert status(session, placement) is S.REFUSED


def test_a_refused_person_may_be_admitted_under_protest_by_two(session, placement, first, second):
    service.refuse(session, first, placement.id, reason="no document", second=second, now=NINE)
    options = {"reason": "document found", "second": second, "now": NINE + HOUR}

    with pytest.raises(NotCompared):
        service.admit_under_protest(session, first, placement.id, Identity.NOT_CHECKED, **options)
    row = service.admit_under_protest(session, first, placement.id, Identity.MATCH, **options)

    assert (row.status, row.minutes_late, row.admitted_by_scan) == (S.PRESENT, 60, None)


def test_who_is_removed_was_present_and_does_not_come_back(session, make, ring, placement, first):
    with pytest.raises(WrongStatus):
        service.remove(session, first, placement.id, reason="ill", now=NINE)
    make.session.expire_all()
    row = make.session.get(Attendance, placement.id)
    row.admitted_at, row.admitted_by_id = NINE, first.person_id
    row.move_to(S.PRESENT)
    service.remove(session, first, placement.id, reason="notes", now=NINE)

    answer = service.record_scan(
        session, make.door_staff(), make.device(), make.fact(placement), ring, now=NINE
    )

    assert answer["code"] == "settled"
    assert status(session, placement) is S.REMOVED


def test_the_recheck_is_done_by_another_human_than_the_door(session, make, placement, first):
    make.attendance(
        placement,
        admitted_by_id=first.person_id,
        recheck=Identity.NOT_CHECKED,
        rechecked_by_id=None,
    )
    room = [placement.room_session_id]
    assert queries.recheck_coverage(session, room) == (0, 1)

    with pytest.raises(SamePerson):
        service.recheck_identity(session, first, placement.id, Identity.MATCH, now=NINE)
    with pytest.raises(NotCompared):
        service.recheck_identity(
            session, make.chief(), placement.id, Identity.NOT_CHECKED, now=NINE
        )
    service.recheck_identity(session, make.chief(), placement.id, Identity.MATCH, now=NINE)

    assert queries.recheck_coverage(session, room) == (1, 1)
    assert session.scalars(select(Incident)).all() == []


def test_a_recheck_that_finds_another_face_opens_an_incident(session, make, placement):
    make.attendance(placement, recheck=Identity.NOT_CHECKED, rechecked_by_id=None)

    service.recheck_identity(session, make.chief(), placement.id, Identity.MISMATCH, now=NINE)

    incident = session.scalars(select(Incident)).one()
    assert (incident.kind, incident.placement_id) == (IncidentKind.IDENTITY_DOUBT, placement.id)


def test_only_who_came_is_compared_again(session, make, placement):
    make.attendance(placement, S.ABSENT)

    with pytest.raises(WrongStatus):
        service.recheck_identity(session, make.chief(), placement.id, Identity.MATCH, now=NINE)
    assert queries.recheck_coverage(session, [placement.room_session_id]) == (0, 0)


def test_a_closed_register_changes_only_by_a_correction_of_two_with_evidence(
    session, make, placement, first
):
    make.attendance(placement)
    one, two = make.chief(), make.chief()
    options = {"second": two, "evidence": "video of 9:05", "now": NINE + 3 * HOUR}
    with pytest.raises(RegisterOpen):
        service.correct_attendance(session, one, placement.id, S.ABSENT, **options)
    close(session, make, placement)

    with pytest.raises(RegisterClosed):
        service.undo_admission(session, first, placement.id, reason="late", now=NINE)
    with pytest.raises(SamePerson):
        service.correct_attendance(
            session, one, placement.id, S.ABSENT, **options | {"second": one}
        )
    with pytest.raises(ReasonMissing):
        service.correct_attendance(
            session, one, placement.id, S.ABSENT, **options | {"evidence": ""}
        )
    with pytest.raises(IllegalMove):
        service.correct_attendance(session, one, placement.id, S.REFUSED, **options)
    service.correct_attendance(session, one, placement.id, S.ABSENT, **options)

    row = session.get(Attendance, placement.id)
    assert (row.status, row.admitted_at) == (S.ABSENT, None)
    assert {row.absent_noted_by_id, row.absent_confirmed_by_id} == {
        one.person_id,
        two.person_id,
    }
    assert [c.before for c in queries.corrections_of(session, placement.id)] == [S.PRESENT]


def test_somebody_wrongly_absent_is_corrected_to_present(session, make, placement):
    make.attendance(placement, S.ABSENT)
    close(session, make, placement)

    service.correct_attendance(
        session,
        make.chief(),
        placement.id,
        S.PRESENT,
        second=make.chief(),
        evidence="the script is here",
        now=NINE + 3 * HOUR,
    )

    row = session.get(Attendance, placement.id)
    assert (row.status, row.admitted_at, row.absent_noted_by_id) == (S.PRESENT, NINE, None)


def test_the_database_refuses_a_closed_row_that_no_correction_explains(session, make, placement):
    make.attendance(placement)
    close(session, make, placement)

    for change in ({"status": S.REMOVED}, {"closed_at": None}):
        with pytest.raises(DBAPIError) as refused, session.begin_nested():
            session.execute(
                update(Attendance)
                .where(Attendance.placement_id == placement.id)
                .values(**change)
                .execution_options(synchronize_session=False)
            )
        assert "closed_attendance_is_corrected" in str(refused.value)


def test_the_register_names_everybody_who_should_sit_by_seat(session, make):
    late, silent = make.placement(seat=9), make.placement(seat=3)
    make.placement(room=make.room())
    make.placement(in_force=False)
    make.attendance(late, minutes_late=4)

    lines = queries.register(session, late.room_session_id)

    assert [(line.seat, line.status, line.minutes_late) for line in lines] == [
        (3, S.EXPECTED, None),
        (9, S.PRESENT, 4),
    ]
    assert lines[0].ends_at == silent.ends_at
    assert len(lines[0].id_tail) == 4


def test_a_placement_not_in_force_or_elsewhere_is_not_touched(session, make, placement, first):
    planned = make.placement(in_force=False)

    with pytest.raises(NotFound):
        service.note_absent(session, first, planned.id, CLOSED_DOOR)
    with pytest.raises(Forbidden):
        service.note_absent(session, make.invigilator(make.venue()), placement.id, CLOSED_DOOR)
