"""The door: one scan, one stored answer, one admission."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from exam_centre.admission import service
from exam_centre.admission.models import Attendance, Scan
from exam_centre.admission.rules import (
    Action,
    AttendanceStatus,
    DeviceGone,
    DoorElsewhere,
    Identity,
)
from exam_centre.conduct.models import Incident
from exam_centre.conduct.rules import IncidentKind
from exam_centre.entries.models import Entry
from exam_centre.entries.rules import EntryStatus
from exam_centre.kernel.audit import AuditRow
from exam_centre.kernel.errors import Forbidden
from exam_centre.papers.rules import Mode
from tests.factories.times import DAY, HOUR, MINUTE, NINE

EARLY = NINE - 10 * MINUTE


@pytest.fixture
def door(session, make, ring):
    """One device with its operator: scan a fact, by default of a placement found by search."""
    device, staff = make.device(), make.door_staff()

    def scan(placement, at=EARLY, *, by=(device, staff), now=None, **fields):
        fact = make.fact(placement, at, **fields)
        return service.record_scan(session, by[1], by[0], fact, ring, now=now or at)

    return scan


def scans(session):
    return session.scalar(select(func.count()).select_from(Scan))


def attendance(session, placement):
    return session.get(Attendance, placement.id)


def incidents(session):
    return [i.kind for i in session.scalars(select(Incident).order_by(Incident.id))]


def with_slip(make, ring, placement, **fields):
    """Fields of a fact that was read from the placement's slip."""
    text = make.slip_text(make.slip(placement), ring)
    return {"token": text, "placement_id": None} | fields


def test_a_slip_admits_its_person_once_they_were_compared(session, make, door, ring):
    placement = make.placement(seat=14)

    answer = door(placement, **with_slip(make, ring, placement))

    assert (answer["code"], answer["admitted"], answer["facts"]["seat"]) == ("admit", True, 14)
    row = attendance(session, placement)
    assert (row.status, row.admitted_at, row.minutes_late) == (AttendanceStatus.PRESENT, EARLY, 0)
    scan = session.scalars(select(Scan)).one()
    assert row.admitted_by_scan == scan.id
    assert scan.code_read.startswith("EX1")
    assert len(scan.code_read) == 12


def test_nobody_is_present_by_default_or_before_they_were_compared(session, make, door, ring):
    placement = make.placement()
    slip = with_slip(make, ring, placement)

    looked = door(placement, action=Action.LOOK, **slip)
    unchecked = door(placement, identity=Identity.NOT_CHECKED, **slip)

    assert {looked["code"], unchecked["code"]} == {"admit"}
    assert {looked["admitted"], unchecked["admitted"]} == {False}
    assert unchecked["next"] == "compare"
    assert attendance(session, placement) is None
    assert scans(session) == 2


def test_a_retry_gets_the_first_answer_byte_for_byte(session, make, door):
    placement = make.placement()
    first = door(placement, scan_no="1")
    service.undo_admission(session, make.chief(), placement.id, reason="wrong person", now=NINE)
    session.expire_all()

    again = door(placement, NINE + 2 * HOUR, scan_no="1", identity=Identity.MISMATCH)

    assert json.dumps(again) == json.dumps(first)
    assert scans(session) == 1
    assert attendance(session, placement).status is AttendanceStatus.EXPECTED


def test_a_refusal_is_answered_again_as_it_was(session, make, door):
    placement = make.placement()
    first = door(placement, NINE - 31 * MINUTE, scan_no="1")

    again = door(placement, EARLY, scan_no="1")

    assert first["code"] == "too_early"
    assert json.dumps(again) == json.dumps(first)
    assert attendance(session, placement) is None


def test_the_same_number_of_another_device_is_another_scan(session, make, door):
    placement = make.placement()
    door(placement, scan_no="1")

    other = door(placement, scan_no="1", by=(make.device(), make.door_staff()))

    assert other["code"] == "already_in"
    assert scans(session) == 2


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (-1801, "too_early"),
        (-1800, "admit"),
        (0, "admit"),
        (1, "admit_late"),
        (1800, "admit_late"),
        (1801, "too_late"),
    ],
)
def test_the_window_of_the_rule_profile_is_kept_to_the_second(session, make, door, seconds, code):
    placement = make.placement()

    answer = door(placement, NINE + timedelta(seconds=seconds))

    assert answer["code"] == code
    assert scans(session) == 1
    assert (attendance(session, placement) is not None) == code.startswith("admit")


def test_the_rules_of_the_series_move_the_window(make, door):
    make.rules(doors_open_minutes=60, late_limit_minutes=0)

    assert door(make.placement(), NINE - HOUR)["code"] == "admit"
    assert door(make.placement(), NINE + MINUTE)["code"] == "too_late"


def test_a_listening_paper_lets_nobody_in_late(make, door):
    placement = make.placement(make.entry(paper=make.paper(Mode.LISTENING)))

    assert door(placement, NINE + timedelta(seconds=1))["code"] == "too_late"
    assert door(placement, NINE)["code"] == "admit"


@pytest.mark.parametrize(
    ("status", "code"),
    [(EntryStatus.BARRED, "barred"), (EntryStatus.WITHDRAWN, "withdrawn")],
)
def test_who_does_not_sit_any_more_hears_why(session, make, door, ring, status, code):
    placement = make.placement()
    slip = with_slip(make, ring, placement)
    session.get(Entry, placement.entry_id).move_to(status)
    session.flush()

    answer = door(placement, **slip)

    assert (answer["code"], answer["next"]) == (code, "exam_office")


def test_a_refused_scan_says_where_to_go(make, door, ring):
    hall = make.room(code="204")
    placement = make.placement(room=hall, seat=7)
    other = make.room_session()

    here = door(placement, here=other.id, **with_slip(make, ring, placement))
    day_before = door(placement, EARLY - DAY, here=other.id)

    assert here["code"] == "wrong_room"
    facts = {"room": "204", "seat": 7, "starts": "2026-12-12 09:00"}
    assert facts.items() <= here["facts"].items()
    assert day_before["code"] == "wrong_time"


def test_a_replaced_slip_and_one_printed_before_a_move_do_not_admit(session, make, door, ring):
    placement = make.placement()
    old = with_slip(make, ring, placement)
    new = with_slip(make, ring, placement)

    assert door(placement, **old)["code"] == "slip_replaced"
    assert door(placement, **new)["code"] == "admit"

    moved = make.placement()
    slip = with_slip(make, ring, moved)
    moved.in_force = False
    session.flush()
    now_at = make.placement(session.get(Entry, moved.entry_id), plan=make.plan())

    assert door(now_at, **slip)["code"] == "slip_replaced"


def test_a_typed_code_is_a_slip_as_well(make, door):
    placement = make.placement()
    code = make.slip(placement).short_code
    typed = f"{code[:4]} {code[4:8]}-{code[8:]}"

    assert door(placement, token=typed, placement_id=None)["code"] == "admit"


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda text: text[:-2] + ("AA" if text[-2:] != "AA" else "BA"), "forged"),
        (lambda text: "https://example.org/", "forged"),
        (lambda text: "", "forged"),
        (lambda text: "123456789012", "unknown_slip"),
    ],
)
def test_what_was_not_issued_here_is_kept_and_names_nobody(session, make, door, ring, spoil, code):
    placement = make.placement()
    fields = with_slip(make, ring, placement)
    fields["token"] = spoil(fields["token"])

    answer = door(placement, **fields)

    assert (answer["code"], answer["placement"]) == (code, None)
    assert scans(session) == 1


def test_a_genuine_slip_of_somebody_without_a_seat_names_nobody(session, make, door, ring):
    placement = make.placement()
    slip = with_slip(make, ring, placement)
    placement.in_force = False
    session.flush()

    assert door(placement, **slip)["code"] == "genuine_not_here"


def test_doubt_seats_the_person_and_opens_an_incident(session, make, door):
    placement = make.placement()

    answer = door(placement, identity=Identity.UNSURE)

    assert (answer["code"], answer["admitted"]) == ("in_doubt", True)
    assert attendance(session, placement).identity is Identity.UNSURE
    assert incidents(session) == [IncidentKind.IDENTITY_DOUBT]


def test_a_mismatch_alone_refuses_nobody(session, make, door):
    placement = make.placement()

    answer = door(placement, identity=Identity.MISMATCH)

    assert (answer["code"], answer["admitted"], answer["next"]) == (
        "mismatch",
        False,
        "second_person",
    )
    assert attendance(session, placement) is None


@pytest.mark.parametrize("ahead", [2 * HOUR, -2 * HOUR, 1500 * timedelta(milliseconds=1)])
def test_a_wrong_clock_that_was_measured_is_corrected(session, make, door, ahead):
    device = make.device(clock_offset_ms=None)
    service.measure_clock(session, device, EARLY + ahead, EARLY)
    placement = make.placement()

    answer = door(placement, NINE + ahead, by=(device, make.door_staff()), now=NINE + MINUTE)

    assert answer["code"] == "admit"
    assert session.scalars(select(Scan)).one().at == NINE
    assert incidents(session) == []


def test_a_clock_never_measured_counts_for_nothing_and_opens_one_incident(session, make, door):
    device, staff = make.device(clock_offset_ms=None), make.door_staff()
    placements = make.placement(), make.placement()

    for placement in placements:
        answer = door(placement, NINE - 9 * DAY, by=(device, staff), now=EARLY)
        assert (answer["code"], answer["clock"]) == ("admit", "received")

    assert incidents(session) == [IncidentKind.CLOCK_DOUBT]
    assert {scan.at for scan in session.scalars(select(Scan))} == {EARLY}


def test_a_scan_from_the_future_counts_for_when_it_came(session, make, door):
    answer = door(make.placement(), NINE + 3 * HOUR, now=EARLY)

    assert answer["clock"] == "received"
    assert incidents(session) == [IncidentKind.CLOCK_DOUBT]


@pytest.mark.parametrize(("later", "stands"), [(-MINUTE, "second"), (MINUTE, "first")])
def test_of_two_doors_that_both_admitted_offline_the_earlier_stands_and_somebody_looks_into_it(
    session, make, door, later, stands
):
    placement = make.placement()
    door(placement, action=Action.ADMITTED_OFFLINE)
    first = attendance(session, placement).admitted_by_scan
    other = make.door_staff()

    answer = door(
        placement,
        EARLY + later,
        now=EARLY + MINUTE,
        action=Action.ADMITTED_OFFLINE,
        by=(make.device(), other),
    )

    assert (answer["code"], answer["conflict"]) == ("already_in", True)
    row = attendance(session, placement)
    assert (row.admitted_by_scan == first) == (stands == "first")
    assert row.admitted_at == EARLY + min(later, 0 * MINUTE)
    incident = session.scalars(select(Incident)).one()
    assert incident.kind is IncidentKind.DOUBLE_ADMISSION
    assert incident.facts["second_by" if stands == "first" else "first_by"] == other.name


def test_after_the_register_closed_the_admission_that_stood_stands(session, make, door):
    placement = make.placement()
    door(placement, action=Action.ADMITTED_OFFLINE)
    row = attendance(session, placement)
    first, row.closed_at = row.admitted_by_scan, NINE
    session.flush()

    by = (make.device(), make.door_staff())
    door(placement, EARLY - MINUTE, now=NINE, action=Action.ADMITTED_OFFLINE, by=by)

    assert attendance(session, placement).admitted_by_scan == first
    assert incidents(session) == [IncidentKind.DOUBLE_ADMISSION]


def test_one_device_that_saw_somebody_twice_offline_is_no_conflict(session, make, door):
    placement = make.placement()
    door(placement, action=Action.ADMITTED_OFFLINE)

    answer = door(placement, action=Action.ADMITTED_OFFLINE)

    assert (answer["code"], answer["conflict"]) == ("already_in", False)
    assert incidents(session) == []


def test_who_was_let_in_offline_against_the_rule_is_not_silently_forced(session, make, door):
    placement = make.placement()

    answer = door(placement, NINE + HOUR, action=Action.ADMITTED_OFFLINE)

    assert (answer["code"], answer["admitted"], answer["conflict"]) == ("too_late", False, True)
    assert incidents(session) == [IncidentKind.OTHER]


def test_a_held_over_person_is_escorted_until_the_second_door_opens(session, make, door):
    candidate, room = make.candidate(), make.home_room()
    first = make.placement(make.entry(candidate), room=room)
    second = make.placement(make.entry(candidate), room=room, starts_at=NINE + 3 * HOUR)
    make.held_over(first, second)

    assert door(first)["code"] == "admit"
    assert door(second, NINE + 2 * HOUR)["code"] == "held_over"
    assert door(second, NINE + 3 * HOUR)["code"] == "admit"
    assert attendance(session, first).status is AttendanceStatus.PRESENT


def test_only_a_device_and_a_person_of_this_venue_scan_here(session, make, door):
    placement, elsewhere = make.placement(), make.venue()
    staff = make.door_staff()
    revoked = make.device()
    service.revoke_device(session, make.chief(), revoked, reason="lost", now=NINE)

    for by, refusal in (
        ((make.device(elsewhere), staff), DoorElsewhere),
        ((make.device(), make.door_staff(elsewhere)), Forbidden),
        ((revoked, staff), DeviceGone),
        ((make.device(expires_at=EARLY), staff), DeviceGone),
    ):
        with pytest.raises(refusal):
            door(placement, by=by)
    assert scans(session) == 0


def test_an_admission_takes_six_statements(session, make, door, ring, database):
    placement = make.placement()
    slip = with_slip(make, ring, placement)
    make.attendance(placement, AttendanceStatus.EXPECTED)
    device, staff = make.device(), make.door_staff()
    door(make.placement(), by=(device, staff))  # the venue's stream is open by now
    session.flush()
    session.expunge_all()
    device = session.merge(device)
    said: list[str] = []

    def hear(_connection, _cursor, statement, *_):
        said.append(statement)

    event.listen(database, "before_cursor_execute", hear)
    answer = door(placement, by=(device, staff), **slip)
    event.remove(database, "before_cursor_execute", hear)

    assert answer["admitted"]
    assert len(said) <= 6, said


def test_every_scan_leaves_a_row_in_the_trail_of_its_venue(session, make, door):
    placement = make.placement()
    door(placement)
    door(placement)

    acts = session.execute(select(AuditRow.act, AuditRow.stream).order_by(AuditRow.seq)).all()

    stream = f"venue:{make.home_venue().id}"
    assert acts == [("admission.admitted", stream), ("admission.scanned", stream)]
