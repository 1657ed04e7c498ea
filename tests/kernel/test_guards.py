"""Guards hold on both databases, against whoever writes the SQL."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from deploy.drawing import metadata
from exam_centre.kernel import audit
from exam_centre.kernel.database import make_engine, unit_of_work
from exam_centre.kernel.errors import PromiseBroken
from exam_centre.kernel.guards import Guard, declared
from exam_centre.kernel.permissions import SYSTEM
from tests.kernel.works import NINE, new_job

KEPT_TABLES = sorted({guard.table for guard in declared(metadata()) if "DELETE" in guard.on})


def rows_of_the_trail(session) -> int:
    return session.scalar(text("SELECT count(*) FROM audit_rows"))


def write_a_row_of_the_trail() -> None:
    with unit_of_work() as session:
        job = new_job()
        session.add(job)
        audit.record(session, SYSTEM, "jobs.asked", job, NINE)


@pytest.mark.postgres  # SQLite has no TRUNCATE
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("statement", ["TRUNCATE audit_rows", "TRUNCATE audit_rows CASCADE"])
def test_the_trail_is_not_emptied_as_a_whole(database, statement):
    write_a_row_of_the_trail()

    with (
        pytest.raises(PromiseBroken, match="audit_row_is_final"),
        unit_of_work() as session,
    ):
        session.execute(text(statement))

    with unit_of_work() as session:
        assert rows_of_the_trail(session) == 1


@pytest.mark.postgres
@pytest.mark.parametrize("table", KEPT_TABLES)
def test_no_table_whose_rows_are_kept_is_emptied_as_a_whole(kernel_on_postgres, table):
    engine = make_engine(kernel_on_postgres)
    with engine.connect() as connection, pytest.raises(IntegrityError, match="guard:"):
        connection.execute(text(f"TRUNCATE {table} CASCADE"))
    engine.dispose()


@pytest.mark.postgres
def test_tables_below_a_kept_one_can_not_take_it_along(kernel_on_postgres):
    engine = make_engine(kernel_on_postgres)
    with engine.connect() as connection, pytest.raises(IntegrityError, match="guard:"):
        connection.execute(text("TRUNCATE people CASCADE"))
    engine.dispose()


def test_emptying_the_trail_row_by_row_is_refused_too(database):
    write_a_row_of_the_trail()

    with (
        pytest.raises(PromiseBroken, match="audit_row_is_final"),
        unit_of_work() as session,
    ):
        session.execute(text("DELETE FROM audit_rows"))


def test_a_guard_takes_away_all_it_made(database):
    guard = Guard(name="job_is_kept", table="jobs", on=("UPDATE", "DELETE"), when="(1 = 1)")
    with database.begin() as connection:
        dialect = connection.dialect.name
        for statement in guard.create(dialect) + guard.drop(dialect) + guard.create(dialect):
            connection.exec_driver_sql(statement)
        for statement in guard.drop(dialect):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("DELETE FROM jobs")
        if dialect == "postgresql":
            connection.exec_driver_sql("TRUNCATE jobs")
