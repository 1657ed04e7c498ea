"""One migrated database of each kind for all promises; every test's rows are rolled back."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from exam_centre.kernel.database import make_engine
from tests.databases import templates
from tests.promises.rows import World


@pytest.fixture(scope="session")
def promises_on_sqlite(databases_home, tmp_path_factory) -> Iterator[Engine]:
    """An engine on a migrated SQLite database."""
    engine = make_engine(templates.copy_sqlite(databases_home, tmp_path_factory.mktemp("promises")))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def promises_on_postgres(databases_home, postgres_server) -> Iterator[Engine]:
    """An engine on a migrated PostgreSQL database."""
    with templates.copy_postgres(databases_home, postgres_server) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """The engine of each kind of database in turn."""
    found: Engine = request.getfixturevalue(f"promises_on_{request.param}")
    return found


@pytest.fixture
def world(engine: Engine) -> Iterator[World]:
    """A world inside one transaction, gone after the test."""
    with engine.connect() as connection:
        transaction = connection.begin()
        yield World(connection)
        transaction.rollback()
