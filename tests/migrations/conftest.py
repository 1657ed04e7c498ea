"""Empty databases of both kinds, as many as a test of the migrations needs."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

NewDatabase = Callable[[], str]


@pytest.fixture
def new_sqlite(tmp_path) -> NewDatabase:
    """Give the address of another empty SQLite database at each call."""
    return lambda: f"sqlite:///{tmp_path / uuid4().hex}.sqlite3"


@pytest.fixture
def new_postgres(postgres_server) -> Iterator[NewDatabase]:
    """Give the address of another empty PostgreSQL database at each call."""
    made: list[str] = []

    def new() -> str:
        made.append(f"empty_{uuid4().hex}")
        postgres_server.create(made[-1])
        url: str = postgres_server.url(made[-1])
        return url

    yield new
    for database in made:
        postgres_server.drop(database)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def new_database(request: pytest.FixtureRequest) -> NewDatabase:
    """Makers of empty databases of each kind in turn."""
    found: NewDatabase = request.getfixturevalue(f"new_{request.param}")
    return found
