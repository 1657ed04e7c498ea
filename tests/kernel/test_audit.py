"""The trail of acts: who, when, what changed, why; chained, and signed once a day."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import insert, select

from exam_centre.calendar.models import RuleProfile, Series
from exam_centre.kernel import audit
from exam_centre.kernel.audit import GENESIS, AuditRow, AuditStream, DailyHead, verify
from exam_centre.kernel.database import in_unit_of_work, unit_of_work
from exam_centre.kernel.jobs import Job, JobStatus
from exam_centre.kernel.permissions import SYSTEM, Actor
from exam_centre.organisation.models import Unit
from tests.kernel.trails import RING
from tests.kernel.works import MINUTE, NINE, new_job

DOOR = Actor(7, 70, "Li Na", stream="venue:7", request_id="r-1")


def changed(session) -> dict:
    return session.scalars(select(AuditRow).order_by(AuditRow.seq.desc())).first().changes


def test_a_row_says_who_when_what_and_why(session):
    row = new_job()
    session.add(row)

    audit.record(session, DOOR, "jobs.asked", row, NINE, reason="for the chief")

    said = session.scalars(select(AuditRow)).one()
    assert (said.person_id, said.user_id, said.request_id) == (7, 70, "r-1")
    assert (said.stream, said.seq, said.previous_hash) == ("venue:7", 1, GENESIS)
    assert (said.act, said.subject, said.at) == ("jobs.asked", f"jobs:{row.id}", NINE)
    assert said.reason == "for the chief"
    assert said.changes["kind"] == [None, "test.work"]


def test_the_system_has_no_person(session):
    row = new_job()
    session.add(row)
    audit.record(session, SYSTEM, "jobs.asked", row, NINE)

    assert session.scalars(select(AuditRow)).one().person_id is None


def test_every_stream_is_a_chain_of_its_own(session):
    row = new_job()
    session.add(row)
    for stream in ("venue:7", "venue:8", "venue:7"):
        actor = Actor(7, 70, "Li Na", stream=stream)
        audit.record(session, actor, "jobs.asked", row, NINE)

    rows = session.scalars(select(AuditRow).order_by(AuditRow.stream, AuditRow.seq)).all()
    assert [(r.stream, r.seq) for r in rows] == [("venue:7", 1), ("venue:7", 2), ("venue:8", 1)]
    assert rows[1].previous_hash == rows[0].hash
    assert rows[2].previous_hash == GENESIS
    ends = {s.name: (s.seq, s.head) for s in session.scalars(select(AuditStream))}
    assert ends == {"venue:7": (2, rows[1].hash), "venue:8": (1, rows[2].hash)}


def test_what_changed_is_told_as_before_and_after(session):
    row = new_job()
    session.add(row)
    audit.record(session, DOOR, "jobs.asked", row, NINE)

    row.move_to(JobStatus.RUNNING)
    row.done = 1
    session.flush()
    row.done = 2
    row.ended_at = NINE + MINUTE
    audit.record(session, DOOR, "jobs.ran", row, NINE)

    told = changed(session)
    assert told["status"] == ["waiting", "running"]
    assert told["done"] == [0, 2], "from what it was before the act, however often it was written"
    assert told["ended_at"] == [None, "2026-11-07T01:01:00+00:00"]
    assert "kind" not in told


def test_a_change_is_told_once(session):
    row = new_job()
    session.add(row)
    audit.record(session, DOOR, "jobs.asked", row, NINE)
    audit.record(session, DOOR, "jobs.seen", row, NINE)

    assert changed(session) == {}


def test_what_is_private_is_told_to_have_changed_and_not_to_what(session, make):
    person = make.person(phone="13800000000")
    session.flush()
    person.phone = "13911112222"
    person.name = "New Name"
    audit.record(session, DOOR, "accounts.changed", person, NINE)

    told = changed(session)
    assert told["phone"] == ["(kept private)", "(changed)"]
    assert told["id_sealed"] == ["(kept private)", "(changed)"]
    assert told["name"][1] == "New Name"
    rows = session.execute(select(AuditRow.__table__)).all()
    assert "13911112222" not in str(rows)
    assert "13800000000" not in str(rows)


def test_marks_and_dates_are_kept_to_the_last_digit(session):
    unit = Unit(code="c", name="n", level="national", path="/1/")
    session.add(unit)
    session.flush()
    series = Series(code="2026AUT", name="Autumn", unit_id=unit.id)
    session.add(series)
    session.flush()
    profile = RuleProfile(
        series_id=series.id,
        version=1,
        effective_from=date(2026, 9, 1),
        source="s",
        marking_tolerance=Decimal("2.50"),
        sample_percent=Decimal("10.00"),
        seat_on_slip=False,
    )
    session.add(profile)
    audit.record(session, DOOR, "calendar.rules", profile, NINE)

    told = changed(session)
    assert told["marking_tolerance"] == [None, "2.50"]
    assert told["effective_from"] == [None, "2026-09-01"]
    assert told["seat_on_slip"] == [None, False]


def test_what_json_would_falsify_is_not_kept_at_all():
    with pytest.raises(TypeError, match="float"):
        audit._plain(0.1)


@pytest.mark.parametrize(
    "zone", [UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-3.5))]
)
def test_a_moment_told_in_any_zone_verifies_when_it_is_read_again(session, zone):
    row = new_job()
    session.add(row)
    audit.record(
        session, DOOR, "jobs.asked", row, datetime(2026, 11, 7, 9, 0, 0, 123456, tzinfo=zone)
    )
    session.expire_all()

    assert list(verify(session, RING)) == []


def test_words_of_every_script_verify_when_they_are_read_again(session):
    row = new_job(failure='𠮷 "quoted" \\ é \u2028 ‏', arguments={"b": 1, "a": [True, None, 2**53]})
    session.add(row)
    audit.record(session, DOOR, "jobs.asked", row, NINE, reason="迟到 🚌")
    session.expire_all()

    assert list(verify(session, RING)) == []
    assert changed(session)["arguments"] == [None, {"b": 1, "a": [True, None, 2**53]}]


def test_a_trail_goes_on_without_a_gap_after_an_act_that_was_undone_within_another(session):
    first, second = new_job(), new_job()
    session.add(first)
    audit.record(session, DOOR, "jobs.asked", first, NINE)
    undone = session.begin_nested()
    session.add(second)
    audit.record(session, DOOR, "jobs.asked", second, NINE)
    undone.rollback()

    audit.record(session, DOOR, "jobs.started", first, NINE)

    rows = session.scalars(select(AuditRow).order_by(AuditRow.seq)).all()
    assert [(row.seq, row.act) for row in rows] == [(1, "jobs.asked"), (2, "jobs.started")]
    assert list(verify(session, RING)) == []


def test_an_act_that_is_rolled_back_leaves_neither_a_row_nor_its_changes(database):
    def failing(session) -> None:
        row = new_job()
        session.add(row)
        audit.record(session, DOOR, "jobs.asked", row, NINE)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        in_unit_of_work(failing)
    with unit_of_work() as session:
        assert session.scalars(select(AuditRow)).all() == []
        assert "changes" not in session.info


def test_days_are_joined_under_one_signed_root_each_on_the_one_before(session):
    row = new_job()
    session.add(row)
    for day in (7, 8):
        audit.record(session, DOOR, "jobs.asked", row, NINE)
        audit.sign_day(session, date(2026, 11, day), RING)

    first, second = session.scalars(select(DailyHead).order_by(DailyHead.day))
    assert first.previous_root == GENESIS
    assert second.previous_root == first.root
    assert first.heads["venue:7"][0] == 1
    assert second.heads["venue:7"][0] == 2
    assert RING.verifies(second.key_id, second.message(), second.signature)


def test_a_day_is_signed_once_and_never_after_a_later_one(database):
    def sign(day: int):
        return lambda session: audit.sign_day(session, date(2026, 11, day), RING).root

    in_unit_of_work(sign(8))

    for day in (7, 8):
        with pytest.raises(ValueError, match="2026-11-08 is signed already"):
            in_unit_of_work(sign(day))


def test_the_first_two_acts_of_a_stream_at_once_are_both_kept(database):
    met = []

    def act(session) -> None:
        row = new_job()
        session.add(row)
        session.flush()
        if not met and database.dialect.name == "postgresql":
            met.append(1)
            in_unit_of_work(act)
        audit.record(session, DOOR, "jobs.asked", row, NINE)

    in_unit_of_work(act)
    in_unit_of_work(act)

    with unit_of_work() as session:
        seqs = session.scalars(select(AuditRow.seq).order_by(AuditRow.seq)).all()
        jobs = session.scalars(select(Job)).all()
        assert seqs == list(range(1, len(jobs) + 1))
        assert list(verify(session, RING)) == []


def test_a_row_moves_the_end_of_its_stream_by_itself(session):
    session.execute(insert(AuditStream).values(name="s", seq=0, head=GENESIS))
    values = {
        "stream": "s",
        "seq": 1,
        "at": NINE,
        "act": "a.b",
        "subject": "c:1",
        "changes": {},
        "reason": "",
        "request_id": "",
        "previous_hash": GENESIS,
        "hash": "f" * 64,
    }
    session.execute(insert(AuditRow).values(values))

    end = session.execute(select(AuditStream.seq, AuditStream.head)).one()
    assert tuple(end) == (1, "f" * 64)
