"""Two doors at one moment: with the promises exactly one admits, and without them both would."""

import threading

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from exam_centre.admission.models import Attendance, Device, Scan
from exam_centre.admission.rules import AttendanceStatus
from exam_centre.admission.service import record_scan
from exam_centre.conduct.models import Incident
from exam_centre.kernel.database import in_unit_of_work
from exam_centre.kernel.errors import LostRace
from tests.factories.make import Make
from tests.factories.times import MINUTE, NINE

EARLY = NINE - 10 * MINUTE
WAITS = 20  # seconds until a door that hears nothing gives up


@pytest.fixture
def ready(database, seal):
    """A committed placement that is expected, and two doors with a fact each."""
    with Session(database, expire_on_commit=False) as session:
        make = Make(session, seal)
        placement = make.placement()
        make.attendance(placement, AttendanceStatus.EXPECTED)
        doors = [
            (make.device().id, make.door_staff(), make.fact(placement, EARLY)) for _ in range(2)
        ]
        session.commit()
    return placement, doors


def at_once(works):
    """Run every work in a thread of its own, begun at one moment; return what each gave."""
    start, given = threading.Barrier(len(works)), [None] * len(works)

    def run(n):
        start.wait(WAITS)
        given[n] = works[n]()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAITS)
    assert not any(thread.is_alive() for thread in threads)
    return given


def test_of_two_doors_at_once_one_admits_and_the_other_hears_already_in(database, ready, ring):
    placement, doors = ready
    both_looked = threading.Barrier(2)
    is_postgres = database.dialect.name == "postgresql"

    def scan(device_id, staff, fact):
        tries = []

        def work(session):
            device = session.get_one(Device, device_id)
            seen = None
            if is_postgres and not tries:
                # Both have seen the person expected before either writes: the worst moment. The
                # row is held on to, for a session forgets rows nobody holds and reads them anew.
                seen = session.get_one(Attendance, placement.id)
                both_looked.wait(WAITS)
            tries.append(seen)
            return record_scan(session, staff, device, fact, ring, now=EARLY)

        return in_unit_of_work(work), len(tries)

    given = at_once([lambda d=d: scan(*d) for d in doors])

    assert sorted(answer["code"] for answer, _ in given) == ["admit", "already_in"]
    assert sorted(answer["admitted"] for answer, _ in given) == [False, True]
    if is_postgres:
        assert sorted(tries for _, tries in given) == [1, 2]  # the loser was judged again
    with Session(database) as session:
        row = session.get_one(Attendance, placement.id)
        scans = session.scalars(select(Scan).order_by(Scan.id)).all()
        assert row.status is AttendanceStatus.PRESENT
        assert row.admitted_by_scan in {scan.id for scan in scans if scan.answer["admitted"]}
        assert len(scans) == 2
        assert session.scalars(select(Incident)).all() == []


def test_sixteen_retries_of_one_scan_at_once_are_one_row_and_one_answer(database, ready, ring):
    _, doors = ready
    device_id, staff, fact = doors[0]

    def scan():
        for _ in range(16):  # each try loses at most one race, and two in a row are refused
            try:
                return in_unit_of_work(
                    lambda session: record_scan(
                        session, staff, session.get_one(Device, device_id), fact, ring, now=EARLY
                    )
                )
            except LostRace:
                continue
        return None

    given = at_once([scan] * 16)

    assert all(answer == given[0] for answer in given)
    assert given[0]["code"] == "admit"
    with Session(database) as session:
        assert len(session.scalars(select(Scan)).all()) == 1


def admit_past_the_services(database, placement_id, versioned):
    """Two connections that both saw the person expected write what they decided, one by one."""
    decided = "SELECT version FROM attendances WHERE placement_id = :p AND status = 'expected'"
    write = (
        "UPDATE attendances SET status = 'present', admitted_at = :at, version = :v + 1 "
        "WHERE placement_id = :p"
    )
    with database.begin() as connection:
        version = connection.scalar(text(decided), {"p": placement_id})
    admitted = []
    for minute in (11, 10):
        values = {"p": placement_id, "v": version, "at": f"2026-12-12 00:{minute}:00.000000+00:00"}
        if database.dialect.name == "sqlite":
            values["at"] = values["at"].removesuffix("+00:00")
        try:
            with database.begin() as connection:
                where = " AND version = :v" if versioned else ""
                admitted.append(connection.execute(text(write + where), values).rowcount)
        except DBAPIError as refused:
            admitted.append(0 if "admitted_once" in str(refused) else -1)
    return admitted


def drop_guard(database):
    name = "admitted_once_on_update"
    with database.begin() as connection:
        on = " ON attendances" if database.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")


def test_without_version_and_guard_both_doors_would_admit(database, ready):
    placement, _ = ready
    drop_guard(database)

    assert admit_past_the_services(database, placement.id, versioned=False) == [1, 1]


def test_the_guard_alone_stops_the_second_door(database, ready):
    placement, _ = ready

    assert admit_past_the_services(database, placement.id, versioned=False) == [1, 0]


def test_the_version_alone_stops_the_second_door(database, ready):
    placement, _ = ready
    drop_guard(database)

    assert admit_past_the_services(database, placement.id, versioned=True) == [1, 0]
