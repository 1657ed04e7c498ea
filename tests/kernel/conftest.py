"""One PostgreSQL database for all tests of the kernel: a new one a test would take too long."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text

from tests.databases import templates

KERNEL_TABLES = "jobs, audit_rows, audit_streams, audit_daily_heads"


@pytest.fixture(scope="session")
def kernel_on_postgres(databases_home, postgres_server) -> Iterator[str]:
    """The address of a migrated PostgreSQL database for this worker's tests of the kernel."""
    with templates.copy_postgres(databases_home, postgres_server) as url:
        yield url


@pytest.fixture
def postgres_url(kernel_on_postgres: str) -> Iterator[str]:
    """A migrated PostgreSQL database whose kernel tables are empty; they are emptied afterwards.

    The guards of the trail refuse that, so the server's own superuser sets triggers aside.
    """
    yield kernel_on_postgres
    engine = create_engine(kernel_on_postgres)
    with engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(f"TRUNCATE {KERNEL_TABLES}"))
    engine.dispose()
