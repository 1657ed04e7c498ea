"""Units of work: all or nothing, one writer at a time on SQLite, readers that only read."""

import threading

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from exam_centre.kernel import audit
from exam_centre.kernel import database as kernel_database
from exam_centre.kernel.database import in_unit_of_work, make_engine, reading, unit_of_work
from exam_centre.kernel.errors import LostRace, NotFound, PromiseBroken, Refusal
from exam_centre.kernel.guards import Guard
from exam_centre.kernel.jobs import Job
from exam_centre.kernel.permissions import SYSTEM
from exam_centre.kernel.sentences import say
from tests.kernel.works import NINE, new_job

TABLES = ("jobs", "audit_streams", "audit_rows")


def counts(engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {t: connection.scalar(text(f"SELECT count(*) FROM {t}")) for t in TABLES}


def asked(session) -> None:
    row = new_job()
    session.add(row)
    audit.record(session, SYSTEM, "jobs.asked", row, NINE)


@pytest.mark.usefixtures("database")
def test_what_a_unit_of_work_did_is_there_afterwards():
    with unit_of_work() as session:
        session.add(new_job())

    with unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 1


@pytest.mark.parametrize("error", [NotFound(say("job")), ValueError("x"), KeyboardInterrupt()])
def test_whatever_goes_wrong_nothing_is_kept(database, error):
    def work(session) -> None:
        asked(session)
        raise error

    with pytest.raises(type(error)):
        in_unit_of_work(work)

    assert counts(database) == dict.fromkeys(TABLES, 0)


@pytest.mark.parametrize(
    ("table", "event"),
    [
        ("jobs", "INSERT"),
        ("audit_streams", "INSERT"),
        ("audit_rows", "INSERT"),
        ("audit_streams", "UPDATE"),
    ],
)
def test_whichever_statement_fails_nothing_is_half_written(database, table, event):
    guard = Guard(name="test_says_no", table=table, on=(event,), when="(1 = 1)")
    with database.begin() as connection:
        for statement in guard.create(connection.dialect.name):
            connection.exec_driver_sql(statement)

    with pytest.raises(PromiseBroken) as refused, unit_of_work() as session:
        asked(session)

    assert refused.value.promise == "test_says_no"
    assert counts(database) == dict.fromkeys(TABLES, 0)
    with database.begin() as connection:
        for statement in guard.drop(connection.dialect.name):
            connection.exec_driver_sql(statement)
    with unit_of_work() as session:
        asked(session)
    assert counts(database) == dict.fromkeys(TABLES, 1)


def test_a_unit_of_work_needs_a_database(monkeypatch):
    monkeypatch.setattr(kernel_database._Current, "sessions", None)

    with pytest.raises(RuntimeError, match="no database is connected"), unit_of_work():
        pass


WRITERS, TURNS = 8, 50
READ = text("SELECT seq FROM audit_streams WHERE name = 's'")
WRITE = text("UPDATE audit_streams SET seq = :seq WHERE name = 's'")
FIRST = text("INSERT INTO audit_streams (name, seq, head) VALUES ('s', 0, '')")


def test_writers_on_sqlite_that_read_before_they_write_lose_nothing_and_never_fail(sqlite_url):
    engine = make_engine(sqlite_url, pool_size=WRITERS)
    kernel_database.connect(engine)
    with engine.begin() as connection:
        connection.execute(FIRST)
    refused: list[Exception] = []

    def count() -> None:
        try:
            for _ in range(TURNS):
                with unit_of_work() as session:
                    session.execute(WRITE, {"seq": (session.scalar(READ) or 0) + 1})
        except (Refusal, DBAPIError) as refusal:
            refused.append(refusal)

    threads = [threading.Thread(target=count) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refused == []
    with engine.connect() as connection:
        assert connection.scalar(READ) == WRITERS * TURNS
    engine.dispose()


def test_with_the_drivers_own_transactions_the_second_writer_would_fail(sqlite_url):
    # The control: the same database through an engine that does not begin as ours does.
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(FIRST)
    with engine.connect() as one, engine.connect() as other:
        for connection in (one, other):
            connection.connection.driver_connection.isolation_level = None
            connection.exec_driver_sql("BEGIN")
            connection.execute(READ)
        one.execute(WRITE, {"seq": 1})
        one.exec_driver_sql("COMMIT")

        with pytest.raises(OperationalError, match="database is locked"):
            other.execute(WRITE, {"seq": 1})
    engine.dispose()


def test_every_new_connection_to_sqlite_is_set_to_keep_promises(sqlite_url):
    engine = make_engine(sqlite_url)
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": kernel_database.BUSY_SECONDS * 1000,
    }
    with engine.connect() as one, engine.connect() as other:
        for connection in (one, other):
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted
            }
            connection.rollback()
            assert found == wanted
    engine.dispose()


@pytest.mark.usefixtures("database")
def test_a_reader_sees_everything_and_writes_nothing():
    with unit_of_work() as session:
        session.add(new_job())

    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 1
        session.add(new_job())
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            session.flush()
        session.rollback()

    with unit_of_work() as session:
        session.add(new_job())


@pytest.mark.parametrize("refusal", [LostRace(), PromiseBroken("some_promise")])
@pytest.mark.usefixtures("database")
def test_a_lost_race_is_run_once_more_and_judged_again(refusal):
    runs: list[int] = []

    def work(session) -> str:
        runs.append(session.scalar(select(func.count()).select_from(Job)) or 0)
        session.add(new_job())
        if len(runs) == 1:
            raise refusal
        return "second"

    assert in_unit_of_work(work) == "second"
    assert runs == [0, 0], "the first run left nothing behind"


@pytest.mark.parametrize(
    ("refusal", "runs"), [(LostRace(), 2), (PromiseBroken("p"), 2), (NotFound(say("job")), 1)]
)
@pytest.mark.usefixtures("database")
def test_a_work_is_run_twice_at_most_and_other_refusals_stand_at_once(refusal, runs):
    ran: list[int] = []

    def work(_) -> None:
        ran.append(1)
        raise refusal

    with pytest.raises(type(refusal)):
        in_unit_of_work(work)
    assert len(ran) == runs


@pytest.mark.postgres
def test_of_two_writers_of_one_row_the_second_is_told(postgres_url):
    engine = make_engine(postgres_url)
    kernel_database.connect(engine)
    with unit_of_work() as session:
        session.add(new_job())
    slow = Session(engine)
    row = slow.scalars(select(Job)).one()
    with unit_of_work() as quick:
        quick.scalars(select(Job)).one().done = 1

    row.done = 2
    with pytest.raises(StaleDataError):
        slow.commit()
    slow.close()

    with unit_of_work() as session:
        assert session.scalars(select(Job.done)).one() == 1
    engine.dispose()


@pytest.mark.usefixtures("database")
def test_a_row_that_changed_meanwhile_is_a_lost_race():
    def work(session) -> None:
        raise StaleDataError

    with pytest.raises(LostRace):
        in_unit_of_work(work)


@pytest.mark.postgres
def test_laws_over_many_rows_are_judged_as_if_one_came_after_the_other(postgres_url):
    engine = make_engine(postgres_url)
    kernel_database.connect(engine)
    how_many = select(func.count()).select_from(Job)

    def look_then_add(meanwhile=None) -> None:
        with unit_of_work(serializable=True) as session:
            assert session.scalar(how_many) == 0
            if meanwhile is not None:
                meanwhile()
            session.add(new_job())

    with pytest.raises(LostRace):
        look_then_add(meanwhile=look_then_add)

    with reading() as session:
        assert session.scalar(how_many) == 1
    engine.dispose()
