"""Slips in versions, and the devices that read them."""

import pytest
from sqlalchemy import select

from exam_centre.accounts.models import Person
from exam_centre.admission import queries, service
from exam_centre.admission.models import Attendance, Slip, SlipLine
from exam_centre.admission.rules import (
    AttendanceStatus,
    NothingToPrint,
    SlipsNotPublished,
    SlipStatus,
)
from exam_centre.kernel.errors import Forbidden, NotFound
from exam_centre.kernel.permissions import Role
from exam_centre.timetable.rules import PlanStatus
from tests.factories.times import DAY, HOUR, MINUTE, NINE

WEEK_BEFORE = NINE - 7 * DAY


@pytest.fixture
def issue(session, make):
    officer = make.actor(Role.EXAM_OFFICER)

    def issue(candidate):
        return service.issue_slip(session, officer, candidate, make.home_series(), now=WEEK_BEFORE)

    return issue


def test_a_slip_names_every_placement_in_force_and_expects_its_person(session, make, issue):
    candidate = make.candidate()
    placements = [
        make.placement(make.entry(candidate)),
        make.placement(make.entry(candidate), period=make.period(starts_at=NINE + DAY)),
    ]
    make.placement(
        make.entry(candidate), starts_at=NINE + 2 * DAY, in_force=False, plan=make.plan()
    )

    slip = issue(candidate)

    lines = select(SlipLine.placement_id).where(SlipLine.slip_id == slip.id)
    assert set(session.scalars(lines)) == {p.id for p in placements}
    rows = session.scalars(select(Attendance)).all()
    assert {row.placement_id for row in rows} == {p.id for p in placements}
    assert {row.status for row in rows} == {AttendanceStatus.EXPECTED}


def test_a_reprint_is_the_next_version_and_voids_the_one_before(session, make, issue):
    candidate = make.candidate_of(make.placement())

    first, second = issue(candidate), issue(candidate)

    assert (first.number, first.status) == (1, SlipStatus.REPLACED)
    assert (second.number, second.status) == (2, SlipStatus.VALID)
    assert first.short_code != second.short_code
    assert len(session.scalars(select(Attendance)).all()) == 1


def test_a_slip_is_found_by_its_text_and_by_its_typed_code(session, make, issue, ring):
    candidate = make.candidate_of(make.placement())
    slip = issue(candidate)
    text = service.slip_text(slip, candidate, make.home_series(), ring)

    assert text == service.slip_text(slip, candidate, make.home_series(), ring)
    assert service.read_slip(session, text.lower(), ring) is slip
    assert service.read_slip(session, slip.short_code, ring) is slip
    assert service.read_slip(session, text[:-1] + "7", ring) is None


def test_no_slip_before_the_slips_are_published_and_none_without_a_seat(session, make, issue):
    candidate = make.candidate()
    with pytest.raises(SlipsNotPublished):
        issue(candidate)
    make.home_plan()
    with pytest.raises(NothingToPrint):
        issue(candidate)
    make.placement(make.entry(candidate))
    repair = make.plan(status=PlanStatus.TIME_PUBLISHED)
    with pytest.raises(SlipsNotPublished):
        issue(candidate)
    repair.move_to(PlanStatus.ROOM_PUBLISHED)
    session.flush()
    repair.move_to(PlanStatus.FROZEN)
    session.flush()

    assert issue(candidate).plan_id == repair.id


def test_a_slip_is_shown_to_its_person_and_to_who_issues_it(session, make, issue):
    candidate = make.candidate_of(make.placement())
    slip = issue(candidate)
    person = make.session.get(Person, candidate.person_id)

    for actor in (make.actor(Role.WORKER, person=person), make.actor(Role.EXAM_OFFICER)):
        assert queries.access_slip(session, actor, slip.token) is slip
    for actor in (make.actor(Role.WORKER), make.door_staff()):
        with pytest.raises(NotFound):
            queries.access_slip(session, actor, slip.token)
    assert session.scalars(select(Slip)).one() is slip


def test_a_device_is_known_by_its_secret_until_it_is_revoked_or_its_day_ends(session, make):
    chief, venue = make.chief(), make.home_venue()
    device, secret = service.provision_device(
        session, chief, venue, name="Door 2", expires_at=NINE + HOUR, now=NINE
    )

    assert service.device_of_secret(session, secret, NINE) is device
    assert secret not in device.secret_hash
    assert service.device_of_secret(session, secret + "x", NINE) is None
    assert service.device_of_secret(session, secret, NINE + HOUR) is None
    service.revoke_device(session, chief, device, reason="lost", now=NINE)
    assert service.device_of_secret(session, secret, NINE) is None
    with pytest.raises(Forbidden):
        service.provision_device(
            session, make.door_staff(), venue, name="x", expires_at=NINE, now=NINE
        )


def test_the_clock_of_a_device_is_written_when_it_changed_by_more_than_jitter(session, make):
    device = make.device(clock_offset_ms=None)
    service.measure_clock(session, device, NINE + MINUTE, NINE)
    service.measure_clock(session, device, NINE + 60.1 * (MINUTE / 60), NINE)
    assert device.clock_offset_ms == 60_000

    service.measure_clock(session, device, NINE, NINE)

    assert device.clock_offset_ms == 0
