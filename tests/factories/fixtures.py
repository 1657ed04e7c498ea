"""Fixtures built on the factories: a connected database, a session, `make`, keys and a seal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from exam_centre.kernel import database as kernel_database
from exam_centre.kernel.keys import KeyRing
from exam_centre.kernel.sealing import Seal
from tests.databases import templates
from tests.databases.postgres import PostgresServer
from tests.factories.builder import TEST_SEAL
from tests.factories.make import Make


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test with a session on both kinds of database, once."""
    if "session" in metafunc.fixturenames and "database_url" not in metafunc.fixturenames:
        kinds = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
        metafunc.parametrize("session", kinds, indirect=True)


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """The engine of a fresh migrated database, which units of work use during the test."""
    engine = kernel_database.make_engine(database_url)
    kernel_database.connect(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """An open session on an empty database; what the test does is undone at its end.

    A test of commits, races or units of work asks for `database` as well: the session then works
    on that one, and what it commits stays for the test. Without it, nothing is ever committed, so
    the rows' numbers go on from test to test on PostgreSQL.
    """
    if "database_url" in request.fixturenames:
        with Session(request.getfixturevalue("database"), expire_on_commit=False) as opened:
            yield opened
            opened.rollback()
        return
    engine: Engine = request.getfixturevalue(f"undone_{request.param}")
    # A unit of work by mistake must fail, rather than leave rows to the tests after it.
    kernel_database.connect(engine.execution_options(reader=True, postgresql_readonly=True))
    with engine.connect() as connection, connection.begin() as outer:
        with Session(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as opened:
            yield opened
        outer.rollback()


@pytest.fixture
def undone_sqlite(sqlite_url: str) -> Iterator[Engine]:
    """A database of the test's own: on SQLite that is a file to copy."""
    engine = kernel_database.make_engine(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def undone_postgresql(databases_home: Path, postgres_server: PostgresServer) -> Iterator[Engine]:
    """One database for all tests that commit nothing: on PostgreSQL making one takes a second."""
    with templates.copy_postgres(databases_home, postgres_server) as url:
        engine = kernel_database.make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def make(session: Session, seal: Seal) -> Make:
    """Builders of everything the rooms keep."""
    return Make(session, seal)


@pytest.fixture(scope="session")
def seal() -> Seal:
    """The seal over the ID numbers of people made by tests."""
    return TEST_SEAL


@pytest.fixture(scope="session")
def ring() -> KeyRing:
    """A ring of one key for slips, held in memory."""
    key = Ed25519PrivateKey.generate()
    return KeyRing("slip", {1: key}, {1: key.public_key()})
